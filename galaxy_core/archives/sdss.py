"""The Sloan Digital Sky Survey through SkyServer: ImgCutout and the SQL search.

Facts read from SkyServer's source (``getJpegController.cs``, ``SDSSGraphicsEnv.cs``): width and
height are silently clamped to 64 to 2048 pixels, the scale is 0.015 to 60 arcsec a pixel,
``opt`` would draw on the galaxy (never sent), and outside the footprint the answer is HTTP 200
and a black JPEG with a line of white Arial in it. Nothing is sent from here.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from galaxy_core.archives.survey import (
    TEXT_BYTES,
    Aim,
    Coverage,
    Limits,
    Manners,
    Query,
    Survey,
    degrees,
    ra_and_dec,
)
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveUnavailable, DamagedResponse

# The top bits of an objid hold skyVersion: 1 until DR7, 2 from DR8 on.
_SKY_VERSION_SHIFT = 59
_DR8 = 2
_CSV_HEADING = re.compile(r"(?:#Table\d+\s+)?[a-z_0-9]*objid,", re.IGNORECASE)


def covers(position: SkyPosition) -> Coverage:
    """Return whether SDSS imaging looked there, from its declination range alone.

    The footprint is 14,555 square degrees of stripes (Aihara et al. 2011); the middle of the
    northern cap is certain, everything beyond declination -26 to +86 is certainly out.
    """
    if not -26.0 <= position.dec_deg <= 86.0:
        return Coverage.NO
    if 130.0 <= position.ra_deg <= 230.0 and 5.0 <= position.dec_deg <= 55.0:
        return Coverage.YES
    return Coverage.UNKNOWN


def cutout_query(aim: Aim, _listing: str) -> Query:
    """Return the ImgCutout request: gri colours after Lupton et al. (2004), no overlays."""
    return Query(
        "/SkyServerWS/ImgCutout/getjpeg",
        (
            *ra_and_dec(aim.position),
            ("scale", f"{aim.pixel_scale_arcsec:.6f}"),
            ("width", str(aim.size_px)),
            ("height", str(aim.size_px)),
        ),
    )


def sql_query(statement: str) -> Query:
    """Return a request to SkyServer's SQL search, with the answer as JSON."""
    return Query(
        "/SkyServerWS/SearchTools/SqlSearch",
        (("cmd", statement), ("format", "json")),
        most_bytes=TEXT_BYTES,
    )


def radius_query(position: SkyPosition) -> Query:
    """Return the request for the Petrosian radius of the brightest galaxy within 6 arcsec."""
    # Only numbers are put into a statement, never a user's text.
    where = f"{degrees(position.ra_deg)},{degrees(position.dec_deg)},0.1"
    return sql_query(
        f"SELECT TOP 1 p.objID, p.ra, p.dec, p.petroR90_r FROM fGetNearbyObjEq({where}) n "  # noqa: S608
        "JOIN PhotoPrimary p ON p.objID = n.objID "
        "WHERE p.type = 3 AND p.petroR90_r > 0 ORDER BY p.petroMag_r"
    )


def radii_query(positions: Sequence[SkyPosition]) -> Query:
    """Return the request of ``radius_query`` for several positions; column n says for which."""
    where = ",".join(
        f"({n},{degrees(one.ra_deg)},{degrees(one.dec_deg)})" for n, one in enumerate(positions)
    )
    return sql_query(
        f"SELECT v.n, p.objID, p.ra, p.dec, p.petroR90_r FROM (VALUES {where}) v(n, r, d) "  # noqa: S608
        "CROSS APPLY fGetNearbyObjEq(v.r, v.d, 0.1) o JOIN PhotoPrimary p ON p.objID = o.objID "
        "WHERE p.type = 3 AND p.petroR90_r > 0 ORDER BY p.petroMag_r"
    )


def objid_query(objid: int) -> Query:
    """Return the request for an object's position; before DR8 through the cross-match table."""
    if objid >> _SKY_VERSION_SHIFT >= _DR8:
        return sql_query(f"SELECT TOP 1 objID, ra, dec FROM PhotoObjAll WHERE objID = {objid:d}")  # noqa: S608
    return sql_query(
        "SELECT TOP 1 p.objID, p.ra, p.dec FROM PhotoObjDR7 d "  # noqa: S608
        f"JOIN PhotoObjAll p ON p.objID = d.dr8objid WHERE d.dr7objid = {objid:d}"
    )


