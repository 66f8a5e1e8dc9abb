"""The served app in real Chromium: one server for them all, one fresh visitor a test.

Playwright leaves an event loop running in its thread for as long as it lives; the browser
ends with each file, so that tests after it in the same worker may call ``asyncio.run``.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Generous, because a busy machine is no fault of the page; nothing waits longer than it must.
START_S, PATIENCE_MS = 120, 60_000


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[str]:
    """Serve the app on a free port with a data dir of its own; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{
            k: v for k, v in os.environ.items() if not k.startswith(("GALAXY_", "SDSS_", "ASTRO_"))
        },
        "GALAXY_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    log = tmp_path_factory.mktemp("log") / "server.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The app did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.fail("No Chromium on the PATH; tests/browser/install_chromium.sh says how.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(served: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that comes in as a new visitor, through a link if one is given."""
    expect.set_options(timeout=PATIENCE_MS)
    contexts, problems = [], []

    def come(query: str = "", *, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{served}/{query}")
        return page

    yield come
    for context in contexts:
        context.close()
    assert problems == []
