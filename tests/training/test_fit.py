"""Training: seeded, resumable, best weights kept, folded to an equal network."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.errors import TrainingError
from galaxy_core.training.augment import augment, centre_crop
from galaxy_core.training.fit import Trainer, TrainingSquares
from galaxy_core.training.fold import fold_normalisation
from galaxy_core.training.plan import Augmentation, TrainingPlan, plan_for, read_history

NONE = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0)
PLAN = TrainingPlan("run", epochs=3, batch_size=8, learning_rate=1e-3, seed=5)


def squares(count, seed=0):
    """Bright-on-the-left squares are spirals here: learnt in a moment (if not rotated)."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 2).astype(np.float32)
    pixels = rng.random((count, 96, 96, 3)) * 0.2
    pixels[labels == 1] += 0.6 * np.exp(-np.linspace(0, 9, 96))[:, None]
    pixels[labels == 0] += 0.3
    return TrainingSquares(pixels.astype(np.float16), labels, np.zeros(count, dtype=np.int64))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    network = Trainer(PLAN, folder).fit(squares(48), squares(20, 1))
    return folder, network


def test_history_is_on_disk_and_loss_falls(finished):
    history = read_history(finished[0])
    assert [report.epoch for report in history] == [1, 2, 3]
    assert history[-1].loss < history[0].loss
    assert history[0].best


def test_best_weights_are_the_ones_returned(finished):
    folder, network = finished
    best = build_network("teaching", dropout=PLAN.dropout)
    best.load_weights(folder / "best.weights.h5")
    for ours, kept in zip(network.get_weights(), best.get_weights()):
        np.testing.assert_array_equal(ours, kept)


@pytest.mark.slow
def test_a_killed_run_goes_on_as_if_nothing_had_happened(finished, tmp_path):
    stopped = Trainer(PLAN, tmp_path)
    stopped.fit(squares(48), squares(20, 1), should_stop=lambda: True)
    assert stopped.epochs_done == 1
    # Killed while a line was being written: the half line is not an epoch.
    with (tmp_path / "history.jsonl").open("a") as stream:
        stream.write('{"epoch": 2, "epo')
    network = Trainer(PLAN, tmp_path).fit(squares(48), squares(20, 1))
    whole, resumed = read_history(finished[0]), read_history(tmp_path)
    assert [report.epoch for report in resumed] == [1, 2, 3]
    for a, b in zip(whole, resumed):
        assert a.validation_loss == pytest.approx(b.validation_loss, rel=1e-3)
    for a, b in zip(finished[1].get_weights(), network.get_weights()):
        np.testing.assert_allclose(a, b, atol=1e-3)


def test_another_plan_in_the_same_folder_is_refused(finished):
    with pytest.raises(TrainingError, match="holds a run with another plan"):
        Trainer(replace(PLAN, seed=6), finished[0])


def test_one_class_cannot_be_learnt(tmp_path):
    one = replace(squares(8), labels=np.ones(8, dtype=np.float32))
    with pytest.raises(TrainingError, match="The training galaxies are all of one class"):
        Trainer(PLAN, tmp_path).fit(one, squares(8))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "../evil"}, "A model's name is"),
        ({"name": ""}, "A model's name is"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\)"),
    ],
)
def test_impossible_plans_are_refused(changes, message):
    with pytest.raises(TrainingError, match=message):
        replace(PLAN, **changes)


def test_a_plan_survives_json():
    plan = plan_for("research", name="mine", epochs=7, seed=3)
    assert TrainingPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    with pytest.raises(TrainingError, match="no plan for 'vgg'"):
        plan_for("vgg")


def test_augmentation_keeps_size_and_range_and_obeys_the_seed():
    pixels = tf.constant(squares(6).pixels.astype(np.float32))
    first, again, other = (
        augment(pixels, Augmentation(), tf.random.Generator.from_seed(seed)).numpy()
        for seed in (1, 1, 2)
    )
    assert first.shape == (6, 64, 64, 3)
    assert first.min() >= 0
    assert first.max() <= 1
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.01


def test_without_strength_only_the_orientation_changes():
    y, x = np.indices((96, 96)) - 47.5
    disc = np.exp(-np.hypot(y, x) / 10)[None, ..., None].repeat(3, axis=3).astype(np.float32)
    pixels = tf.constant(disc)
    moved = augment(pixels, NONE, tf.random.Generator.from_seed(3)).numpy()
    plain = centre_crop(pixels).numpy()
    # Saturation is still drawn, but a grey disc has none; the peak is brought to one.
    np.testing.assert_allclose(moved, np.clip(plain / moved_peak(plain), 0, 1), atol=0.03)


def moved_peak(plain):
    axis = (np.arange(64) + 0.5) / 64 * 2 - 1
    inside = np.hypot(axis[:, None], axis[None]) <= 1 / 1.5
    return np.percentile(plain[0][inside], 99.5)


def test_folded_research_network_is_equal_and_lean():
    network = build_network("research", dropout=0.3, seed=2)
    rng = np.random.default_rng(0)
    network.set_weights(
        [
            np.abs(w) + rng.random(w.shape) * 0.1 if w.ndim == 1 else w
            for w in network.get_weights()
        ]
    )
    folded = fold_normalisation(network)
    images = rng.random((4, 64, 64, 3), dtype=np.float32)
    np.testing.assert_allclose(
        folded.predict(images, verbose=0), network.predict(images, verbose=0), atol=1e-5
    )
    kinds = {type(layer) for layer in folded.layers}
    assert not kinds & {keras.layers.BatchNormalization, keras.layers.Dropout}
    assert convolution_layers(folded) == convolution_layers(network)
    assert (
        (keras.Model(folded.input, folded.get_layer("Conv1_Edges").output)(images) >= 0)
        .numpy()
        .all()
    )


def test_folded_teaching_network_is_the_fixed_one():
    folded = fold_normalisation(build_network("teaching", dropout=0.4))
    assert folded.count_params() == 822_337
    assert [layer.name for layer in folded.layers] == [
        "Galaxy",
        "Conv1_Edges",
        "Pool1",
        "Conv2_Shapes",
        "Pool2",
        "Flatten",
        "Dense_Decision",
        "Output_Probability",
    ]
