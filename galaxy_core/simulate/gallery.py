"""The scenes of the embedded samples: textbook galaxies as the SDSS would show them.

A table of parameters and seeds, chosen by eye beside real SDSS pictures. Titles and
words for readers stand in ``galaxy_core.samples``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from galaxy_core.simulate.components import (
    Arms,
    Bar,
    Bulge,
    Disc,
    DustLane,
    Ring,
    TidalTail,
    Winding,
)
from galaxy_core.simulate.parameters import Galaxy, Observation, SceneParameters


@dataclass(frozen=True, slots=True)
class GalleryScene:
    """A scene worth keeping, with the seed that it was chosen with."""

    parameters: SceneParameters
    seed: int


def _disc(brightness: float, scale_length_px: float, *, height_px: float = 3.0) -> Disc:
    """Return a disc of this central surface brightness seen face-on, flux units a pixel."""
    flux = brightness * 2 * math.pi * scale_length_px**2
    return Disc(flux, scale_length_px, scale_height_px=height_px)


_ELLIPTICAL = SceneParameters(
    Galaxy(
        bulge=Bulge(6e5, 33.0, sersic_index=4.0, axis_ratio=0.78),
        position_angle_deg=-25.0,
    ),
    observation=Observation(stars=9, background_galaxies=14),
)

_GRAND_DESIGN = SceneParameters(
    Galaxy(
        bulge=Bulge(4.5e4, 8.0, sersic_index=2.2, axis_ratio=0.95),
        disc=_disc(75.0, 29.0),
        arms=Arms(
            number=2,
            pitch_deg=19.0,
            contrast=1.7,
            inner_radius_px=13.0,
            outer_radius_px=108.0,
            width=0.32,
            phase_deg=30.0,
            flocculence=0.25,
            knots=170,
            knot_share=0.12,
        ),
        dust=DustLane(0.9, 50.0, arm_share=0.85, clumpiness=0.5),
        inclination_deg=24.0,
        position_angle_deg=35.0,
    ),
    observation=Observation(stars=10, background_galaxies=12, psf_fwhm_px=2.6),
)

_BARRED = SceneParameters(
    Galaxy(
        bulge=Bulge(4e4, 8.0, sersic_index=2.0, axis_ratio=0.9),
        disc=_disc(48.0, 31.0),
        bar=Bar(7.0e4, 58.0, axis_ratio=0.3, angle_deg=38.0),
        arms=Arms(
            number=2,
            pitch_deg=15.0,
            contrast=1.9,
            inner_radius_px=40.0,
            outer_radius_px=108.0,
            width=0.3,
            phase_deg=38.0,
            winding=Winding.CLOCKWISE,
            flocculence=0.2,
            knots=120,
            knot_share=0.13,
        ),
        dust=DustLane(0.5, 60.0, arm_share=0.85, clumpiness=0.5),
        inclination_deg=30.0,
        position_angle_deg=-60.0,
    ),
    observation=Observation(stars=8, background_galaxies=12, psf_fwhm_px=2.8),
)

_EDGE_ON = SceneParameters(
    Galaxy(
        bulge=Bulge(7e4, 10.0, sersic_index=2.2, axis_ratio=0.72),
        disc=_disc(17.0, 32.0, height_px=5.2),
        arms=Arms(
            number=2,
            pitch_deg=16.0,
            contrast=1.2,
            inner_radius_px=14.0,
            outer_radius_px=95.0,
            flocculence=0.5,
            knots=80,
            knot_share=0.1,
        ),
        dust=DustLane(1.1, 30.0, scale_height_px=1.5, arm_share=0.3, clumpiness=0.5),
        inclination_deg=88.0,
        position_angle_deg=-52.0,
    ),
    observation=Observation(stars=16, background_galaxies=12, psf_fwhm_px=2.4),
)

_FLOCCULENT = SceneParameters(
    Galaxy(
        bulge=Bulge(1.6e4, 6.0, sersic_index=1.6, axis_ratio=0.8),
        disc=_disc(60.0, 29.0),
        arms=Arms(
            number=3,
            pitch_deg=24.0,
            contrast=1.5,
            inner_radius_px=9.0,
            outer_radius_px=100.0,
            winding=Winding.CLOCKWISE,
            flocculence=1.0,
            knots=320,
            knot_share=0.2,
        ),
        dust=DustLane(0.7, 50.0, arm_share=0.8, clumpiness=0.6),
        inclination_deg=48.0,
        position_angle_deg=15.0,
    ),
    observation=Observation(stars=11, background_galaxies=10, psf_fwhm_px=2.5),
)

_RING = SceneParameters(
    Galaxy(
        bulge=Bulge(9e4, 9.0, sersic_index=3.0, axis_ratio=0.93),
        disc=_disc(4.0, 30.0),
        ring=Ring(1.7e5, 62.0, 7.5, young_share=0.85, knots=130),
        inclination_deg=22.0,
        position_angle_deg=70.0,
    ),
    observation=Observation(stars=9, background_galaxies=14),
)

_MERGER = SceneParameters(
    Galaxy(
        bulge=Bulge(2.2e4, 6.5, sersic_index=2.5, axis_ratio=0.8),
        disc=_disc(60.0, 17.0),
        arms=Arms(
            number=2,
            pitch_deg=32.0,
            contrast=1.6,
            inner_radius_px=9.0,
            outer_radius_px=55.0,
            flocculence=0.45,
            knots=90,
            knot_share=0.25,
        ),
        dust=DustLane(1.4, 26.0, arm_share=0.6, clumpiness=0.9),
        tails=(TidalTail(2.6e4, 14.0, 120.0, 11.0, start_angle_deg=205.0, turn_deg=100.0),),
        inclination_deg=50.0,
        position_angle_deg=40.0,
        offset_px=(12.0, -14.0),
    ),
    companions=(
        Galaxy(
            bulge=Bulge(3.2e4, 7.0, sersic_index=3.0, axis_ratio=0.85),
            disc=_disc(45.0, 14.0),
            tails=(TidalTail(2.0e4, 10.0, 110.0, 10.0, start_angle_deg=20.0, turn_deg=95.0),),
            dust=DustLane(1.0, 20.0, arm_share=0.0, clumpiness=1.0),
            inclination_deg=62.0,
            position_angle_deg=-35.0,
            offset_px=(-20.0, 19.0),
        ),
    ),
    observation=Observation(stars=8, background_galaxies=12),
)

_LENTICULAR = SceneParameters(
    Galaxy(
        bulge=Bulge(1.0e5, 10.0, sersic_index=3.0, axis_ratio=0.75),
        disc=Disc(1.9e5, 27.0, scale_height_px=5.0, old_share=1.0),
        inclination_deg=58.0,
        position_angle_deg=-40.0,
    ),
    observation=Observation(stars=10, background_galaxies=14),
)

_STAR_FIELD = SceneParameters(
    None, observation=Observation(stars=70, background_galaxies=25, psf_fwhm_px=3.2)
)

GALLERY: Mapping[str, GalleryScene] = MappingProxyType(
    {
        "elliptical": GalleryScene(_ELLIPTICAL, seed=4),
        "grand-design-spiral": GalleryScene(_GRAND_DESIGN, seed=11),
        "barred-spiral": GalleryScene(_BARRED, seed=3),
        "edge-on-spiral": GalleryScene(_EDGE_ON, seed=5),
        "flocculent-spiral": GalleryScene(_FLOCCULENT, seed=8),
        "ring-galaxy": GalleryScene(_RING, seed=2),
        "merger": GalleryScene(_MERGER, seed=6),
        "lenticular": GalleryScene(_LENTICULAR, seed=7),
        "star-field": GalleryScene(_STAR_FIELD, seed=9),
    }
)
