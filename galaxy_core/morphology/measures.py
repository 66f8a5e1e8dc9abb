"""The table of hand-crafted measures, and the one call that takes them all.

``MEASURES`` says of each what it is called, where its values lie and where it was defined.
A measure that cannot be taken is NaN and the reason a flag; nothing here raises, whatever
the picture. Uncertainties are not estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.morphology import (
    asymmetry,
    colour,
    entropy,
    fourier,
    gini,
    m20,
    moments,
    multimode,
    radial,
    smoothness,
)
from galaxy_core.morphology.light import Light, gather_light

_SMALL_PX = 4.0


class MeasureFlag(StrEnum):
    """Why measures are missing or poor."""

    NO_LIGHT = "no_light"
    PETROSIAN_NOT_REACHED = "petrosian_not_reached"
    SMALL = "small"
    UNDEFINED = "undefined"


FLAG_SENTENCES: Mapping[MeasureFlag, str] = MappingProxyType(
    {
        MeasureFlag.NO_LIGHT: "There is no light to measure in this square.",
        MeasureFlag.PETROSIAN_NOT_REACHED: (
            "The light does not fall off within the square; half its side stands in for "
            "the Petrosian radius."
        ),
        MeasureFlag.SMALL: "The galaxy is only a few pixels across; its measures are rough.",
        MeasureFlag.UNDEFINED: "Some measures are not defined for this picture.",
    }
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the table.

    Parameters
    ----------
    name : str
        Field of `Measures`.
    title : str
        What a page calls it.
    low, high : float
        Between these its values lie.
    source : str
        Who defined it.
    take : callable
        From `Light` to the value; NaN where it is not defined.
    """

    name: str
    title: str
    low: float
    high: float
    source: str
    take: Callable[[Light], float]


_TABLE = (
    Measure("concentration", "Concentration", 0, 10, "Conselice 2003", radial.concentration),
    Measure(
        "petrosian_extent",
        "Petrosian radius / half side",
        0,
        1.5,
        "Petrosian 1976",
        radial.petrosian_extent,
    ),
    Measure(
        "half_light_extent",
        "Half-light / Petrosian radius",
        0,
        1.5,
        "Petrosian 1976",
        radial.half_light_extent,
    ),
    Measure("asymmetry", "Asymmetry", -2, 2, "Conselice et al. 2000", asymmetry.asymmetry),
    Measure(
        "smoothness", "Smoothness (clumpiness)", -10, 10, "Conselice 2003", smoothness.smoothness
    ),
    Measure("gini", "Gini", 0, 1, "Lotz et al. 2004", gini.gini),
    Measure("m20", "M20", -6, 0, "Lotz et al. 2004", m20.m20),
    Measure("multimode", "Multimode", 0, 1, "Freeman et al. 2013", multimode.multimode),
    Measure("axis_ratio", "Axis ratio", 0, 1, "second moments", moments.axis_ratio),
    Measure("hu_1", "Hu moment 1", -8, 2, "Hu 1962", moments.hu_1),
    Measure("hu_2", "Hu moment 2", -8, 2, "Hu 1962", moments.hu_2),
    Measure("hu_3", "Hu moment 3", -8, 2, "Hu 1962", moments.hu_3),
    Measure("hu_4", "Hu moment 4", -8, 2, "Hu 1962", moments.hu_4),
    Measure("fourier_1", "Fourier m = 1", 0, 2, "Rix & Zaritsky 1995", fourier.fourier_1),
    Measure("fourier_2", "Fourier m = 2", 0, 2, "Rix & Zaritsky 1995", fourier.fourier_2),
    Measure("fourier_3", "Fourier m = 3", 0, 2, "Rix & Zaritsky 1995", fourier.fourier_3),
    Measure("fourier_4", "Fourier m = 4", 0, 2, "Rix & Zaritsky 1995", fourier.fourier_4),
    Measure("winding", "Winding", 0, 1, "Kalnajs 1975", fourier.winding),
    Measure("entropy", "Entropy", 0, 1, "Ferrari et al. 2015", entropy.entropy),
    Measure("colour", "Colour (red / blue)", -3, 3, "display magnitudes", colour.colour),
    Measure(
        "colour_gradient",
        "Colour, centre - outskirts",
        -6,
        6,
        "display magnitudes",
        colour.colour_gradient,
    ),
    Measure("colour_scatter", "Colour scatter", 0, 60, "light-weighted", colour.colour_scatter),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({entry.name: entry for entry in _TABLE})


@dataclass(frozen=True, slots=True)
class Measures:
    """All measures of one galaxy; NaN where one is not defined.

    The meaning, range and source of each field stand in `MEASURES` and in the function
    that takes it.
    """

    concentration: float
    petrosian_extent: float
    half_light_extent: float
    asymmetry: float
    smoothness: float
    gini: float
    m20: float
    multimode: float
    axis_ratio: float
    hu_1: float
    hu_2: float
    hu_3: float
    hu_4: float
    fourier_1: float
    fourier_2: float
    fourier_3: float
    fourier_4: float
    winding: float
    entropy: float
    colour: float
    colour_gradient: float
    colour_scatter: float
    flags: tuple[MeasureFlag, ...] = ()

    def as_vector(self) -> npt.NDArray[np.float64]:
        """Return the values in the order of `MEASURES`, shape (len(MEASURES),), NaN kept."""
        return np.array([getattr(self, name) for name in MEASURES], dtype=np.float64)


def measure_all(square: FloatImage) -> Measures:
    """Return every hand-crafted measure of a framed square.

    Parameters
    ----------
    square : ndarray, shape (S, S, 3), float32
        What ``framing.cut_out`` returns; 64 to 128 pixels serve best. Sky is 0.

    Returns
    -------
    Measures
        All NaN with the flag ``NO_LIGHT`` for a flat, empty or misshapen square.
    """
    light = gather_light(square)
    if light is None:
        return Measures(**dict.fromkeys(MEASURES, float("nan")), flags=(MeasureFlag.NO_LIGHT,))
    values = {name: float(entry.take(light)) for name, entry in MEASURES.items()}
    flags = []
    if not light.petrosian_reached:
        flags.append(MeasureFlag.PETROSIAN_NOT_REACHED)
    if light.petrosian_px < _SMALL_PX:
        flags.append(MeasureFlag.SMALL)
    if not np.all(np.isfinite(list(values.values()))):
        flags.append(MeasureFlag.UNDEFINED)
    return Measures(**values, flags=tuple(flags))
