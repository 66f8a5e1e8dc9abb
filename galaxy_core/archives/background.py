"""Fetching beside a page: a stream of cutouts in a thread of its own, looked at from outside.

A page starts a job, looks at a snapshot whenever it redraws, and may cancel. The thread has its
own event loop, so nothing waits in the page's. Knows no Streamlit and keeps no global state:
whoever holds the job owns it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from galaxy_core.archives.client import DEFAULT_SIZE_PX, Archive
from galaxy_core.archives.names import Resolved
from galaxy_core.archives.network import Network
from galaxy_core.archives.opening import open_archive
from galaxy_core.archives.sizing import AngularSize
from galaxy_core.archives.streaming import map_as_completed
from galaxy_core.cutout import Cutout, SkyPosition
from galaxy_core.errors import ArchiveError, GalaxyError
from galaxy_core.settings import Settings

_CONCURRENCY = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one text that a person typed: a cutout or an error.

    Parameters
    ----------
    text : str
        The name or position.
    cutout : Cutout or None
        What came.
    size_reason : str
        Where the cutout's size is from.
    error : ArchiveError or None
        Why nothing came.
    position : SkyPosition or None
        Where it is, as far as that could be found out; with an error as well, so that other
        surveys can be offered.
    """

    text: str
    cutout: Cutout | None = None
    size_reason: str = ""
    error: ArchiveError | None = None
    position: SkyPosition | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """A job at one moment.

    Parameters
    ----------
    total : int
        Texts asked for.
    found : tuple of Found
        Finished so far, in the order of completion.
    running : bool
        False once all is done, cancelled or failed as a whole.
    cancelled : bool
        Whether it was cancelled before it was done.
    error : GalaxyError or None
        Why the whole job failed, if it did.
    """

    total: int
    found: tuple[Found, ...] = ()
    running: bool = True
    cancelled: bool = False
    error: GalaxyError | None = None


class FetchJob:
    """Fetches names and positions in the background; start it with ``start``.

    Parameters
    ----------
    texts : sequence of str
        Names, objids or positions.
    survey : str
        Key of the survey.
    settings : Settings
        The operator's.
    network : Network or None
        None is what the settings say.
    size_px : int
        Side of the cutouts, pixels.
    size_arcsec : float or None
        Their side on the sky; None chooses it for each galaxy.
    """

    def __init__(
        self,
        texts: Sequence[str],
        survey: str,
        *,
        settings: Settings,
        network: Network | None = None,
        size_px: int = DEFAULT_SIZE_PX,
        size_arcsec: float | None = None,
    ) -> None:
        self._texts = tuple(texts)
        self._survey = survey
        self._settings = settings
        self._network = network
        self._size_px = size_px
        self._size_arcsec = size_arcsec
        self._lock = threading.Lock()
        self._state = JobState(len(self._texts))
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="galaxy-fetch", daemon=True)

    def start(self) -> FetchJob:
        """Start, and return the job itself."""
        self._task = self._loop.create_task(self._fetch())
        self._thread.start()
        return self

    @property
    def state(self) -> JobState:
        """A snapshot, safe to keep."""
        with self._lock:
            return self._state

    def cancel(self) -> None:
        """End the job soon: requests are broken off, what was found stays."""
        task = self._task
        if task is not None and self._thread.is_alive():
            try:
                self._loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:
                return  # the loop closed in between: it was done

    def wait(self, timeout_s: float | None = None) -> JobState:
        """Wait until it has ended, or so long, and return the state."""
        self._thread.join(timeout_s)
        return self.state

    def _run(self) -> None:
        """Run the thread: one task, then nothing is left."""
        asyncio.set_event_loop(self._loop)
        try:
            if self._task is not None:
                self._loop.run_until_complete(self._task)
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _fetch(self) -> None:
        try:
            async with open_archive(
                self._survey, settings=self._settings, network=self._network
            ) as archive:

                async def one(_: int, text: str) -> Found:
                    return await self._fetch_one(archive, text)

                results = map_as_completed(self._texts, one, concurrency=_CONCURRENCY)
                async with aclosing(results):
                    async for found in results:
                        self._change(found=(*self.state.found, found))
            self._change(running=False)
        except asyncio.CancelledError:
            self._change(running=False, cancelled=True)
        except GalaxyError as error:
            self._change(running=False, error=error)

    async def _fetch_one(self, archive: Archive, text: str) -> Found:
        position = None
        try:
            galaxy = await archive.resolve(text)
            position = galaxy.position
            size = await self._size(archive, galaxy)
            cutout = await archive.fetch(
                position, name=galaxy.name, size_arcsec=size.size_arcsec, size_px=self._size_px
            )
        except ArchiveError as error:
            return Found(text, error=error, position=position)
        return Found(text, cutout, size.reason, position=position)

    async def _size(self, archive: Archive, galaxy: Resolved) -> AngularSize:
        if self._size_arcsec is not None:
            return AngularSize(self._size_arcsec, "as asked")
        return await archive.choose_size(galaxy, size_px=self._size_px)

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)  # type: ignore[arg-type]
