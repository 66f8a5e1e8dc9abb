"""Believable parameters drawn at random: ellipticals, spirals, lenticulars.

Ranges follow the literature where one is named and SDSS pictures by eye where none is;
they are no unbiased sample of the universe. Draws parameters only; nothing is rendered.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from galaxy_core.simulate.components import Arms, Bar, Bulge, Disc, DustLane, Ring, Winding
from galaxy_core.simulate.parameters import Galaxy, Observation, SceneParameters

# Pictures of 256 pixels are what the ranges below were chosen in; others scale with size.
_REFERENCE_SIZE_PX = 256

# Bars are seen in about half of bright nearby spirals, rings in a fifth (Eskridge et al. 2000;
# Buta & Combes 1996).
_BARRED_SHARE = 0.45
_RINGED_SHARE = 0.1


class GalaxyKind(StrEnum):
    """What `random_parameters` can draw."""

    ELLIPTICAL = "elliptical"
    SPIRAL = "spiral"
    LENTICULAR = "lenticular"


def random_parameters(
    kind: GalaxyKind | str,
    *,
    seed: int,
    image_size_px: int = 256,
    inclination_deg: float | None = None,
) -> SceneParameters:
    """Return the parameters of one believable galaxy; the same seed gives the same ones.

    Parameters
    ----------
    kind : GalaxyKind
        Spirals come at every inclination, barred or not, grand-design to flocculent, with
        pitch angles from 8 to 32 degrees; ellipticals from round to E6.
    seed : int
        Not negative.
    image_size_px : int
        Size of the picture; the galaxy's size in it goes along.
    inclination_deg : float or None
        Of the disc; None draws one with uniform cosine, as randomly turned discs have.

    Raises
    ------
    ValueError
        If the kind is none of `GalaxyKind`.
    SimulationError
        If the size or the inclination is out of range.
    """
    rng = np.random.default_rng([seed, 0x6A1A])  # apart from the scene's own draws
    scale = image_size_px / _REFERENCE_SIZE_PX
    tilt = math.degrees(math.acos(rng.uniform(0.0, 1.0)))
    tilt = tilt if inclination_deg is None else inclination_deg
    kind = GalaxyKind(kind)
    if kind is GalaxyKind.ELLIPTICAL:
        galaxy = _elliptical(rng, scale)
    elif kind is GalaxyKind.LENTICULAR:
        galaxy = _lenticular(rng, scale, tilt)
    else:
        galaxy = _spiral(rng, scale, tilt)
    return SceneParameters(galaxy, observation=_observation(rng, image_size_px))


def _observation(rng: np.random.Generator, image_size_px: int) -> Observation:
    """Return seeing, noise and field as SDSS cutouts of various scales have them."""
    area = (image_size_px / _REFERENCE_SIZE_PX) ** 2
    return Observation(
        image_size_px=image_size_px,
        psf_fwhm_px=max(float(rng.uniform(2.2, 6.5)) * math.sqrt(area), 1.5),
        noise_correlation_px=float(rng.uniform(0.6, 1.4)),
        softening=float(rng.uniform(4.0, 10.0)),
        white_level=float(rng.uniform(350.0, 1300.0)),
        sky_level=float(rng.uniform(0.5, 1.5)),
        stars=int(rng.poisson(9 * area)),
        background_galaxies=int(rng.poisson(11 * area)),
    )


def _turn(rng: np.random.Generator) -> float:
    return float(rng.uniform(-180.0, 180.0))


def _centre(rng: np.random.Generator, scale: float) -> tuple[float, float]:
    return (float(rng.normal(0, 1.5) * scale), float(rng.normal(0, 1.5) * scale))


def _elliptical(rng: np.random.Generator, scale: float) -> Galaxy:
    """Return an elliptical: bigger ones rounder and of higher Sérsic index."""
    radius = float(rng.uniform(13.0, 40.0)) * scale
    brightness = 10.0 ** rng.uniform(1.25, 2.15)  # mean within the half-light radius
    axis_ratio = float(np.clip(rng.normal(0.77, 0.14), 0.4, 1.0))
    flux = 2 * brightness * math.pi * radius**2 * axis_ratio
    return Galaxy(
        bulge=Bulge(
            flux, radius, sersic_index=float(rng.uniform(2.8, 5.5)), axis_ratio=axis_ratio
        ),
        position_angle_deg=_turn(rng),
        offset_px=_centre(rng, scale),
    )


def _bulge(rng: np.random.Generator, disc: Disc, tilt: float, share: float) -> Bulge:
    """Return a bulge with this share of the disc's flux, rounder than the disc on the sky."""
    flattening = float(rng.uniform(0.0, 0.4)) * (1 - math.cos(math.radians(tilt)))
    return Bulge(
        flux=share * disc.flux,
        half_light_radius_px=float(rng.uniform(0.15, 0.32)) * disc.scale_length_px,
        sersic_index=float(rng.uniform(1.0, 3.2)),
        axis_ratio=1.0 - flattening,
    )


