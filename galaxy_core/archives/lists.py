"""A list of galaxies as people have it -> one text per galaxy: pasted lines, CSV or VOTable.

Each text is a name, an objid or a position, for ``Archive.resolve``; where a list has a name
beside a position or objid, it is ``name @ position``, so that the name is not lost. Columns are
found by their names. Tables come from strangers: bytes and rows are bounded, and a VOTable is
looked through as plain XML, without entities, streams or huge fields, before astropy reads it.
Nothing is resolved here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from astropy.io import votable

from galaxy_core.archives.names import LABEL_MARK
from galaxy_core.archives.positions import parse_position
from galaxy_core.errors import NameNotResolved

MOST_BYTES = 5 * 2**20
MOST_ROWS = 50_000
_MOST_CELL = 1_000
_MOST_FIELDS = 500
_MOST_LABEL = 80
# As in "NGC 1300 49.92 -19.41": degrees with a point, so that no catalogue number is meant.
_NAME_AND_DEGREES = re.compile(r"(.*[^\W\d].*?)\s+(\d{1,3}\.\d+)\s+([+-]?\d{1,2}\.\d+)$")
_RA = ("ra", "radeg", "rad", "raicrs", "sra", "raj2000", "rightascension", "ramean", "alphaj2000")
_DEC = (
    "dec",
    "de",
    "decl",
    "dedeg",
    "decdeg",
    "decd",
    "deicrs",
    "sdec",
    "dej2000",
    "decj2000",
    "declination",
    "decmean",
)
_NAME = ("name", "object", "objectname", "target", "galaxy", "id", "mainid", "source")
_OBJID = ("objid", "sdssobjid", "photoobjid", "dr8objid", "dr7objid")


def read_list(data: bytes | str) -> list[str]:
    """Return the galaxies that a list names, in its order, as texts to resolve.

    Parameters
    ----------
    data : bytes or str
        Lines (``#`` begins a comment), CSV with or without a heading, or a VOTable. A table
        needs columns for RA and Dec, an objid or a name; the position is taken where both are,
        and called by the name.

    Raises
    ------
    NameNotResolved
        If it is too long, no text, or has no column that says which galaxies are meant.
    """
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MOST_BYTES:
        raise NameNotResolved(
            f"The list is {len(raw) / 2**20:.0f} MB long; at most {MOST_BYTES / 2**20:.0f} MB "
            "are read. Split it."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise NameNotResolved("The list is not UTF-8 text. Save it as CSV in UTF-8.") from cause
    if "\0" in text:
        raise NameNotResolved("The list is no text. Save it as CSV or VOTable.")
    texts = _from_votable(text) if _is_votable(text) else _from_lines(text)
    if len(texts) > MOST_ROWS:
        raise NameNotResolved(
            f"The list has {len(texts):,} rows; at most {MOST_ROWS:,} are read. Split it."
        )
    return texts


def _from_lines(text: str) -> list[str]:
    """Read CSV if the first line is a heading, else one galaxy a line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return []
    delimiter = next((mark for mark in "\t;," if mark in lines[0]), ",")
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error as cause:
        raise NameNotResolved(f"The list is no readable CSV: {cause}.") from cause
    heading = [_folded(cell) for cell in rows[0]]
    if any(cell in (*_RA, *_DEC, *_NAME, *_OBJID) for cell in heading):
        return _from_table(heading, rows[1:])
    return [_labelled_line(line.strip(), row) for line, row in zip(lines, rows)]


def _labelled_line(line: str, cells: Sequence[str]) -> str:
    """Return ``name @ position`` for a line such as ``M51, 202.47, 47.195``, else the line."""
    spaced = _NAME_AND_DEGREES.match(line)
    parts = list(spaced.groups()) if spaced else [cell.strip() for cell in cells]
    if len(parts) != 3 or not re.search(r"[^\W\d]", parts[0]):
        return line
    where = f"{parts[1]}, {parts[2]}"
    try:
        is_position = parse_position(where) is not None and parse_position(line) is None
    except NameNotResolved:
        return line
    return _labelled(parts[0], where) if is_position else line


def _labelled(name: str, where: str) -> str:
    """Return a place under the name that a list gives it."""
    name = " ".join(name.split())[:_MOST_LABEL]
    return f"{name}{LABEL_MARK}{where}" if name and name != where else where


def _from_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """One text per row: the position where the table has it, else objid, else name."""
    ra, dec = _column(heading, _RA), _column(heading, _DEC)
    objid, name = _column(heading, _OBJID), _column(heading, _NAME)
    single = name if objid is None else objid
    if single is None and (ra is None or dec is None):
        raise NameNotResolved(
            "The table needs columns ra and dec, or objid, or name; it has "
            f"{', '.join(cell for cell in heading if cell)[:120] or 'none'}."
        )
    texts = []
    for row in rows:
        cells = [cell.strip() for cell in row] + [""] * (len(heading) - len(row))
        if not any(cells):
            continue
        where = f"{cells[ra]}, {cells[dec]}" if ra is not None and dec is not None else ""
        has_both = where and ra is not None and dec is not None and cells[ra] and cells[dec]
        if not has_both and single is not None:
            where = cells[single]
        label = name if name is not None else objid
        texts.append(where if label is None else _labelled(cells[label], where))
    return texts


def _column(heading: Sequence[str], known: Sequence[str]) -> int | None:
    """Index of the first column of a known name, the best known name first."""
    return next((heading.index(name) for name in known if name in heading), None)


def _folded(cell: str) -> str:
    return re.sub(r"[^a-z0-9]", "", cell.lower())


def _is_votable(text: str) -> bool:
    return text.lstrip().startswith("<") and "<VOTABLE" in text[:4096]


def _from_votable(text: str) -> list[str]:
    """Read the first table of a VOTable."""
    _check_votable(text)
    try:
        parsed = votable.parse(io.BytesIO(text.encode()), verify="ignore")
        table = parsed.get_first_table().to_table(use_names_over_ids=True)
    except Exception as cause:  # whatever a stranger's table makes astropy raise
        raise NameNotResolved(f"The VOTable cannot be read: {str(cause)[:120]}") from cause
    # A masked cell prints as two dashes.
    rows = [[str(value).replace("--", "") for value in row] for row in table.iterrows()]
    return _from_table([_folded(name) for name in table.colnames], rows)


def _check_votable(text: str) -> None:
    """Refuse what would make a reader fetch, unpack or allocate without bound."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise NameNotResolved("The VOTable declares entities, which are not read.")
    fields = 0
    try:
        for _, element in ET.iterparse(io.BytesIO(text.encode()), events=("start",)):  # noqa: S314
            tag = element.tag.rpartition("}")[2]
            fields += tag == "FIELD"
            size = element.get("arraysize", "")
            cells = [int(part) for part in re.findall(r"\d+", size[:100])]
            big = any(len(part) > 6 for part in re.findall(r"\d+", size)) or _product(cells)
            rows = element.get("nrows", "0")
            many = not rows.isdigit() or len(rows) > 8 or int(rows) > MOST_ROWS
            if tag in ("STREAM", "BINARY", "BINARY2", "FITS") or element.get("href"):
                raise NameNotResolved(
                    "The VOTable is binary or points elsewhere; save it as TABLEDATA or CSV."
                )
            if big or (tag == "TABLE" and many) or fields > _MOST_FIELDS:
                raise NameNotResolved("The VOTable declares more cells than are read here.")
    except ET.ParseError as cause:
        raise NameNotResolved(f"The VOTable is no sound XML: {cause}.") from cause


def _product(cells: Iterable[int]) -> bool:
    """Whether an array has more elements than a cell may."""
    total = 1
    for cell in cells:
        total *= max(1, cell)
    return total > _MOST_CELL
