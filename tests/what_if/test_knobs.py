"""One contract over every knob, and each knob's own known values."""

import re

import numpy as np
import pytest

from galaxy_core.errors import RecipeError
from galaxy_core.framing import Framing, find_framing
from galaxy_core.what_if.change import (
    Change,
    Fill,
    decode_changes,
    encode_changes,
    rounded,
)
from galaxy_core.what_if.knobs import KNOBS, apply_changes, find_knob
from galaxy_core.what_if.light import extinction_law
from galaxy_core.what_if.region import Disc
from galaxy_core.what_if.regions import azimuthal_average, fill_mask

SKY = (0.04, 0.05, 0.06)
REGION = Disc(0.5, 0.5, 0.2)


def spiral(height: int = 90, width: int = 110, axis_ratio: float = 1.0) -> np.ndarray:
    y, x = np.mgrid[:height, :width].astype("f4")
    y, x = (y - 44.0) / axis_ratio, x - 54.0
    radius, angle = np.hypot(y, x), np.arctan2(y, x)
    arms = 1 + 0.6 * np.cos(2 * angle - 3 * np.log(radius + 1))
    light = 0.8 * np.exp(-radius / 9) * arms
    colour = np.array([1.0, 0.8, 0.6], "f4")
    return np.clip(light[..., None] * colour + np.array(SKY, "f4"), 0, 1).astype("f4")


FRAMING = Framing(44.0, 54.0, 36.0, SKY, 24.0)


def turn(key, strength, *, pixels=None, region=REGION, fill=Fill.SKY, framing=FRAMING):
    change = Change(key, strength, region if KNOBS[key].needs_region else None, fill)
    return apply_changes(spiral() if pixels is None else pixels, framing, [change], seed=3)


@pytest.mark.parametrize("key", KNOBS)
def test_zero_strength_is_the_identity(key):
    """In the recipe, and of the knob's function itself."""
    pixels = spiral()
    np.testing.assert_array_equal(turn(key, 0.0), pixels)
    region = REGION if KNOBS[key].needs_region else None
    raw = KNOBS[key].turn(pixels, FRAMING, Change(key, 0.0, region), np.random.default_rng(0))
    np.testing.assert_allclose(raw, pixels, atol=1e-6)


@pytest.mark.parametrize("key", KNOBS)
def test_every_knob_changes_something_keeps_the_range_and_its_input(key):
    knob = KNOBS[key]
    pixels = spiral()
    before = pixels.copy()
    for end in {knob.low, knob.high} - {0}:
        changed = turn(key, end, pixels=pixels)
        assert changed.shape == pixels.shape
        assert changed.dtype == np.float32
        assert changed.min() >= 0
        assert changed.max() <= 1
        assert np.abs(changed - pixels).max() > 0.02 or (key == "rotate")
        np.testing.assert_array_equal(changed, turn(key, end, pixels=pixels))
        np.testing.assert_array_equal(changed, turn(key, 3 * end, pixels=pixels))  # held
    np.testing.assert_array_equal(pixels, before)
    assert knob.low <= 0 <= knob.high
    assert knob.sentence.endswith(".")


@pytest.mark.parametrize("key", sorted(set(KNOBS) - {"flip"}))
def test_a_small_turn_is_a_small_change(key):
    knob = KNOBS[key]
    strength = 0.002 * (knob.high or knob.low)
    assert np.abs(turn(key, strength) - spiral()).max() < 0.05


def test_read_only_pixels_are_welcome():
    pixels = spiral()
    pixels.flags.writeable = False
    for key in KNOBS:
        assert turn(key, KNOBS[key].high, pixels=pixels).flags.writeable


def test_rotation_by_quarters_and_back():
    square = spiral(89, 89)
    framing = Framing(44.0, 44.0, 36.0, SKY, 24.0)
    quarter = apply_changes(square, framing, [Change("rotate", 90)])
    np.testing.assert_allclose(quarter[8:-8, 8:-8], np.rot90(square)[8:-8, 8:-8], atol=1e-4)


def test_shifts_go_where_they_say_and_sky_comes_in():
    framing = Framing(44.0, 54.0, 36.0, SKY, 10.0)
    right = turn("shift_right", 0.5, framing=framing)
    np.testing.assert_allclose(right[:, 5:], spiral()[:, :-5], atol=1e-6)
    np.testing.assert_allclose(right[:, :4], np.broadcast_to(SKY, (90, 4, 3)), atol=1e-6)
    up = turn("shift_up", 0.5, framing=framing)
    np.testing.assert_allclose(up[:-5], spiral()[5:], atol=1e-6)


