"""The least change that flips: on verdicts whose tipping point is known."""

import numpy as np
import pytest

from galaxy_core.framing import Framing
from galaxy_core.what_if.flip import least_flip

FRAMING = Framing(31.5, 31.5, 30.0, (0.0, 0.0, 0.0), 20.0)


def picture() -> np.ndarray:
    y, x = np.mgrid[:64, :64]
    light = 0.9 * np.exp(-np.hypot(y - 31.5, x - 31.5) / 8)
    return np.repeat(light[..., None], 3, -1).astype("f4")


def test_a_verdict_by_brightness_flips_where_the_peak_has_halved():
    """p = 1 while the total light is over half of what it was: 0.75 mag dims that far."""
    whole = picture().sum()

    def bright(pictures):
        return np.array([float(p.sum() > whole / 2) for p in pictures])

    found = least_flip(picture(), FRAMING, bright, physical_only=True)
    dimmed = [flip for flip in found.flips if flip.change.knob == "dim"]
    assert dimmed[0].change.strength == pytest.approx(2.5 * np.log10(2), abs=0.03)
    assert (dimmed[0].before, dimmed[0].after) == (1.0, 0.0)
    assert found.regions_tried == 0
    assert "erase" not in found.tried
    efforts = [flip.effort for flip in found.flips]
    assert efforts == sorted(efforts)
    assert "flips the verdict to Elliptical is" in found.sentence()
    assert "99% to 1% spiral" in found.sentence()  # never certain


def test_a_verdict_by_one_corner_of_the_galaxy_is_found_among_regions():
    def by_patch(pictures):
        return np.array([float(p[20:24, 20:24].mean() > 0.05) for p in pictures])

    found = least_flip(picture(), FRAMING, by_patch)
    regions = [flip.change.region for flip in found.flips if flip.change.region]
    assert regions
    smallest = regions[0]
    assert abs(smallest.y * 64 - 22) < 12
    assert abs(smallest.x * 64 - 22) < 12
    assert found.regions_tried == 108


def test_a_verdict_that_nothing_moves_says_so():
    found = least_flip(picture(), FRAMING, lambda pictures: np.full(len(pictures), 0.9))
    assert found.flips == ()
    assert found.sentence().startswith("Nothing tried flips the verdict to Elliptical (")


def test_elliptical_to_spiral_counts_as_well():
    def noisy(pictures):
        return np.array([float(p.std(axis=(0, 1)).mean() > 0.25) for p in pictures])

    found = least_flip(picture(), FRAMING, noisy, seed=4)
    assert found.before == 0.0
    assert any(flip.change.knob == "noise" for flip in found.flips)


@pytest.mark.parametrize(("start", "ends"), [(0.8, 0.3), (0.2, 0.7)])
def test_a_change_that_only_makes_the_verdict_uncertain_has_not_flipped_it(start, ends):
    """p goes with the light from `start` across one half, and on to beyond the other end."""
    whole = picture().sum()

    def by_light(pictures):
        dimmed = np.array([1 - min(float(p.sum() / whole), 1.0) for p in pictures])
        return start + (1 - 2 * start) * dimmed

    found = least_flip(picture(), FRAMING, by_light, band=(0.3, 0.7), physical_only=True)
    dimmed = next(flip for flip in found.flips if flip.change.knob == "dim")
    assert dimmed.after == pytest.approx(ends, abs=0.03)
    assert (dimmed.after <= 0.3) if start > 0.5 else (dimmed.after >= 0.7)
