"""Radii of many positions: asked together, kept one by one, alone where together fails."""

import asyncio
import re
import time

import pytest

from galaxy_core.archives.cache import DiskCache
from galaxy_core.cutout import SkyPosition
from tests.archives.fake_archives import FakeArchive, answer, drip, json_answer

HERE = [SkyPosition(150.0 + n, 30.0) for n in range(24)]


def understanding(heard):
    """Answer about every position of the question: R90 is its right ascension over 100."""
    command = heard.parameters["cmd"]
    asked = re.findall(r"\((\d+),([\d.]+),[\d.]+\)", command)
    alone = re.search(r"fGetNearbyObjEq\(([\d.]+),", command)
    if asked:
        rows = [
            {"n": int(n), "petroR90_r": float(ra) / 100} for n, ra in asked if float(ra) != 151.0
        ]
        return json_answer([{"Rows": rows[::-1]}])
    return json_answer([{"Rows": [{"petroR90_r": float(alone[1]) / 100}]}])


def only_alone(reply):
    def script(heard):
        return reply if "VALUES" in heard.parameters["cmd"] else understanding(heard)

    return script


def radii(on_loopback, positions, server, **options):
    async def main():
        async with on_loopback("sdss", skyserver=server.url, **options) as archive:
            asked = (archive._lookup.petrosian_radius_arcsec(one) for one in positions)
            return await asyncio.gather(*asked)

    return asyncio.run(main())


def test_a_list_is_asked_for_in_a_few_searches_and_each_gets_its_own(on_loopback):
    with FakeArchive(understanding) as server:
        began = time.monotonic()
        found = radii(on_loopback, HERE, server)
        assert time.monotonic() - began < 8  # one after another 24 s
        assert len(server.heard) <= 4
    expected = [one.ra_deg / 100 for one in HERE]
    expected[1] = None  # SDSS has no galaxy there
    assert found == expected


def test_what_was_asked_together_is_kept_one_by_one(on_loopback, tmp_path):
    cache = DiskCache(tmp_path / "cache")
    with FakeArchive(understanding) as server:
        first = radii(on_loopback, HERE[:4], server, cache=cache)
        heard = len(server.heard)
        again = [radii(on_loopback, [one], server, cache=cache)[0] for one in HERE[:4]]
        assert len(server.heard) == heard
    assert again == first


@pytest.mark.parametrize(
    "reply",
    [
        json_answer({"ErrorCode": 500, "ErrorMessage": "Incorrect syntax near 'VALUES'"}),
        json_answer([{"Rows": [{"objID": 1, "petroR90_r": 12.5}]}]),
        json_answer([{"Rows": [{"n": 99, "petroR90_r": 12.5}]}]),
        answer(b"<html>", "text/html"),
        answer(b"", status="404 Query too long"),
    ],
    ids=["refused", "another question", "no such position", "a page", "too long"],
)
def test_a_server_that_does_not_understand_is_asked_one_at_a_time(reply, on_loopback):
    with FakeArchive(only_alone(reply)) as server:
        assert radii(on_loopback, HERE[:3], server) == [1.5, 1.51, 1.52]
        together = [heard for heard in server.heard if "VALUES" in heard.parameters["cmd"]]
        assert len(together) == 1


def test_cancelling_leaves_no_search_and_no_socket(on_loopback):
    async def main(server):
        async with on_loopback("sdss", skyserver=server.url) as archive:
            asked = [
                asyncio.create_task(archive._lookup.petrosian_radius_arcsec(one)) for one in HERE
            ]
            while not server.heard:
                await asyncio.sleep(0.01)
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        assert len(asyncio.all_tasks()) == 1

    with FakeArchive(lambda _: drip(bytes(10_000))) as server:
        asyncio.run(main(server))
        assert server.client_sockets() == 0
