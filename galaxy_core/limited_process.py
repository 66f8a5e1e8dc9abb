"""A Python process for strangers' files: limits on memory, time and output, no secrets.

Gives the command and the environment to start it with; what goes on in it, and what is
said to it, is its owner's. A file that takes too much ends that process and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_BOOT = (
    # The limits are set before any library that parses is imported.
    "import importlib, sys\n"
    "try:\n"
    "    import resource\n"
    "except ImportError:\n"  # Windows has none; the time limit holds there all the same
    "    resource = None\n"
    "module = sys.argv.pop(1)\n"
    "memory, seconds, size = (int(sys.argv.pop(1)) for _ in range(3))\n"
    "if resource:\n"
    "    for name, most in (('RLIMIT_AS', memory), ('RLIMIT_CPU', seconds),\n"
    "                       ('RLIMIT_FSIZE', size), ('RLIMIT_CORE', 0)):\n"
    "        limit = getattr(resource, name)\n"
    # An operator who allows less (ulimit -v) is obeyed: no process may raise its own bound.
    "        allowed = resource.getrlimit(limit)[1]\n"
    "        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)\n"
    "        resource.setrlimit(limit, (most, most))\n"
    "importlib.import_module(module).main()\n"
)


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What a process may take in its whole life.

    Parameters
    ----------
    memory_bytes : int
        Address space, its libraries included.
    cpu_s : int
        Processor time.
    file_bytes : int
        Largest file that it may write.
    """

    memory_bytes: int
    cpu_s: int
    file_bytes: int


def limited_command(module: str, arguments: Sequence[str], limits: ProcessLimits) -> list[str]:
    """Return the command that runs ``main()`` of a module of ours under limits.

    Parameters
    ----------
    module : str
        Dotted name.
    arguments : sequence of str
        What it finds in ``sys.argv[1:]``.
    limits : ProcessLimits
        Where the system has such limits (not on Windows), and allows no less.
    """
    numbers = (limits.memory_bytes, limits.cpu_s, limits.file_bytes)
    return [sys.executable, "-c", _BOOT, module, *map(str, numbers), *arguments]


def bare_environment() -> dict[str, str]:
    """Return only what Python needs: no key or password of ours is handed on."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "HOME")
    passed = {key: os.environ[key] for key in kept if key in os.environ}
    # Each thread of these libraries reserves address space, which is limited.
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    return {**passed, "PYTHONPATH": str(_ROOT), **dict.fromkeys(threads, "1")}
