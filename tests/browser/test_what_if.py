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


def drag(page: Page, *places: tuple[float, float]) -> None:
    """Draw over the picture with the mouse, from place to place in fractions of it."""
    box = page.get_by_alt_text("The galaxy after the changes").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def test_strokes_of_the_brush_change_the_picture_enter_the_link_and_are_undone_one_by_one(visit):
    page = visit("what_if?sample=grand-design-spiral")
    expect(page.get_by_test_id("probability")).to_have_text(re.compile(r"\d %$"))
    picture = page.get_by_alt_text("The galaxy after the changes")
    drawn = picture.get_attribute("src")
    page.get_by_role("button", name="Brush", exact=True).click()
    picture.scroll_into_view_if_needed()
    drag(page, (0.3, 0.4), (0.6, 0.4))
    expect(page.get_by_text("erase what one stroke covers")).to_be_visible()
    expect(picture).not_to_have_attribute("src", drawn)
    expect(page).to_have_url(re.compile(r"recipe=erase(:|%3A)1(:|%3A)p\."))
    drag(page, (0.5, 0.7), (0.5, 0.8))
    expect(page.get_by_text("erase what 2 strokes cover")).to_be_visible()
    page.get_by_role("button", name="Undo stroke").click()
    expect(page.get_by_text("erase what one stroke covers")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(picture).to_have_attribute("src", drawn)
    expect(page).not_to_have_url(re.compile("recipe="))


def test_a_loop_of_the_lasso_keeps_its_inside(visit):
    page = visit("what_if?sample=grand-design-spiral")
    expect(page.get_by_test_id("probability")).to_have_text(re.compile(r"\d %$"))
    page.get_by_role("button", name="Lasso", exact=True).click()
    page.get_by_role("button", name="Keep only", exact=True).click()
    page.get_by_alt_text("The galaxy after the changes").scroll_into_view_if_needed()
    drag(page, (0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))
    expect(page.get_by_text("keep only what one stroke covers")).to_be_visible()
    expect(page).to_have_url(re.compile(r"recipe=keep(:|%3A)1(:|%3A)p\."))


def test_a_finger_paints_where_the_brush_is_chosen_and_scrolls_where_it_is_not(served, browser):
    context = browser.new_context(
        viewport={"width": 400, "height": 850}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{served}/what_if?sample=grand-design-spiral")
    expect(page.get_by_test_id("probability")).to_have_text(re.compile(r"\d %$"))
    picture, main = (
        page.get_by_alt_text("The galaxy after the changes"),
        page.get_by_test_id("stMain"),
    )

    def swipe() -> float:
        """Draw a finger upwards over the picture; return how far the page has scrolled."""
        box, before = picture.bounding_box(), main.evaluate("e => e.scrollTop")
        x, low = box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"]
        touch = context.new_cdp_session(page)
        for number in range(12):
            kind = "touchMove" if number else "touchStart"
            point = {"x": x, "y": low - number * box["height"] / 20}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            page.wait_for_timeout(30)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(600)  # a swipe goes on for a while
        return main.evaluate("e => e.scrollTop") - before

    assert swipe() > 50
    page.get_by_role("button", name="Brush", exact=True).tap()
    picture.scroll_into_view_if_needed()
    assert swipe() == 0
    expect(page.get_by_text("erase what one stroke covers")).to_be_visible()
    context.close()


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
