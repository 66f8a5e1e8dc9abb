"""Measured light -> something to look at: Lupton's asinh stretch, and a guess at its numbers.

Bands come in as flux in any unit, NaN where nothing was measured; colour in [0, 1] comes
out. Knows no files and no filters (``bands`` says which band is red).

The formula is that of Lupton et al. (2004, PASP 116, 133), in the form of
``astropy.visualization.LuptonAsinhStretch``, against which the tests hold it. It is
written out here because it must run in row blocks of float32 (a 100-megapixel field would
take gigabytes in float64) and because importing astropy's costs every start 0.3 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.intake.background import MOST_FLUX, measured_sky

Triple = tuple[float, float, float]
Planes = tuple[FloatImage, FloatImage, FloatImage]

# Lupton's stretch is pinned so that a tenth of the linear range is shown as a tenth of white.
_PIN = 0.1
# The sky's noise is shown at 1/30 of white: just visible, as in survey pictures.
_NOISE_TO_WHITE = 30.0
# The intensity shown as white; all but the brightest 0.1% of the pixels, that is, cores.
_WHITE_PERCENTILE = 99.9
_WHITE_OF_SPARSE = 99.99
_Q_MOST = 1e4
_BLOCK_ROWS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How flux becomes brightness.

    Parameters
    ----------
    q : float, ≥ 0
        Lupton's Q, how soon the curve bends from linear to logarithmic; 0 is linear.
    linear_range : float, > 0
        Lupton's "stretch": the weighted flux above black over which the curve would
        reach white, if it stayed linear; in the unit of the red, green and blue bands.
    black : three floats
        Flux shown as black in red, green, blue; usually the sky. Lupton's "minimum".
    weight : three floats, ≥ 0
        Factors on red, green, blue after black was taken off.

    Raises
    ------
    ValueError
        If a number is not finite or out of its range.
    """

    q: float
    linear_range: float
    black: Triple = (0.0, 0.0, 0.0)
    weight: Triple = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if not np.isfinite([self.q, self.linear_range, *self.black, *self.weight]).all():
            raise ValueError(f"a stretch needs finite numbers, got {self}")
        if self.q < 0.0 or self.linear_range <= 0.0 or min(self.weight) < 0.0:
            raise ValueError(f"q ≥ 0, linear_range > 0 and weights ≥ 0 are needed, got {self}")


def stretch_colour(planes: Planes, stretch: Stretch) -> FloatImage:
    """Return the colour picture of three bands.

    Parameters
    ----------
    planes : three ndarrays, shape (H, W), float32
        Flux in red, green and blue; NaN where nothing was measured.
    stretch : Stretch
        The curve.

    Returns
    -------
    ndarray, shape (H, W, 3), float32
        In [0, 1]. A pixel that is NaN in every band is black; one that is NaN in some
        bands is taken as sky in those. Where a colour would pass white, all three are
        lowered together, so that hue stays (Lupton et al. 2004, section 2).
    """
    height, width = planes[0].shape
    colour = np.empty((height, width, 3), dtype=np.float32)
    for top in range(0, height, _BLOCK_ROWS):
        rows = slice(top, top + _BLOCK_ROWS)
        shown = _stretch_block([plane[rows] for plane in planes], stretch)
        for channel, band in enumerate(shown):
            colour[rows, :, channel] = band
    return colour


