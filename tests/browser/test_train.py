"""Training as a visitor sees it: started, left, found again, stopped; in real Chromium."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
FIRST_EPOCH_MS = 150_000


@pytest.mark.timeout(400)
def test_training_goes_on_without_its_page_and_is_found_again(visit):
    page = visit("train")
    page.get_by_role("slider", name="Galaxies of each class").press("Home")
    page.locator(".stNumberInput input").first.fill("100")
    page.get_by_role("textbox", name="Its name").fill("browser-net")
    page.get_by_role("textbox", name="Its name").press("Enter")
    # A click while Streamlit draws the button anew falls between the old one and the new.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
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
