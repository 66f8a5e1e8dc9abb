"""A process of its own for strangers' FITS files, with limits on its memory and time.

Starts ``fits``, hands it requests, collects answers and pixels. A request that runs out of
memory or time ends its process and nothing else. Interprets neither.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import TooLarge
from galaxy_core.intake.limits import MAX_FITS_BYTES
from galaxy_core.limited_process import ProcessLimits, bare_environment, limited_command

# Room for four planes of MAX_KEPT_PIXELS float32 handed back.
_MOST_PIXEL_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FitsLimits:
    """What one file may take.

    Parameters
    ----------
    memory_bytes : int
        Address space of the process, its libraries included (about 0.5 GB of it).
    wall_s : float
        Time for one request.
    processes : int
        Requests at work at once; further ones wait.
    file_bytes : int
        Most bytes of a file, after gzip was undone.
    """

    memory_bytes: int = 2 * 1024**3
    wall_s: float = 60.0
    processes: int = 2
    file_bytes: int = MAX_FITS_BYTES


class FitsProcess:
    """One process that reads FITS, and the folder that it writes to; for one thread at a time."""

    # A process is ended after so many requests, lest what libraries leak adds up.
    _MOST_REQUESTS = 200

    def __init__(self, limits: FitsLimits) -> None:
        self._limits = limits
        self._requests = 0
        self._folder = tempfile.TemporaryDirectory(prefix="galaxy-fits-")
        # CPU seconds are those of the process's whole life: only a backstop to the wall clock.
        seconds = int(limits.wall_s * self._MOST_REQUESTS)
        allowed = ProcessLimits(
            memory_bytes=limits.memory_bytes,
            cpu_s=seconds,
            file_bytes=max(limits.file_bytes, _MOST_PIXEL_BYTES),
        )
        self._process = subprocess.Popen(
            limited_command("galaxy_core.intake.fits", [self._folder.name], allowed),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(),
        )

    def is_fresh(self) -> bool:
        """Say whether it may take another request."""
        return self._requests < self._MOST_REQUESTS and self._process.poll() is None

    def ask(
        self, source: Path | bytes, request: dict[str, Any]
    ) -> tuple[dict[str, Any], FloatImage | None]:
        """Send a request, wait for the answer within the time limit, collect the pixels."""
        self._requests += 1
        folder, name = Path(self._folder.name), request["name"]
        path = source if isinstance(source, Path) else folder / "source.fits"
        if isinstance(source, bytes):
            path.write_bytes(source)
        more = {"path": str(path.absolute()), "most_bytes": self._limits.file_bytes}
        line = json.dumps({**request, **more}) + "\n"
        try:
            stdin = self._process.stdin
            if stdin is not None:
                stdin.write(line.encode())
                stdin.flush()
            answer = json.loads(self._line(name))
            pixels = folder / "planes.npy"
            images = np.load(pixels, allow_pickle=False) if pixels.exists() else None
            pixels.unlink(missing_ok=True)
        except (OSError, ValueError) as cause:  # a broken pipe, or an answer cut short
            raise self._ended(name) from cause
        finally:
            (folder / "source.fits").unlink(missing_ok=True)
        return answer, images

    def close(self) -> None:
        """End the process and remove its folder."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # an unsent rest for nobody
                    pipe.close()
        self._folder.cleanup()

    def _line(self, name: str) -> bytes:
        """Return the next line of answers; the process is killed where it takes too long."""
        stdout = self._process.stdout
        if stdout is None:
            raise self._ended(name)
        started = time.monotonic()
        watch = threading.Timer(self._limits.wall_s, self._process.kill)
        watch.start()
        try:
            line = stdout.readline()
        finally:
            watch.cancel()
        if not line and time.monotonic() - started >= self._limits.wall_s:
            raise TooLarge(f"{name} took longer than {self._limits.wall_s:g} s to read; given up.")
        return line

    @staticmethod
    def _ended(name: str) -> TooLarge:
        return TooLarge(
            f"{name} ended the process that read it: it is damaged, or needs too much memory."
        )
