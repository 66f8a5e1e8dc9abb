"""Random galaxies are believable, varied and reproducible."""

import numpy as np
import pytest

from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy


@pytest.mark.parametrize("kind", GalaxyKind)
def test_the_same_seed_draws_the_same_parameters(kind):
    assert random_parameters(kind, seed=4) == random_parameters(str(kind), seed=4)
    assert random_parameters(kind, seed=4) != random_parameters(kind, seed=5)


@pytest.mark.parametrize("kind", GalaxyKind)
@pytest.mark.parametrize("image_size_px", [64, 256])
def test_every_draw_is_valid(kind, image_size_px):
    for seed in range(300):
        random_parameters(kind, seed=seed, image_size_px=image_size_px)


def test_spirals_come_at_every_inclination_barred_or_not():
    galaxies = [random_parameters("spiral", seed=seed).galaxy for seed in range(300)]
    cosines = np.cos(np.radians([galaxy.inclination_deg for galaxy in galaxies]))
    counts = np.histogram(cosines, bins=5, range=(0, 1))[0]
    assert counts.min() > 35
    assert 0.35 < np.mean([galaxy.bar is not None for galaxy in galaxies]) < 0.55
    pitches = [galaxy.arms.pitch_deg for galaxy in galaxies]
    assert min(pitches) < 10
    assert max(pitches) > 25
    assert {galaxy.arms.winding for galaxy in galaxies} == {-1, 1}


def test_the_inclination_can_be_chosen():
    assert random_parameters("spiral", seed=1, inclination_deg=12.0).galaxy.inclination_deg == 12


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="nebula"):
        random_parameters("nebula", seed=1)


@pytest.mark.parametrize("seed", range(6))
def test_galaxies_stand_out_of_the_sky_and_fit_the_frame(seed):
    for kind in GalaxyKind:
        result = simulate_galaxy(random_parameters(kind, seed=seed, image_size_px=96), seed=seed)
        assert 0.01 < result.masks["galaxy"].mean() < 0.98
        assert result.masks["galaxy"][44:52, 44:52].all()


def mean_blueness(kind):
    ratios = []
    for seed in range(12):
        result = simulate_galaxy(random_parameters(kind, seed=seed, image_size_px=96), seed=seed)
        flux = result.linear_flux[result.masks["galaxy"]].sum(axis=0)
        ratios.append(flux[2] / flux[0])
    return float(np.mean(ratios))


def test_spirals_are_bluer_than_ellipticals():
    assert mean_blueness("spiral") > 1.2 * mean_blueness("elliptical")
