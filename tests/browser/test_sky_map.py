"""The sky map: asked for by a click, absent where the CDS is not reached. No test reaches it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_classify import probability, upload
from tests.pages.test_fits import fits_file

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(400),
]
OTHERS = re.compile(r"^https?://(?!127\.0\.0\.1)")
ALADIN = """window.A = {
  init: Promise.resolve(),
  aladin: (inside, options) => { inside.textContent = `map of ${options.target}`; },
};"""


def test_sky_map_comes_when_it_is_asked_for(visit):
    page = visit()
    asked = []

    def play(route):
        asked.append(route.request.url)
        route.fulfill(content_type="text/javascript", body=ALADIN)

    page.route(OTHERS, play)
    upload(page, fits_file())
    probability(page)
    button = page.get_by_role("button", name="Show the sky around it")
    expect(button).to_be_visible()
    assert asked == []
    button.click()
    expect(page.get_by_text("map of ")).to_be_visible()
    expect(button).to_be_hidden()
    assert len(asked) == 1


def test_where_the_cds_is_not_reached_a_sentence_stands_and_no_hole(visit):
    page = visit()
    page.route(OTHERS, lambda route: route.abort())
    upload(page, fits_file())
    probability(page)
    page.get_by_role("button", name="Show the sky around it").click()
    expect(page.get_by_text("cannot be reached from here")).to_be_visible()
    expect(page.get_by_label("The sky around the galaxy")).to_be_hidden()
