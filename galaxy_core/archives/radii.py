"""Petrosian radii of many positions from SkyServer's SQL search, asked for together.

SkyServer serves 60 searches a minute to one address: galaxy by galaxy, a list would come at one
a second. So whoever asks while a search is under way is put into the next one. A server that
does not understand a question about several (a mirror with another database) is asked about
one at a time from then on. What questions and answers look like stands in ``sdss``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from galaxy_core.archives import sdss
from galaxy_core.archives.cache import DiskCache
from galaxy_core.archives.download import Downloader
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveBusy, ArchiveError

_GATHER_S = 0.02  # who begins together asks together
_TOGETHER = 16  # a longer question is more than some servers take in an address

_Waiting = tuple[SkyPosition, "asyncio.Future[float | None]"]


class Radii:
    """Asks for radii. Belongs to one event loop; ``aclose`` ends what is under way.

    Parameters
    ----------
    downloader : Downloader
        Knows the service.
    cache : DiskCache
        Keeps each answer under the question about its position alone.
    service : str
        The name under which the downloader knows the SQL search.
    """

    def __init__(self, downloader: Downloader, cache: DiskCache, service: str) -> None:
        self._downloader = downloader
        self._cache = cache
        self._service = service
        self._together = _TOGETHER
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def of(self, position: SkyPosition) -> float | None:
        """Return R90 (r band) in arcseconds; None where SDSS has none or cannot say."""
        kept = await asyncio.to_thread(self._cache.get, self._key(position))
        if kept is not None:
            return sdss.read_radius(kept.data)
        future: asyncio.Future[float | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((position, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ask_for_all())
        return await future

    async def aclose(self) -> None:
        """End the search under way; whoever waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for _, future in self._waiting:
            future.cancel()

    async def _ask_for_all(self) -> None:
        """Ask until nobody waits; those who gave up are left out."""
        while self._waiting:
            await asyncio.sleep(_GATHER_S)
            self._waiting = [one for one in self._waiting if not one[1].done()]
            some, self._waiting = (
                self._waiting[: self._together],
                self._waiting[self._together :],
            )
            try:
                await self._answer(some)
            finally:
                for _, future in some:
                    if not future.done():
                        future.cancel()

    async def _answer(self, some: Sequence[_Waiting]) -> None:
        """Ask about some positions, one after another where together is not understood."""
        try:
            radii = await self._asked([position for position, _ in some])
        except ArchiveBusy:
            radii = [None] * len(some)
        except ArchiveError:
            if len(some) > 1:
                self._together = 1
                for one in some:
                    await self._answer([one])
                return
            radii = [None]  # there is another way to the size: nobody needs to hear of it
        for (_, future), radius in zip(some, radii, strict=True):
            if not future.done():
                future.set_result(radius)

    async def _asked(self, positions: Sequence[SkyPosition]) -> list[float | None]:
        """Return the radii that one search finds, and keep them."""
        if len(positions) == 1:
            answer = await self._downloader.get(self._service, sdss.radius_query(positions[0]))
            radius = sdss.read_radius(answer.data)
            await self._keep(positions[0], answer.data)
            return [radius]
        if not positions:
            return []
        answer = await self._downloader.get(self._service, sdss.radii_query(positions))
        found = sdss.read_radii(answer.data, positions)
        for position, row in zip(positions, found, strict=True):
            await self._keep(position, json.dumps([{"Rows": [row] if row else []}]).encode())
        return [None if row is None else sdss.radius_of(row) for row in found]

    async def _keep(self, position: SkyPosition, data: bytes) -> None:
        key = self._key(position)
        await asyncio.to_thread(self._cache.put, key, data, {"url": key})

    def _key(self, position: SkyPosition) -> str:
        return self._downloader.url_of(self._service, sdss.radius_query(position))
