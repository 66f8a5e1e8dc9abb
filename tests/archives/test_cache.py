"""The cache: whole entries or none, bounded, least recently used first out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from galaxy_core.archives.cache import DiskCache

ROOT = Path(__file__).parents[2]


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("??/*.entry")
    return path


def test_what_is_put_in_comes_out_with_its_facts(tmp_path):
    cache = DiskCache(tmp_path)
    cache.put("key", b"data\nwith\0anything", {"url": "https://x", "survey": "SDSS"})
    entry = cache.get("key")
    assert entry.data == b"data\nwith\0anything"
    assert entry.facts["survey"] == "SDSS"
    assert len(entry.facts["sha256"]) == 64
    assert cache.get("another key") is None


@pytest.mark.parametrize(
    "damage",
    [lambda c: c[:-1], lambda c: c + b"x", lambda c: c[:-3] + b"abc", lambda c: b"",
     lambda c: b"GALAXY-CACHE-1\n{broken\n", lambda c: b"GALAXY-CACHE-1\n" + b"x" * 99999,
     lambda c: b'GALAXY-CACHE-1\n{"sha256": 5}\nx', lambda c: b"GALAXY-CACHE-1\n[]\nx"],
)  # fmt: skip
def test_a_damaged_entry_is_dropped_and_not_shown(damage, tmp_path):
    cache = DiskCache(tmp_path)
    cache.put("key", b"a galaxy", {})
    path = the_file(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("key") is None
    assert not path.exists()


def test_the_least_recently_used_go_first_and_the_bound_holds(tmp_path):
    cache = DiskCache(tmp_path, most_bytes=100_000)
    for number in range(9):
        cache.put(f"{number}", bytes(10_000), {})
        os.utime(cache._path(f"{number}"), (number, number))
    assert cache.get("0") is not None  # makes it the most recent
    for number in range(9, 14):
        cache.put(f"{number}", bytes(10_000), {})
    assert cache.size_bytes() <= 105_000
    assert cache.get("0") is not None
    assert cache.get("1") is None
    assert cache.get("13") is not None


def test_an_entry_larger_than_the_cache_is_not_kept(tmp_path):
    cache = DiskCache(tmp_path, most_bytes=1000)
    cache.put("key", bytes(2000), {})
    assert cache.get("key") is None


def test_a_new_process_counts_what_others_left(tmp_path):
    DiskCache(tmp_path).put("old", bytes(50_000), {})
    os.utime(the_file(tmp_path), (1, 1))
    small = DiskCache(tmp_path, most_bytes=20_000)
    small.put("new", bytes(1000), {})
    assert small.size_bytes() <= 20_000
    assert small.get("new") is not None


def test_abandoned_halves_are_cleared_away(tmp_path):
    cache = DiskCache(tmp_path)
    (tmp_path / "ab").mkdir()
    half = tmp_path / "ab" / "x.tmp"
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    cache.put("key", b"data", {})
    assert not half.exists()


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = DiskCache(tmp_path / "file")
    cache.put("key", b"data", {})
    assert cache.get("key") is None


HAMMER = """
import random, sys
from pathlib import Path
from galaxy_core.archives.cache import DiskCache
cache, dice = DiskCache(Path(sys.argv[1]), most_bytes=60_000), random.Random(sys.argv[2])
for _ in range(120):
    key = str(dice.randrange(10))
    if dice.random() < 0.5:
        cache.put(key, key.encode() * dice.randrange(1, 9000), {"key": key})
    else:
        entry = cache.get(key)
        if entry is not None and set(entry.data.decode()) != {key}:
            sys.exit("a torn entry")
"""


def test_several_processes_at_once_never_see_a_torn_entry(tmp_path):
    workers = [
        subprocess.Popen([sys.executable, "-c", HAMMER, str(tmp_path), str(seed)], cwd=ROOT)
        for seed in range(2)
    ]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert DiskCache(tmp_path).size_bytes() <= 60_000 * 1.1
