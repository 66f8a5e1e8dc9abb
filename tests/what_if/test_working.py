"""A working picture shows the network what the whole one would."""

import numpy as np

from galaxy_core.framing import cut_out, find_framing
from galaxy_core.what_if.working import WORKING_SIZE_PX, working_picture


def disc(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    light = np.exp(-np.hypot(x - 0.55 * side, y - 0.45 * side) / (side / 20))
    return np.repeat(np.clip(light + 0.02, 0, 1)[..., None], 3, axis=2).astype(np.float32)


def test_small_picture_is_taken_as_it_is():
    pixels = disc(128)
    framing = find_framing(pixels)
    working = working_picture(pixels, framing)
    assert working.pixels is pixels
    assert working.framing is framing
    assert not working.is_reduced


def test_large_picture_is_shrunk_and_the_network_sees_nearly_the_same():
    pixels = disc(900)
    framing = find_framing(pixels)
    working = working_picture(pixels, framing)
    assert working.is_reduced
    assert max(working.pixels.shape) <= WORKING_SIZE_PX
    whole = cut_out(pixels, framing, size_px=64)
    small = cut_out(working.pixels, working.framing, size_px=64)
    assert np.abs(whole - small).mean() < 0.01


def test_square_off_the_picture_leaves_the_whole_picture():
    pixels = disc(400)
    far = find_framing(pixels).chosen(centre_y_px=5000, centre_x_px=5000, half_size_px=50)
    assert working_picture(pixels, far).pixels.shape == (256, 256, 3)
