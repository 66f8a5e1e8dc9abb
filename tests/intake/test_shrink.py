"""Block means: exact, at ragged edges, around NaN, from any type."""

import numpy as np
import pytest

from galaxy_core.intake.shrink import block_mean


@pytest.mark.parametrize("shape", [(12, 12), (13, 17), (1, 50), (900, 700)])
@pytest.mark.parametrize("factor", [1, 2, 5])
def test_every_block_is_its_mean(shape, factor):
    plane = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    plane[plane > 1.5] = np.nan
    means = block_mean(plane, factor)
    assert means.shape == (-(-shape[0] // factor), -(-shape[1] // factor))
    for row, column in [(0, 0), (-1, -1), (means.shape[0] // 2, means.shape[1] // 2)]:
        row, column = row % means.shape[0], column % means.shape[1]
        block = plane[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
        expected = np.nan if np.isnan(block).all() else np.nanmean(block)
        np.testing.assert_allclose(means[row, column], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [bool, ">i2", "<u2", ">f8", np.uint8])
def test_any_type_and_byte_order(dtype):
    plane = (np.arange(64).reshape(8, 8) % 2).astype(dtype)
    np.testing.assert_array_equal(block_mean(plane, 2), np.full((4, 4), 0.5, np.float32))


def test_a_block_without_a_number_has_none():
    plane = np.ones((4, 4), np.float32)
    plane[:2, :2] = np.nan
    plane[0, 3] = np.inf
    assert np.isnan(block_mean(plane, 2)).tolist() == [[True, False], [False, False]]
    assert block_mean(plane, 2)[0, 1] == 1.0
