"""What goes into a stream of cutouts and what comes out of it. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from galaxy_core.cutout import Cutout, SkyPosition
from galaxy_core.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Target:
    """One galaxy to fetch in a stream.

    Parameters
    ----------
    position : SkyPosition
        Where.
    name : str
        What to call it; "" calls it by its position.
    size_arcsec : float or None
        Side of the cutout; None is the stream's own size.
    """

    position: SkyPosition
    name: str = ""
    size_arcsec: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one target: either a cutout or an error.

    Parameters
    ----------
    index : int
        Of the target in its source, from 0; results come in the order of completion.
    target : Target
        What was asked for.
    cutout : Cutout or None
        What came.
    data : bytes
        The bytes that the archive sent; empty with an error.
    error : ArchiveError or None
        Why nothing came.
    """

    index: int
    target: Target
    cutout: Cutout | None = None
    data: bytes = b""
    error: ArchiveError | None = None
