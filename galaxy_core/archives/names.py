"""What people type -> a position: spelled out, an SDSS objid, a famous name, or Sesame.

Sesame (CDS, Strasbourg) asks Simbad, NED and VizieR. ``SkyCoord.from_name`` would ask it as
well, but blocks, keeps a cache of its own, follows redirects to any host and has no limit on
what it reads, and its server is process-wide state (``sesame_url``), which visitors share.
So the request is made here, through the same checked, bounded, cached way as all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from galaxy_core.archives import sdss
from galaxy_core.archives.famous import find_famous
from galaxy_core.archives.positions import MOST_CHARACTERS, parse_objid, parse_position
from galaxy_core.archives.survey import TEXT_BYTES, Manners, Query
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveUnavailable, DamagedResponse, NameNotResolved

SESAME = "sesame"
LABEL_MARK = " @ "
SESAME_HOSTS = (
    "https://cds.unistra.fr/cgi-bin/nph-sesame",
    "https://vizier.cfa.harvard.edu/viz-bin/nph-sesame",
)
SESAME_MANNERS = Manners(at_once=4, interval_s=0.1)
_J2000 = re.compile(rb"^%J\s+([0-9.]+)\s+([+-]?[0-9.]+)", re.MULTILINE)
# What some mirrors send whatever is asked for.
_J2000_IN_XML = re.compile(
    rb"<jradeg>\s*([0-9.]+)\s*</jradeg>\s*<jdedeg>\s*([+-]?[0-9.]+)\s*</jdedeg>"
)
_UNHEARD = re.compile(
    rb"time[d ]*-?out|unavailable|cannot connect|connection refused", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where something is that a person named.

    Parameters
    ----------
    name : str
        What was asked for.
    position : SkyPosition
        Where it is.
    source : str
        Who said so: ``as written``, ``SDSS``, ``built-in list`` or ``Sesame``.
    major_axis_arcmin : float or None
        Its size, if it is famous.
    """

    name: str
    position: SkyPosition
    source: str
    major_axis_arcmin: float | None = None


def resolve_locally(text: str) -> Resolved | None:
    """Return what can be resolved without a network, or None.

    Raises
    ------
    NameNotResolved
        If the text is empty, too long, or an unclear position.
    """
    name = " ".join(text.split())
    if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
        raise NameNotResolved(
            "Give a name such as M51, or a position such as 13:29:52.7 +47:11:43, of at most "
            f"{MOST_CHARACTERS} characters."
        )
    label, where = split_label(name)
    if parse_objid(where) is not None:
        return None
    position = parse_position(where)
    if position is not None:
        return Resolved(label or name, position, "as written")
    famous = find_famous(name)
    if famous is not None:
        return Resolved(name, famous.position, "built-in list", famous.major_axis_arcmin)
    return None


def split_label(text: str) -> tuple[str, str]:
    """Return the label and the rest of ``label @ position`` or ``label @ objid``.

    The label is what a list calls the galaxy; it is empty where the text is of another form,
    which is then returned whole.
    """
    label, at, where = text.rpartition(LABEL_MARK)
    where = where.strip()
    if not (at and label.strip()):
        return "", text
    known = parse_objid(where) is not None or parse_position(where) is not None
    return (label.strip(), where) if known else ("", text)


def sesame_query(name: str) -> Query:
    """Return the request to Sesame: Simbad, then NED, then VizieR; the first that knows."""
    return Query(f"/-oI/SNV?{quote(name, safe='')}", most_bytes=TEXT_BYTES)


def read_sesame(answer: bytes, name: str) -> SkyPosition:
    """Return the position in Sesame's answer.

    Raises
    ------
    NameNotResolved
        If Sesame knows no such name.
    ArchiveUnavailable
        If those whom it asks did not answer it.
    DamagedResponse
        If the answer is not Sesame's, or names an impossible position.
    """
    match = _J2000.search(answer) or _J2000_IN_XML.search(answer)
    if match is None:
        if not answer.lstrip().startswith((b"#", b"%")) and b"<Sesame" not in answer[:2000]:
            raise DamagedResponse("The name service answered with something else than a position.")
        if _UNHEARD.search(answer):
            raise ArchiveUnavailable("The catalogues behind the name service did not answer it.")
        raise NameNotResolved(
            f"“{name}” is known neither to Simbad nor to NED nor to VizieR. Check the spelling, "
            "or give a position such as 13:29:52.7 +47:11:43."
        )
    try:
        return SkyPosition(float(match[1]) % 360.0, float(match[2]))
    except ValueError as cause:
        raise DamagedResponse(f"The name service sent no possible position for {name}.") from cause


def read_objid(answer: bytes, objid: int) -> SkyPosition:
    """Return the position in SkyServer's answer to an objid.

    Raises
    ------
    NameNotResolved
        If SDSS has no such object.
    ArchiveUnavailable, DamagedResponse
        If the answer is an error, or not the table it should be.
    """
    row = sdss.first_row(answer)
    if row is None:
        raise NameNotResolved(f"SDSS has no object {objid}. Check the digits, or give a position.")
    ra_deg, dec_deg = sdss.number(row, "ra"), sdss.number(row, "dec")
    try:
        if ra_deg is None or dec_deg is None:
            raise ValueError("no position in the row")
        return SkyPosition(ra_deg, dec_deg)
    except ValueError as cause:
        raise DamagedResponse(f"SDSS sent no possible position for {objid}.") from cause
