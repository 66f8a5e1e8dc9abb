"""Numbers without a brightness by convention -> colour: as they are, or stretched as FITS is.

Reads no files; what decoded the numbers comes before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import DamagedImage
from galaxy_core.intake.colour import Planes, guess_stretch, stretch_colour

# Floats from 0 up to at least this and at most 1 are taken as brightness, not as flux.
_DISPLAYED_FROM = 0.5


def measured_to_colour(planes: Planes, *, name: str) -> tuple[FloatImage, tuple[str, ...]]:
    """Return the colour of measured planes, and sentences on what was guessed.

    Parameters
    ----------
    planes : three ndarrays, shape (H, W), float32
        Red, green, blue; the same object thrice for grey. Anything, NaN and infinite too.
    name : str
        What error sentences call the file.

    Returns
    -------
    pixels : ndarray, shape (H, W, 3), float32
        In [0, 1]. Numbers that lie in [0, 1] and reach 0.5 are brightness and stay as they
        are, others get the asinh stretch of FITS. Pixels without a finite number in every
        plane are black in the first case, sky in the second.
    warnings : tuple of str
        What was missing or guessed.

    Raises
    ------
    DamagedImage
        If no pixel holds finite numbers.
    """
    if planes[0] is planes[1] is planes[2]:
        missing = ~np.isfinite(planes[0])
    else:
        missing = ~np.logical_and.reduce([np.isfinite(plane) for plane in planes])
    count = int(np.count_nonzero(missing))
    if count == missing.size:
        raise DamagedImage(f"{name} holds no finite number in any of its pixels.")
    red, green, blue = _without(planes, missing)
    low = min(float(np.nanmin(plane)) for plane in (red, green, blue))
    high = max(float(np.nanmax(plane)) for plane in (red, green, blue))
    if low >= 0.0 and _DISPLAYED_FROM <= high <= 1.0:
        said = () if count == 0 else (f"Pixels without a number, shown black: {count:,}.",)
        return np.nan_to_num(np.stack([red, green, blue], axis=-1), nan=0.0), said
    said = () if count == 0 else (f"Pixels without a number, taken as sky: {count:,}.",)
    return stretch_colour((red, green, blue), guess_stretch((red, green, blue))), (
        *said,
        f"Its numbers ({low:.3g} to {high:.3g}) state no brightness: the stretch was guessed.",
    )


def _without(planes: Planes, missing: npt.NDArray[np.bool_]) -> Planes:
    """Return the planes with NaN where anything is missing; one object stays one."""
    nothing = np.float32(np.nan)
    red = np.where(missing, nothing, planes[0])
    if planes[0] is planes[1] is planes[2]:
        return red, red, red
    return red, np.where(missing, nothing, planes[1]), np.where(missing, nothing, planes[2])
