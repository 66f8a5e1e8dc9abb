"""What the picture says and does where one points at it: positions, and marks of a field."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from playwright.sync_api import Page, expect

from tests.browser.test_classify import galaxy_file, probability, settle, upload
from tests.pages.test_famous import field_file
from tests.pages.test_fits import fits_file

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(400)]
# As fits_file() writes it: 96 pixels of 0.5 arcsec, this position at FITS pixel (48, 48).
CENTRE = SkyCoord(150.0, 20.0, unit="deg")


def position(page: Page):
    return page.locator(".position")


def open_fits(page: Page, **options) -> None:
    probability(page)
    upload(page, fits_file(**options))
    expect(page.get_by_alt_text("m.fits, the galaxy as it came")).to_be_visible()
    settle(page)


def point_at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where on the screen a pixel of the picture is."""
    page.locator(".stage").scroll_into_view_if_needed()
    box = page.get_by_alt_text("the galaxy as it came").bounding_box()
    return box["x"] + (x + 0.5) / 96 * box["width"], box["y"] + (y + 0.5) / 96 * box["height"]


def read(page: Page) -> tuple[SkyCoord, SkyCoord, tuple[int, int]]:
    """Return what is said: sexagesimal, decimal, pixel."""
    expect(position(page)).to_be_visible()
    first, second = position(page).text_content().replace("\u2212", "-").split("\n")
    ra, dec = re.findall(r"[-+\d.]+(?=°)", second)
    x, y = map(int, re.findall(r"[xy] (\d+)", second))
    return (
        SkyCoord(first, unit=("hourangle", "deg")),
        SkyCoord(float(ra), float(dec), unit="deg"),
        (x, y),
    )


@pytest.mark.parametrize(("x", "y"), [(47, 48), (3, 5), (90, 80)])
def test_mouse_reads_the_sky_as_astropy_does(visit, x, y):
    page = visit()
    open_fits(page)
    page.mouse.move(*point_at(page, x, y))
    sexagesimal, decimal, pixel = read(page)
    assert np.abs(np.subtract(pixel, (x, y))).max() <= 1
    # East is left, north is up; row 47 from the bottom is row 48 from the top.
    east, north = (47 - x) * 0.5, (48 - y) * 0.5
    expected = CENTRE.spherical_offsets_by(east / 3600 * _deg(), north / 3600 * _deg())
    for said in (sexagesimal, decimal):
        assert said.separation(expected).arcsec < 0.5  # a screen's pixel is no file's pixel
    assert sexagesimal.separation(decimal).arcsec < 0.1
    page.mouse.move(2, 2)
    expect(position(page)).to_be_hidden()


def _deg():
    from astropy import units

    return units.deg


def test_arrow_keys_move_a_cross_and_page_to_no_other_galaxy(visit):
    page = visit()
    open_fits(page)
    stage = page.locator(".stage")
    page.get_by_role("button", name="Next").focus()
    while not stage.evaluate("e => e.getRootNode().activeElement === e"):
        page.keyboard.press("Tab")
    _, before, _ = read(page)
    expect(page.locator(".cross")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    _, after, _ = read(page)
    east, north = before.spherical_offsets_to(after)
    assert east.arcsec == pytest.approx(-4 * 0.5, abs=0.05)
    assert north.arcsec == pytest.approx(10 * 0.5, abs=0.05)
    expect(page.get_by_alt_text("m.fits, the galaxy as it came")).to_be_visible()
    page.keyboard.press("Escape")
    expect(position(page)).to_be_hidden()


def test_tap_reads_the_position_and_it_stays(visit):
    page = visit(width=400)
    open_fits(page)
    x, y = point_at(page, 47, 48)
    tapped = {"pointerType": "touch", "clientX": x, "clientY": y, "bubbles": True}
    page.locator(".stage").dispatch_event("pointerdown", tapped)
    sexagesimal, _, _ = read(page)
    assert sexagesimal.separation(CENTRE).arcsec < 0.5
    expect(page.locator(".cross")).to_be_visible()
    inside, stage = position(page).bounding_box(), page.locator(".stage").bounding_box()
    assert inside["x"] + inside["width"] <= stage["x"] + stage["width"]


@pytest.mark.parametrize("way", ["fits", "picture"])
def test_without_coordinates_pixels_are_read(visit, way):
    page = visit()
    if way == "fits":
        open_fits(page, with_wcs=False)
    else:
        probability(page)
        upload(page, galaxy_file("m.fits"))  # the name does not tell the type
        expect(page.get_by_alt_text("m.fits, the galaxy as it came")).to_be_visible()
        settle(page)
    page.mouse.move(*point_at(page, 20, 30))
    expect(position(page)).to_have_text(re.compile(r"^x (19|20|21), y (29|30|31) px$"))


def test_mark_of_a_field_is_clicked_and_its_galaxy_opens(visit):
    page = visit()
    probability(page)
    upload(page, field_file())
    expect(page.get_by_alt_text("field.png, the galaxy as it came")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Find galaxies").click()
    expect(page.get_by_text("3 galaxies")).to_be_visible()
    settle(page)
    marks = page.get_by_role("button", name=re.compile(r"^Open \d+: galaxy"))
    expect(marks).to_have_count(3)
    # One of them lies under the square, which stays there to be dragged.
    free = [m for m in marks.all() if m.evaluate("e => e.style.pointerEvents") != "none"]
    said = re.search(r"\((\d+), (\d+)\)", free[-1].get_attribute("aria-label"))
    free[-1].click()
    expect(page).to_have_url(re.compile("framing="))
    framing = parse_qs(urlsplit(page.url).query)["framing"][0].split(",")
    assert [round(float(part)) for part in framing[:2]] == [int(part) for part in said.groups()]