def test_zoom_doubles_about_the_centre():
    twice = turn("zoom", 1.0)
    np.testing.assert_allclose(twice[44, 54], spiral()[44, 54], atol=1e-6)
    np.testing.assert_allclose(twice[44, 54 + 20], spiral()[44, 54 + 10], atol=1e-5)


def test_flip_twice_is_nothing():
    both = apply_changes(spiral(), FRAMING, [Change("flip", 1), Change("flip", 1)])
    np.testing.assert_array_equal(both, spiral())


def test_dimming_by_five_magnitudes_leaves_a_hundredth_above_the_sky():
    light = turn("dim", 5.0) - np.array(SKY, "f4")
    np.testing.assert_allclose(light, (spiral() - np.array(SKY, "f4")) / 100, atol=1e-6)


def test_blur_keeps_the_light_and_lowers_the_peak():
    blurred = turn("blur", 0.3)
    assert blurred.sum() == pytest.approx(spiral().sum(), rel=0.01)
    assert blurred.max() < spiral().max()
    assert np.abs(turn("farther", 2) - turn("farther", 1)).max() > 0


def test_noise_is_seeded_and_of_the_strength_asked_for():
    grey = np.full((90, 110, 3), 0.5, np.float32)
    noisy = apply_changes(grey, FRAMING, [Change("noise", 0.05)], seed=1)
    assert noisy.std() == pytest.approx(0.05, rel=0.03)
    other = apply_changes(grey, FRAMING, [Change("noise", 0.05)], seed=2)
    assert np.abs(noisy - other).max() > 0.05


def test_extinction_law_has_its_published_values():
    """Cardelli et al. 1989 for R = 3.1; A(B) − A(V) = A(V) / R by the definition of R."""
    assert extinction_law(1 / 1.82) == pytest.approx(1.0)  # V
    assert extinction_law(1 / 2.27) == pytest.approx(1 + 1 / 3.1, abs=0.001)  # B
    assert extinction_law(1 / 0.80) == pytest.approx(0.282, abs=0.005)  # J
    with pytest.raises(ValueError, match="The law holds from"):
        extinction_law(0.1)


def test_dust_takes_blue_before_red():
    sky = np.array(SKY, "f4")
    left = (turn("redden", 1.0) - sky)[44, 54] / (spiral() - sky)[44, 54]
    assert left[0] > left[1] > left[2]
    assert left[1] == pytest.approx(10 ** (-0.4 * extinction_law(0.6166)), rel=1e-4)


def test_dust_lane_darkens_the_middle_and_leaves_the_poles():
    before, after = spiral(), turn("dust_lane", 4.0)
    assert after[44, 54].mean() < 0.5 * before[44, 54].mean()
    np.testing.assert_allclose(after[34, 54], before[34, 54], atol=1e-3)


def test_desaturated_is_grey():
    grey = turn("desaturate", 1.0)
    np.testing.assert_allclose(grey[..., 0], grey[..., 2], atol=1e-6)
    np.testing.assert_allclose(grey.mean(-1), spiral().mean(-1), atol=1e-6)


def test_stretches_keep_black_and_white():
    ends = np.zeros((10, 10, 3), np.float32)
    ends[5:] = 1
    framing = Framing(4.5, 4.5, 5, (0, 0, 0), 4)
    for key in ("gamma", "asinh"):
        for strength in {KNOBS[key].low, KNOBS[key].high} - {0}:
            changed = apply_changes(ends, framing, [Change(key, strength)])
            np.testing.assert_allclose(changed, ends, atol=1e-6)
    assert turn("asinh", 2.0).mean() > spiral().mean()


@pytest.mark.parametrize("axis_ratio", [1.0, 0.5])
def test_smoothing_takes_the_arms_and_keeps_the_profile(axis_ratio):
    pixels = spiral(axis_ratio=axis_ratio)
    framing = Framing(44.0, 54.0, 36.0, SKY, 24.0, axis_ratio=axis_ratio)
    smooth = apply_changes(pixels, framing, [Change("smooth_arms", 1.0)])
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    rows = np.rint(44 + 12 * axis_ratio * np.sin(angle)).astype(int)
    columns = np.rint(54 + 12 * np.cos(angle)).astype(int)
    before, after = pixels[rows, columns, 0], smooth[rows, columns, 0]
    # Strong arms turn the measured major axis by six degrees, which leaves a third.
    assert after.std() < 0.4 * before.std()
    assert after.mean() == pytest.approx(before.mean(), rel=0.2)


