"""The model card's section on what a network refuses: numbers and figures as measured."""

from dataclasses import replace

from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.store import SHIPPED_FOLDER
from pages.shared import domain_figures

TEACHING = SHIPPED_FOLDER / "teaching" / "card.json"


SHARE = {"value": 0.9, "low": 0.8, "high": 0.95, "count": 40}
STRANGENESS = {
    "false_alarms": SHARE | {"value": 0.0123},
    "false_alarms_by_class": {"ngc spiral": SHARE, "gz1 merger": SHARE | {"value": 0.0}},
    "false_alarms_by_signal": dict.fromkeys(("framing", "picture", "distance"), SHARE),
    "catch": SHARE,
    "catch_by_kind": {"cat": SHARE, "text": SHARE},
    "catch_by_signal": dict.fromkeys(("framing", "picture", "distance"), SHARE),
    "catch_held_out": SHARE | {"value": 0.87},
    "catch_by_kind_held_out": {"cat": SHARE, "text": SHARE | {"value": 0.5}},
}


def test_the_card_shows_what_is_refused_as_measured(app, tmp_path):
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    card = replace(read_card(TEACHING), name="mine", title="Mine")
    metrics = {**card.metrics, "strangeness": STRANGENESS}
    write_card(replace(card, metrics=metrics), folder / "card.json")
    page = app()
    page.switch_page("pages/model_card.py").run()
    assert not page.exception
    page.selectbox(key="classify.widget.model").set_value("mine").run()
    assert "What it does not answer: Mine" in {s.value for s in page.subheader}
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Real galaxies refused"] == "1.2%"
    assert shown["… of kinds left out"] == "87.0%"


def test_kinds_that_are_always_refused_are_named_and_not_drawn():
    every = SHARE | {"value": 1.0}
    by_kind = {"cat": every, "text": every}
    held_out = {"cat": every, "text": SHARE}
    measured = {"catch_by_kind": by_kind, "catch_by_kind_held_out": held_out}
    assert domain_figures.always_caught(measured) == ["cat"]
    assert list(domain_figures.catch(measured).data[0].y) == ["text"]


def test_figures_of_refusals_hold_every_kind_with_its_interval():
    figure = domain_figures.catch(STRANGENESS)
    assert list(figure.data[1].y) == ["text", "cat"]
    assert figure.data[1].x == (0.5, 0.9)
    alarms = domain_figures.false_alarms(STRANGENESS)
    assert list(alarms.data[0].y) == ["gz1 merger", "ngc spiral"]
