"""Text answers: where a name is, how large a galaxy is. Asked through the checked network.

What the questions and answers look like stands in ``names`` and ``sdss``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from galaxy_core.archives import names, sdss
from galaxy_core.archives.cache import DiskCache
from galaxy_core.archives.download import Downloader
from galaxy_core.archives.endpoints import SKYSERVER
from galaxy_core.archives.network import Service
from galaxy_core.archives.positions import parse_objid
from galaxy_core.archives.radii import Radii
from galaxy_core.archives.survey import Coverage, Query
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveBusy, ArchiveUnavailable

T = TypeVar("T")
_SQL = "skyserver-sql"
LOOKUP_SERVICES = (
    Service(_SQL, sdss.SDSS.hosts, sdss.SQL_MANNERS, part_of=SKYSERVER),
    Service(names.SESAME, names.SESAME_HOSTS, names.SESAME_MANNERS),
)


class Lookup:
    """Asks Sesame and SkyServer's SQL search, and keeps what made sense."""

    def __init__(self, downloader: Downloader, cache: DiskCache) -> None:
        self._downloader = downloader
        self._cache = cache
        self._radii = Radii(downloader, cache, _SQL)

    async def aclose(self) -> None:
        """End what is under way."""
        await self._radii.aclose()

    async def resolve(self, text: str) -> names.Resolved:
        """Return where something is; see ``Archive.resolve``."""
        local = names.resolve_locally(text)
        if local is not None:
            return local
        name = " ".join(text.split())
        label, where = names.split_label(name)
        objid = parse_objid(where)
        if objid is not None:
            position = await self._ask(
                _SQL, sdss.objid_query(objid), lambda answer: names.read_objid(answer, objid)
            )
            return names.Resolved(label or name, position, "SDSS")
        return names.Resolved(name, await self._ask_sesame(name), "Sesame")

    async def _ask_sesame(self, name: str) -> SkyPosition:
        """Ask the name service; if it cannot say, there is always the position itself."""
        query = names.sesame_query(name)
        try:
            return await self._ask(
                names.SESAME, query, lambda answer: names.read_sesame(answer, name)
            )
        except (ArchiveUnavailable, ArchiveBusy) as error:
            raise type(error)(
                f"The name service at cds.unistra.fr could not say where “{name}” is. Give a "
                "position such as 13:29:52.7 +47:11:43, a famous name such as M51, or try later."
            ) from error

    async def petrosian_radius_arcsec(self, position: SkyPosition) -> float | None:
        """Return R90 (r band) from SDSS; None where it has none or cannot say."""
        if sdss.covers(position) is Coverage.NO:
            return None
        return await self._radii.of(position)

    async def _ask(self, service: str, query: Query, read: Callable[[bytes], T]) -> T:
        """Return what ``read`` makes of the answer, which is kept unless reading it failed."""
        url = self._downloader.url_of(service, query)
        entry = await asyncio.to_thread(self._cache.get, url)
        if entry is not None:
            return read(entry.data)
        answer = await self._downloader.get(service, query)
        found = read(answer.data)
        await asyncio.to_thread(self._cache.put, url, answer.data, {"url": url})
        return found
