"""The components of a simulated galaxy: frozen dataclasses, each checked as it is made.

Lengths are in pixels of the final picture, angles in degrees, light in **flux units**:
one unit is the nominal noise of the sky in one pixel of the r band, so a surface
brightness of 5 stands five sigma above the sky. Nothing is drawn or computed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from galaxy_core.errors import SimulationError


def check_range(owner: object, name: str, low: float, high: float) -> None:
    """Raise `SimulationError` unless the attribute is a finite number from low to high."""
    value = getattr(owner, name)
    if not (math.isfinite(value) and low <= value <= high):
        raise SimulationError(
            f"{type(owner).__name__}.{name} must be from {low:g} to {high:g}, got {value!r}."
        )


class Winding(IntEnum):
    """The sense in which arms unwind outwards, as seen in the picture before inclination."""

    CLOCKWISE = -1
    ANTICLOCKWISE = 1


@dataclass(frozen=True, slots=True)
class Bulge:
    """A spheroid of old stars with a Sérsic profile; on its own, an elliptical galaxy.

    Parameters
    ----------
    flux : float
        Total light, flux units.
    half_light_radius_px : float
        Semi-major axis of the ellipse that holds half of the light.
    sersic_index : float
        0.5 to 8: 1 is exponential, 4 is de Vaucouleurs.
    axis_ratio : float
        Minor over major axis as seen on the sky, 0.2 to 1.
    """

    flux: float
    half_light_radius_px: float
    sersic_index: float = 4.0
    axis_ratio: float = 1.0

    def __post_init__(self) -> None:
        check_range(self, "flux", 0.0, 1e9)
        check_range(self, "half_light_radius_px", 0.3, 1000.0)
        check_range(self, "sersic_index", 0.5, 8.0)
        check_range(self, "axis_ratio", 0.2, 1.0)


@dataclass(frozen=True, slots=True)
class Disc:
    """An exponential disc with a sech² vertical profile.

    Parameters
    ----------
    flux : float
        Total light of the smooth disc, flux units; arms come on top.
    scale_length_px, scale_height_px : float
        Of exp(-R / h) in the plane and sech²(z / z0) across it.
    old_share : float
        Share of old stars at the centre, 0 to 1; it falls outwards over two scale lengths.
    """

    flux: float
    scale_length_px: float
    scale_height_px: float = 3.0
    old_share: float = 0.8

    def __post_init__(self) -> None:
        check_range(self, "flux", 0.0, 1e9)
        check_range(self, "scale_length_px", 0.5, 1000.0)
        check_range(self, "scale_height_px", 0.05, 50.0)
        check_range(self, "old_share", 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Arms:
    """Logarithmic spiral arms, light on top of the smooth disc.

    Parameters
    ----------
    number : int
        1 to 8.
    pitch_deg : float
        Angle between an arm and the circle, 3 to 60; small is tightly wound.
    contrast : float
        Light of an arm's ridge over that of the smooth disc under it, 0 to 10.
    winding : Winding
        Sense in which the arms unwind.
    width : float
        Angular half width at half maximum of an arm over half the spacing of arms, 0.05 to 0.8.
    inner_radius_px, outer_radius_px : float
        Where the arms begin and fade.
    phase_deg : float
        Azimuth in the plane at which the first arm begins.
    flocculence : float
        0: unbroken grand-design arms; 1: only short sheared pieces of arms.
    knots : int
        Number of star-forming regions along the arms, 0 to 2000.
    knot_share : float
        Their light over that of the arms, 0 to 1.
    """

    number: int
    pitch_deg: float
    contrast: float
    inner_radius_px: float
    outer_radius_px: float
    winding: Winding = Winding.ANTICLOCKWISE
    width: float = 0.3
    phase_deg: float = 0.0
    flocculence: float = 0.0
    knots: int = 60
    knot_share: float = 0.12

    def __post_init__(self) -> None:
        check_range(self, "number", 1, 8)
        check_range(self, "pitch_deg", 3.0, 60.0)
        check_range(self, "contrast", 0.0, 10.0)
        check_range(self, "inner_radius_px", 0.5, 1000.0)
        check_range(self, "outer_radius_px", self.inner_radius_px, 2000.0)
        check_range(self, "width", 0.05, 0.8)
        check_range(self, "phase_deg", -360.0, 360.0)
        check_range(self, "flocculence", 0.0, 1.0)
        check_range(self, "knots", 0, 2000)
        check_range(self, "knot_share", 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of old stars in the plane of the disc.

    Parameters
    ----------
    flux : float
        Total light, flux units.
    semi_major_px : float
        Half its length.
    axis_ratio : float
        Width over length, 0.1 to 1.
    angle_deg : float
        Azimuth in the plane of the disc, from its line of nodes.
    """

    flux: float
    semi_major_px: float
    axis_ratio: float = 0.3
    angle_deg: float = 0.0

    def __post_init__(self) -> None:
        check_range(self, "flux", 0.0, 1e9)
        check_range(self, "semi_major_px", 1.0, 1000.0)
        check_range(self, "axis_ratio", 0.1, 1.0)
        check_range(self, "angle_deg", -360.0, 360.0)