def _disc(rng: np.random.Generator, scale: float, tilt: float, *, old_share: float) -> Disc:
    """Return a disc that fills a believable part of the frame at a believable brightness."""
    length = float(rng.uniform(17.0, 33.0)) * scale
    # An inclined disc is brighter per pixel; surveys show both about equally exposed.
    brightness = 10.0 ** rng.uniform(1.5, 2.15) * max(math.cos(math.radians(tilt)), 0.12) ** 0.5
    height = length * float(rng.uniform(0.08, 0.17))  # de Grijs 1998: h / z0 of 5 to 12
    return Disc(
        float(brightness * 2 * math.pi * length**2),
        length,
        scale_height_px=height,
        old_share=old_share,
    )


def _lenticular(rng: np.random.Generator, scale: float, tilt: float) -> Galaxy:
    """Return a smooth disc of old stars around a large bulge."""
    disc = _disc(rng, scale, tilt, old_share=1.0)
    return Galaxy(
        bulge=_bulge(rng, disc, tilt, float(rng.uniform(0.25, 0.8))),
        disc=disc,
        inclination_deg=tilt,
        position_angle_deg=_turn(rng),
        offset_px=_centre(rng, scale),
    )


def _spiral(rng: np.random.Generator, scale: float, tilt: float) -> Galaxy:
    """Return a spiral of type Sa to Sd: later ones have smaller bulges and opener arms."""
    lateness = float(rng.beta(2.0, 1.3))  # most catalogued spirals are Sb to Sc
    disc = _disc(rng, scale, tilt, old_share=float(np.clip(0.95 - 0.65 * lateness, 0, 1)))
    length = disc.scale_length_px
    bar = None
    if rng.random() < _BARRED_SHARE:
        bar = Bar(
            flux=float(rng.uniform(0.06, 0.18)) * disc.flux,
            semi_major_px=float(rng.uniform(0.8, 1.8)) * length,
            axis_ratio=float(rng.uniform(0.25, 0.42)),
            angle_deg=_turn(rng),
        )
    ring = None
    if bar is not None and rng.random() < _RINGED_SHARE:
        radius = bar.semi_major_px
        ring = Ring(0.1 * disc.flux, radius, 0.12 * radius, young_share=0.6, knots=40)
    return Galaxy(
        bulge=_bulge(rng, disc, tilt, float(rng.uniform(0.7, 1.3)) * 0.3 * (1.08 - lateness)),
        disc=disc,
        arms=_arms(rng, length, lateness, bar),
        bar=bar,
        ring=ring,
        dust=DustLane(
            optical_depth=float(rng.uniform(0.2, 1.1)),
            scale_length_px=float(rng.uniform(1.0, 1.6)) * length,
            scale_height_px=max(0.25 * disc.scale_height_px, 0.3),
            arm_share=float(rng.uniform(0.4, 0.9)),
            clumpiness=float(rng.uniform(0.3, 0.7)),
        ),
        inclination_deg=tilt,
        position_angle_deg=_turn(rng),
        offset_px=_centre(rng, scale),
    )


def _arms(rng: np.random.Generator, length: float, lateness: float, bar: Bar | None) -> Arms:
    """Return arms: pitch angles by type after Kennicutt 1981, with their wide scatter."""
    flocculence = float(rng.beta(0.8, 1.2))
    inner = 0.75 * bar.semi_major_px if bar is not None else float(rng.uniform(0.3, 0.6)) * length
    return Arms(
        number=2 if bar is not None else int(rng.choice([2, 2, 2, 3, 4])),
        pitch_deg=float(np.clip(rng.normal(11 + 13 * lateness, 4.0), 8.0, 32.0)),
        contrast=float(rng.uniform(0.9, 2.5)) * (0.7 + 0.5 * lateness),
        inner_radius_px=inner,
        outer_radius_px=float(rng.uniform(3.0, 4.2)) * length,
        winding=Winding(int(rng.choice([-1, 1]))),
        width=float(rng.uniform(0.22, 0.36)),
        phase_deg=bar.angle_deg if bar is not None else _turn(rng),
        flocculence=flocculence,
        knots=int(rng.uniform(20, 120) + 200 * lateness * rng.random()),
        knot_share=float(rng.uniform(0.03, 0.1) + 0.1 * lateness),
    )
