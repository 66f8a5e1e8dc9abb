"""Fitting the model of strange pictures: what is left out stays out, and its own trees agree."""

import json

import numpy as np
import pytest

from galaxy_core.errors import ModelRefused, TrainingError
from galaxy_core.morphology.appearance import NUMBERS
from galaxy_core.morphology.plausibility import load_strangeness_model
from galaxy_core.strangers import KINDS, Family
from galaxy_core.strangers.disguises import DISGUISES
from galaxy_core.training import strangeness as s
from galaxy_core.training.appearances import Shown, look_at_galaxies, look_at_strangers
from galaxy_core.training.dataset import Part, read_labelled_images
from galaxy_core.training.refit import (
    _drawn_by_class,
    load_without_kinds,
    refit_strangeness,
    save_strangeness,
)
from tests.training.folders import write_folder


def cloud(rng, count, middle, groups, kinds):
    rows = rng.normal(size=(count, len(NUMBERS)))
    rows[:, :3] += middle
    pick = lambda names: tuple(names[i % len(names)] for i in range(count))  # noqa: E731
    return Shown(rows, pick(kinds), pick(groups))


@pytest.fixture(scope="module")
def clouds():
    rng = np.random.default_rng(5)
    groups = [f"{kind}:{i}" for i in range(40) for kind in ("spiral", "elliptical")]
    galaxies = cloud(rng, 240, 0.0, groups, ["as it is", "grey"])
    strangers = cloud(rng, 120, 3.0, ["fit", "test"], ["cat", "text"])
    return galaxies, strangers


@pytest.fixture(scope="module")
def fitted(clouds):
    return s.fit_strangeness(*clouds, seed=1, trees=40)


def test_our_trees_say_what_scikit_learn_says(clouds):
    from sklearn.ensemble import GradientBoostingClassifier

    galaxies, strangers = clouds
    rows = np.concatenate([galaxies.rows, strangers.rows])
    strange = np.repeat([0, 1], [len(galaxies.rows), len(strangers.rows)])
    weights = 0.5 / np.bincount(strange)[strange] * len(rows)
    forest = GradientBoostingClassifier(
        n_estimators=40, max_depth=s.DEPTH, learning_rate=0.1, subsample=0.6,
        max_features=0.3, min_samples_leaf=10, random_state=1,
    ).fit(rows, strange, sample_weight=weights)  # fmt: skip
    ours = s._Growth(1, 40).fit(galaxies.rows, strangers.rows, 0.0).log_odds(rows)
    np.testing.assert_allclose(ours, forest.decision_function(rows), atol=1e-5)


def test_report_counts_every_galaxy_and_stranger_once(fitted, clouds):
    report = fitted.report
    assert report["false_alarms"]["count"] == len(clouds[0].rows)
    assert set(report["false_alarms_by_class"]) == {"spiral", "elliptical"}
    assert set(report["false_alarms_by_disguise"]) == {"as it is", "grey"}
    assert report["catch_of_kinds_left_out"]["count"] == len(clouds[1].rows)
    assert set(report["catch_by_kind_left_out"]) == {"cat", "text"}


def test_every_kind_is_left_out_of_exactly_one_model(fitted):
    assert sorted(kind for kinds, _ in fitted.without for kind in kinds) == ["cat", "text"]


def test_threshold_lets_through_the_promised_share_of_left_out_galaxies(fitted):
    assert fitted.report["false_alarms"]["value"] <= s.FALSE_ALARMS


def test_separable_strangers_are_caught_though_their_kind_was_left_out(fitted):
    assert fitted.report["catch_of_kinds_left_out"]["value"] > 0.9


def test_same_seed_fits_the_same_model(clouds, fitted):
    again = s.fit_strangeness(*clouds, seed=1, trees=40)
    assert again.model.to_json() == fitted.model.to_json()


def test_saved_model_is_the_fitted_one(tmp_path, fitted, clouds):
    path = tmp_path / "plausibility.json"
    save_strangeness(path, fitted, source={"labels": "none"})
    read, rows = load_strangeness_model(path), clouds[1].rows
    np.testing.assert_allclose(read.log_odds(rows), fitted.model.log_odds(rows), atol=1e-3)
    assert read.cut == fitted.model.cut
    without = load_without_kinds(path)
    assert set(without) == {"cat", "text"}
    for kinds, model in fitted.without:
        np.testing.assert_allclose(
            without[kinds[0]].log_odds(rows), model.log_odds(rows), atol=1e-3
        )


def test_file_without_held_out_models_is_refused(tmp_path):
    path = tmp_path / "plausibility.json"
    path.write_text("{}")
    with pytest.raises(ModelRefused, match="holds no held-out models"):
        load_without_kinds(path)


@pytest.mark.slow
def test_refit_looks_at_the_training_part_only(tmp_path):
    images = read_labelled_images(write_folder(tmp_path, 90))
    seen = []
    path = tmp_path / "plausibility.json"
    refit_strangeness(
        images,
        path,
        most_per_class=12,
        strangers=60,
        seed=3,
        on_picture=lambda done, total: seen.append((done, total)),
    )
    source = json.loads(path.read_text())["source"]
    assert seen[-1] == (24, 24)
    assert source["galaxies"].startswith("24 of the training part")
    train = {image.object_id for image in images if image.part is Part.TRAIN}
    drawn = _drawn_by_class(images, 12, 3)
    assert {image.object_id for image in drawn} <= train
    assert len(drawn) == 24
    kinds = {name for name, kind in KINDS.items() if kind.family is Family.FIT}
    assert set(load_without_kinds(path)) == kinds


def test_too_few_are_refused():
    few = Shown(np.zeros((3, len(NUMBERS))), ("grey",) * 3, ("a:1",) * 3)
    with pytest.raises(TrainingError, match=r"At least 50 .* got 3 and 3"):
        s.fit_strangeness(few, few, seed=0)


def test_galaxies_are_looked_at_as_they_are_and_in_every_disguise_in_turn():
    y, x = np.mgrid[-32:32, -32:32]
    galaxy = (0.8 * np.exp(-np.hypot(y, x) / 8)).astype(np.float32)[..., None].repeat(3, 2)
    count = len(DISGUISES) - 2
    shown = look_at_galaxies(((f"spiral:{i}", galaxy) for i in range(count)), seed=0)
    assert shown.kinds[::3] == ("as it is",) * count
    assert set(shown.kinds) == set(DISGUISES)
    assert shown.rows.shape == (3 * count, len(NUMBERS))
    assert np.isfinite(shown.rows).all()


def test_strangers_are_looked_at_by_family_as_they_are_and_in_disguise():
    shown = look_at_strangers(seed=0, count=4, family=Family.TEST)
    assert shown.groups == ("test",) * 8
    assert shown.kinds[::2] == shown.kinds[1::2]
    assert len(set(shown.kinds)) == 4
    assert not (shown.rows[::2] == shown.rows[1::2]).all(axis=1).any()
