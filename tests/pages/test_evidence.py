"""The evidence page in each of its states, as a script sees it."""

import re

import keras
import pytest

from galaxy_core.cnn.card import ModelCard, write_card
from tests.pages.conftest import words
from tests.pages.test_shared_study import study_page


def test_every_method_stands_side_by_side_and_the_trust_card_is_filled_in(monkeypatch):
    from galaxy_core.explain import ranking_files
    from galaxy_core.explain.methods import METHODS

    monkeypatch.setattr(ranking_files, "BESIDE", "none.json")  # as of a network nobody ranked
    page = study_page("evidence", method="saliency")
    text = words(page)
    for method in METHODS.values():
        assert f"<figcaption>{method.title}" in text or f">{method.title}<" in text
    assert "Cannot show:" in text
    for name in ("Faithfulness", "More than noise", "Sanity", "Stability", "Agreement", "Place"):
        assert f'<th scope="row">{name}</th>' in text
    assert "being measured" not in text
    assert "This map " in text
    assert page.selectbox(key="study.widget.method").value == "saliency"
    assert page.query_params["method"] == "saliency"
    assert "galaxy_core rank --model teaching" in text
    assert not page.error


def test_ranking_of_the_data_dir_is_shown():
    from galaxy_core.explain.ranking_files import ranking_path, write_ranking
    from galaxy_core.explain.ranking_scores import Estimate, MethodRanking, MethodScore
    from pages.shared import caches

    one = Estimate(0.5, 0.4, 0.6, 8)
    stored = caches.models()[0]
    last = stored.card.convolution_layers[-1]
    scores = (
        MethodScore("edges", "", {"gap": one}, Estimate(0, 0, 0, 8), 0),
        MethodScore("grad_cam", last, {"gap": one}, Estimate(0.1, -0.1, 0.3, 8), 0),
    )
    measured = MethodRanking(stored.card.name, 8, 0, scores, stored.card.weights_sha256)
    write_ranking(measured, ranking_path(stored, caches.settings().data_dir))
    page = study_page("evidence")
    table = page.dataframe[0].value
    assert table["Gap (logit)"].tolist() == ["0.50 (0.40 to 0.60)"] * 2
    assert table["Method"].tolist()[1] == "Grad-CAM (no better than edges)"
    assert "Grad-CAM is no more faithful than an edge detector" in words(page).replace("\\", "")


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


@pytest.fixture
def indifferent_network(tmp_path):
    """A network of the store whose answer depends on no pixel: the last kernel is all zero."""
    folder = tmp_path / "models" / "indifferent"
    folder.mkdir(parents=True)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(4, 3, activation="relu", name="Only"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid", kernel_initializer="zeros"),
        ]
    )
    model.save(folder / "model.keras")
    write_card(
        ModelCard(
            name="indifferent",
            title="Indifferent",
            summary="A test.",
            architecture="none",
            parameters=model.count_params(),
            input_size_px=32,
            convolution_layers=("Only",),
            framing="none",
        ),
        folder / "card.json",
    )


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("grad_cam", "The logit does not respond to anything in layer Only for this galaxy."),
        ("integrated_gradients", "The logit does not respond to any pixel for this galaxy."),
    ],
)
def test_a_blank_map_says_why_on_the_page_and_on_its_card(indifferent_network, method, reason):
    page = study_page("evidence", model="indifferent", method=method)
    text = words(page)
    assert f"<span>{reason}</span>" in text  # where the map would be
    assert "There is no map:" in text
    assert text.count(reason) >= 3  # large, among all methods, on the trust card
    assert "being measured" not in text
    assert not page.error


def test_maps_of_one_class_are_shown_and_what_is_judged_is_said():
    page = study_page("evidence", sample="star-field", method="layer_cam")
    assert "Faithfulness is judged on the map for" in words(page)
    page.segmented_control(key="classify.widget.evidence").set_value("elliptical").run()
    assert "evidence for elliptical (logit)" in words(page)
    assert page.query_params["evidence"] == "elliptical"
    page.selectbox(key="study.widget.method").set_value("grad_cam").run()
    assert "Faithfulness is judged on the map for" not in words(page)
    assert not page.error


def test_unknown_method_of_a_link_becomes_grad_cam():
    page = study_page("evidence", sample="star-field", method="astrology")
    assert page.selectbox(key="study.widget.method").value == "grad_cam"
    assert not page.error


def test_all_maps_can_be_tested_before_the_report_is_made():
    page = study_page("evidence", sample="star-field")
    assert "have no trust card yet for the report" in words(page)
    page.button(key="evidence.test_all").click().run(timeout=90)
    assert "Every map is tested" in words(page)
    page.run()
    assert "Every map is tested" in words(page)
    assert not page.error


def test_answer_and_its_warnings_stand_above_the_evidence():
    text = words(study_page("evidence", sample="elliptical")).replace("\\", "")
    assert "The network sees an elliptical" in text
    page = study_page("evidence", sample="star-field")
    assert "should not be trusted here" in words(page).replace("\\", "")
    assert page.warning
    assert study_page("inside", sample="star-field").warning


def test_maps_side_by_side_share_one_scale_or_have_their_own():
    page = study_page("evidence", sample="grand-design-spiral")
    assert "× even share" in words(page)
    own = re.findall(r"<figcaption>Occlusion<small>largest ([\d.]+) logit", words(page))
    page.segmented_control(key="classify.widget.scale").set_value("own").run()
    text = words(page)
    assert "× even share" not in text
    assert "colours end at its own largest value" in text
    assert re.findall(r"<figcaption>Occlusion<small>largest ([\d.]+) logit", text) == own
    assert page.query_params["scale"] == "own"


def test_a_link_to_a_method_that_is_not_there_says_so():
    page = study_page("evidence", method="nope")
    assert "not there; Grad-CAM is shown" in page.info[0].value
