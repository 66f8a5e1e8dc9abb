"""The what-if lab in real Chromium: a slider redraws the answer, and the link holds it."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def farther(page: Page):
    return page.get_by_role("slider", name=re.compile("Farther"))


def test_slider_redraws_probability_and_picture_and_enters_the_link(visit):
    page = visit("what_if?sample=grand-design-spiral")
    number = page.get_by_test_id("probability")
    expect(number).to_have_text(re.compile(r"\d %$"))
    before = number.inner_text()
    picture = page.get_by_alt_text("The galaxy after the changes")
    drawn = picture.get_attribute("src")
    farther(page).focus()
    page.keyboard.press("End")
    expect(number).not_to_have_text(before)
    expect(picture).not_to_have_attribute("src", drawn)
    expect(page).to_have_url(re.compile("recipe=farther"))
    page.get_by_role("button", name="Undo").click()
    expect(number).to_have_text(before)
    expect(page).not_to_have_url(re.compile("recipe="))


def test_link_restores_the_lab(visit):
    page = visit("what_if?sample=grand-design-spiral&recipe=farther:5~rotate:45")
    expect(page.get_by_text("then rotate 45")).to_be_visible()
    expect(farther(page)).to_have_value("5")


@pytest.mark.parametrize("name", ["what_if", "inside", "evidence"])
def test_nothing_is_cut_off_sideways_on_a_telephone(visit, name):
    page = visit(name, width=400)
    ready = page.get_by_test_id("belief" if name == "evidence" else "probability")
    expect(ready).to_be_attached()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
