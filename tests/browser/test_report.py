"""The report of a galaxy as a reader opens it: from the page's download, in real Chromium."""

import re

import pytest
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_report_fits_a_telephone_and_grades_stay_whole(visit, browser: Browser, tmp_path):
    page = visit("evidence?sample=grand-design-spiral")
    expect(page.get_by_test_id("belief")).to_have_text(re.compile("This map"))
    page.get_by_test_id("stPopoverButton").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(r"\(HTML\)")).click()
    path = tmp_path / "report.html"
    download.value.save_as(path)
    context = browser.new_context(viewport={"width": 400, "height": 850})
    report = context.new_page()
    report.goto(path.as_uri())
    assert report.evaluate("document.documentElement.scrollWidth") <= 400
    # A column of grades once shrank to one letter a line.
    grades = report.locator("td:nth-child(2)", has_text=re.compile("^(good|weak|bad)$"))
    assert grades.count() >= 5
    assert max(one.bounding_box()["width"] for one in grades.all()) > 30
    context.close()
