"""The model card in real Chromium: opened by its link, on a phone as on a desk."""

import pytest
from playwright.sync_api import expect

from galaxy_core.cnn.card import CARD_FILE, read_card
from galaxy_core.cnn.store import SHIPPED_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1440, 400])
def test_a_link_opens_the_card_with_its_figures(visit, width):
    page = visit("model_card", width=width)
    expect(page.get_by_role("heading", name="Teaching network", exact=True)).to_be_visible()
    for title in ("Confusion matrix", "ROC curve", "Reliability", "Risk and coverage"):
        expect(page.get_by_role("heading", name=title)).to_be_attached()
    # One curve a change; the other sections have a fixed number of figures between them.
    curves = len(read_card(SHIPPED_FOLDER / "teaching" / CARD_FILE).metrics["robustness"])
    expect(page.locator(".js-plotly-plot")).to_have_count(11 + curves)
    # app.py is around it, also where this is the first link that the server is asked for
    expect(page.get_by_role("link", name="Classify")).to_be_attached()
    wider = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth"
        " - document.querySelector('[data-testid=stMain]').clientWidth"
    )
    assert wider <= 0


def test_a_hostile_network_is_refused_in_one_sentence(visit):
    page = visit("model_card")
    page.get_by_role("button", name="Bring your own network").click()
    files = [{"name": "evil.keras", "mimeType": "application/zip", "buffer": b"PK nothing"}]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("textbox", name="Its name here").fill("evil")
    page.get_by_role("button", name="Check it and add it").click()
    expect(page.get_by_text("evil.keras is refused: it is no complete ZIP file.")).to_be_visible()
