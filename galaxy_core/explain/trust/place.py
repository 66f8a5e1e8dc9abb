"""Place: on what does the evidence lie? The galaxy, its centre, other objects, or the sky.

Evidence off the galaxy is how a shortcut shows: a network that decides by a corner of the
frame has not looked at the galaxy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.framing import CROP_RADII, INPUT_SIZE_PX, Framing
from galaxy_core.segmentation import WORKING_SIZE_PX, segment, shrink

HOTTEST = 0.01
CENTRE_RADIUS = 0.25  # of the radius that holds 95% of the light


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """What is where on the input, each a mask of shape (S, S).

    Parameters
    ----------
    galaxy : ndarray of bool
        The central galaxy's pixels.
    centre : ndarray of bool
        Its innermost part: within a quarter of the radius that holds 95% of its light.
    others : ndarray of bool
        Stars and neighbours; never galaxy.
    """

    galaxy: Mask
    centre: Mask
    others: Mask

    @property
    def sky(self) -> Mask:
        """Everything else."""
        return np.asarray(~(self.galaxy | self.others))


@dataclass(frozen=True, slots=True)
class Place:
    """Shares of the evidence, |map| summed, each in [0, 1]; galaxy + others + sky = 1.

    Parameters
    ----------
    galaxy, centre, others, sky : float
        On each region; the centre is part of the galaxy's frame, not a fourth share.
    galaxy_area : float
        The share of the frame that the galaxy covers: what chance would give.
    peak_on : str
        ``galaxy``, ``others`` or ``sky``: where the strongest evidence lies.
    hottest_on_galaxy : float
        Of the evidence in the hottest 1% of pixels, the share on the galaxy.
    """

    galaxy: float
    centre: float
    others: float
    sky: float
    galaxy_area: float
    peak_on: str
    hottest_on_galaxy: float

    @property
    def off_galaxy(self) -> bool:
        """Whether the evidence gives the network away: mostly, or where hottest, off the galaxy.

        Also where it is no denser on the galaxy than off it.
        """
        most_off = min(self.galaxy, self.hottest_on_galaxy) < 0.5
        return most_off or self.galaxy <= self.galaxy_area

    def sentence(self) -> str:
        """Return the result in words."""
        text = (
            f"{self.galaxy:.0%} of the evidence lies on the galaxy, which covers "
            f"{self.galaxy_area:.0%} of the frame; {self.sky:.0%} on the sky"
        )
        if self.others >= 0.005:
            text += f", {self.others:.0%} on other objects"
        where = {"galaxy": "the galaxy", "others": "another object", "sky": "the sky"}
        return (
            f"{text}. Its peak is on {where[self.peak_on]}; of its hottest {HOTTEST:.0%} "
            f"{self.hottest_on_galaxy:.0%} lies on the galaxy."
        )


def find_regions(
    pixels: FloatImage, framing: Framing, *, size_px: int = INPUT_SIZE_PX
) -> Regions | None:
    """Return what is where on the framed input; None where framing found no galaxy.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        The whole picture.
    framing : Framing
        Which square of it the network sees.
    size_px : int
        Side of the input.
    """
    found = segment(shrink(pixels, WORKING_SIZE_PX))  # as framing does
    galaxy, others = (
        mask_on_input(mask, pixels.shape[:2], framing, size_px=size_px)
        for mask in (found.galaxy, found.others)
    )
    return regions_from_masks(galaxy, others) if galaxy.any() else None


def regions_from_masks(galaxy: Mask, others: Mask | None = None) -> Regions:
    """Return regions for known masks on the input, shape (S, S); the galaxy is central."""
    size = galaxy.shape[0]
    axis = np.arange(size) - (size - 1) / 2
    radius = CENTRE_RADIUS * size / 2 / CROP_RADII
    centre = np.hypot(axis[:, None], axis[None, :]) <= radius
    rest = np.zeros_like(galaxy) if others is None else others & ~galaxy
    return Regions(galaxy=galaxy, centre=centre, others=rest)


def mask_on_input(
    mask: Mask, picture_shape: tuple[int, ...], framing: Framing, *, size_px: int = INPUT_SIZE_PX
) -> Mask:
    """Return a mask of a picture as it falls on the framed input, shape (S, S).

    Parameters
    ----------
    mask : ndarray, shape (h, w), bool
        Covers the whole picture, at any resolution.
    picture_shape : tuple of int
        (H, W) of the picture that the framing was found on.
    framing : Framing
        Which square.
    size_px : int
        Side of the input. Nearest pixels are taken; beyond the picture it is False.
    """
    axis = (np.arange(size_px) + 0.5) / size_px * 2 - 1
    centres = (framing.centre_y_px, framing.centre_x_px)
    rows, columns = (
        np.floor((centre + axis * framing.half_size_px + 0.5) / length * cells).astype(int)
        for centre, length, cells in zip(centres, picture_shape, mask.shape)
    )
    inside = [(index >= 0) & (index < n) for index, n in zip((rows, columns), mask.shape)]
    result = np.zeros((size_px, size_px), dtype=bool)
    result[np.ix_(*inside)] = mask[np.ix_(rows[inside[0]], columns[inside[1]])]
    return result


def measure_place(evidence: npt.NDArray[np.float32], regions: Regions) -> Place:
    """Return where the evidence of a map (S, S) lies; a blank map lies nowhere (all 0)."""
    weight = np.abs(evidence.astype(np.float64))
    total = float(weight.sum()) or 1.0

    def share(mask: Mask) -> float:
        return float(weight[mask].sum()) / total

    at = np.unravel_index(int(weight.argmax()), weight.shape)
    hot = weight >= np.quantile(weight, 1 - HOTTEST)
    hottest = float(weight[hot & regions.galaxy].sum()) / (float(weight[hot].sum()) or 1.0)
    peak = "galaxy" if regions.galaxy[at] else "others" if regions.others[at] else "sky"
    return Place(
        galaxy=share(regions.galaxy),
        centre=share(regions.centre),
        others=share(regions.others),
        sky=share(regions.sky),
        galaxy_area=float(regions.galaxy.mean()),
        peak_on=peak,
        hottest_on_galaxy=hottest,
    )
