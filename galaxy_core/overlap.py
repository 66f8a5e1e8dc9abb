"""Work in threads ahead of its consumer, in order and in bounded memory.

Decoding and framing spend their time in C code that frees the interpreter lock, so threads
are enough to keep every core busy while the network runs. Knows nothing of galaxies.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ordered_map(
    function: Callable[[T], R],
    items: Iterable[T],
    *,
    threads: int | None = None,
    ahead: int = 64,
) -> Iterator[R]:
    """Yield ``function(item)`` in the order of the items, computed up to ``ahead`` items early.

    Parameters
    ----------
    function : callable
        Must be safe to run in several threads. What it raises is raised here, at its turn.
    items : iterable
        Drawn from only as far as needed.
    threads : int, optional
        One per core if not given.
    ahead : int
        Most results held at a time.
    """
    source = iter(items)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        waiting: deque[Future[R]] = deque(pool.submit(function, i) for i in islice(source, ahead))
        try:
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(source, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of ``size``, the last one shorter."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
