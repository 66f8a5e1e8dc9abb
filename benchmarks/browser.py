"""The served app in Chromium: first paint, first answer, moved sliders, memory over visitors.

``python -m benchmarks.browser what_if`` measures the what-if lab alone.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.table import Row, markdown
from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy

ROOT = Path(__file__).parents[1]
EMPTY_APP = 'import streamlit as st\n\nst.title("Nothing here")\n'
PATIENCE_MS = 120_000
STARTS = 5
MOVES = 40
SETTLED_MS = 3_000  # the curves below the lab are drawn by then
PER_VISITOR, FEW, MANY = 10, 50, 500
NAMES = ("chromium", "chromium-browser", "google-chrome")
# What the lab shows: its picture, and the network's input with the evidence laid on it.
LAB_WATCH = """() => {
  addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
  window.shown = root => {
    const picture = root.querySelector('img[alt="The galaxy after the changes"]');
    const input = document.querySelector('img[alt*="network sees, with the evidence"]');
    const layers = [...(input?.parentElement.querySelectorAll("img") ?? [])];
    return [picture, layers[0], layers[1]].map(image => image?.src);
  };
}"""


def rows() -> list[Row]:
    """Return every comparison."""
    with chromium() as browser:
        return [*starts(browser), slider(browser), what_if(browser), memory(browser)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, and close it."""
    executable = next(path for path in map(shutil.which, NAMES) if path)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(script: Path) -> Iterator[tuple[str, float, psutil.Process]]:
    """Run ``streamlit run``; yield its address, when it was started, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "GALAXY_DATA_DIR": data}
        environment.pop("GALAXY_SAMPLES_DIR", None)
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        command += ["--server.port", str(port), "--server.headless", "true"]
        command += ["--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]
        started = time.perf_counter()
        server = subprocess.Popen(
            command,
            cwd=script.parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_listening(port)
            yield f"http://127.0.0.1:{port}", started, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)


def starts(browser: Browser) -> list[Row]:
    """First paint against an empty app, first answer against importing TensorFlow; medians."""
    empty, painted, answered, imported = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_APP)
        for _ in range(STARTS):  # in turn, so that a busy moment falls on all alike
            with serving(script) as (url, started, _), visitor(browser) as page:
                page.goto(url)
                expect(page.locator("h1")).to_be_visible()
                empty.append(time.perf_counter() - started)
            with serving(ROOT / "app.py") as (url, started, _), visitor(browser) as page:
                page.goto(url)
                expect(page.locator("h1")).to_be_visible()
                painted.append(time.perf_counter() - started)
                expect(page.get_by_test_id("probability")).to_be_visible()
                answered.append(time.perf_counter() - started)
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import tensorflow"], check=True, stderr=-3)
            imported.append(time.perf_counter() - started)
    return [
        _times("`streamlit run` to first paint, against an empty app", painted, empty, most=1.3),
        _times(
            "`streamlit run` to first answer, against `import tensorflow`",
            answered,
            imported,
            most=1.8,
        ),
    ]


def slider(browser: Browser) -> Row:
    """A move of the opacity slider until the evidence is redrawn, seen from outside the page."""
    taken = []
    with serving(ROOT / "app.py") as (url, _, _), visitor(browser) as page:
        page.goto(f"{url}/?opacity=20")
        overlay = page.get_by_alt_text("Evidence map (both) on the galaxy")
        expect(overlay).to_be_visible()
        page.get_by_role("slider", name="Evidence opacity").focus()
        for move in range(1, MOVES + 1):
            started = time.perf_counter()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "([image, opacity]) => getComputedStyle(image).opacity == opacity",
                arg=[overlay.element_handle(), f"{(20 + move) / 100:g}"],
                polling="raf",
            )
            taken.append(1000 * (time.perf_counter() - started))
    median = statistics.median(taken)
    return Row(
        "opacity slider moved until the evidence is redrawn",
        f"median {median:.0f} ms, longest {max(taken):.0f} ms",
        "",
        "",
        "median < 300 ms",
        median < 300,
        "the opacity is applied in the browser; no server is asked",
    )


def what_if(browser: Browser) -> Row:
    """A knob of the what-if lab until picture, input and evidence are redrawn.

    The page's own clock runs from the key to the frame in which all three are new: asked from
    outside in a loop, Chromium would take one of two cores from the server that is measured. The
    probability comes before the input in the page, so it is there by then.
    """
    taken = []
    with serving(ROOT / "app.py") as (url, _, _), visitor(browser) as page:
        page.goto(f"{url}/what_if?sample=grand-design-spiral")
        expect(page.get_by_test_id("probability")).to_have_text(re.compile(r"\d %$"))
        expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()  # all is drawn
        picture = page.get_by_alt_text("The galaxy after the changes")
        root = picture.evaluate_handle("image => image.getRootNode()")
        page.wait_for_timeout(SETTLED_MS)
        page.get_by_role("slider", name=re.compile("Farther")).focus()
        page.evaluate(LAB_WATCH)
        for _ in range(MOVES):
            page.evaluate("root => window.before = window.shown(root)", root)
            page.keyboard.press("ArrowRight")
            moved = page.wait_for_function(
                "root => window.shown(root).every((one, k) => one && one !== window.before[k])"
                " && performance.now() - window.pressed",
                arg=root,
                polling="raf",
            )
            taken.append(float(moved.json_value()))
    median = statistics.median(taken)
    return Row(
        "what-if slider moved until picture, probability and evidence are redrawn",
        f"median {median:.0f} ms, longest {max(taken):.0f} ms",
        "",
        "",
        "median < 300 ms",
        median < 300,
        f"{MOVES} moves; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
    )


def memory(browser: Browser) -> Row:
    """Resident memory after 50 and after 500 uploaded galaxies, ten by each visitor."""
    with serving(ROOT / "app.py") as (url, _, server):
        for seen in range(0, FEW, PER_VISITOR):
            _upload_ten(browser, url, seed=seen)
        few = server.memory_info().rss / 2**20
        for seen in range(FEW, MANY, PER_VISITOR):
            _upload_ten(browser, url, seed=seen)
        many = server.memory_info().rss / 2**20
    growth = many / few - 1
    return Row(
        f"resident memory after {MANY} classifications by {MANY // PER_VISITOR} visitors",
        f"{many:.0f} MiB",
        f"{few:.0f} MiB after {FEW}",
        f"{growth:+.1%}",
        "equal within 5%, < 1.2 GB",
        abs(growth) <= 0.05 and many * 2**20 < 1.2e9,
        "TensorFlow alone takes most of it",
    )


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """Yield the page of a new visitor."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page
    finally:
        context.close()


