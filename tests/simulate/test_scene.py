"""A simulated picture is reproducible, and its ground truth is true."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from galaxy_core.cutout import Origin
from galaxy_core.simulate import (
    GALLERY,
    Bulge,
    Disc,
    DustLane,
    Galaxy,
    Observation,
    SceneParameters,
    simulate_galaxy,
)

CLEAN = Observation(sky_noise=0.0, stars=0, background_galaxies=0)


def gallery(key, **observation):
    scene = GALLERY[key]
    parameters = scene.parameters
    if observation:
        parameters = replace(
            parameters, observation=replace(parameters.observation, **observation)
        )
    return simulate_galaxy(parameters, seed=scene.seed)


def without(scene, **changes):
    return replace(scene, galaxy=replace(scene.galaxy, **changes))


@pytest.fixture(scope="module")
def barred():
    return gallery("barred-spiral", stars=0, background_galaxies=0)


def test_the_same_seed_gives_the_same_pixels_and_another_does_not(barred):
    again = simulate_galaxy(barred.parameters, seed=barred.seed)
    other = simulate_galaxy(barred.parameters, seed=barred.seed + 1)
    np.testing.assert_array_equal(again.cutout.pixels, barred.cutout.pixels)
    assert again.cutout.provenance == barred.cutout.provenance
    assert np.abs(other.linear_flux - barred.linear_flux).max() > 5
    assert other.cutout.provenance.sha256 != barred.cutout.provenance.sha256


def test_only_the_noise_changes_with_the_noise(barred):
    quiet = replace(barred.parameters, observation=replace(barred.parameters.observation))
    quiet = replace(quiet, observation=replace(quiet.observation, sky_noise=0.0))
    result = simulate_galaxy(quiet, seed=barred.seed)
    np.testing.assert_array_equal(result.linear_flux, barred.linear_flux)
    assert all((result.masks[name] == mask).all() for name, mask in barred.masks.items())
    assert np.abs(result.cutout.pixels - barred.cutout.pixels).max() > 0.01


def test_the_cutout_says_where_it_comes_from(barred):
    provenance = barred.cutout.provenance
    assert provenance.origin is Origin.SIMULATED
    assert provenance.sha256 == hashlib.sha256(barred.cutout.pixels.tobytes()).hexdigest()
    assert barred.cutout.pixels.shape == barred.linear_flux.shape == (256, 256, 3)
    assert barred.linear_flux.dtype == np.float32
    assert barred.linear_flux.min() >= 0


def test_ground_truth_cannot_be_changed(barred):
    with pytest.raises(ValueError, match="read-only"):
        barred.linear_flux[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        barred.masks["bar"][0, 0] = True
    with pytest.raises(TypeError):
        barred.masks["bar"] = None


def test_light_adds_up_to_the_flux_asked_for():
    scene = SceneParameters(Galaxy(bulge=Bulge(5e4, 8.0, sersic_index=1.0)), observation=CLEAN)
    total = simulate_galaxy(scene, seed=0).linear_flux[..., 1].sum()
    assert total == pytest.approx(5e4, rel=0.01)


@pytest.mark.parametrize("inclination_deg", [0.0, 60.0, 80.0, 90.0])
def test_a_disc_without_dust_is_as_bright_from_every_side(inclination_deg):
    galaxy = Galaxy(disc=Disc(5e4, 15.0), inclination_deg=inclination_deg, position_angle_deg=20)
    result = simulate_galaxy(SceneParameters(galaxy, observation=CLEAN), seed=0)
    assert result.linear_flux[..., 1].sum() == pytest.approx(5e4, rel=0.05)


def test_dust_dims_and_reddens_an_inclined_disc():
    clear = Galaxy(disc=Disc(2e5, 20.0), inclination_deg=75.0)
    dusty = replace(clear, dust=DustLane(1.0, 20.0, clumpiness=0.0))
    pictures = [
        simulate_galaxy(SceneParameters(g, observation=CLEAN), seed=0) for g in (clear, dusty)
    ]
    kept = [flux.sum(axis=(0, 1)) for flux in (p.linear_flux for p in pictures)]
    in_i, in_r, in_g = kept[1] / kept[0]
    assert 0.3 < in_g < in_r < in_i < 1.0
    assert "dust" not in pictures[0].masks
    assert pictures[1].masks["dust"].any()


def test_dust_hides_the_near_side_of_a_bulge_more():
    galaxy = Galaxy(
        bulge=Bulge(1e5, 15.0, 2.0),
        disc=Disc(1e3, 40.0),
        dust=DustLane(1.0, 60.0, clumpiness=0.0),
        inclination_deg=70.0,
        position_angle_deg=90.0,
    )
    flux = simulate_galaxy(SceneParameters(galaxy, observation=CLEAN), seed=0).linear_flux
    upper, lower = flux[:128, :, 1].sum(), flux[128:, :, 1].sum()
    assert abs(upper - lower) > 0.1 * (upper + lower)


@pytest.mark.parametrize("component", ["bar", "bulge"])
def test_a_mask_covers_where_its_component_gives_the_light(barred, component):
    rest = simulate_galaxy(without(barred.parameters, **{component: None}), seed=barred.seed)
    with_it, without_it = barred.linear_flux[..., 1], rest.linear_flux[..., 1]
    share = (with_it - without_it) / with_it
    least = {"bar": 0.25, "bulge": 0.5}[component]
    mask = barred.masks[component]
    assert mask.any()
    assert share[mask].min() > least - 0.01
    assert share[~mask & (with_it > 10)].max() < least + 0.01


def test_arms_lie_around_the_bulge_and_are_bluer_than_it(barred):
    arms, bulge = barred.masks["arms"], barred.masks["bulge"]
    assert bulge[128, 128]
    assert not arms[120:136, 120:136].any()
    colour = barred.linear_flux[..., 0] / np.maximum(barred.linear_flux[..., 2], 1e-3)
    assert np.median(colour[arms]) < 0.75 * np.median(colour[bulge])


def test_the_lane_of_an_edge_on_galaxy_is_long_and_thin():
    rows, columns = np.nonzero(gallery("edge-on-spiral").masks["dust"])
    minor, major = np.sqrt(np.linalg.eigvalsh(np.cov(rows, columns)))
    assert minor / major < 0.2


def test_an_elliptical_has_no_disc_and_a_star_field_no_galaxy():
    assert set(gallery("elliptical").masks) == {"bulge", "galaxy", "stars", "background"}
    assert set(gallery("star-field").masks) == {"stars", "background"}


def test_an_empty_sky_has_no_masks_and_only_noise():
    scene = SceneParameters(None, observation=Observation(stars=0, background_galaxies=0))
    result = simulate_galaxy(scene, seed=1)
    assert not result.masks
    assert not result.linear_flux.any()
    assert 0.005 < result.cutout.pixels.std() < 0.05


def test_a_merger_keeps_its_companion_apart():
    masks = gallery("merger").masks
    assert {"companion", "galaxy", "tail"} <= set(masks)
    assert not (masks["companion"] & masks["bulge"]).any()


@pytest.mark.parametrize("size", [16, 65, 128])
def test_pictures_come_in_any_size(size):
    galaxy = Galaxy(bulge=Bulge(1e4, size / 10))
    scene = SceneParameters(galaxy, observation=replace(CLEAN, image_size_px=size))
    result = simulate_galaxy(scene, seed=2)
    assert result.cutout.pixels.shape == (size, size, 3)
    centre = np.abs(np.array(np.unravel_index(result.linear_flux[..., 1].argmax(), (size, size))))
    assert np.abs(centre - (size - 1) / 2).max() <= 1
