"""How fast archives are streamed, and how much memory that takes. A local server plays SDSS.

* 200 cutouts from a server that takes 200 ms an answer: ten at once against one after another
  (wanted: at least 8 times as fast).
* 20,000 positions through the same stream: the peak of the resident memory of a process that
  streams 20,000 against that of one that streams 2,000 (wanted: flat).

The server runs in a process of its own, so that it takes neither this one's time nor memory,
and so does each run whose memory is measured: a peak is never forgotten, and other parts of
the bench ran in this process before.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.table import Row
from galaxy_core.archives import Endpoints, Network, Patience, open_archive
from galaxy_core.archives.cache import DiskCache
from galaxy_core.cutout import SkyPosition
from galaxy_core.settings import Settings

DELAY_S = 0.2
WANTED_SPEEDUP = 8.0


def galaxy_jpeg(size_px: int) -> bytes:
    """A round galaxy with noise."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:size_px, :size_px] - (size_px - 1) / 2
    light = np.exp(-np.hypot(x, y) / (size_px / 10))[..., None] * [230, 210, 180]
    pixels = np.clip(light + rng.normal(14, 6, (size_px, size_px, 3)), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


async def serve(delay_s: float, size_px: int) -> None:
    """Answer every request with the same galaxy, after a delay; print the port first."""
    body = galaxy_jpeg(size_px)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(delay_s)
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def local_server(delay_s: float, size_px: int) -> Iterator[str]:
    """Run ``serve`` in a process of its own; yields its URL."""
    command = [sys.executable, __file__, "--serve", str(delay_s), str(size_px)]
    root = Path(__file__).parents[1]
    environment = {"PYTHONPATH": str(root)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def stream(url: str, count: int, concurrency: int, size_px: int, most_bytes: int) -> float:
    """Seconds that so many new cutouts take."""
    with tempfile.TemporaryDirectory() as folder:
        network = Network(Endpoints().using("skyserver", url), Patience())
        cache = DiskCache(Path(folder) / "cache", most_bytes=most_bytes)
        where = (SkyPosition(index % 36000 / 100, 30 + index // 36000) for index in range(count))
        async with open_archive(
            "sdss", settings=Settings(Path(folder)), network=network, cache=cache
        ) as archive:
            began = time.perf_counter()
            good = 0
            async for item in archive.stream(where, concurrency=concurrency, size_px=size_px):
                good += item.cutout is not None
            taken = time.perf_counter() - began
    if good != count:
        raise SystemExit(f"only {good} of {count} cutouts came")
    return taken


def peak_mib() -> float:
    """Largest resident memory of this program so far.

    Not getrusage's ru_maxrss: that also counts what the process was before it became this
    program, which is a copy of the benchmark that started it.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) / 1024


def measure_speed(count: int, delay_s: float) -> dict[str, float]:
    with local_server(delay_s, 256) as url:
        asyncio.run(stream(url, 5, 5, 256, 10**9))  # imports and first connections
        alone_s = asyncio.run(stream(url, count, 1, 256, 10**9))
        together_s = asyncio.run(stream(url, count, 10, 256, 10**9))
    return {
        "cutouts": count,
        "delay_s": delay_s,
        "one_after_another_s": round(alone_s, 2),
        "ten_at_once_s": round(together_s, 2),
        "speedup": round(alone_s / together_s, 2),
        "wanted_at_least": WANTED_SPEEDUP,
    }


def measure_memory(count: int) -> dict[str, float]:
    """Tiny pictures without delay; a small cache, so that eviction is part of it."""
    with local_server(0.0, 64) as url:
        tenth_mib, _ = _peak_of_its_own(url, count // 10)
        all_mib, seconds = _peak_of_its_own(url, count)
    return {
        "positions": count,
        "seconds": round(seconds, 1),
        "peak_of_a_tenth_mib": round(tenth_mib, 1),
        "peak_of_all_mib": round(all_mib, 1),
    }


def _peak_of_its_own(url: str, count: int) -> tuple[float, float]:
    """Stream so many in a new process; return its peak memory (MiB) and its seconds."""
    command = [sys.executable, __file__, "--stream", url, str(count)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    peak, seconds = done.stdout.split()
    return float(peak), float(seconds)


def rows() -> list[Row]:
    """Return the comparison of streaming with one after another, and what memory does."""
    speed, memory = measure_speed(200, DELAY_S), measure_memory(20_000)
    growth = memory["peak_of_all_mib"] - memory["peak_of_a_tenth_mib"]
    return [
        Row(
            f"200 cutouts from a server that takes {DELAY_S * 1e3:.0f} ms, ten at once, against "
            "one after another",
            f"{speed['ten_at_once_s']:.1f} s",
            f"{speed['one_after_another_s']:.1f} s",
            f"{speed['speedup']:.1f} × faster",
            f"{WANTED_SPEEDUP} ×",
            speed["speedup"] >= WANTED_SPEEDUP,
        ),
        Row(
            "peak memory of streaming 20,000 cutouts against 2,000, a process each",
            f"{memory['peak_of_all_mib']:.0f} MiB",
            f"{memory['peak_of_a_tenth_mib']:.0f} MiB",
            f"{growth:+.0f} MiB",
            "flat",
            growth < 20,
        ),
    ]


def main() -> None:
    """Be the server, or the process that streams, of another one."""
    parser = argparse.ArgumentParser(description=__doc__)
    role = parser.add_mutually_exclusive_group(required=True)
    role.add_argument("--serve", nargs=2, metavar=("DELAY_S", "SIZE_PX"))
    role.add_argument("--stream", nargs=2, metavar=("URL", "COUNT"))
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve(float(asked.serve[0]), int(asked.serve[1])))
    else:
        url, count = asked.stream
        seconds = asyncio.run(stream(url, int(count), 10, 64, 5 * 2**20))
        print(f"{peak_mib():.1f} {seconds:.1f}")


if __name__ == "__main__":
    main()
