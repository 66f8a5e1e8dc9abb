"""A lock that its process takes to the grave: the system lets go of it, however it ends.

So there is no stale lock to detect: a lock file that nobody holds is just a file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from galaxy_core.errors import TrainingError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes], *, shared: bool) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[bytes], *, shared: bool) -> bool:
        try:
            kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold the lock of that file while the block runs.

    Raises
    ------
    TrainingError
        If another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        if not _try_lock(file, shared=False):
            raise TrainingError("Another network is being trained on this server; one at a time.")
        yield


def is_held(path: Path) -> bool:
    """Say whether a process that is alive holds the lock of that file."""
    if not path.is_file():
        return False
    with path.open("ab") as file:
        return not _try_lock(file, shared=True)
