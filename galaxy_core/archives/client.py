"""``Archive``: sky positions -> checked cutouts of one survey, one at a time or streamed.

Puts the parts together: delivery, lookups, sizes, streaming, one network for all of them. An
archive asks one survey only; another survey is another picture, and never asked silently.
How one is opened, with which hosts and which cache, is ``opening``'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from contextlib import aclosing, contextmanager

from galaxy_core.archives import sizing
from galaxy_core.archives.cache import DiskCache
from galaxy_core.archives.delivery import Delivery
from galaxy_core.archives.download import Downloader
from galaxy_core.archives.lookup import LOOKUP_SERVICES, Lookup
from galaxy_core.archives.names import Resolved
from galaxy_core.archives.network import Network, Service
from galaxy_core.archives.streaming import map_as_completed
from galaxy_core.archives.survey import Aim, ImageFormat, Survey
from galaxy_core.archives.targets import Fetched, Target
from galaxy_core.cutout import Cutout, SkyPosition
from galaxy_core.errors import ArchiveError, ArchiveUnavailable
from galaxy_core.framing import find_framing

DEFAULT_SIZE_PX = 256
DEFAULT_SIZE_ARCSEC = DEFAULT_SIZE_PX * 0.396127  # SDSS's own pixels


class Archive:
    """One survey, opened with ``open_archive``. Belongs to one event loop."""

    def __init__(self, survey: Survey, network: Network, cache: DiskCache) -> None:
        service = Service(survey.service, survey.hosts, survey.manners)
        self._downloader = Downloader(network, (service, *LOOKUP_SERVICES))
        self._delivery = Delivery(survey, self._downloader, cache, network.endpoints.key)
        self._lookup = Lookup(self._downloader, cache)
        self._tasks: set[asyncio.Task[object]] = set()
        self._open = True

    @property
    def survey(self) -> Survey:
        """The survey that is asked; its release is the one that its endpoint serves."""
        return self._delivery.survey

    async def fetch(
        self,
        position: SkyPosition,
        *,
        name: str = "",
        size_arcsec: float = DEFAULT_SIZE_ARCSEC,
        size_px: int = DEFAULT_SIZE_PX,
        image_format: ImageFormat = ImageFormat.JPEG,
    ) -> Cutout:
        """Return the cutout of a position.

        Parameters
        ----------
        position : SkyPosition
            Centre.
        name : str
            What to call it; "" calls it by its position.
        size_arcsec, size_px
            Side of the square on the sky and in pixels.
        image_format : ImageFormat
            JPEG in the survey's colours, or FITS where the service gives it.

        Raises
        ------
        ArchiveError
            ``NotInFootprint``, ``ArchiveUnavailable``, ``ArchiveBusy`` or ``DamagedResponse``;
            the base class if the survey gives no such size or format. The first names other
            surveys that may cover the position.
        """
        cutout, _ = await self.fetch_with_bytes(
            position,
            name=name,
            size_arcsec=size_arcsec,
            size_px=size_px,
            image_format=image_format,
        )
        return cutout

    async def fetch_with_bytes(
        self,
        position: SkyPosition,
        *,
        name: str = "",
        size_arcsec: float = DEFAULT_SIZE_ARCSEC,
        size_px: int = DEFAULT_SIZE_PX,
        image_format: ImageFormat = ImageFormat.JPEG,
    ) -> tuple[Cutout, bytes]:
        """Return the cutout and the bytes that the archive sent; otherwise as ``fetch``."""
        aim = Aim(position, size_arcsec, size_px, image_format)
        self._check_open()
        return await self._delivery.deliver(aim, name)

    async def stream(
        self,
        targets: Iterable[SkyPosition | Target] | AsyncIterable[SkyPosition | Target],
        *,
        concurrency: int = 10,
        size_arcsec: float = DEFAULT_SIZE_ARCSEC,
        size_px: int = DEFAULT_SIZE_PX,
        image_format: ImageFormat = ImageFormat.JPEG,
    ) -> AsyncGenerator[Fetched, None]:
        """Yield a ``Fetched`` for every target, in the order of completion.

        A failure costs its own target only. At most ``concurrency`` targets are held at once,
        however many there are. Closing the archive ends what is still under way.

        Parameters
        ----------
        targets : iterable or asynchronous iterable of SkyPosition or Target
            Drawn one by one as there is room.
        concurrency : int
            Requests under way; the survey's manners may allow fewer.
        size_arcsec, size_px, image_format
            As in ``fetch``, for targets that name no size of their own.
        """

        async def one(index: int, item: SkyPosition | Target) -> Fetched:
            target = item if isinstance(item, Target) else Target(item)
            size = size_arcsec if target.size_arcsec is None else target.size_arcsec
            with self._tracked():
                try:
                    aim = Aim(target.position, size, size_px, image_format)
                    cutout, data = await self._delivery.deliver(aim, target.name)
                except ArchiveError as error:
                    return Fetched(index, target, error=error)
            return Fetched(index, target, cutout, data)

        results = map_as_completed(targets, one, concurrency=concurrency)
        async with aclosing(results):
            async for fetched in results:
                yield fetched

    async def resolve(self, text: str) -> Resolved:
        """Return where something is: a position, an SDSS objid, or a name.

        Positions and famous names need no network; objids ask SkyServer, names Sesame.

        Raises
        ------
        NameNotResolved
            If it is unclear or unknown.
        ArchiveUnavailable, ArchiveBusy, DamagedResponse
            If who was asked cannot say.
        """
        self._check_open()
        return await self._lookup.resolve(text)

    async def choose_size(
        self,
        galaxy: SkyPosition | Resolved,
        *,
        size_px: int = DEFAULT_SIZE_PX,
        framing: sizing.FramingFinder = find_framing,
    ) -> sizing.AngularSize:
        """Return how wide to cut out so that the galaxy fills the frame as in training.

        From the catalogued size if it is famous, else its Petrosian radius in SDSS, else
        from the framing of a generous cutout of this survey.

        Raises
        ------
        ArchiveError
            If the generous cutout was needed and could not be fetched.
        """
        self._check_open()
        if isinstance(galaxy, Resolved) and galaxy.major_axis_arcmin:
            size = sizing.size_of_axis(galaxy.major_axis_arcmin)
        else:
            position = galaxy.position if isinstance(galaxy, Resolved) else galaxy
            radius_arcsec = await self._lookup.petrosian_radius_arcsec(position)
            if radius_arcsec is not None:
                size = sizing.size_of_radius(radius_arcsec)
            else:
                size = await self._size_by_look(position, framing)
        return sizing.within_limits(size, self.survey, size_px)

    async def aclose(self) -> None:
        """End what is under way and close every connection."""
        self._open = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lookup.aclose()
        await self._downloader.aclose()
        self._delivery.close()

    async def _size_by_look(
        self, position: SkyPosition, framing: sizing.FramingFinder
    ) -> sizing.AngularSize:
        """Size by the framing step; a galaxy that fills the first look gets a wider one."""
        aim = Aim(position, sizing.GENEROUS_ARCSEC, sizing.GENEROUS_PX)
        found = await self._framed(aim, framing)
        if 2 * found.half_size_px >= sizing.FILLED * aim.size_px:
            aim = Aim(position, sizing.WIDER * sizing.GENEROUS_ARCSEC, sizing.GENEROUS_PX)
            found = await self._framed(aim, framing)
        return sizing.size_of_framing(found, aim.pixel_scale_arcsec)

    async def _framed(self, aim: Aim, framing: sizing.FramingFinder) -> sizing.FoundFraming:
        cutout, _ = await self._delivery.deliver(aim, "")
        return await asyncio.to_thread(framing, cutout.pixels)

    def _check_open(self) -> None:
        if not self._open:
            raise ArchiveUnavailable("This archive was closed; open it again.")

    @contextmanager
    def _tracked(self) -> Iterator[None]:
        """Let ``aclose`` end the running task."""
        self._check_open()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an archive is used outside of an event loop")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)
