"""FITS bytes or paths -> contents, and then the pixels of the chosen bands.

``FitsReader`` keeps an idle process warm, for starting one takes half a second. Nothing here
parses FITS: ``fits`` does, in a ``fits_process``. How bands become colour is ``compose``'s.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from galaxy_core import errors
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import DamagedImage, IntakeError, UnsupportedImage
from galaxy_core.intake.fits_bands import BandImages, Region, assemble
from galaxy_core.intake.fits_contents import BandChoice, FitsContents, PlaneKey
from galaxy_core.intake.fits_process import FitsLimits, FitsProcess
from galaxy_core.intake.fits_roles import describe
from galaxy_core.intake.limits import MAX_KEPT_PIXELS, MIN_SIDE_PX, check_bytes, reduction
from galaxy_core.intake.naming import display_name

_HASHED_BYTES = 64 * 1024 * 1024


class FitsReader:
    """Reads FITS files in processes of their own; safe to share between threads.

    A context manager: leaving it ends the idle process and removes its folder.
    """

    def __init__(self, limits: FitsLimits | None = None) -> None:
        self._limits = limits or FitsLimits()
        self._slots = threading.BoundedSemaphore(self._limits.processes)
        self._lock = threading.Lock()
        self._idle: list[FitsProcess] = []
        self._keeps = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the idle process; from now on none is kept when its request is done."""
        with self._lock:
            self._keeps, idle, self._idle = 0, self._idle, []
        for worker in idle:
            worker.close()

    def open(self, source: Path | bytes, *, name: str) -> FitsContents:
        """Return what the file offers; no pixel is read.

        Parameters
        ----------
        source : Path or bytes
            A file on this machine, or an uploaded file's content; may be gzipped.
        name : str
            What its owner calls it.

        Raises
        ------
        IntakeError
            ``DamagedImage``, ``TooLarge`` or ``UnsupportedImage``, in one sentence.
        """
        shown = display_name(name)
        size = len(source) if isinstance(source, bytes) else _size(source, name=shown)
        check_bytes(size, name=shown, limit_bytes=self._limits.file_bytes)
        answer, _ = self._ask(source, {"task": "list", "name": shown})
        planes, warnings = describe(answer["planes"], name=shown)
        if answer["left_out"]:
            offered = sum(plane.merged is None for plane in planes)
            warnings += (
                f"It has {answer['left_out'] + offered:,} planes; {offered} of them, "
                "spread evenly over each cube, are offered, and means over each cube.",
            )
        sha256 = _sha256(source) if size <= _HASHED_BYTES else ""
        return FitsContents(shown, source, planes, sha256, warnings)

    def read(
        self,
        contents: FitsContents,
        choice: BandChoice,
        *,
        region: Region | None = None,
        most_pixels: int = MAX_KEPT_PIXELS,
    ) -> BandImages:
        """Return the chosen bands, averaged down in blocks where they have too many pixels.

        Parameters
        ----------
        contents : FitsContents
            From ``open``.
        choice : BandChoice
            Planes of one size.
        region : Region or None
            The part to read; None for all of it. What lies outside the plane is left off.
        most_pixels : int
            Most pixels of each band to return.

        Raises
        ------
        IntakeError
            If the planes differ in size, the region lies outside, or the file fails.
        """
        keys = _keys(choice)
        shapes = {contents.plane(key).shape for key in keys}
        if len(shapes) > 1:
            raise IntakeError(
                f"{contents.name}: bands of one picture must have one size, "
                f"these have {' and '.join(f'{w} × {h}' for h, w in sorted(shapes))} pixels."
            )
        part = _clipped(region, next(iter(shapes)), name=contents.name)
        width, height = part.x1 - part.x0, part.y1 - part.y0
        shrink = reduction(width, height, kept_pixels=most_pixels)
        if shrink > 1 and min(width, height) < shrink * MIN_SIDE_PX:
            raise UnsupportedImage(
                f"{contents.name} is a strip of {width:,} × {height:,} pixels; no galaxy has "
                "that shape. Cut out the galaxy first."
            )
        request = {
            "task": "read",
            "name": contents.name,
            "planes": keys,
            "region": [part.y0, part.y1, part.x0, part.x1],
            "shrink": shrink,
        }
        answer, images = self._ask(contents.source, request)
        if images is None or len(images) != len(keys):
            raise DamagedImage(f"{contents.name} gave no pixels.")
        bands = assemble(dict(zip(keys, images)), contents, choice, part, shrink)
        return bands.with_repairs([*_repairs(answer), *_means(contents, keys)])

    def _ask(
        self, source: Path | bytes, request: dict[str, Any]
    ) -> tuple[dict[str, Any], FloatImage | None]:
        """Send one request to a warm or new process; keep it if it stayed sound."""
        with self._slots:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            worker = worker or FitsProcess(self._limits)
            try:
                answer, images = worker.ask(source, request)
            except BaseException:
                worker.close()
                raise
            self._keep_or_end(worker)
        if "error" in answer:
            kind = getattr(errors, str(answer["error"]), IntakeError)
            raise kind(str(answer["message"]))
        return answer, images

    def _keep_or_end(self, worker: FitsProcess) -> None:
        with self._lock:
            kept = worker.is_fresh() and len(self._idle) < self._keeps
            if kept:
                self._idle.append(worker)
        if not kept:
            worker.close()


def _keys(choice: BandChoice) -> list[PlaneKey]:
    """Return the different planes of a choice, in order."""
    wanted = (choice.red, choice.green, choice.blue, choice.mask)
    return list(dict.fromkeys(key for key in wanted if key is not None))


def _repairs(answer: dict[str, Any]) -> list[str]:
    """Say what the process did to the numbers that the file holds."""
    said = []
    if answer["for_nothing"]:
        numbers = ", ".join(f"{number:.6g}" for number in answer["for_nothing"][:4])
        said.append(f"Taken as not measured, for it stands apart from all else: {numbers}.")
    if answer["from_asinh"]:
        said.append("Its asinh scale (BSOFTEN, BOFFSET) was undone: the numbers are flux again.")
    return said


def _means(contents: FitsContents, keys: list[PlaneKey]) -> list[str]:
    """Say which of the planes are means over a cube."""
    merged = [contents.plane(key).merged for key in keys]
    ranges = sorted(f"{one[0]} to {one[1] - 1}" for one in merged if one is not None)
    return [f"Means over a cube are shown: of its planes {', '.join(ranges)}."] if ranges else []


def _clipped(region: Region | None, shape: tuple[int, int], *, name: str) -> Region:
    """Return the part of the region inside the plane."""
    height, width = shape
    if region is None:
        return Region(0, height, 0, width)
    part = Region(
        max(region.y0, 0), min(region.y1, height), max(region.x0, 0), min(region.x1, width)
    )
    if part.y0 >= part.y1 or part.x0 >= part.x1:
        raise IntakeError(
            f"{name}: the part asked for lies outside its {width} × {height} pixels."
        )
    return part


def _size(path: Path, *, name: str) -> int:
    try:
        return path.stat().st_size
    except OSError as cause:
        raise IntakeError(
            f"{name} cannot be read: {(cause.strerror or 'error').lower()}."
        ) from cause


def _sha256(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
