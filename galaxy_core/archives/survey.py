"""What a survey *is* here: a frozen description and pure functions, no network.

A survey turns an ``Aim`` (where, how wide, how many pixels, which format) into queries, and
says what its pictures are: release, credit, pixel scale, limits, footprint. Everything that
talks, waits, retries or caches lives elsewhere and is the same for all surveys.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum

from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveError

PICTURE_BYTES = 20 * 2**20
FITS_BYTES = 50 * 2**20  # what intake reads at most
TEXT_BYTES = 2 * 2**20


class ImageFormat(StrEnum):
    """What a cutout is delivered as; the value is the file suffix."""

    JPEG = "jpg"
    FITS = "fits"


class Coverage(Enum):
    """Whether a survey looked at a position, as far as a coarse footprint can tell."""

    YES = "covered"
    NO = "not covered"
    UNKNOWN = "ask the service"


@dataclass(frozen=True, slots=True)
class Aim:
    """The cutout that is wanted.

    Parameters
    ----------
    position : SkyPosition
        Centre of the cutout.
    size_arcsec : float
        Side of the square on the sky, arcseconds; positive.
    size_px : int
        Side in pixels; positive.
    image_format : ImageFormat
        JPEG: the survey's own colours. FITS: the survey's own pixel values.

    Raises
    ------
    ArchiveError
        If a size is not positive and finite.
    """

    position: SkyPosition
    size_arcsec: float
    size_px: int
    image_format: ImageFormat = ImageFormat.JPEG

    def __post_init__(self) -> None:
        if not (math.isfinite(self.size_arcsec) and self.size_arcsec > 0 and self.size_px > 0):
            raise ArchiveError(
                "A cutout needs a positive size, got "
                f"{self.size_arcsec:g} arcsec and {self.size_px} pixels."
            )

    @property
    def pixel_scale_arcsec(self) -> float:
        """Arcseconds a pixel."""
        return self.size_arcsec / self.size_px


@dataclass(frozen=True, slots=True)
class Query:
    """One GET request, without its host.

    Parameters
    ----------
    path : str
        Appended to the endpoint's base URL; starts with a slash.
    parameters : tuple of (str, str)
        Query parameters in order. Never a secret.
    most_bytes : int
        A longer answer is cut off and refused.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    most_bytes: int = PICTURE_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """What a survey's service gives at all.

    Parameters
    ----------
    size_px : tuple of int
        Smallest and largest side, pixels.
    pixel_scale_arcsec : tuple of float
        Finest and coarsest pixel scale.
    """

    size_px: tuple[int, int]
    pixel_scale_arcsec: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Manners:
    """How fast one host is asked at most.

    Parameters
    ----------
    at_once : int
        Requests under way at the same time.
    interval_s : float
        Seconds between the starts of two requests.
    """

    at_once: int = 10
    interval_s: float = 0.02


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey that cutouts can be fetched from.

    Parameters
    ----------
    key, title, release, colours : str
        Entry in the table; its name; data release; what the colours of a JPEG are.
    service : str
        Which endpoint answers; surveys of one service share its hosts.
    hosts : tuple of str
        Base URLs, the preferred first, then its mirrors.
    native_scale_arcsec : float
        The survey's own pixels; finer scales are interpolated by the service.
    limits : Limits
        Checked before a request is sent.
    credit : str
        The line to print under a picture.
    covers : callable
        Position -> ``Coverage``; coarse and honest: what is not certain is ``UNKNOWN``.
    cutout_query : callable
        (aim, listing) -> ``Query``; ``listing`` is the answer to ``listing_query`` or "".
    viewer_url : callable
        Position -> the survey's own viewer there.
    formats : frozenset of ImageFormat
        What the service gives.
    listing_query : callable or None
        Aim -> a first query whose answer ``cutout_query`` needs.
    north_up : bool
        True if pictures are tangent projections with north up and east left, so that their
        WCS follows from the aim.
    note : str
        What an astronomer should know about these pixels.
    manners : Manners
        How fast the service is asked.
    """

    key: str
    title: str
    release: str
    colours: str
    service: str
    hosts: tuple[str, ...]
    native_scale_arcsec: float
    limits: Limits
    credit: str
    covers: Callable[[SkyPosition], Coverage]
    cutout_query: Callable[[Aim, str], Query]
    viewer_url: Callable[[SkyPosition], str]
    formats: frozenset[ImageFormat] = frozenset({ImageFormat.JPEG})
    listing_query: Callable[[Aim], Query] | None = None
    north_up: bool = True
    note: str = ""
    manners: Manners = Manners()


def check_aim(survey: Survey, aim: Aim) -> None:
    """Accept what is asked of a survey, before anything is sent.

    Services adjust silently what they do not give (SDSS clamps to 64 to 2048 pixels); the
    picture would then not show what was asked for.

    Raises
    ------
    ArchiveError
        If the format, the number of pixels or the pixel scale is not given there.
    """
    fewest, most = survey.limits.size_px
    finest, coarsest = survey.limits.pixel_scale_arcsec
    scale = aim.pixel_scale_arcsec
    if aim.image_format not in survey.formats:
        raise ArchiveError(f"{survey.title} gives no {aim.image_format.name} cutouts.")
    if not fewest <= aim.size_px <= most:
        raise ArchiveError(
            f"{survey.title} gives {fewest} to {most} pixels a side; asked for {aim.size_px}."
        )
    if not finest <= scale <= coarsest * (1 + 1e-9):
        raise ArchiveError(
            f"{survey.title} gives {finest:g} to {coarsest:g} arcsec a pixel; asked for "
            f"{scale:.4g} ({aim.size_arcsec:.4g} arcsec on {aim.size_px} pixels)."
        )


def degrees(value: float) -> str:
    """Return an angle as services and caches read it: seven decimals, 0.4 milliarcseconds."""
    return f"{value:.7f}"


def ra_and_dec(position: SkyPosition) -> tuple[tuple[str, str], ...]:
    """Return the two parameters by which services take a position."""
    return ("ra", degrees(position.ra_deg)), ("dec", degrees(position.dec_deg))
