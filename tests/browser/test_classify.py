"""What a visitor does on the classify page, in real Chromium."""

import csv
import io
import json
import re
import struct
import zlib

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import galaxy_file

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def probability(page: Page) -> str:
    """Return the probability as it stands on the page, once it does."""
    number = page.get_by_test_id("probability")
    expect(number).to_have_text(re.compile(r"^[<>]? ?\d+(\.\d)? %$"))
    return number.inner_text()


def settle(page: Page) -> None:
    """Wait until the page is drawn to its end and its keys are listened to.

    Streamlit loads its button, which holds the shortcut, as a part of its own: the answer can
    be on the page before it. A frame later React has registered the key.
    """
    # While a run goes on, what it has not reached yet still stands from the run before.
    expect(page.get_by_test_id("probability")).to_have_count(1)
    probability(page)
    expect(page.get_by_role("button", name="Next")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")


def upload(page: Page, *files) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": n, "mimeType": kind, "buffer": data} for n, data, kind in files]
    )


def png_stating(width: int, height: int) -> bytes:
    """Return a small PNG whose header states that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(600))), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_upload_gets_a_probability_its_picture_and_its_evidence(visit):
    page = visit()
    probability(page)
    upload(page, galaxy_file("my galaxy.png"))
    expect(page.get_by_alt_text("my galaxy.png, the galaxy as it came")).to_be_visible()
    probability(page)
    expect(page.get_by_alt_text("Evidence map (both) on the galaxy")).to_be_visible()
    expect(page.get_by_text("my galaxy.png · 96 × 96 px · upload")).to_be_visible()
    expect(page).to_have_url(re.compile("source=upload"))


def test_opacity_slider_redraws_the_evidence_and_enters_the_link(visit):
    page = visit("?sample=barred-spiral")
    overlay = page.get_by_alt_text("Evidence map (both) on the galaxy")
    expect(overlay).to_have_css("opacity", "0.5")
    slider = page.get_by_role("slider", name="Evidence opacity")
    slider.fill("80")
    expect(overlay).to_have_css("opacity", "0.8")
    expect(page).to_have_url(re.compile("opacity=80"))
    slider.press("ArrowLeft")  # moves the slider, and must not page to another galaxy
    expect(overlay).to_have_css("opacity", "0.79")
    expect(page).to_have_url(re.compile("sample=barred-spiral.*opacity=79"))


def test_feature_map_opens_beside_its_kernel_and_on_the_galaxy(visit):
    page = visit("?maps_layer=Conv1_Edges&order=index")
    grid = page.get_by_role("group", name="Feature maps of Conv1_Edges")
    expect(grid.get_by_role("button")).to_have_count(32)
    button = grid.get_by_role("button", name=re.compile("^Map 7,"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text("Map 7 of Conv1_Edges, enlarged")).to_be_visible()
    expect(page.get_by_alt_text("Map 7 laid on the galaxy")).to_be_visible()
    kernels = page.locator("table.aa-kernel")
    expect(kernels).to_have_count(3)
    expect(kernels.first.locator("td")).to_have_count(9)
    expect(page).to_have_url(re.compile("[?&]map=7"))
    expect(button).to_have_attribute("aria-pressed", "true")


def test_deep_link_shows_the_same_state_to_somebody_else(visit):
    page = visit("?sample=elliptical&layer=Conv1_Edges&evidence=elliptical&opacity=30&map=3")
    number = probability(page)
    expect(page.get_by_alt_text("Map 3 of Conv2_Shapes, enlarged")).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    other = visit(link.split("/", 3)[3])
    assert probability(other) == number
    expect(other.get_by_alt_text("Map 3 of Conv2_Shapes, enlarged")).to_be_visible()
    expect(other.get_by_role("slider", name="Evidence opacity")).to_have_value("30")


def test_many_uploads_one_table_bad_ones_cost_their_own_row_and_csv_agrees(visit):
    page = visit()
    probability(page)
    bad = [
        ("page.jpg", b"<html><body>404</body></html>", "image/jpeg"),
        ("zero.png", b"", "image/png"),
        ("=SUM(A1)\n../../x.png", b"\x89PNG\r\n\x1a\n broken", "image/png"),
    ]
    upload(page, galaxy_file("good.png"), *bad, galaxy_file("also good.png", seed=1))
    expect(page.get_by_text("5 pictures, 3 of them could not be read")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Results (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [bool(row["error"]) for row in rows] == [False, True, True, True, False]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    shown = probability(page)
    assert round(100 * float(rows[0]["probability_spiral"])) == pytest.approx(
        float(re.search(r"[\d.]+", shown).group()), abs=1
    )
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("alert").filter(has_text="page.jpg")).to_be_visible()
    expect(page.get_by_test_id("probability")).to_have_count(0)


def test_a_picture_of_ten_milliards_of_pixels_is_refused_at_once_and_the_page_goes_on(visit):
    page = visit()
    probability(page)
    upload(page, ("bomb.png", png_stating(100_000, 100_000), "image/png"))
    expect(page.get_by_role("alert").filter(has_text="100,000 × 100,000")).to_be_visible()
    upload(page, galaxy_file("good.png"))
    expect(page.get_by_text("2 pictures, 1 of them could not be read")).to_be_visible()
    expect(page.get_by_alt_text("good.png, the galaxy as it came")).to_be_visible()
    probability(page)


def test_three_hundred_files_at_once_are_three_hundred_rows(visit):
    page = visit()
    probability(page)
    good = galaxy_file("good.png")[1]
    bad = [
        ("zero.png", b"", "image/png"),
        ("bomb.png", png_stating(100_000, 100_000), "image/png"),
    ]
    upload(page, *bad, *[(f"{n}.png", good, "image/png") for n in range(298)])
    expect(page.get_by_text("300 pictures, 2 of them could not be read")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Results (JSON)").click()
    rows = json.loads(download.value.path().read_text())
    assert [row["path"] for row in rows] == [
        "zero.png",
        "bomb.png",
        *(f"{n}.png" for n in range(298)),
    ]
    assert [row["error"] is None for row in rows] == [False, False] + [True] * 298


def test_two_visitors_never_see_each_others_galaxies(visit):
    first, second = visit(), visit("?sample=elliptical")
    probability(first)
    probability(second)
    upload(first, galaxy_file("private-one.png"))
    upload(second, galaxy_file("private-two.png", seed=5))
    expect(first.get_by_alt_text("private-one.png, the galaxy as it came")).to_be_visible()
    expect(second.get_by_alt_text("private-two.png, the galaxy as it came")).to_be_visible()
    expect(first.get_by_text("private-two")).to_have_count(0)
    expect(second.get_by_text("private-one")).to_have_count(0)


def test_arrow_keys_walk_through_the_samples(visit):
    page = visit("?sample=elliptical")
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("sample=grand-design-spiral"))
    expect(page.get_by_alt_text("Grand-design spiral, the galaxy as it came")).to_be_visible()
    settle(page)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("sample=elliptical"))


def test_square_can_be_dragged_and_the_answer_follows(visit):
    page = visit("?sample=elliptical")
    probability(page)
    square = page.locator(".square")
    box = square.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 25, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("framing="))
    page.get_by_role("button", name="Framing").click()
    expect(page.get_by_text("Set by you.")).to_be_visible()
    page.get_by_role("button", name="As found").click()
    expect(page).not_to_have_url(re.compile("framing="))


def test_evidence_overlay_lies_exactly_on_the_square(visit):
    page = visit("?sample=ring-galaxy")
    overlay = page.get_by_alt_text("Evidence map (both) on the galaxy")
    expect(overlay).to_be_visible()
    square, laid = page.locator(".square").bounding_box(), overlay.bounding_box()
    for side in ("x", "y", "width", "height"):
        assert np.isclose(square[side], laid[side], atol=1)


def test_dark_is_the_default_and_light_can_be_chosen(visit):
    page = visit()
    probability(page)
    background = "rgb(15, 20, 32)"
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", background)
    page.evaluate("localStorage.setItem('stActiveTheme-/-v2', '\"Light\"')")
    page.reload()
    probability(page)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")


@pytest.mark.parametrize("width", [400, 1440])
def test_nothing_is_cut_off_sideways(visit, width):
    page = visit("?map=3", width=width)
    probability(page)
    expect(page.get_by_alt_text("Map 3 of Conv2_Shapes, enlarged")).to_be_attached()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    if width == 400:
        order = [
            page.locator(".stage"),
            page.get_by_test_id("probability"),
            page.get_by_text("Evidence for"),
            page.get_by_role("group", name="Feature maps of"),
        ]
        tops = [element.first.bounding_box()["y"] for element in order]
        assert tops == sorted(tops)
    else:
        assert page.get_by_test_id("probability").bounding_box()["y"] < 900


def test_nothing_is_fetched_from_elsewhere(visit, served):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    probability(page)
    foreign = [u for u in asked if not u.startswith((served, "data:", "blob:", "ws://127.0.0.1"))]
    assert foreign == []
