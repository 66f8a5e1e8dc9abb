"""Knobs that change the light: distance, seeing, noise, dust, colour, stretch.

Cutouts are display-stretched pictures, not fluxes. What physics does to flux is therefore done
to the light above the sky, as if the stretch were linear; each docstring says where that
matters. For faint light, where spiral arms are, an asinh stretch is close to linear.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import Framing

# A(λ) / A(V) at SDSS i, r, g (7480, 6166, 4686 Å) for R(V) = 3.1 (Cardelli, Clayton & Mathis
# 1989, equations 2 and 3), in the order red, green, blue of an SDSS picture.
_EFFECTIVE_UM = (0.7480, 0.6166, 0.4686)
_LANE_HALF_WIDTH = 0.06  # of the light radius
_LANE_LENGTH = 1.2
_SEEING_REFERENCE = 1 / 32


def extinction_law(wavelength_um: float, *, r_v: float = 3.1) -> float:
    """Return A(λ) / A(V) in the optical and near infrared, 0.3 to 3.3 µm.

    Parameters
    ----------
    wavelength_um : float
        In micrometres; 1/λ from 0.3 to 3.3 per µm.
    r_v : float
        Ratio of total to selective extinction.

    Raises
    ------
    ValueError
        Outside that range.

    References
    ----------
    Cardelli, Clayton & Mathis 1989, ApJ 345, 245, equations 1, 2a, 2b, 3a, 3b.
    """
    x = 1 / wavelength_um
    if 0.3 <= x <= 1.1:
        return float(0.574 * x**1.61 - 0.527 * x**1.61 / r_v)
    if not 1.1 <= x <= 3.3:
        raise ValueError(f"The law holds from 0.303 to 3.33 micrometres, got {wavelength_um:g}.")
    powers = (x - 1.82) ** np.arange(8)
    a = (1, 0.17699, -0.50447, -0.02427, 0.72085, 0.01979, -0.77530, 0.32999)
    b = (0, 1.41338, 2.28305, 1.07233, -5.38434, -0.62251, 5.30260, -2.09002)
    return float(powers @ np.array(a) + powers @ np.array(b) / r_v)


def dim(pixels: FloatImage, framing: Framing, magnitudes: float) -> FloatImage:
    """Return the galaxy fainter by some magnitudes against the same sky."""
    return _above_sky(pixels, framing, np.full(3, 10 ** (-0.4 * magnitudes)))


def blur(pixels: FloatImage, framing: Framing, seeing: float) -> FloatImage:
    """Return the picture as in worse seeing or from farther off.

    Parameters
    ----------
    pixels, framing
        The picture and where its galaxy is.
    seeing : float
        Full width at half maximum of the added Gaussian, in units of the radius that holds 95%
        of the galaxy's light.
    """
    sigma = seeing * framing.radius_px / 2.3548
    return ndimage.gaussian_filter(pixels, (sigma, sigma, 0), mode="nearest")


def farther(pixels: FloatImage, framing: Framing, distance_log2: float) -> FloatImage:
    """Return the galaxy as from 2**distance_log2 times as far, enlarged to the same size.

    Surface brightness is kept; the same seeing and pixels blur it more. Seeing today is taken
    as 1/32 of its light radius. Redshift is left out.
    """
    widening = np.sqrt(max(4.0**distance_log2 - 1.0, 0.0))
    return blur(pixels, framing, _SEEING_REFERENCE * widening)


def add_noise(
    pixels: FloatImage, framing: Framing, sigma: float, rng: np.random.Generator
) -> FloatImage:
    """Return the picture with Gaussian noise of that deviation in each pixel and channel."""
    noise = rng.standard_normal(pixels.shape, dtype=np.float32)
    return pixels + np.float32(sigma) * noise


def redden(pixels: FloatImage, framing: Framing, a_v: float) -> FloatImage:
    """Return the galaxy behind a uniform screen of dust with `a_v` magnitudes in V."""
    law = np.array([extinction_law(wavelength) for wavelength in _EFFECTIVE_UM])
    return _above_sky(pixels, framing, 10 ** (-0.4 * a_v * law))


def dust_lane(pixels: FloatImage, framing: Framing, a_v: float) -> FloatImage:
    """Return the galaxy with a lane of dust across its centre, `a_v` magnitudes in its middle.

    A horizontal Gaussian lane in front of all the light; turn the galaxy to turn the lane.
    """
    height, width = pixels.shape[:2]
    y = (np.arange(height) - framing.centre_y_px) / framing.radius_px
    x = (np.arange(width) - framing.centre_x_px) / framing.radius_px
    across = np.exp(-0.5 * (y / _LANE_HALF_WIDTH) ** 2)
    along = np.exp(-0.5 * (x / _LANE_LENGTH) ** 4)
    depth = a_v * across[:, None] * along[None, :]
    law = np.array([extinction_law(wavelength) for wavelength in _EFFECTIVE_UM])
    return _above_sky(pixels, framing, 10 ** (-0.4 * depth[..., None] * law))


def desaturate(pixels: FloatImage, framing: Framing, amount: float) -> FloatImage:
    """Return the picture with its colours taken out: 0 as it is, 1 grey, −1 twice the colour."""
    grey = pixels.mean(axis=-1, keepdims=True)
    return grey + (pixels - grey) * np.float32(1 - amount)


def gamma(pixels: FloatImage, framing: Framing, exponent_log2: float) -> FloatImage:
    """Return pixels ** (2**exponent_log2): above 0 darkens the faint, below 0 brightens it."""
    return pixels ** np.float32(2.0**exponent_log2)


def asinh(pixels: FloatImage, framing: Framing, strength: float) -> FloatImage:
    """Return asinh(s p) / asinh(s) with s = 10**strength - 1 (Lupton et al. 2004), s > 0.

    Lifts the faint outskirts and keeps 0 and 1 where they are.
    """
    softening = 10.0 ** max(strength, 0.0) - 1.0
    if softening < 1e-6:
        return pixels
    return (np.arcsinh(softening * pixels) / np.arcsinh(softening)).astype(np.float32)


def _above_sky(
    pixels: FloatImage, framing: Framing, factor: npt.NDArray[np.float64]
) -> FloatImage:
    sky = np.asarray(framing.sky, dtype=np.float32)
    return sky + (pixels - sky) * factor.astype(np.float32)