def guess_stretch(planes: Planes, *, weight: Triple = (1.0, 1.0, 1.0)) -> Stretch:
    """Return a stretch that shows sky noise faintly and the brightest pixels as white.

    Black is each band's sky, the linear range 30 times its noise, and Q is solved for so
    that the 99.9th percentile of intensity comes out white. Needs no unit. Planes without
    noise or without light get a harmless linear stretch.
    """
    alike = planes[0] is planes[1] is planes[2]
    measured = [measured_sky(plane) for plane in planes[: 1 if alike else 3]]
    samples, sky = zip(*(measured * 3 if alike else measured))
    black = (sky[0][0], sky[1][0], sky[2][0])
    terms = [w * (s - b) for w, s, b in zip(weight, samples, black)]
    intensity = np.nan_to_num(np.mean(terms, axis=0), nan=0.0)
    white = float(np.percentile(intensity, _WHITE_PERCENTILE)) if intensity.size else 0.0
    if white <= 0.0:
        # A field of sky with a few bright pixels, or nothing at all.
        white = float(intensity.max(initial=0.0)) or 1.0
    # Noise of the mean of three bands; one band given thrice is no less noisy for that.
    noise = float(np.hypot.reduce([w * s[1] for w, s in zip(weight, sky)])) / 3.0
    noise = noise * np.sqrt(3.0) if alike else noise
    if white < _NOISE_TO_WHITE / 4 * noise:
        # A wide field whose galaxies fill less than a thousandth of it: noise is no white.
        brightest = min(float(intensity.max()), _NOISE_TO_WHITE * noise)
        white = max(white, float(np.percentile(intensity, _WHITE_OF_SPARSE)), brightest)
    linear_range = float(max(_NOISE_TO_WHITE * noise, white * 1e-3))
    if linear_range >= white:
        return Stretch(q=0.0, linear_range=white, black=black, weight=weight)
    q = _solve_q(white / linear_range)
    return Stretch(q=q, linear_range=linear_range, black=black, weight=weight)


def alternatives(planes: Planes, stretch: Stretch) -> dict[str, Stretch]:
    """Return three ways to show the same pixels: linear, as given, and nearly logarithmic.

    All three show the same intensity as white and the same as black.
    """
    white = _white_intensity(stretch)
    steep = replace(stretch, linear_range=stretch.linear_range / 10.0)
    return {
        "linear": replace(stretch, q=0.0, linear_range=white),
        "asinh": stretch,
        "logarithmic": replace(steep, q=_solve_q(white / steep.linear_range)),
    }


def _stretch_block(planes: list[FloatImage], stretch: Stretch) -> list[FloatImage]:
    """Apply the formula to rows that fit a processor's cache; bands stay apart, for speed."""
    light = [
        _in_linear_ranges(plane, black, weight / stretch.linear_range)
        for plane, black, weight in zip(planes, stretch.black, stretch.weight)
    ]
    intensity = (light[0] + light[1] + light[2]) * np.float32(1 / 3)
    # f(I)/I; where there is no intensity, or less than none, the pixel is black.
    factor = np.zeros_like(intensity)
    np.divide(_curve(intensity, stretch.q), intensity, out=factor, where=intensity > 1e-6)
    for band in light:
        band *= factor
        np.maximum(band, 0.0, out=band)
    brightest = np.maximum(np.maximum(light[0], light[1]), np.maximum(light[2], np.float32(1.0)))
    return [np.divide(band, brightest, dtype=np.float32) for band in light]


def _in_linear_ranges(plane: FloatImage, black: float, scale: float) -> FloatImage:
    """Return weighted flux above black in units of the linear range; sky where it is NaN."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is cut off just below
        light: FloatImage = (plane - np.float32(black)) * np.float32(min(scale, MOST_FLUX))
    light[np.isnan(light)] = 0.0
    np.clip(light, -MOST_FLUX, MOST_FLUX, out=light)
    return light


def _curve(intensity: FloatImage, q: float) -> FloatImage:
    """Return Lupton's f(I), I in units of the linear range: linear at zero, then logarithmic."""
    if q == 0.0:
        return intensity
    return np.arcsinh(intensity * np.float32(q)) * np.float32(_PIN / np.arcsinh(_PIN * q))


def _solve_q(white_over_range: float) -> float:
    """Q for which ``white_over_range`` times the linear range is shown as 1."""

    def excess(q: float) -> float:
        return float(_PIN * np.arcsinh(q * white_over_range) - np.arcsinh(_PIN * q))

    if white_over_range <= 1.0:
        return 0.0
    # Bisection in log q (scipy's would cost every start 0.3 s); where there is no root, the
    # range is beyond what Q can compress, and the end is the strongest curve there is.
    low, high = -6.0, np.log10(_Q_MOST)
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if excess(10.0**middle) > 0.0 else (low, middle)
    return float(10.0**high)


def _white_intensity(stretch: Stretch) -> float:
    """Weighted flux above black that is shown as 1."""
    if stretch.q == 0.0:
        return stretch.linear_range
    return float(stretch.linear_range * np.sinh(np.arcsinh(_PIN * stretch.q) / _PIN) / stretch.q)
