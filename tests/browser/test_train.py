"""Training as a visitor sees it: started, left, found again, stopped; in real Chromium."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
FIRST_EPOCH_MS = 150_000


def _fill(box: Locator, text: str) -> None:
    """Fill a box of the form and leave it by Tab: Enter would send the form as it stands."""
    box.fill(text)
    box.press("Tab")
    expect(box).to_have_value(text)


def _settled(page: Page) -> None:
    """Wait until nothing is drawn anew: a click then would fall between two buttons."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.timeout(400)
def test_training_goes_on_without_its_page_and_is_found_again(visit):
    page = visit("train")
    page.get_by_role("slider", name="Galaxies of each class").press("Home")
    _settled(page)
    # As many epochs as the form takes: it must still be going when the other visitor looks.
    _fill(page.get_by_role("spinbutton", name="Epochs"), "200")
    _fill(page.get_by_role("textbox", name="Its name"), "browser-net")
    _settled(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("browser-net is being trained")).to_be_visible()
    page.context.close()
    page = visit("train")  # another visitor, who finds it
    expect(page.get_by_text("browser-net is being trained")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Epoch 1: spiral"))).to_be_visible(timeout=FIRST_EPOCH_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    page.get_by_role("button", name="Stop", exact=True).last.click()
    expect(page.get_by_text(re.compile("browser-net: stopped"))).to_be_visible()
    page.get_by_text(re.compile("browser-net: stopped")).click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_paths_outside_the_operators_folders_are_not_opened(visit):
    page = visit("train")
    page.get_by_text("A labelled folder").click()
    box = page.get_by_role("combobox", name=re.compile("Folder on this server"))
    box.fill("/etc")
    box.press("Enter")
    expect(page.get_by_text("Only labelled folders inside")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
