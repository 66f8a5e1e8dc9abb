"""Taking turns at a host: so many requests at once, so far apart, whoever asks.

A host counts what comes from one address, not from one visitor: so every archive of this
process takes its turns at the same gates, though each runs in an event loop of its own, in a
thread of its own. Knows no HTTP.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from galaxy_core.archives.survey import Manners

_MOST_IDLE_GATES = 64
_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Gate:
    """Lets requests to one host through one after another, a few at a time.

    Safe for many event loops in many threads. Who came first goes first.
    """

    def __init__(self, manners: Manners) -> None:
        self._lock = threading.Lock()
        self._free = manners.at_once
        self._at_once = manners.at_once
        self._interval_s = manners.interval_s
        self._next_start_s = 0.0
        self._waiting: deque[_Waiter] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Enter when the next request may start; leave when it has ended."""
        await self._take_place()
        try:
            with self._lock:
                now_s = time.monotonic()
                start_s = max(now_s, self._next_start_s)
                self._next_start_s = start_s + self._interval_s
            await asyncio.sleep(start_s - now_s)
            yield
        finally:
            self._leave_place()

    def hold_back(self, seconds: float) -> None:
        """Let nothing start for so long: the host asked for it."""
        with self._lock:
            self._next_start_s = max(self._next_start_s, time.monotonic() + seconds)

    def is_idle(self) -> bool:
        """Whether nobody is inside or waiting, and nothing is held back."""
        with self._lock:
            rested = time.monotonic() >= self._next_start_s
            return self._free == self._at_once and not self._waiting and rested

    async def _take_place(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._free:  # whoever waits is handed a place before it counts as free
                self._free -= 1
                return
            waiter: _Waiter = (loop, loop.create_future())
            self._waiting.append(waiter)
        try:
            await waiter[1]
        except BaseException:
            with self._lock:
                handed_over = waiter not in self._waiting
                if not handed_over:
                    self._waiting.remove(waiter)
            if handed_over:  # a place was given to one who does not come
                self._leave_place()
            raise

    def _leave_place(self) -> None:
        """Hand the place to the first in the queue whose loop still runs, or set it free."""
        with self._lock:
            while self._waiting:
                loop, future = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_wake, future)
                except RuntimeError:
                    continue  # that loop was closed, and its tasks with it
                return
            self._free += 1


class Turns:
    """The gates of all hosts; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gates: OrderedDict[tuple[str, str, Manners], Gate] = OrderedDict()

    def gate(self, service: str, host: str, manners: Manners) -> Gate:
        """Return the gate of a service at a host, the same for all who ask with those manners."""
        key = service, host, manners
        with self._lock:
            gate = self._gates.setdefault(key, Gate(manners))
            self._gates.move_to_end(key)
            if len(self._gates) > _MOST_IDLE_GATES:
                for old in [k for k, one in self._gates.items() if k != key and one.is_idle()]:
                    del self._gates[old]
            return gate


@lru_cache(maxsize=1)
def turns_of_process() -> Turns:
    """Return what this process shares: the one thing here that must not be each visitor's own."""
    return Turns()


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
