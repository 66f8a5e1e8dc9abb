"""Streams: bounded, fair, and gone without a trace when they end."""

import asyncio

import pytest

from galaxy_core.archives import Fetched, Target
from galaxy_core.archives.streaming import map_as_completed
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveUnavailable, NotInFootprint
from tests.archives.fake_archives import (
    FakeArchive,
    answer,
    blank_jpeg,
    drip,
    galaxy_jpeg,
    sky_server,
)

GALAXY = galaxy_jpeg(64)


def positions(count: int):
    return (SkyPosition(140 + index * 0.01, 30.0) for index in range(count))


def test_results_come_in_the_order_of_completion_with_their_index():
    async def work(index, item):
        await asyncio.sleep(item)
        return index

    async def main():
        return [result async for result in map_as_completed([0.2, 0.0, 0.1], work, concurrency=3)]

    assert asyncio.run(main()) == [1, 2, 0]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_than_asked_for_is_drawn_or_under_way(concurrency):
    drawn, running, most = 0, 0, 0

    def source():
        nonlocal drawn
        while True:
            drawn += 1
            yield drawn

    async def work(index, item):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return item

    async def main():
        results = map_as_completed(source(), work, concurrency=concurrency)
        taken = []
        async for result in results:
            taken.append(result)
            assert drawn <= len(taken) + concurrency
            if len(taken) == 20:
                break
        await results.aclose()
        return taken

    assert len(asyncio.run(main())) == 20
    assert most <= concurrency


def test_an_asynchronous_source_is_taken_as_well():
    async def source():
        for item in range(5):
            await asyncio.sleep(0)
            yield item

    async def work(index, item):
        return item * 2

    async def main():
        return sorted([r async for r in map_as_completed(source(), work, concurrency=2)])

    assert asyncio.run(main()) == [0, 2, 4, 6, 8]


def test_breaking_off_cancels_what_is_under_way():
    cancelled = []

    async def work(index, item):
        try:
            await asyncio.sleep(item)
        except asyncio.CancelledError:
            cancelled.append(index)
            raise
        return index

    async def main():
        results = map_as_completed([0, 30, 30, 30], work, concurrency=4)
        assert await anext(results) == 0
        await results.aclose()

    asyncio.run(main())
    assert sorted(cancelled) == [1, 2, 3]


def test_concurrency_below_one_is_refused():
    async def main():
        await anext(map_as_completed([1], None, concurrency=0))

    with pytest.raises(ValueError, match="concurrency must be at least 1, got 0"):
        asyncio.run(main())


def test_a_failure_costs_its_own_position_only(on_loopback):
    def script(heard):
        return answer(blank_jpeg(64) if heard.parameters["ra"] == "140.0300000" else GALAXY)

    async def main(url):
        async with on_loopback("sdss", skyserver=url) as archive:
            return [item async for item in archive.stream(positions(6), size_px=64)]

    with FakeArchive(script) as server:
        results = asyncio.run(main(server.url))
    assert sorted(item.index for item in results) == list(range(6))
    (failed,) = [item for item in results if item.error]
    assert (failed.index, type(failed.error), failed.cutout) == (3, NotInFootprint, None)
    assert all(item.data == GALAXY for item in results if item.cutout)


def test_targets_carry_name_and_size(on_loopback):
    async def main(url):
        async with on_loopback("sdss", skyserver=url) as archive:
            target = Target(SkyPosition(140.0, 30.0), "my galaxy", 128.0)
            return [item async for item in archive.stream([target], size_px=128)]

    with FakeArchive(sky_server) as server:
        (item,) = asyncio.run(main(server.url))
    assert isinstance(item, Fetched)
    assert (item.cutout.name, item.cutout.pixel_scale_arcsec) == ("my galaxy", 1.0)


def test_requests_run_beside_each_other_within_the_surveys_manners(on_loopback):
    async def main(url):
        async with on_loopback("sdss", skyserver=url) as archive:
            return [
                item async for item in archive.stream(positions(30), concurrency=50, size_px=64)
            ]

    with FakeArchive(lambda _: answer(GALAXY, after_s=0.3)) as server:
        results = asyncio.run(main(server.url))
        assert all(item.cutout for item in results)
        assert 5 <= server.most_at_once <= 10


def test_cancelling_leaves_no_socket_and_no_task(on_loopback):
    async def main(server):
        async with on_loopback("sdss", skyserver=server.url) as archive:
            # Ends by cancellation while every request hangs.
            async def consume():
                async for _ in archive.stream(positions(100), concurrency=8, size_px=64):
                    pass

            task = asyncio.create_task(consume())
            while len(server.heard) < 5:
                await asyncio.sleep(0.02)
            assert server.client_sockets() >= 5
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert server.client_sockets() == 0
        return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    with FakeArchive(lambda _: drip(GALAXY, every_s=0.2)) as server:
        assert asyncio.run(main(server)) == []


def test_leaving_a_stream_in_the_middle_leaves_no_socket(on_loopback):
    async def main(server):
        async with on_loopback("sdss", skyserver=server.url) as archive:
            async for item in archive.stream(positions(1000), concurrency=5, size_px=64):
                assert item.cutout
                break
        assert server.client_sockets() == 0
        await asyncio.sleep(0.1)
        return len(server.heard)

    def script(heard):
        return answer(GALAXY, after_s=0.0 if heard.number == 1 else 0.5)

    with FakeArchive(script) as server:
        assert asyncio.run(main(server)) <= 10


def test_a_closed_archive_says_so(on_loopback):
    async def main(url):
        async with on_loopback("sdss", skyserver=url) as archive:
            pass
        await archive.fetch(SkyPosition(140.0, 30.0))

    with pytest.raises(ArchiveUnavailable, match="was closed"):
        asyncio.run(main("http://127.0.0.1:9"))


def test_the_second_time_nothing_is_asked(on_loopback):
    async def main(url):
        async with on_loopback("sdss", skyserver=url) as archive:
            return [item async for item in archive.stream(positions(5), size_px=64)]

    with FakeArchive(lambda _: answer(GALAXY)) as server:
        first = asyncio.run(main(server.url))
        second = asyncio.run(main(server.url))
        assert len(server.heard) == 5
    by_index = {item.index: item.cutout.provenance for item in first}
    assert by_index == {item.index: item.cutout.provenance for item in second}
