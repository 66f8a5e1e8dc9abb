"""Many items through one coroutine: a few at a time, in bounded memory, cancelled whole.

Knows nothing of archives.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
)
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def map_as_completed(
    items: Iterable[T] | AsyncIterable[T],
    work: Callable[[int, T], Awaitable[R]],
    *,
    concurrency: int,
) -> AsyncGenerator[R, None]:
    """Yield ``await work(index, item)`` for every item, in the order of completion.

    At most ``concurrency`` items are held at once, finished ones that were not taken yet
    included; items are drawn from their source only when there is room, so neither a long
    source nor a slow consumer fills the memory. However the iteration ends (a ``break``
    followed by ``aclose``, an exception, cancellation), every task is cancelled and awaited.

    Parameters
    ----------
    items : iterable or asynchronous iterable
        May be endless.
    work : callable
        Index (from 0) and item -> awaitable. What it raises ends the iteration.
    concurrency : int
        At least 1.

    Raises
    ------
    ValueError
        If ``concurrency`` is less than 1.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency must be at least 1, got {concurrency}")
    source = _asynchronous(items)
    tasks: set[asyncio.Task[R]] = set()
    index, more = 0, True
    try:
        while more or tasks:
            while more and len(tasks) < concurrency:
                try:
                    item = await anext(source)
                except StopAsyncIteration:
                    more = False
                    break
                tasks.add(asyncio.ensure_future(_awaited(work, index, item)))
                index += 1
            if tasks:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                task = done.pop()
                tasks.discard(task)
                yield task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _awaited(work: Callable[[int, T], Awaitable[R]], index: int, item: T) -> R:
    return await work(index, item)


async def _asynchronous(items: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
