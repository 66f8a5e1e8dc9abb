"""Hosts are asked as politely by many visitors together as by one."""

import asyncio
import threading
import time

import pytest

from galaxy_core.archives import Patience
from galaxy_core.archives.survey import Manners
from galaxy_core.archives.turns import Gate, Turns
from galaxy_core.cutout import SkyPosition
from tests.archives.fake_archives import FakeArchive, answer, galaxy_jpeg


class Counted:
    """Goes through a gate and counts who is inside."""

    def __init__(self, gate):
        self.gate = gate
        self.inside = self.most = self.done = 0
        self.starts = []
        self._lock = threading.Lock()

    async def visit(self, stay_s=0.002):
        async with self.gate.turn():
            with self._lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
                self.starts.append(time.monotonic())
            await asyncio.sleep(stay_s)
            with self._lock:
                self.inside -= 1
                self.done += 1


def in_threads(count, main):
    """Run a coroutine in so many threads, each with an event loop of its own."""
    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_event_loops_in_many_threads_share_the_places():
    counted = Counted(Gate(Manners(at_once=3, interval_s=0.0)))

    async def main():
        await asyncio.gather(*(counted.visit() for _ in range(25)))

    in_threads(4, main)
    assert counted.done == 100
    assert counted.most == 3
    assert counted.gate.is_idle()


def test_starts_keep_their_distance_across_threads():
    counted = Counted(Gate(Manners(at_once=10, interval_s=0.02)))

    async def main():
        await asyncio.gather(*(counted.visit() for _ in range(5)))

    in_threads(2, main)
    # However late each thread woke: ten starts take at least nine distances.
    assert max(counted.starts) - min(counted.starts) >= 9 * 0.02 - 0.01


def test_whoever_gives_up_while_waiting_or_inside_leaves_the_place_to_others():
    counted = Counted(Gate(Manners(at_once=1, interval_s=0.0)))

    async def main():
        first = asyncio.create_task(counted.visit(stay_s=60))
        waiting = [asyncio.create_task(counted.visit()) for _ in range(3)]
        while not counted.inside:
            await asyncio.sleep(0)
        waiting[0].cancel()
        first.cancel()
        waiting[1].cancel()  # in this very moment the place may be on its way to it
        await waiting[2]
        await asyncio.gather(first, *waiting, return_exceptions=True)

    asyncio.run(asyncio.wait_for(main(), 30))
    assert counted.done == 1
    assert counted.gate.is_idle()


def test_a_loop_that_ended_while_waiting_takes_no_place_along():
    gate = Gate(Manners(at_once=1, interval_s=0.0))
    gone = asyncio.new_event_loop()

    async def stay(entered, leave):
        async with gate.turn():
            entered.set()
            await leave.wait()

    async def enter():
        async with gate.turn():
            return True

    async def main():
        entered, leave = asyncio.Event(), asyncio.Event()
        inside = asyncio.create_task(stay(entered, leave))
        await entered.wait()

        def wait_in_another_loop():
            task = gone.create_task(enter())
            gone.run_until_complete(asyncio.sleep(0.01))
            task.cancel()
            gone.run_until_complete(asyncio.gather(task, return_exceptions=True))
            gone.close()

        await asyncio.to_thread(wait_in_another_loop)
        leave.set()
        await inside
        return await asyncio.wait_for(enter(), 30)

    assert asyncio.run(main())
    assert gate.is_idle()


def test_holding_back_holds_everybody_back():
    gate = Gate(Manners(at_once=5, interval_s=0.0))
    counted, began = Counted(gate), time.monotonic()
    gate.hold_back(0.2)
    in_threads(2, counted.visit)
    assert min(counted.starts) - began >= 0.19


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (("sdss", "a:443", Manners()), True),
        (("sdss", "b:443", Manners()), False),
        (("sesame", "a:443", Manners()), False),
        (("sdss", "a:443", Manners(at_once=2)), False),
    ],
)
def test_one_gate_for_each_service_and_host(other, same):
    turns = Turns()
    assert (turns.gate("sdss", "a:443", Manners()) is turns.gate(*other)) is same


def test_gates_that_nobody_uses_are_let_go_and_others_are_kept():
    turns = Turns()
    used = turns.gate("sdss", "busy:443", Manners())
    used.hold_back(60)
    for number in range(200):
        turns.gate("sdss", f"host-{number}:443", Manners())
    assert turns.gate("sdss", "busy:443", Manners()) is used
    assert len(turns._gates) <= 65


def test_archives_opened_side_by_side_ask_a_host_no_faster_than_one(on_loopback):
    picture = galaxy_jpeg(64)

    def positions(first):
        return (SkyPosition(140 + first + index * 0.01, 30.0) for index in range(12))

    with FakeArchive(lambda _: answer(picture, after_s=0.2)) as server:
        firsts = iter(range(3))
        failures = []

        async def main():
            patient = {"patience": Patience(), "skyserver": server.url}
            async with on_loopback("sdss", **patient) as archive:
                stream = archive.stream(positions(next(firsts)), concurrency=12, size_px=64)
                failures.extend([item.error async for item in stream if item.error])

        in_threads(3, main)
        assert failures == []
        assert len(server.heard) == 36
        assert server.most_at_once <= 10
