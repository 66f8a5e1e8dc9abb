"""Smoothness, also called clumpiness: how much of the light is in small bright features."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.morphology.light import Light
from galaxy_core.morphology.radial import EXTENT

BOX = 0.25  # side of the smoothing box, in Petrosian radii; also the centre that is left out


def smoothness(light: Light) -> float:
    """Return ``S = (Σ max(I - I_smooth, 0) - sky) / Σ I`` between 0.25 and 1.5 Petrosian radii.

    0 for a smooth galaxy, 0.1 and more for clumpy discs; slightly negative where noise
    rules. NaN where the light there is not positive, or the box is under two pixels.
    Source: Conselice 2003, without his factor 10; Lotz et al. 2004, equation 11.
    """
    box_px = int(BOX * light.petrosian_px)
    if box_px < 2:
        return float("nan")
    box_px += 1 - box_px % 2  # an even box would look half a pixel to one side
    size = light.image.shape[0]
    y, x = np.arange(size) - light.centre[0], np.arange(size) - light.centre[1]
    radius = np.hypot(y[:, None], x[None, :]) / light.petrosian_px
    ring = (radius >= BOX) & (radius <= EXTENT) & light.usable
    total = float(light.image[ring].sum())
    if not total > 0:
        return float("nan")
    sky = float(_bright_detail(light.sky_box, box_px).mean())
    detail = _bright_detail(light.image, box_px)[ring]
    return (float(detail.sum()) - detail.size * sky) / total


def _bright_detail(image: np.ndarray, box_px: int) -> np.ndarray:
    return np.maximum(image - ndimage.uniform_filter(image, box_px, mode="reflect"), 0)
