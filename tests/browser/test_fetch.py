"""Fetching from an archive on loopback, and FITS, in real Chromium."""

import csv
import io
import os
import re
import socket
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.archives.fake_archives import FakeArchive, answer, drip, galaxy_jpeg
from tests.browser import conftest
from tests.browser.test_classify import probability, settle, upload
from tests.pages.test_fits import fits_file

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    # The first waits for a server and for TensorFlow; a busy machine is no fault of the page.
    pytest.mark.timeout(400),
]


def slow_north(heard):
    """Answer as SkyServer would, but for ever slowly for M63, which lies at declination 42."""
    if heard.parameters.get("dec", "").startswith("42."):
        return drip(galaxy_jpeg())
    return answer(galaxy_jpeg(int(heard.parameters["width"])))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve the app with an archive of ours in the place of SkyServer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "server.txt"
    with FakeArchive(slow_north) as archive, log.open("wb") as output:
        data = str(tmp_path_factory.mktemp("data"))
        environment = {**os.environ, "GALAXY_DATA_DIR": data, "ASTRO_DB_HOST": archive.url}
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        server = subprocess.Popen(
            command, cwd=conftest.ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            health = f"http://127.0.0.1:{port}/_stcore/health"
            conftest._wait_until_healthy(health, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def test_galaxy_is_fetched_by_name_and_enters_the_link(visit):
    page = visit()
    page.get_by_role("tab", name="Fetch").click()
    page.get_by_label("Name or position").fill("M51")
    page.get_by_label("Name or position").press("Enter")
    expect(page.get_by_alt_text("M51, the galaxy as it came")).to_be_visible()
    probability(page)
    expect(page).to_have_url(re.compile("survey=sdss&name=M51"))
    expect(page.get_by_label("Compass: north and east")).to_be_visible()
    expect(page.get_by_role("link", name="SDSS’s own viewer")).to_be_visible()


def test_fetching_is_cancelled_half_way_and_the_samples_stay(visit):
    page = visit("?survey=sdss&name=M63")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("was cancelled")).to_be_visible()
    page.get_by_role("button", name="Elliptical galaxy").click()
    probability(page)
    expect(page).to_have_url(re.compile("sample=elliptical"))


def test_fetched_list_is_a_table_and_the_arrow_keys_walk_through_it(visit):
    page = visit("?survey=sdss&name=M51")
    settle(page)
    page.get_by_role("button", name="More").click()
    page.get_by_label("Several, one a line").fill("M64\nM101\nNGC 4565")
    page.get_by_label("Several, one a line").press("Control+Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fetch", exact=True).click()
    expect(page.get_by_text("3 galaxies of the list")).to_be_visible()
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_alt_text("M101, the galaxy as it came")).to_be_visible()
    expect(page).to_have_url(re.compile("survey=sdss&name=M101"))
    settle(page)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_alt_text("M64, the galaxy as it came")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Results (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [row["path"] for row in rows] == ["M64", "M101", "NGC 4565"]
    assert all("getjpeg" in row["url"] and not row["error"] for row in rows)


def test_bands_and_stretch_move_the_network_input(visit):
    page = visit()
    probability(page)
    upload(page, fits_file())
    expect(page.get_by_text("FITS: bands and stretch")).to_be_visible()
    shown = page.get_by_alt_text("The 64 × 64 pixels that the network sees")
    first = shown.get_attribute("src")
    slider = page.get_by_role("slider", name="Faint light")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(shown).not_to_have_attribute("src", first)
    second = shown.get_attribute("src")
    page.get_by_text("One band", exact=True).click()
    expect(shown).not_to_have_attribute("src", second)
    expect(page.get_by_label("Compass: north and east")).to_be_visible()


@pytest.mark.parametrize("width", [400, 1440])
def test_fetched_galaxy_is_not_cut_off_sideways(visit, width):
    page = visit("?survey=sdss&name=M51", width=width)
    probability(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
