"""A 10,000 × 10,000 float FITS opened and shown, against the ordinary way.

Ordinary: ``astropy.io.fits.getdata``, then the whole image resized with Pillow to what a
screen shows. Ours: ``FitsReader`` in its own process, warm or cold, block means of the same
size. Each way runs in a process of its own; memory is the peak of all its processes.
"""

import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from astropy.io import fits

from benchmarks.table import Row

SIDE_PX = 10_000
SHOWN_PX = 1_000

ORDINARY = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from astropy.io import fits
from PIL import Image
import numpy as np
ready = time.perf_counter()
data = fits.getdata(sys.argv[1])
side = int(sys.argv[2])
shown = Image.fromarray(np.ascontiguousarray(data, dtype=np.float32)).resize((side, side))
print(time.perf_counter() - ready, time.perf_counter() - started)
"""

OURS = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from galaxy_core.intake.fits_contents import default_choice
from galaxy_core.intake.fits_reader import FitsReader
ready = time.perf_counter()
with FitsReader() as reader:
    if sys.argv[3] == "warm":
        reader.open(Path(sys.argv[4]), name="small")
        started = ready = time.perf_counter()
    contents = reader.open(Path(sys.argv[1]), name="large")
    shown = reader.read(contents, default_choice(contents), most_pixels=int(sys.argv[2]) ** 2)
    print(time.perf_counter() - ready, time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds without and with imports, and the peak memory of the processes in bytes."""

    seconds: float
    seconds_with_imports: float
    peak_bytes: int


def write_field(path: Path, side_px: int) -> None:
    """Write a float32 image of noise, some rows at a time."""
    header = fits.PrimaryHDU(np.zeros((1, 1), np.float32)).header
    header["NAXIS1"] = header["NAXIS2"] = side_px
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        file.write(header.tostring().encode())
        for _ in range(0, side_px, 500):
            file.write(rng.normal(size=(500, side_px)).astype(">f4").tobytes())
        file.write(b"\0" * (-file.tell() % 2880))


def run(code: str, *arguments: str) -> Cost:
    """Run Python code in a process; it prints its two times."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    peak = 0
    finished = threading.Event()

    def watch() -> None:
        nonlocal peak
        watched = psutil.Process(process.pid)
        while not finished.wait(0.005):
            try:
                family = [watched, *watched.children(recursive=True)]
                peak = max(peak, sum(member.memory_info().rss for member in family))
            except psutil.Error:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    finished.set()
    watcher.join()
    seconds, with_imports = (float(text) for text in out.split())
    return Cost(seconds, with_imports, peak)


def measure(*, side_px: int = SIDE_PX, repeats: int = 3) -> dict[str, Cost]:
    """Return the cost of each way, the median of several runs taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.fits", Path(folder) / "small.fits"
        write_field(large, side_px)
        write_field(small, 500)
        large.read_bytes()  # both ways find it in the page cache
        ways = {
            "getdata + resize": (ORDINARY, str(large), str(SHOWN_PX)),
            "FitsReader, cold": (OURS, str(large), str(SHOWN_PX), "cold"),
            "FitsReader, warm": (OURS, str(large), str(SHOWN_PX), "warm", str(small)),
        }
        runs = [{way: run(*command) for way, command in ways.items()} for _ in range(repeats)]
    return {
        way: sorted((one[way] for one in runs), key=lambda c: c.seconds)[repeats // 2]
        for way in ways
    }


def rows() -> list[Row]:
    """Return the comparison, with the reader's process warm and cold."""
    size = SIDE_PX**2 * 4
    costs = measure()
    ordinary = costs["getdata + resize"]
    return [
        Row(
            f"{SIDE_PX:,} × {SIDE_PX:,} float FITS opened and previewed against getdata and a "
            f"full resize ({way.split(', ')[1]} process)",
            f"{cost.seconds:.2f} s, {cost.peak_bytes / size:.2f} × the file in memory",
            f"{ordinary.seconds:.2f} s, {ordinary.peak_bytes / size:.2f} × the file",
            f"{ordinary.seconds / cost.seconds:.2f} × faster",
            "no slower, under 1.5 × the file's size",
            cost.seconds <= ordinary.seconds and cost.peak_bytes < 1.5 * size,
        )
        for way, cost in costs.items()
        if cost is not ordinary
    ]
