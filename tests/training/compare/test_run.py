"""A comparison from pictures to cards: it goes on after a kill, and starts anew when it must."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from galaxy_core import cli
from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.store import ModelStore, StoredModel
from galaxy_core.training.compare.command import compare
from galaxy_core.training.compare.conditions import CONDITIONS
from galaxy_core.training.compare.forest import fit_forest
from galaxy_core.training.compare.galaxies import choose_galaxies
from galaxy_core.training.compare.methods import METHODS, brief_plan, find_methods
from galaxy_core.training.compare.run import Comparison, ComparisonPlan
from galaxy_core.training.compare.table import baseline_metrics
from galaxy_core.training.dataset import read_labelled_images
from galaxy_core.training.fit import TrainingSquares
from galaxy_core.training.plan import Augmentation
from tests.training.test_evaluate import CARD

PLAN = ComparisonPlan(epochs=1, seed=2, trees=8)
ROWS = find_methods(["forest", "dense", "teaching"])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "teaching"
    folder.mkdir()
    build_network("teaching", seed=1).save(folder / "model.keras")
    write_card(replace(CARD, name="teaching", metrics={"galaxies": 1}), folder / "card.json")
    return folder


@pytest.fixture(scope="module")
def done(two_collections, store, tmp_path_factory):
    """A finished comparison whose pictures are gone since."""
    pictures = tmp_path_factory.mktemp("copy") / "pictures"
    shutil.copytree(two_collections, pictures)
    galaxies = choose_galaxies(read_labelled_images(pictures))
    shipped = {"teaching": StoredModel(read_card(store / "card.json"), store, shipped=True)}
    data_dir = tmp_path_factory.mktemp("data")
    results = list(Comparison(galaxies, PLAN, shipped, data_dir).results(ROWS))
    shutil.rmtree(pictures)
    return galaxies, shipped, data_dir, results


def test_every_method_is_asked_under_every_condition_of_what_it_learnt_on(done):
    galaxies, _, _, results = done
    assert {(r.method, r.learnt_on) for r in results} == {
        ("forest", "ngc"),
        ("forest", "gz1"),
        ("dense", "ngc"),
        ("dense", "gz1"),
        ("teaching", "ngc"),
    }
    for result in results:
        assert list(result.estimates) == [
            c.key for c in CONDITIONS if c.learnt_on == result.learnt_on
        ]
        for condition in CONDITIONS:
            if condition.key in result.estimates:
                own = result.estimates[condition.key]
                assert own["count"] == len(condition.galaxies(galaxies))
                assert 0 <= own["low"] <= own["value"] <= own["high"] <= 1


def test_a_network_that_learnt_from_both_collections_is_asked_nothing_foreign(done):
    galaxies, shipped, data_dir, _ = done
    stored = shipped["teaching"]
    for sources, foreign in ((["ngc"], True), (["gz1", "ngc"], False)):
        card = replace(stored.card, training={"sources": sources})
        mixed = {"teaching": replace(stored, card=card)}
        chosen = Comparison(galaxies, PLAN, mixed, data_dir).conditions(
            METHODS["teaching"], galaxies.learning[0]
        )
        assert any(condition.is_foreign for condition in chosen) is foreign


def test_a_forest_tells_discs_from_balls(done):
    _, _, _, results = done
    assert results[0].estimates["like_training"]["value"] >= 0.9


def test_a_second_run_reads_what_is_there_and_no_picture(done):
    galaxies, shipped, data_dir, results = done
    assert list(Comparison(galaxies, PLAN, shipped, data_dir).results(ROWS)) == results


def test_another_plan_or_data_or_network_is_another_comparison(done):
    galaxies, shipped, data_dir, _ = done
    first = Comparison(galaxies, PLAN, shipped, data_dir).folder
    assert Comparison(galaxies, replace(PLAN, seed=3), shipped, data_dir).folder != first
    fewer = replace(galaxies, typed_test=galaxies.typed_test[1:])
    assert Comparison(fewer, PLAN, shipped, data_dir).folder != first


def test_the_card_gets_the_table_and_how_it_was_made(done):
    galaxies, _, _, results = done
    metrics = baseline_metrics(results, galaxies=galaxies, plan=PLAN, data_sha256="ab")
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert list(metrics["baselines"]) == [METHODS[row.key].title for row in ROWS]
    like = CONDITIONS[0]
    assert metrics["baselines"]["Teaching network"][like.title] == (results[2].estimates[like.key])
    how = metrics["baselines_how"]
    assert how["data_sha256"] == "ab"
    assert how["conditions"][like.title]["sentence"] == like.sentence
    assert how["fits"]["Dense network (MLP), ngc"]["parameters"] == 821_955
    assert how["galaxies"]["ngc to learn from"] == len(galaxies.learning[0].train)


def test_fitted_networks_learn_as_the_shipped_ones_but_briefly():
    plans = {
        key: brief_plan(METHODS[key], epochs=4, seed=7) for key in ("dense", "teaching_brief")
    }
    assert {plan.epochs for plan in plans.values()} == {4}
    assert {plan.seed for plan in plans.values()} == {7}
    assert plans["dense"] == replace(plans["teaching_brief"], name="dense", architecture="dense")


def test_a_forest_is_the_same_for_the_same_seed():
    rng = np.random.default_rng(0)
    squares = TrainingSquares(
        rng.random((12, 96, 96, 3)).astype(np.float16),
        (np.arange(12) % 2).astype(np.float32),
        np.zeros(12, dtype=np.int64),
    )
    asked = rng.random((3, 64, 64, 3), dtype=np.float32)
    said = [
        fit_forest(
            squares, augmentation=Augmentation(), seed=5, trees=6, on_galaxies=lambda d, t: None
        )(asked)
        for _ in range(2)
    ]
    # scikit-learn's threads add the trees up in the order in which they end: the last bit moves.
    np.testing.assert_allclose(*said, rtol=1e-12)


def test_a_trial_is_for_no_card_and_an_unknown_row_is_refused(two_collections, capsys, tmp_path):
    command = ["compare", "--data", str(two_collections), "--store", str(tmp_path)]
    assert cli.main([*command, "--limit", "4", "--write-cards"]) == 2
    assert "is for no card" in capsys.readouterr().err
    assert cli.main([*command, "--methods", "oracle"]) == 1
    assert "There is no method 'oracle'; there are forest, dense" in capsys.readouterr().err


def test_the_command_puts_the_table_on_the_cards_of_the_store(done, store, tmp_path):
    galaxies, _, data_dir, _ = done
    own = tmp_path / "store"
    shutil.copytree(store.parent, own)
    text = compare(
        galaxies,
        ROWS,
        store=ModelStore(own, own),
        data_dir=data_dir,
        plan_changes={"epochs": 1, "seed": 2, "trees": 8},
        write_cards=True,
        on_stage=lambda what, done, total: None,
    )
    assert "ngc → ngc, dustier: balanced accuracy" in text
    assert {"galaxies", "baselines"} <= set(read_card(own / "teaching" / "card.json").metrics)
    assert "baselines" not in read_card(store / "card.json").metrics
