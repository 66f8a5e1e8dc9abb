"""The colours of starlight and of dust, in the three bands of an SDSS colour picture.

A stellar population is two broad-band colours; a band vector is what they give in a
picture whose red, green and blue are i, r and g. Holds numbers only: no images here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BandVector = npt.NDArray[np.float32]

BANDS = ("i", "r", "g")  # shown as red, green, blue

# Scales of i, r and g in the pictures of the SDSS (Lupton et al. 2004, PASP 116, 133, as used
# by the SDSS image server), relative to r.
_BAND_SCALES = np.array([4.9, 5.7, 7.8]) / 5.7

# A_band / E(B-V) of Schlegel, Finkbeiner & Davis 1998, Table 6, over their A_V / E(B-V) = 3.1
# for a Milky Way extinction law.
_EXTINCTION_RATIOS = np.array([2.086, 2.751, 3.793]) / 3.1


@dataclass(frozen=True, slots=True)
class Population:
    """A stellar population by its colours.

    Parameters
    ----------
    g_minus_r, r_minus_i : float
        Colours in AB magnitudes.
    """

    g_minus_r: float
    r_minus_i: float

    def bands(self) -> BandVector:
        """Return the light in i, r and g for unit light in r, shape (3,), as pictures show it."""
        in_i, in_g = 10.0 ** (0.4 * self.r_minus_i), 10.0 ** (-0.4 * self.g_minus_r)
        return np.asarray(np.array([in_i, 1.0, in_g]) * _BAND_SCALES, dtype=np.float32)


# Typical restframe colours: bulges and ellipticals lie on the red sequence near g - r = 0.77,
# star-forming discs near 0.4 to 0.6 (Strateva et al. 2001; Fukugita et al. 1995, Table 3).
OLD = Population(g_minus_r=0.78, r_minus_i=0.40)
INTERMEDIATE = Population(g_minus_r=0.40, r_minus_i=0.21)
YOUNG = Population(g_minus_r=0.16, r_minus_i=0.08)
# H II regions: hot stars, with [O III] in g and H alpha in r, and no strong line in i.
STAR_FORMING = Population(g_minus_r=0.0, r_minus_i=-0.25)


def transmission(optical_depth_v: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the share of light that dust lets through in i, r and g.

    Parameters
    ----------
    optical_depth_v : ndarray, shape (H, W), float32
        Optical depth in V, not negative.

    Returns
    -------
    ndarray, shape (3, H, W), float32, in (0, 1]
        Lowest in g: dust reddens as it dims.
    """
    ratios = _EXTINCTION_RATIOS.astype(np.float32)
    return np.asarray(np.exp(-ratios[:, None, None] * optical_depth_v[None]), dtype=np.float32)
