"""Robustness curves: the same galaxies at every point, changed before framing."""

from dataclasses import replace

import numpy as np
import pytest

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.training.dataset import read_labelled_images
from galaxy_core.training.robustness import CURVES, draw_balanced, measure_robustness
from tests.training.compare.conftest import draw
from tests.training.test_evaluate import CARD

EACH = 3


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Blue discs and red balls, and more of these than of those."""
    root = tmp_path_factory.mktemp("labelled")
    for label, count in (("spiral", EACH), ("elliptical", EACH + 2)):
        (root / label).mkdir()
        for index in range(count):
            draw(root / label / f"{label}{index}.png", label, index)
    return read_labelled_images(root)


class ByColour(Classifier):
    """Calls blue galaxies spirals, so that dust deceives it and turning does not."""

    card = CARD

    def __init__(self):
        """Need no weights."""

    def orientation_logits(self, inputs, *, orientations=None):
        blue = inputs[..., 2].sum(axis=(1, 2)) - inputs[..., 0].sum(axis=(1, 2))
        return np.repeat(blue[:, None], 8, axis=1)


@pytest.fixture(scope="module")
def measured(images):
    return measure_robustness(images, ByColour(), galaxies=2 * EACH)


def values(curve):
    return {point["amount"]: point["value"] for point in curve["points"]}


def test_every_curve_has_its_unit_and_its_points_in_order(measured):
    assert list(measured) == [curve.title for curve in CURVES]
    for curve in CURVES:
        own = measured[curve.title]
        assert own["unit"] == curve.unit
        assert [p["amount"] for p in own["points"]] == sorted((*curve.amounts, curve.still))
        assert {p["count"] for p in own["points"]} == {2 * EACH}
        assert all(p["low"] <= p["value"] <= p["high"] for p in own["points"])


def test_all_curves_share_the_point_without_a_change(measured):
    still = [values(measured[curve.title])[curve.still] for curve in CURVES]
    assert set(still) == {1.0}


def test_a_method_that_looks_at_colour_stands_turning_and_falls_to_dust(measured):
    assert set(values(measured["Rotation"]).values()) == {1.0}
    assert values(measured["Dust in front"])[3] == 0.5


def test_the_share_of_classes_changed_is_told_over_all_amounts(measured):
    assert measured["Rotation"]["class_changed"]["value"] == 0.0
    assert measured["Rotation"]["class_changed"]["count"] == 2 * EACH
    dust = measured["Dust in front"]
    lost = [1 - point["value"] for point in dust["points"][1:]]  # every loss is a changed class
    assert dust["class_changed"]["value"] == pytest.approx(np.mean(lost))
    assert dust["class_changed"]["low"] < np.mean(lost) < dust["class_changed"]["high"]


def test_as_many_of_each_class_are_drawn_the_same_every_time(images):
    drawn = draw_balanced(images, 300)
    assert [image.spiral for image in drawn] == [0] * EACH + [1] * EACH
    assert drawn == draw_balanced(images, 300)


def test_what_cannot_be_read_is_left_out_of_every_point(images, tmp_path):
    missing = draw_balanced(images, 2 * EACH)[0]
    told = []
    found = measure_robustness(
        [replace(i, path=tmp_path / "none.png") if i is missing else i for i in images],
        ByColour(),
        galaxies=2 * EACH,
        on_picture=lambda done, total: told.append((done, total)),
    )
    counts = {p["count"] for curve in found.values() for p in curve["points"]}
    assert counts == {2 * EACH - 1}
    assert told[-1] == (2 * EACH, 2 * EACH)
