"""Answers kept on disk: bounded, least recently used first out, safe for several processes.

One file an entry: a line of facts (JSON, with the hash of the data), then the data. It is
written beside and renamed, so a reader sees a whole entry or none; nothing is ever locked.
Every reading checks the hash, and a damaged entry is dropped, not shown. Only what was fetched
and checked is put in; failures never are (that is the caller's part).

A library would be ``diskcache``: its last release is of 2023, it keeps an index in SQLite, and
it unpickles what it finds, which makes whoever can write to the folder able to run code. What
is needed here is smaller.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"GALAXY-CACHE-1\n"
_SUFFIX = ".entry"
_LONGEST_FACTS = 64 * 1024
_SLACK = 0.05  # how much each process may write before it counts again
_AFTER_SWEEP = 0.9
_ABANDONED_S = 3600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What was kept.

    Parameters
    ----------
    data : bytes
        As it was put in; its hash was checked.
    facts : Mapping of str to str
        What was noted with it (URL, time, survey, release, ``sha256``).
    """

    data: bytes
    facts: Mapping[str, str]


class DiskCache:
    """A bounded folder of answers.

    Parameters
    ----------
    folder : Path
        Made when something is first put in.
    most_bytes : int
        Size of all entries together. Several processes at work may exceed it by 5% each
        before one of them counts.
    """

    def __init__(self, folder: Path, *, most_bytes: int = 500 * 2**20) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        # Infinite, so that the first writing counts what earlier processes left.
        self._uncounted = float("inf")
        self._lock = threading.Lock()

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry of a key, or None. Reading makes it the most recently used."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        entry = _unpack(content)
        with suppress(OSError):
            if entry is None:
                path.unlink()
            else:
                os.utime(path)
        return entry

    def put(self, key: str, data: bytes, facts: Mapping[str, str]) -> None:
        """Keep data with its facts. A folder that cannot be written to is no error."""
        content = _pack(data, facts)
        if len(content) > self._most_bytes * _AFTER_SWEEP:
            return
        path = self._path(key)
        beside = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as cause:
            _log.warning("The cache cannot be written to: %s", cause.strerror)
            with suppress(OSError):
                beside.unlink()
            return
        self._count(len(content))

    def size_bytes(self) -> int:
        """Return the size of all entries together."""
        return sum(size for _, size, _ in self._entries())

    def _count(self, added: int) -> None:
        """Sweep once enough was written since the last counting."""
        with self._lock:
            self._uncounted += added
            if self._uncounted < self._most_bytes * _SLACK:
                return
            self._uncounted = 0.0
        self._sweep()

    def _sweep(self) -> None:
        """Delete the least recently used entries until well within the bound."""
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        target = total if total <= self._most_bytes else self._most_bytes * _AFTER_SWEEP
        for _, size, path in entries:
            if total <= target:
                break
            with suppress(OSError):  # another process may have been faster
                path.unlink()
            total -= size

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Time of last use, size and path of every entry; abandoned halves are deleted."""
        now = time.time()
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                status = path.stat()
                if path.suffix == _SUFFIX:
                    yield status.st_mtime, status.st_size, path
                elif path.suffix == ".tmp" and now - status.st_mtime > _ABANDONED_S:
                    path.unlink()

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}{_SUFFIX}"


def _pack(data: bytes, facts: Mapping[str, str]) -> bytes:
    noted = {**facts, "sha256": hashlib.sha256(data).hexdigest()}
    return _MAGIC + json.dumps(noted, ensure_ascii=True).encode() + b"\n" + data


def _unpack(content: bytes) -> CacheEntry | None:
    """Return the entry in a file; None where it is damaged."""
    if not content.startswith(_MAGIC):
        return None
    end = content.find(b"\n", len(_MAGIC), len(_MAGIC) + _LONGEST_FACTS)
    try:
        facts = json.loads(content[len(_MAGIC) : end]) if end > 0 else None
    except (ValueError, RecursionError):
        return None
    data = content[end + 1 :]
    if not isinstance(facts, dict) or not all(isinstance(v, str) for v in facts.values()):
        return None
    if facts.get("sha256") != hashlib.sha256(data).hexdigest():
        return None
    return CacheEntry(data, facts)
