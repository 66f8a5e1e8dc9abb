"""Names, positions or a list of them -> a folder of pictures and a CSV of where they are from.

What the ``fetch`` command runs. A run can be broken off at any moment and taken up again: what
stands in the CSV and lies in the folder with the right hash is not fetched twice, failures are
tried again. Prints nothing: progress goes to a callback.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from galaxy_core.archives.client import DEFAULT_SIZE_PX, Archive
from galaxy_core.archives.ledger import Ledger, Line
from galaxy_core.archives.network import Network
from galaxy_core.archives.opening import open_archive
from galaxy_core.archives.streaming import map_as_completed
from galaxy_core.archives.survey import ImageFormat
from galaxy_core.cutout import Cutout
from galaxy_core.errors import ArchiveError
from galaxy_core.settings import Settings


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What to fetch, and how.

    Parameters
    ----------
    targets : sequence of str
        Names, objids or positions; see ``lists.read_list`` for a file of them.
    survey : str
        Key of the survey.
    size_arcsec : float or None
        Side of every cutout; None chooses it for each galaxy.
    size_px : int
        Side in pixels.
    image_format : ImageFormat
        JPEG or FITS.
    concurrency : int
        Galaxies under way at the same time.
    """

    targets: Sequence[str]
    survey: str = "sdss"
    size_arcsec: float | None = None
    size_px: int = DEFAULT_SIZE_PX
    image_format: ImageFormat = ImageFormat.JPEG
    concurrency: int = 8


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a run has come.

    Parameters
    ----------
    total, fetched, skipped, failed : int
        Of all targets: fetched now, there already, failed.
    per_s : float
        Targets finished a second, those there already left out.
    last : Line or None
        The galaxy that has just finished, None for one that was there already.
    """

    total: int
    fetched: int = 0
    skipped: int = 0
    failed: int = 0
    per_s: float = 0.0
    last: Line | None = None

    @property
    def done(self) -> int:
        """Targets finished, whichever way."""
        return self.fetched + self.skipped + self.failed


def fetch_to_folder(
    plan: FetchPlan,
    folder: Path,
    *,
    settings: Settings | None = None,
    network: Network | None = None,
    on_progress: Callable[[FetchProgress], None] = lambda _: None,
) -> FetchProgress:
    """Fetch into a folder and return what came of it; see ``fetch_into``.

    Runs an event loop of its own. Ctrl-C ends it cleanly; the next run goes on.
    """
    return asyncio.run(
        fetch_into(plan, folder, settings=settings, network=network, on_progress=on_progress)
    )


async def fetch_into(
    plan: FetchPlan,
    folder: Path,
    *,
    settings: Settings | None = None,
    network: Network | None = None,
    on_progress: Callable[[FetchProgress], None] = lambda _: None,
) -> FetchProgress:
    """Fetch every target into a folder, with ``provenance.csv`` beside the pictures.

    A target that fails costs its own line only. The files hold the bytes as the archive sent
    them. A target written twice is fetched once.

    Raises
    ------
    ArchiveError
        If there is no such survey or the folder cannot be used.
    SettingsError
        If the environment makes no sense.
    """
    targets = list(dict.fromkeys(" ".join(target.split()) for target in plan.targets))
    counts = {"fetched": 0, "skipped": 0, "failed": 0}
    started = time.monotonic()

    def report(line: Line | None) -> FetchProgress:
        worked = counts["fetched"] + counts["failed"]
        per_s = worked / max(time.monotonic() - started, 1e-3)
        progress = FetchProgress(len(targets), **counts, per_s=per_s, last=line)
        on_progress(progress)
        return progress

    async with open_archive(plan.survey, settings=settings, network=network) as archive:
        with Ledger(folder) as ledger:
            wanted = [target for target in targets if not ledger.has(target)]
            counts["skipped"] = len(targets) - len(wanted)
            progress = report(None)

            async def one(_: int, target: str) -> Line:
                return await _fetch_one(archive, plan, target, folder)

            lines = map_as_completed(wanted, one, concurrency=plan.concurrency)
            async with aclosing(lines):
                async for line in lines:
                    ledger.write(line)
                    counts[line.status] += 1
                    progress = report(line)
    return progress


async def _fetch_one(archive: Archive, plan: FetchPlan, target: str, folder: Path) -> Line:
    """Resolve, choose the size, fetch, and write the picture."""
    try:
        galaxy = await archive.resolve(target)
        if plan.size_arcsec is None:
            size = await archive.choose_size(galaxy, size_px=plan.size_px)
            size_arcsec, reason = size.size_arcsec, size.reason
        else:
            size_arcsec, reason = plan.size_arcsec, "as asked"
        cutout, data = await archive.fetch_with_bytes(
            galaxy.position,
            name=galaxy.name,
            size_arcsec=size_arcsec,
            size_px=plan.size_px,
            image_format=plan.image_format,
        )
        file = file_name(target, archive.survey.key, plan.image_format)
        await asyncio.to_thread(_write, folder / file, data)
    except ArchiveError as error:
        return Line(target, "failed", error_type=type(error).__name__, error=str(error))
    return _line(target, file, cutout, data, size_arcsec, reason)


def _line(
    target: str, file: str, cutout: Cutout, data: bytes, size_arcsec: float, reason: str
) -> Line:
    """Write down a fetched cutout."""
    origin, position = cutout.provenance, cutout.position
    return Line(
        target=target,
        name=origin.name,
        status="fetched",
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        ra_deg="" if position is None else f"{position.ra_deg:.7f}",
        dec_deg="" if position is None else f"{position.dec_deg:.7f}",
        size_arcsec=f"{size_arcsec:.4f}",
        size_reason=reason,
        pixel_scale_arcsec=f"{cutout.pixel_scale_arcsec:.6f}",
        survey=origin.survey,
        release=origin.release,
        url=origin.url,
        credit=origin.credit,
        retrieved_utc=origin.retrieved_utc,
        warnings=" ".join(cutout.warnings),
    )


def file_name(target: str, survey: str, image_format: ImageFormat) -> str:
    """Return a file name for a target: readable, safe on every system, and one of its own.

    The hash at its end keeps apart what would look the same (``M 51`` and ``M-51``).
    """
    readable = re.sub(r"[^A-Za-z0-9.+-]+", "_", target).strip("._")[:60] or "galaxy"
    where = re.sub(r"[^A-Za-z0-9-]+", "-", survey)[:40]
    digest = hashlib.sha256(target.encode()).hexdigest()[:6]
    return f"{readable}_{where}_{digest}.{image_format.value}"


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all."""
    beside = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as cause:
        beside.unlink(missing_ok=True)
        raise ArchiveError(f"{path} cannot be written: {cause.strerror}.") from cause