def rows_of(answer: bytes) -> list[dict[str, object]]:
    """Return the rows of an SQL search's answer; empty where it found nothing.

    Column names are in small letters, for servers differ in them. CSV, which mirrors send
    where JSON was asked for, is read as well.

    Raises
    ------
    ArchiveUnavailable
        If SkyServer answered with an error of its own.
    DamagedResponse
        If the answer is not that of a search.
    """
    text = answer.decode("utf-8-sig", errors="replace").lstrip()
    rows = _csv_rows(text) if _CSV_HEADING.match(text) else _json_rows(text)
    return [{str(key).lower(): value for key, value in row.items()} for row in rows]


def first_row(answer: bytes) -> dict[str, object] | None:
    """Return the first row of an SQL search's answer, or None; see ``rows_of``."""
    return next(iter(rows_of(answer)), None)


def _json_rows(text: str) -> list[dict[str, object]]:
    try:
        tables = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise DamagedResponse("SkyServer's SQL search did not answer with JSON.") from cause
    if isinstance(tables, dict) and "Rows" not in tables:
        raise ArchiveUnavailable("SkyServer's SQL search refused the question.")
    table = tables[0] if isinstance(tables, list) and tables else tables
    rows = table.get("Rows") if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise DamagedResponse("SkyServer's SQL search answered with JSON of another shape.")
    return [row for row in rows if isinstance(row, dict)]


def _csv_rows(text: str) -> list[dict[str, object]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [dict(row) for row in csv.DictReader(lines)]


def read_radius(answer: bytes) -> float | None:
    """Return R90 in arcseconds of an answer to ``radius_query``; None where there is no galaxy.

    Raises
    ------
    ArchiveUnavailable, DamagedResponse
        See ``first_row``.
    """
    row = first_row(answer)
    return None if row is None else radius_of(row)


def radius_of(row: dict[str, object]) -> float | None:
    """Return R90 in arcseconds of a row; None where it is no positive number."""
    radius = number(row, "petror90_r")
    return radius if radius is not None and radius > 0 else None


def read_radii(answer: bytes, positions: Sequence[SkyPosition]) -> list[dict[str, object] | None]:
    """Return the brightest galaxy's row for each position of a ``radii_query``.

    Raises
    ------
    DamagedResponse
        If a row says of none of the positions that it belongs to it: another question was
        understood.
    ArchiveUnavailable
        See ``rows_of``.
    """
    found: list[dict[str, object] | None] = [None] * len(positions)
    for row in rows_of(answer):
        index = number(row, "n")
        if index is None or index not in range(len(positions)):
            raise DamagedResponse("SkyServer's SQL search answered another question.")
        if found[int(index)] is None:
            found[int(index)] = row
    return found


def number(row: dict[str, object], column: str) -> float | None:
    """Return a column of a row as a finite number, or None."""
    value = row.get(column.lower())
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def viewer_url(position: SkyPosition) -> str:
    """Return SkyServer's Navigate tool at the position."""
    where = urlencode((*ra_and_dec(position), ("scale", "0.4")))
    return f"https://skyserver.sdss.org/dr18/VisualTools/navi?{where}"


# SkyServer serves 60 searches a minute to one address.
SQL_MANNERS = Manners(at_once=2, interval_s=1.0)

SDSS = Survey(
    key="sdss",
    title="SDSS",
    release="DR18",
    colours="i, r, g as red, green, blue",
    service="skyserver",
    hosts=("https://skyserver.sdss.org/dr18",),
    native_scale_arcsec=0.396127,
    limits=Limits(size_px=(64, 2048), pixel_scale_arcsec=(0.015, 60.0)),
    credit="Sloan Digital Sky Survey, DR18 (SDSS Collaboration)",
    covers=covers,
    cutout_query=cutout_query,
    viewer_url=viewer_url,
    note="Colours after Lupton et al. (2004); no FITS cutouts, only whole fields.",
)
