"""The columns: changes within their knobs' ranges, the same every time; honest numbers."""

from pathlib import Path

import numpy as np
import pytest

from galaxy_core.training.compare.conditions import CONDITIONS, Number
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.robustness import CURVES
from galaxy_core.what_if.knobs import find_knob


def image(name):
    return LabelledImage(Path(name), 1, name, name, {"file": name})


CHANGES = [change for c in CONDITIONS for change in c.recipe(image("a"))]
CHANGES += [change for c in CURVES for amount in c.amounts for change in c.recipe(amount)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.knob} {c.strength:.3g}")
def test_every_strength_is_one_that_the_knob_reaches(change):
    knob = find_knob(change.knob)  # beyond its range it would be held back without a word
    assert knob.low <= change.strength <= knob.high


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: c.key)
def test_a_change_is_the_same_in_every_run(condition):
    assert condition.recipe(image("a")) == condition.recipe(image("a"))


@pytest.mark.parametrize("key", ["rotated", "shifted"])
def test_each_galaxy_has_an_angle_of_its_own(key):
    condition = next(c for c in CONDITIONS if c.key == key)
    assert condition.recipe(image("a")) != condition.recipe(image("b"))


def test_keys_and_titles_are_told_apart():
    assert (
        len({c.key for c in CONDITIONS}) == len({c.title for c in CONDITIONS}) == len(CONDITIONS)
    )


def test_a_recall_is_of_spirals_alone_and_says_so():
    recalls = [c for c in CONDITIONS if c.number is Number.RECALL]
    assert recalls
    for condition in recalls:
        assert "recall" in condition.title
        said = condition.estimate(np.array([0.9, 0.2, 0.9]), np.array([True, True, False]))
        assert (said.value, said.count) == (0.5, 2)


def test_calling_everything_a_spiral_is_chance_where_accuracy_is_balanced():
    condition = next(c for c in CONDITIONS if c.key == "other")
    said = condition.estimate(np.ones(40), np.arange(40) < 30)
    assert said.value == 0.5