def _upload_ten(browser: Browser, url: str, *, seed: int) -> None:
    files = [_galaxy_file(seed + number) for number in range(PER_VISITOR)]
    with visitor(browser) as page:
        page.goto(url)
        expect(page.get_by_test_id("probability")).to_be_visible()
        page.locator("input[type=file]").set_input_files(files)
        expect(page.get_by_text(f"{PER_VISITOR} pictures")).to_be_visible()
        expect(page.get_by_alt_text(f"{files[0]['name']}, the galaxy as it came")).to_be_visible()
        expect(page.get_by_test_id("probability")).to_be_visible()


def _galaxy_file(seed: int) -> dict[str, object]:
    kind = tuple(GalaxyKind)[seed % len(GalaxyKind)]
    galaxy = simulate_galaxy(random_parameters(kind, seed=seed), seed=seed, name=str(seed))
    buffer = BytesIO()
    pixels = np.round(galaxy.cutout.pixels * 255).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    name = f"galaxy-{seed}.jpg"
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def _until_listening(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"Nothing listens on port {port}.")


def _times(what: str, ours: list[float], theirs: list[float], *, most: float) -> Row:
    one, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        what,
        f"{one:.2f} s",
        f"{other:.2f} s",
        f"{one / other:.2f} ×",
        f"≤ {most} ×",
        one / other <= most,
        f"median of {len(ours)} cold starts of the server",
    )


if __name__ == "__main__":
    with chromium() as alone:
        print(
            markdown(
                [{"slider": slider, "what_if": what_if}[name](alone) for name in sys.argv[1:]]
            )
        )
