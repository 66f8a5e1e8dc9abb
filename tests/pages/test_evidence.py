"""The evidence page in each of its states, as a script sees it."""

import pytest

from tests.pages.conftest import words
from tests.pages.test_shared_study import study_page


def test_every_method_stands_side_by_side_and_the_trust_card_is_filled_in():
    from galaxy_core.explain.methods import METHODS

    page = study_page("evidence", method="saliency")
    text = words(page)
    for method in METHODS.values():
        assert f"<figcaption>{method.title}" in text or f">{method.title}<" in text
    assert "Cannot show:" in text
    for name in ("Faithfulness", "More than noise", "Sanity", "Stability", "Place"):
        assert f'<th scope="row">{name}</th>' in text
    assert "being measured" not in text
    assert "This map " in text
    assert page.selectbox(key="study.widget.method").value == "saliency"
    assert page.query_params["method"] == "saliency"
    assert "galaxy_core rank --model teaching" in text
    assert not page.error


def test_blank_map_says_why():
    page = study_page("evidence", sample="star-field", method="astrology")
    assert page.selectbox(key="study.widget.method").value == "grad_cam"
    assert not page.error


def test_ranking_of_the_data_dir_is_shown():
    from galaxy_core.explain.ranking import Estimate, MethodRanking, MethodScore
    from galaxy_core.explain.ranking_files import write_ranking
    from pages.shared import caches

    one = Estimate(0.5, 0.4, 0.6, 8)
    score = MethodScore("edges", "", {"gap": one}, Estimate(0, 0, 0, 8), 0)
    stored = caches.models()[0]
    write_ranking(
        MethodRanking(stored.card.name, 8, 0, (score,)), stored, caches.settings().data_dir
    )
    page = study_page("evidence")
    table = page.dataframe[0].value
    assert table["Gap (logit)"].tolist() == ["0.50 (0.40 to 0.60)"]
    assert table["Beats the edge detector"].tolist() == ["no"]


@pytest.mark.parametrize("name", ["evidence", "what_if", "inside"])
def test_without_a_network_what_is_missing_is_said(no_models, name):
    page = study_page(name)
    assert "no network" in page.warning[0].value
    assert not page.error


@pytest.mark.parametrize("name", ["evidence", "what_if", "inside"])
def test_link_to_an_upload_says_that_no_link_carries_pictures(name):
    page = study_page(name, source="upload")
    assert "which no link carries" in page.info[0].value
    assert not page.error