@dataclass(frozen=True, slots=True)
class Ring:
    """A circular ring in the plane of the disc, Gaussian across.

    Parameters
    ----------
    flux : float
        Total light, flux units.
    radius_px, width_px : float
        Radius of the ridge, and standard deviation across it (at most half the radius).
    young_share : float
        Share of young stars, 0 to 1.
    knots : int
        Number of star-forming regions along it, 0 to 2000.
    """

    flux: float
    radius_px: float
    width_px: float
    young_share: float = 0.7
    knots: int = 0

    def __post_init__(self) -> None:
        check_range(self, "flux", 0.0, 1e9)
        check_range(self, "radius_px", 1.0, 1000.0)
        check_range(self, "width_px", 0.3, self.radius_px / 2)
        check_range(self, "young_share", 0.0, 1.0)
        check_range(self, "knots", 0, 2000)


@dataclass(frozen=True, slots=True)
class DustLane:
    """A sheet of dust in the mid-plane; seen edge-on it is a dark lane.

    Parameters
    ----------
    optical_depth : float
        In V, through the disc at its centre seen face-on, 0 to 10.
    scale_length_px : float
        Radial scale length of the dust.
    scale_height_px : float
        Half thickness of the sheet.
    arm_share : float
        0: smooth; 1: all of it along the inner edges of the arms.
    clumpiness : float
        Scatter of the optical depth (natural logarithm), 0 to 2.
    """

    optical_depth: float
    scale_length_px: float
    scale_height_px: float = 0.8
    arm_share: float = 0.6
    clumpiness: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, "optical_depth", 0.0, 10.0)
        check_range(self, "scale_length_px", 0.5, 1000.0)
        check_range(self, "scale_height_px", 0.05, 50.0)
        check_range(self, "arm_share", 0.0, 1.0)
        check_range(self, "clumpiness", 0.0, 2.0)


@dataclass(frozen=True, slots=True)
class TidalTail:
    """A stream of stars that curves away from a disturbed galaxy, in the plane of the sky.

    Parameters
    ----------
    flux : float
        Total light, flux units.
    start_px : float
        Distance from the centre at which it begins.
    length_px, width_px : float
        Length along the curve, and standard deviation across it at its end.
    start_angle_deg, turn_deg : float
        Azimuth at which it leaves (anticlockwise from the right), and how far it turns.
    """

    flux: float
    start_px: float
    length_px: float
    width_px: float = 4.0
    start_angle_deg: float = 0.0
    turn_deg: float = 90.0

    def __post_init__(self) -> None:
        check_range(self, "flux", 0.0, 1e9)
        check_range(self, "start_px", 0.0, 1000.0)
        check_range(self, "length_px", 1.0, 2000.0)
        check_range(self, "width_px", 0.3, 200.0)
        check_range(self, "start_angle_deg", -360.0, 360.0)
        check_range(self, "turn_deg", -360.0, 360.0)