def test_azimuthal_average_of_a_round_galaxy_is_the_galaxy():
    y, x = np.mgrid[:81, :81]
    round_galaxy = np.repeat(np.exp(-np.hypot(y - 40, x - 40) / 9)[..., None], 3, -1).astype("f4")
    framing = Framing(40, 40, 36, (0, 0, 0), 24)
    average = azimuthal_average(round_galaxy, framing)
    inner = np.hypot(y - 40, x - 40) < 30
    assert np.abs(average - round_galaxy)[inner].max() < 0.06


def test_erase_and_keep_are_complements():
    erased, kept = turn("erase", 1.0), turn("keep", 1.0)
    gone = (erased != spiral()).any(-1)
    assert gone[44, 54]
    np.testing.assert_allclose(erased[44, 54], SKY, atol=1e-6)
    np.testing.assert_array_equal(kept[gone], spiral()[gone])
    np.testing.assert_allclose(kept[0, 0], SKY, atol=1e-6)
    averaged = turn("erase", 1.0, fill=Fill.AZIMUTHAL)
    assert averaged[44, 54].mean() > 3 * np.mean(SKY)


def test_a_mask_of_any_shape_can_be_filled():
    mask = np.zeros((90, 110), bool)
    mask[3, 4] = True
    filled = fill_mask(np.ones((90, 110, 3), np.float32), FRAMING, mask)
    assert (filled[~mask] == 1).all()
    np.testing.assert_allclose(filled[3, 4], SKY, atol=1e-6)


# --- recipes ----------------------------------------------------------------------------------

RECIPE = (
    Change("rotate", -30.5),
    Change("dim", 1.25),
    Change("noise", 1e-05),
    Change("erase", 1.0, Disc(0.25, 0.75, 0.1), Fill.AZIMUTHAL),
)


def test_recipes_survive_a_link():
    text = encode_changes(RECIPE)
    assert decode_changes(text) == RECIPE
    assert re.fullmatch(r"[A-Za-z0-9:_.~-]*", text)
    assert len(text) < 120
    assert decode_changes("") == ()
    third = Change("dim", 1 / 3)
    assert decode_changes(encode_changes((third,))) == (rounded(third),)


def test_a_recipe_is_its_changes_in_order():
    step = spiral()
    for change in RECIPE[:2]:
        step = apply_changes(step, FRAMING, [change])
    np.testing.assert_array_equal(apply_changes(spiral(), FRAMING, RECIPE[:2]), step)


@pytest.mark.parametrize(
    "text",
    [
        "rotate", "rotate:", "rotate:x", "rotate:nan", "rotate:inf", "rotate:1:2", ":1", "~",
        "erase:1:0.5_0.5_0.1_lava", "erase:1:5_0.5_0.1_sky", "erase:1:nan_0_1_sky",
        "<script>:1", "rotate:1~" * 50, "x" * 5000, "ROTATE:1", "rotate:1:1:1",
    ],
)  # fmt: skip
def test_hostile_links_are_refused_in_words(text):
    with pytest.raises(RecipeError) as caught:
        decode_changes(text)
    assert len(str(caught.value)) < 250


def test_wrong_recipes_are_refused_in_words():
    with pytest.raises(RecipeError, match="no knob 'explode'; there are rotate"):
        apply_changes(spiral(), FRAMING, [Change("explode", 1)])
    with pytest.raises(RecipeError, match="erase needs a region"):
        apply_changes(spiral(), FRAMING, [Change("erase", 1)])
    with pytest.raises(RecipeError, match="at most 40 changes, got 41"):
        apply_changes(spiral(), FRAMING, [Change("dim", 0)] * 41)
    assert find_knob("dim").unit == "mag"


def test_knobs_work_with_a_framing_as_found():
    pixels = spiral()
    framing = find_framing(pixels)
    for key, knob in KNOBS.items():
        region = REGION if knob.needs_region else None
        assert np.isfinite(apply_changes(pixels, framing, [Change(key, knob.high, region)])).all()
