"""The telescope and the darkroom: point-spread function, noise, and the asinh colour stretch.

Takes light per pixel in three bands and gives a picture. Knows nothing of galaxies.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

from galaxy_core.simulate.geometry import Plane, SkyGrid, Spectrum
from galaxy_core.simulate.parameters import Observation

# Wings of the atmosphere's profile; 2.5 to 4.8 are met in practice (Trujillo et al. 2001).
_MOFFAT_BETA = 3.0

# Noise of i, r and g in a colour picture relative to r, after the bands' scales.
_BAND_NOISE = np.array([1.15, 1.0, 1.0], dtype=np.float32)

# Correlation of the noise between bands. Detectors know none, but JPEG's coarser colour
# leaves it in survey pictures: 0.8 to 1.0 in the corners of 160 SDSS cutouts.
_BAND_CORRELATION = 0.75


def moffat_psf(grid: SkyGrid, *, fwhm_px: float) -> Plane:
    """Return a Moffat point-spread function centred on the grid, of total 1.

    Source: Moffat 1969, A&A 3, 455: (1 + (r / alpha)²)^-beta, FWHM = 2 alpha sqrt(2^(1/beta) - 1).
    """
    alpha_squared = fwhm_px**2 / (4 * (2 ** (1 / _MOFFAT_BETA) - 1))
    radius_squared = grid.dy**2 + grid.dx**2
    psf = (1 + radius_squared / np.float32(alpha_squared)) ** np.float32(-_MOFFAT_BETA)
    return np.asarray(psf / psf.sum(), dtype=np.float32)


def psf_transfer(grid: SkyGrid, *, fwhm_px: float) -> Spectrum:
    """Return the transform of the point-spread function, for `geometry.convolve`.

    The function is centred on pixel (0, 0), so that convolving does not shift.
    """
    # On a grid of even size no pixel is the centre: draw it around a pixel instead.
    half = np.float32(0.5 if grid.shape[0] % 2 == 0 else 0.0)
    centred = SkyGrid(dy=grid.dy - half, dx=grid.dx - half, margin_px=grid.margin_px)
    psf = fft.ifftshift(moffat_psf(centred, fwhm_px=fwhm_px))
    return np.asarray(fft.rfft2(psf), dtype=np.complex64)


def observe_noise(
    bands: Plane, observation: Observation, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return the noise to be added to light of shape (3, H, W), in flux units.

    Sky and shot noise in one: its variance is sky_noise² + |F| sky_noise / sqrt(sky_electrons),
    Poisson's for light on top of a sky of that many electrons, drawn as a Gaussian (good from
    some tens of electrons on). Correlated over neighbours as resampled survey frames are, at
    unchanged variance a pixel.
    """
    shared, own = np.sqrt(np.array([_BAND_CORRELATION, 1 - _BAND_CORRELATION], np.float32))
    noise = own * rng.standard_normal(bands.shape, dtype=np.float32)
    noise += shared * rng.standard_normal(bands.shape[1:], dtype=np.float32)
    sigma = observation.noise_correlation_px
    if sigma > 0:
        noise = ndimage.gaussian_filter(noise, (0, sigma, sigma), mode="wrap")
        noise /= np.float32(np.sqrt(np.mean(noise**2)))
    sky = np.float32(observation.sky_noise)
    shot = np.abs(bands) * sky / np.float32(np.sqrt(observation.sky_electrons))
    return np.asarray(noise * _BAND_NOISE[:, None, None] * np.sqrt(sky**2 + shot))


def stretch_colours(bands: Plane, observation: Observation) -> npt.NDArray[np.float32]:
    """Return a colour picture of light: shape (H, W, 3), float32 in [0, 1].

    The mean of the bands is stretched by asinh and the bands keep their ratios; where one
    would pass 1 all are scaled down, so that bright cores keep their colour.
    Source: Lupton et al. 2004, PASP 116, 133.

    Parameters
    ----------
    bands : ndarray, shape (3, H, W), float32
        Light in i, r, g, noise included; any finite value.
    observation : Observation
        Gives softening, white level and sky level.
    """
    light = bands + np.float32(observation.sky_level)
    mean = np.maximum(light.mean(axis=0), np.float32(1e-6))
    scale = np.arcsinh(observation.white_level / observation.softening)
    shown = np.arcsinh(mean / np.float32(observation.softening)) / np.float32(scale)
    picture = np.maximum(light, 0) * (shown / mean)
    # A dark pixel of mean near 0 may still hold one bright band; it is noise, not colour.
    picture = np.minimum(picture, 3 * np.maximum(shown, 0))
    picture /= np.maximum(picture.max(axis=0), 1)
    return np.ascontiguousarray(np.moveaxis(np.clip(picture, 0, 1), 0, 2), dtype=np.float32)
