"""What the study pages share: the recipe in the link, the way of a picture through the lab."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.framing import find_framing
from galaxy_core.what_if.change import Change, Fill
from galaxy_core.what_if.knobs import KNOBS
from galaxy_core.what_if.region import Disc
from pages.shared.galaxy import open_galaxy
from pages.shared.study.lab import counting, flips_at, leaves_at, moved, set_up
from pages.shared.study.links import (
    BASELINES,
    Study,
    strength_of,
    study_from_query,
    study_to_query,
    turned,
)
from tests.pages.conftest import ROOT

PATIENCE_S = 300  # the first page of the process waits for TensorFlow


def study_page(name: str, **query: str) -> AppTest:
    """Return a study page as a visitor with that link would see it."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
    page.switch_page(f"pages/{name}.py")
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def test_study_comes_back_from_its_link():
    region = Disc(0.5, 0.25, 0.125)
    study = Study(
        method="rise",
        recipe=(Change("rotate", 30.0), Change("erase", 1.0, region)),
        reframe=True,
        knob="dim",
        off_layer="Conv1_Edges",
        off=(3, 17),
        beside=("research", "teaching"),
        baseline="sky",
        measures=True,
        physical=True,
        fill=Fill.AZIMUTHAL,
        disc_x=0,
        disc_y=100,
        disc_radius=7,
    )
    assert study_from_query(study_to_query(study)) == (study, ())


def test_default_study_leaves_the_link_alone():
    assert study_to_query(Study()) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipe", "rotate:nan"),
        ("recipe", "no_such_knob:1"),
        ("recipe", "erase:1"),
        ("recipe", "~" * 5000),
        ("knob", "erase"),
        ("off", "Conv1_Edges:x"),
        ("method", "<script>"),
        ("beside", "<b>"),
        ("baseline", "lava"),
        ("fill", "lava"),
        ("disc", "50,50,0"),
        ("disc", "101,0,1"),
    ],
)
def test_unknown_value_costs_a_notice_and_nothing_else(name, value):
    study, notices = study_from_query({name: value})
    assert study == Study()
    assert len(notices) == 1


def test_turning_a_knob_keeps_its_place_and_turning_it_back_takes_it_out():
    recipe = turned(turned((), "dim", 2.0), "rotate", 30.0)
    assert recipe == (Change("dim", 2.0), Change("rotate", 30.0))
    assert turned(recipe, "dim", 1.0) == (Change("dim", 1.0), Change("rotate", 30.0))
    assert turned(recipe, "dim", 0.0) == (Change("rotate", 30.0),)
    assert strength_of(recipe, "rotate") == 30.0
    assert strength_of(recipe, "blur") == 0.0


def test_every_knob_has_its_slider():
    from pages.shared.panels.knobs import GROUPS

    shown = [key for keys in GROUPS.values() for key in keys]
    assert sorted(shown) == sorted(key for key, knob in KNOBS.items() if not knob.needs_region)


def lab():
    y, x = np.mgrid[:96, :96] - 48.0
    light = np.exp(-np.hypot(x, y * 1.4) / 9)[..., None]
    pixels = np.repeat(light, 3, axis=2).astype(np.float32)
    cutout = Cutout(pixels, Provenance(Origin.UPLOAD, "disc"))
    return set_up(
        open_galaxy("disc", cutout, find_framing(pixels), None, size_px=64), reframe=False
    )


def test_empty_recipe_changes_nothing_that_the_network_sees():
    here = lab()
    assert np.array_equal(here.changed(()).pixels, here.galaxy.pixels)
    assert here.changed((Change("rotate", 90.0),)).input_key != here.galaxy.input_key


def test_curve_passes_through_the_picture_as_it_is():
    curve = lab().along((), "farther")
    assert curve.strengths[0] == 0
    assert np.array_equal(curve.pictures[0], lab().working.pixels)


def test_the_crossing_nearest_to_where_the_knob_stands_is_the_flip():
    strengths = np.array([-1.0, 0.0, 1.0, 2.0])
    assert flips_at(strengths, np.array([0.25, 0.75, 0.75, 0.0]), 0.0) == pytest.approx(-0.5)
    assert flips_at(strengths, np.array([0.25, 0.75, 0.75, 0.0]), 1.0) == pytest.approx(4 / 3)
    assert flips_at(strengths, np.array([0.6, 0.7, 0.8, 0.9]), 0.0) is None


def test_counting_tells_how_many_were_asked():
    told = []
    counted = counting(lambda pictures: np.zeros(len(pictures)), told.append)
    counted([None] * 3)
    counted([None])
    assert told == [3, 4]


def test_a_measure_fails_where_it_has_moved_by_its_spread():
    strengths = np.linspace(0, 4, 5)
    distance = moved(strengths, np.array([0.0, 0.1, 0.3, 0.5, 0.5]), 1.0, 0.2)
    np.testing.assert_allclose(distance, [-0.5, 0, 1, 2, 2])
    assert leaves_at(strengths, distance, 1.0) == pytest.approx(2.0)
    assert leaves_at(strengths, distance / 4, 1.0) is None


def test_a_measure_that_is_not_defined_fails_nowhere():
    strengths = np.linspace(0, 2, 3)
    assert leaves_at(strengths, np.array([0.0, np.nan, 3.0]), 0.0) is None
    assert np.isnan(moved(strengths, np.array([np.nan, 1.0, 2.0]), 0.0, 1.0)).all()


def test_the_link_knows_the_same_baselines_as_the_trust_card():
    from galaxy_core.explain.trust.faithfulness import Baseline

    assert tuple(Baseline) == BASELINES
