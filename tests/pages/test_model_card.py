"""The model card page: what stands on the card, two networks, a network of one's own."""

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.store import SHIPPED_FOLDER, ModelStore
from pages.shared import card_figures
from pages.shared.panels import comparison
from tests.pages.conftest import words

TEACHING = SHIPPED_FOLDER / "teaching" / "card.json"
FIGURES = {
    "Confusion matrix",
    "ROC curve",
    "Precision and recall",
    "Reliability",
    "Risk and coverage",
    "By source",
    "By size",
    "By inclination",
    "By Hubble type",
}


@pytest.fixture
def card_page(app):
    def visit():
        page = app()
        page.switch_page("pages/model_card.py").run()
        assert not page.exception
        return page

    return visit


@pytest.fixture
def second(tmp_path):
    """A card in the store beside the shipped ones, without a measurement."""
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    card = replace(read_card(TEACHING), name="mine", title="Mine", metrics={})
    write_card(card, folder / "card.json")
    return folder


def test_the_card_shows_its_numbers_and_every_figure(card_page):
    page = card_page()
    card = read_card(TEACHING)
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Balanced accuracy"] == f"{card.metrics['balanced_accuracy']['value']:.3f}"
    assert shown["Test galaxies"] == f"{card.metrics['galaxies']:,}"
    assert {s.value for s in page.subheader} >= FIGURES
    text = words(page)
    assert "does not hold the data" not in text
    assert card.metrics["mistakes"][0]["object_id"] in text
    asked = card.metrics["robustness"]["Rotation"]["points"][0]["count"]
    shown_it = card.metrics["strangeness"]["catch"]["count"]
    options = f"--sources ngc --tiers A --beside gz1 --robustness {asked} --strangers {shown_it}"
    assert f"evaluate --data FOLDER --part test {options} --model teaching`" in text


def test_a_network_without_measurement_says_so_and_can_be_deleted(card_page, second, tmp_path):
    page = card_page()
    page.selectbox(key="classify.widget.model").set_value("mine").run()
    assert "Mine has not been measured" in page.info[0].value
    page.button(key="card.delete").click().run()
    names = {e.card.name for e in ModelStore(SHIPPED_FOLDER, tmp_path / "models").models()}
    assert "mine" not in names
    assert not second.exists()
    page.button(key="card.restore mine").click().run()
    assert not page.exception
    assert second.exists()
    assert "Mine" in page.selectbox(key="classify.widget.model").options


def test_visitors_of_a_server_for_looking_change_no_network(app, second, monkeypatch):
    monkeypatch.setenv("GALAXY_READ_ONLY", "1")
    page = app(model="mine")
    page.switch_page("pages/model_card.py").run()
    assert "only its operator" in words(page)
    assert not {b.key for b in page.button} & {"card.delete", "card.restore mine"}
    assert "Check it and add it" not in {b.label for b in page.button}


def test_a_shipped_network_cannot_be_deleted(card_page):
    page = card_page()
    assert "card.delete" not in {button.key for button in page.button}


@pytest.mark.usefixtures("second")
def test_a_link_opens_the_card_that_it_names_and_the_one_beside_it(app):
    page = app()
    page.query_params["model"], page.query_params["compare"] = "mine", "research"
    page.switch_page("pages/model_card.py").run()
    assert [title.value for title in page.title] == ["Mine", "Research network"]
    page.selectbox(key="card.compare").set_value("teaching").run()
    assert [title.value for title in page.title] == ["Mine", "Teaching network"]
    assert "teaching" in page.query_params["compare"]
    page.selectbox(key="card.compare").set_value("").run()
    assert [title.value for title in page.title] == ["Mine"]
    assert "compare" not in page.query_params


def test_two_networks_are_compared(card_page, second):
    write_card(replace(read_card(TEACHING), name="mine", title="Mine"), second / "card.json")
    page = card_page()
    page.selectbox(key="card.compare").set_value("mine").run()
    assert not page.exception
    assert {t.value for t in page.title} >= {"Teaching network", "Mine"}
    assert [m.label for m in page.metric].count("Balanced accuracy") == 2


def test_a_hostile_file_is_one_sentence(card_page):
    page = card_page()
    page.file_uploader[0].set_value(("evil.keras", b"PK nothing", "application/zip"))
    next(text for text in page.text_input if text.label == "Its name here").set_value("evil")
    next(b for b in page.button if b.label == "Check it and add it").click().run()
    assert "evil\\.keras is refused" in page.error[0].value


def test_without_networks_the_page_says_so_and_takes_one(card_page, no_models):
    page = card_page()
    assert "no network" in page.warning[0].value
    assert page.file_uploader


