"""Answer -> whether it is the cutout that was asked for. Bytes first, then pixels.

Archives answer "success" with pages, messages, blanks and other sizes; none of that may reach
a network as a galaxy. This module fetches nothing and repairs nothing.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.archives.lettering import (
    Drawing,
    Plane,
    background_colour,
    contrast_to,
    find_drawing,
)
from galaxy_core.archives.network import Answer
from galaxy_core.archives.survey import Aim, ImageFormat, Survey
from galaxy_core.archives.wording import said, speaks_of_footprint
from galaxy_core.cutout import Cutout, FloatImage, Mask
from galaxy_core.errors import ArchiveError, DamagedResponse, NotInFootprint
from galaxy_core.intake.sniff import FITS_KINDS, Kind, sniff
from galaxy_core.settings import Secret

_EXPECTED = {ImageFormat.JPEG: frozenset({Kind.JPEG}), ImageFormat.FITS: FITS_KINDS}
# Servers also declare "image/jpg", "application/octet-stream" or nothing; a declared text is
# a contradiction that nobody should guess about.
_TEXTUAL = ("text/", "application/json", "application/xml", "application/xhtml")
_SAME = 3 / 255  # JPEG keeps an even picture this even
_EXACTLY = 0.5 / 255  # away from its edges even exactly so; a quiet sky is not
_BLANK = 0.999
_EDGE = 0.1
_FLAT_STEP = 1.5 / 255
_FLAT_WINDOW_PX = 5
_FLAT = 0.5  # of 10,565 real pictures none but three messages has more than 0.27 so
_GRAIN = 2.5 / 255  # what is left of an even run of colour in a JPEG
_RIM_OF_RANGE = 0.2
_HARD = 30 / 255
_INK_REACH_PX = 20  # JPEG's blocks of colour are 16 wide
_FEWEST_MARKS = 3  # "404"
_AT_EDGE = 0.1
_CENTRE = 0.1  # side of the central square that must hold light, in picture sides


def check_answer(
    answer: Answer, survey: Survey, aim: Aim, *, secret: Secret | None = None
) -> None:
    """Accept the bytes of an answer by their real and their declared type.

    Raises
    ------
    NotInFootprint
        If the answer says so in words.
    DamagedResponse
        If it is of another type than asked, with what it says where it says anything.
    """
    kind = sniff(answer.data)
    if kind not in _EXPECTED[aim.image_format]:
        textual = kind in (Kind.HTML, Kind.XML, Kind.JSON, Kind.TEXT)
        words = said(answer.data, secret=secret) if textual else ""
        if speaks_of_footprint(words):
            raise NotInFootprint(f"{survey.title} has no picture of this position: “{words}”.")
        unusual = {Kind.EMPTY: "an empty answer", Kind.UNKNOWN: "bytes of no known kind"}
        is_what = unusual.get(kind, kind.value)
        quote = f", which says: “{words}”" if words else ""
        raise DamagedResponse(
            f"{survey.title} sent {is_what} in place of a {aim.image_format.name} cutout{quote}."
        )
    if answer.content_type.startswith(_TEXTUAL):
        raise DamagedResponse(
            f"{survey.title} declared its {aim.image_format.name} cutout as "
            f"{answer.content_type[:60]}; one of the two is wrong."
        )


def check_cutout(cutout: Cutout, survey: Survey, aim: Aim) -> tuple[str, ...]:
    """Accept decoded pixels, and return warnings about them.

    Raises
    ------
    NotInFootprint
        If the picture is blank, mostly flat, blank in the middle, or a message drawn on nothing.
    DamagedResponse
        If it has another size than asked, or something is drawn over the sky.
    """
    got, asked = (cutout.width_px, cutout.height_px), (aim.size_px, aim.size_px)
    if got != asked:
        raise DamagedResponse(
            f"{survey.title} sent {got[0]} × {got[1]} pixels where {asked[0]} × {asked[1]} were "
            "asked for, so its pixel scale is not what it seems."
        )
    contrast = _contrast_to_empty(cutout.pixels)
    if float((contrast <= _SAME).mean()) >= _BLANK:
        raise NotInFootprint(f"{survey.title} sent a blank picture: it never looked there.")
    # Archives draw into pictures, never into pixel values, whose stretch is ours.
    picture = aim.image_format is ImageFormat.JPEG
    warnings = _drawing_warnings(cutout.pixels, survey) if picture else ()
    if bool((_middle(contrast) <= _SAME).all()):
        raise NotInFootprint(
            f"{survey.title} sent a picture that is blank in the middle: the position lies "
            "just outside of what it looked at."
        )
    if _is_gradient(cutout.pixels):
        raise NotInFootprint(
            f"{survey.title} sent an even run of colour, without grain and without an object: a "
            "placeholder, no sky."
        )
    if _is_placeholder(
        cutout.pixels, contrast_to(background_colour(cutout.pixels), cutout.pixels)
    ):
        raise NotInFootprint(
            f"{survey.title} sent a picture most of which is flat, with hard edges on it, as no "
            "sky is: a placeholder, or the edge of what it looked at."
        )
    blank = _largest_piece(contrast <= _EXACTLY)
    if blank > _EDGE:
        warnings += (f"{blank:.0%} of the picture is blank: at the edge of {survey.title}.",)
    return warnings


def _drawing_warnings(pixels: FloatImage, survey: Survey) -> tuple[str, ...]:
    """Refuse drawings, warn of streaks."""
    drawing = find_drawing(pixels)
    error: ArchiveError | None = None
    if drawing is Drawing.MESSAGE:
        error = NotInFootprint(
            f"{survey.title} sent {drawing.value}, as it does outside its footprint and when "
            "drawing fails."
        )
    elif drawing in (Drawing.LABEL, Drawing.OVERLAY):
        error = DamagedResponse(f"{survey.title} sent {drawing.value}; it is no plain cutout.")
    if error is not None:
        raise error
    return () if drawing is None else (f"There is {drawing.value} in the picture.",)


def _contrast_to_empty(pixels: FloatImage) -> Plane:
    """Return how far each pixel is from the colour that empty parts would have, shape (H, W).

    Infinitely far where that colour outshines the rest and keeps off the edges: a core clipped
    to white is no hole. Blanks are white as well at some archives, but reach an edge.
    """
    colour = background_colour(pixels)
    contrast = contrast_to(colour, pixels)
    even = float((contrast <= _SAME).mean())
    # The mean of the rest, without picking it out: it is darker if the whole is.
    outshines = even < 1.0 and float(pixels.mean()) < float(colour.mean()) - even * _SAME
    if outshines and float(_border(contrast <= _EXACTLY).mean()) < _AT_EDGE:
        return np.full_like(contrast, np.inf)
    return contrast


def _is_gradient(pixels: FloatImage) -> bool:
    """Tell a run of colour from edge to edge; a smooth galaxy leaves the edges even."""
    light = pixels.mean(axis=2)
    grain = np.abs(light - ndimage.uniform_filter(light, size=5))
    if float(np.percentile(grain, 99.5)) > _GRAIN:
        return False
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return float(np.ptp(rim)) >= _RIM_OF_RANGE * float(np.ptp(light))


def _is_placeholder(pixels: FloatImage, contrast: Plane) -> bool:
    """Tell flat areas with lettering, icons or hard edges from sky without noise.

    Light fades into the sky, however smooth that is: its peaks lie far from what is flat.
    """
    green = pixels[..., 1]
    if float((np.abs(green[:, 1:] - green[:, :-1]) <= _FLAT_STEP).mean()) <= _FLAT:
        return False  # nearly every real sky; the filters below take most of a check's time
    window = (_FLAT_WINDOW_PX, _FLAT_WINDOW_PX, 1)
    low = ndimage.minimum_filter(pixels, size=window)
    high = ndimage.maximum_filter(pixels, size=window)
    step = (high - low).max(axis=2)
    flat = step <= _FLAT_STEP
    if float(flat.mean()) <= _FLAT or bool(flat.all()):
        return bool(flat.all())
    beside = ndimage.binary_dilation(flat, iterations=2) & ~flat
    if float(np.median(step[beside])) >= _HARD:
        return True
    peaks = contrast >= 0.5 * float(contrast[~flat].max())
    reach = float(np.percentile(ndimage.distance_transform_edt(~flat)[peaks], 90))
    return reach <= _INK_REACH_PX and ndimage.label(peaks)[1] >= _FEWEST_MARKS


def _border(mask: Mask) -> Mask:
    """Return the outermost pixels, flat."""
    return np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])


def _middle(plane: Plane) -> Plane:
    """Return the central square, at least 3 pixels wide."""
    height, width = plane.shape
    half = max(1, round(min(height, width) * _CENTRE / 2))
    rows = slice(height // 2 - half, height // 2 + half + 1)
    return plane[rows, width // 2 - half : width // 2 + half + 1]


def _largest_piece(empty: Mask) -> float:
    """Share of the picture that the largest connected empty piece takes."""
    if float(empty.mean()) < _EDGE:
        return 0.0
    # Single quiet pixels of a noisy sky are not empty.
    labels, count = ndimage.label(ndimage.binary_opening(empty, structure=np.ones((5, 5))))
    return float(np.bincount(labels.ravel())[1:].max() / empty.size) if count else 0.0
