"""Filters: shares by ablation, favourites, dead ones and doubles."""

import numpy as np
import pytest

from galaxy_core.errors import ExplanationError
from galaxy_core.explain.activation_maximisation import favourite_inputs
from galaxy_core.explain.filters import (
    ablate,
    exciting_patches,
    kernels,
    logits_without,
    take_census,
)
from tests.explain.networks import galaxies, residual_network, small_network, softmax_network


@pytest.fixture(scope="module")
def network():
    """Filter 1 of the first layer is dead, filter 3 doubles filter 2."""
    network = small_network(seed=4)
    layer = network.model.get_layer("Conv1")
    kernel, bias = layer.get_weights()
    kernel[..., 1], bias[1] = 0, -1
    kernel[..., 2] = np.abs(kernel[..., 2])
    kernel[..., 3] = 2 * kernel[..., 2]
    layer.set_weights([kernel, bias])
    return network


@pytest.fixture(scope="module")
def inputs():
    return galaxies(5, 32)


def test_ablation_is_what_zeroing_the_kernel_does(network, inputs):
    found = ablate(network, inputs, "Conv1")
    np.testing.assert_allclose(found.logits, network.logits(inputs), atol=1e-5)
    other = small_network(seed=4)
    other.model.set_weights(network.model.get_weights())
    kernel, bias = other.model.get_layer("Conv1").get_weights()
    kernel[..., 5], bias[5] = 0, 0  # ReLU(0) = 0: the filter is off
    other.model.get_layer("Conv1").set_weights([kernel, bias])
    expected = network.logits(inputs) - other.logits(inputs)
    np.testing.assert_allclose(found.effects[:, 5], expected, atol=1e-5)
    np.testing.assert_allclose(
        logits_without(network, inputs, "Conv1", [5]), other.logits(inputs), atol=1e-5
    )


@pytest.mark.parametrize("build", [softmax_network, residual_network])
def test_ablation_works_on_any_network_and_layer(build):
    network = build()
    for layer in network.layer_names:
        found = ablate(network, galaxies(2, 32), layer)
        np.testing.assert_allclose(found.logits, network.logits(galaxies(2, 32)), atol=1e-4)
        assert np.abs(found.effects).max() > 0


def test_shares_sum_to_one_and_dead_filters_have_none(network, inputs):
    found = ablate(network, inputs, "Conv1")
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, rtol=1e-5)
    assert (found.shares[:, 1] == 0).all()
    ranked = found.ranked(0)
    assert sorted(ranked) == list(range(8))
    assert found.shares[0, ranked[0]] == found.shares[0].max()


def test_nothing_off_is_the_networks_own_answer(network, inputs):
    whole = logits_without(network, inputs, "Conv2", [])
    np.testing.assert_allclose(whole, network.logits(inputs), atol=1e-5)
    with pytest.raises(ExplanationError, match="Conv2 has filters 0 to 11, got"):
        logits_without(network, inputs, "Conv2", [12])


def test_census_finds_the_dead_and_the_doubles(network, inputs):
    census = take_census(network, inputs, "Conv1")
    assert 1 in census.dead
    assert (2, 3) in census.duplicates()
    assert not any(1 in pair for pair in census.duplicates(at_least=0.1))
    assert census.kernel_correlation[2, 3] == pytest.approx(1, abs=1e-5)
    assert census.largest[3] == pytest.approx(2 * census.largest[2], rel=1e-5)
    with pytest.raises(ExplanationError, match="at least one galaxy"):
        take_census(network, inputs[:0], "Conv1")


def test_exciting_patches_hold_the_response_they_claim(network, inputs):
    maps = network.feature_maps(inputs, "Conv2")
    kernel = kernels(network, "Conv1")
    assert kernel.shape == (3, 3, 3, 8)
    for k, patches in enumerate(exciting_patches(network, inputs, "Conv2", per_filter=3)):
        for patch in patches:
            assert patch.activation == pytest.approx(maps[patch.galaxy, ..., k].max(), rel=1e-5)
            rows, columns, _ = patch.cut(inputs).shape
            assert rows == columns == 8
        values = [patch.activation for patch in patches]
        assert values == sorted(values, reverse=True)
    assert exciting_patches(network, inputs, "Conv1")[1] == []


def test_favourite_inputs_excite_their_filters_and_repeat(network, inputs):
    found = favourite_inputs(network, "Conv2", [0, 4, 7], seed=1, steps=30)
    assert found.shape == (3, 32, 32, 3)
    assert found.min() >= 0
    assert found.max() <= 1
    grey = np.full((1, 32, 32, 3), 0.5, np.float32)  # filter 7 is silent on it
    before = network.feature_maps(grey, "Conv2").mean((1, 2))[0, [0, 4, 7]]
    after = network.feature_maps(found, "Conv2").mean((1, 2))[[0, 1, 2], [0, 4, 7]]
    assert before[2] == 0
    assert (after > before).all()
    np.testing.assert_array_equal(
        found, favourite_inputs(network, "Conv2", [0, 4, 7], seed=1, steps=30)
    )
    with pytest.raises(ExplanationError, match="has filters 0 to 7"):
        favourite_inputs(network, "Conv1", [8])