METRICS = read_card(TEACHING).metrics
NAMED = [("One", METRICS), ("Two", METRICS)]


@pytest.mark.parametrize(
    "figure",
    [
        card_figures.roc(NAMED),
        card_figures.precision_recall(NAMED),
        card_figures.reliability(NAMED),
        card_figures.risk_coverage(NAMED, [(0.4, 0.6), (0.3, 0.7)]),
        *(
            card_figures.groups(NAMED, key, "Group")
            for key in ("source", "radius_px", "axis_ratio", "hubble_type")
        ),
    ],
)
def test_every_axis_has_a_title_with_its_unit(figure):
    assert isinstance(figure, go.Figure)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text


def test_intervals_are_drawn_around_every_bin_and_group():
    bins = card_figures.reliability([("One", METRICS)]).data[1]
    assert list(bins.y) == [row["value"] for row in METRICS["reliability"]]
    for bar, row in zip(bins.error_y.array, METRICS["reliability"]):
        assert bar == pytest.approx(row["high"] - row["value"])
    own = card_figures.groups([("One", METRICS)], "hubble_type", "Type").data[0]
    assert len(own.error_x.array) == len(METRICS["groups"]["hubble_type"])


def test_the_uncertain_band_stands_where_the_curve_enters_it():
    curve = {"coverage": [0.25, 0.5, 0.75, 1.0], "risk": [0.0, 0.1, 0.1, 0.2]}
    curve["confidence"] = [0.99, 0.9, 0.62, 0.55]
    figure = card_figures.risk_coverage([("One", {"risk_coverage": curve})], [(0.4, 0.6)])
    assert figure.layout.shapes[0].x0 == 0.75
    assert "40% to 60%" in figure.layout.annotations[0].text


def test_robustness_and_baselines_are_drawn_from_the_card():
    points = [{"amount": a, "value": 0.9, "low": 0.8, "high": 0.95, "count": 9} for a in (0, 1)]
    metrics = {"robustness": {"Blur": {"unit": "input pixels", "points": points}}}
    figure = card_figures.robustness([("One", metrics)], "Blur")
    assert figure.layout.xaxis.title.text == "Blur (input pixels)"
    assert list(figure.data[0].x) == [0, 1]
    assert list(figure.layout.yaxis.range) == [0.43, 1.02]


def number(value, count=9):
    return {"value": value, "low": value - 0.1, "high": value + 0.05, "count": count}


TABLE = {
    "Forest": {"same": number(0.9), "other (recall)": number(1.0, 4)},
    "Network": {"same": number(0.8), "other (recall)": number(0.5, 4), "reverse": number(0.7)},
}
HOW = {
    "means": ["The forest wins.", "Shuffling costs."],
    "conditions": {
        "same": {"number": "balanced accuracy", "sentence": "As learnt."},
        "other (recall)": {"number": "recall of spirals", "sentence": "Spirals alone."},
        "reverse": {"number": "balanced accuracy", "sentence": "The other way."},
    },
    "epochs": 15,
    "seed": 1,
    "data_sha256": "0123456789abcdef",
}


def test_the_best_is_bold_where_a_best_is_honest_and_gaps_are_dashes():
    header, _, forest, network, counts = comparison.table_markdown(
        TABLE, HOW["conditions"]
    ).splitlines()
    assert header.count("|") == 5
    assert forest == "| Forest | **0.900** (0.800 to 0.950) | 1.000 (0.900 to 1.050) | – |"
    assert network.endswith("| 0.500 (0.400 to 0.550) | **0.700** (0.600 to 0.750) |")
    assert counts == "| *galaxies* | 9 | 4 | 9 |"


def test_the_comparison_and_the_curves_stand_on_the_page_with_what_they_mean(card_page, second):
    points = [{"amount": a, **number(0.9)} for a in (0, 1)]
    measured = {
        **METRICS,
        "baselines": TABLE,
        "baselines_how": HOW,
        "robustness": {"Blur": {"unit": "radii", "points": points, "class_changed": number(0.25)}},
    }
    card = replace(read_card(TEACHING), name="mine", title="Mine", metrics=measured)
    write_card(card, second / "card.json")
    page = card_page()
    page.selectbox(key="classify.widget.model").set_value("mine").run()
    assert not page.exception
    text = words(page)
    for expected in ("The forest wins", "15 epochs", "Spirals alone", "The same 9 test galaxies"):
        assert expected in text
    assert "Answers whose class it changes: 25.0% (15.0% to 30.0%)." in text.replace("\\", "")
    assert "Blur" in {s.value for s in page.subheader}
