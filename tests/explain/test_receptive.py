"""Receptive fields against a perturbation of the input, and maps laid where they belong."""

import keras
import numpy as np
import pytest

from galaxy_core.cnn.architecture import build_teaching_network
from galaxy_core.explain.receptive import layer_geometry, on_input_grid, whole_grid
from tests.explain.networks import residual_network, softmax_network

MODELS = {
    "teaching": lambda: build_teaching_network(seed=1),
    "softmax": lambda: softmax_network().model,
    "residual": lambda: residual_network().model,
}


def test_fields_of_the_teaching_network_are_the_textbook_ones():
    model = build_teaching_network()
    first = layer_geometry(model, "Conv1_Edges")
    second = layer_geometry(model, "Conv2_Shapes")
    assert (first.step_px, first.first_px, first.field_px) == (1, 1, 3)
    assert (second.step_px, second.first_px, second.field_px) == (2, 3.5, 8)
    assert second.box_px(0, 1) == (1.5, -0.5, 9.5, 7.5)


@pytest.mark.parametrize("name", MODELS)
def test_a_cell_sees_its_box_and_nothing_else(name):
    model = MODELS[name]()
    size = model.inputs[0].shape[1]
    rng = np.random.default_rng(0)
    picture = rng.random((1, size, size, 3), dtype=np.float32)
    for layer in [x for x in model.layers if isinstance(x, keras.layers.Conv2D)]:
        geometry = layer_geometry(model, layer.name)
        tap = keras.Model(model.inputs[0], layer.output)
        base = np.asarray(tap(picture))[0]
        row, column = base.shape[0] // 2, base.shape[1] // 3
        left, top, right, bottom = geometry.box_px(row, column)
        inside = np.zeros((size, size, 1), bool)
        inside[round(top + 0.5) : round(bottom + 0.5), round(left + 0.5) : round(right + 0.5)] = 1
        other = rng.random(picture.shape, dtype=np.float32)
        same = np.asarray(tap(np.where(inside, picture, other)))[0, row, column]
        np.testing.assert_allclose(same, base[row, column], atol=1e-5)
        changed = np.asarray(tap(np.where(inside, other, picture)))[0, row, column]
        assert np.abs(changed - base[row, column]).max() > 1e-3


def test_maps_are_laid_where_their_cells_lie():
    geometry = layer_geometry(build_teaching_network(), "Conv2_Shapes")
    maps = np.zeros((1, 29, 29), np.float32)
    maps[0, 10, 4] = 1
    laid = on_input_grid(maps, geometry)[0]
    y, x = np.mgrid[:64, :64]
    assert (laid * y).sum() / laid.sum() == pytest.approx(3.5 + 2 * 10)
    assert (laid * x).sum() / laid.sum() == pytest.approx(3.5 + 2 * 4)


def test_a_full_size_map_stays_as_it_is_and_a_flat_one_stays_flat():
    maps = np.random.default_rng(0).random((2, 16, 16), dtype=np.float32)
    np.testing.assert_allclose(on_input_grid(maps, whole_grid(16, 16)), maps)
    flat = on_input_grid(np.full((1, 5, 5), 3, np.float32), whole_grid(64, 5))
    np.testing.assert_allclose(flat, 3, rtol=1e-6)
