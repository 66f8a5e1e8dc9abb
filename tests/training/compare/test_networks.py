"""The networks compared with: as large as ours, and blind to places where pixels are shuffled."""

import keras
import numpy as np
import pytest

from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.baselines import SHUFFLE_SEED, behind_shuffle
from galaxy_core.cnn.classifier import Classifier
from tests.training.test_evaluate import CARD


@pytest.mark.parametrize("name", ["dense", "dense_shuffled", "teaching_shuffled"])
def test_as_many_parameters_as_the_teaching_network_within_2_percent(name):
    count = build_network(name).count_params()
    assert abs(count / build_network("teaching").count_params() - 1) < 0.02


def test_a_shuffled_network_is_its_network_on_pixels_in_the_one_other_order():
    plain, shuffled = build_network("teaching", seed=4), build_network("teaching_shuffled", seed=4)
    shuffled.set_weights(plain.get_weights())
    galaxies = np.random.default_rng(0).random((3, 64, 64, 3), dtype=np.float32)
    order = np.random.default_rng(SHUFFLE_SEED).permutation(64 * 64)
    moved = galaxies.reshape(3, -1, 3)[:, order].reshape(galaxies.shape)
    ours = Classifier(shuffled, CARD).logits(galaxies)
    np.testing.assert_allclose(ours, Classifier(plain, CARD).logits(moved), atol=1e-4)
    assert not np.allclose(ours, Classifier(plain, CARD).logits(galaxies), atol=1e-3)


def test_a_dense_network_loses_nothing_by_the_shuffle():
    inputs = keras.Input((4, 4, 3))
    flat = keras.layers.Flatten()(inputs)
    dense = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(flat))
    shuffled = behind_shuffle(dense)
    kernel, bias = dense.get_weights()
    order = np.random.default_rng(SHUFFLE_SEED).permutation(16)
    shuffled.set_weights([kernel.reshape(16, 3, 1)[order].reshape(48, 1), bias])
    pixels = np.random.default_rng(1).random((5, 4, 4, 3), dtype=np.float32)
    np.testing.assert_allclose(dense(pixels), shuffled(pixels), atol=1e-6)


def test_the_shuffle_keeps_the_channels_of_a_pixel_together():
    inputs = keras.Input((4, 4, 3))
    same = keras.Model(inputs, keras.layers.Activation("linear")(inputs))
    pixels = np.random.default_rng(2).random((1, 4, 4, 3), dtype=np.float32)
    moved = np.asarray(behind_shuffle(same)(pixels))
    before = {tuple(p) for p in pixels.reshape(-1, 3)}
    assert {tuple(p) for p in moved.reshape(-1, 3)} == before
    assert not np.array_equal(moved, pixels)
