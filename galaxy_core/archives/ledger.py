"""The CSV of provenance beside fetched pictures: one line a galaxy, written as it comes.

Read back to go on where a run broke off. Knows no archive.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from galaxy_core.errors import ArchiveError

NAME = "provenance.csv"


@dataclass(frozen=True, slots=True)
class Line:
    """One galaxy of a run; every value as text, empty where it does not apply.

    Parameters
    ----------
    target : str
        What was asked for, as it was written.
    status : str
        ``fetched`` or ``failed``.
    file, sha256 : str
        Name in the folder, and hash of its bytes.
    ra_deg, dec_deg, size_arcsec, size_reason, pixel_scale_arcsec : str
        Where, how wide, why so wide, and the size of a pixel.
    survey, release, url, credit, retrieved_utc : str
        As in ``Provenance``.
    warnings : str
        What the checks remarked.
    error_type, error : str
        Why it failed.
    name : str
        What it is called: by the list, where that has names beside positions.
    """

    target: str
    status: str
    file: str = ""
    sha256: str = ""
    ra_deg: str = ""
    dec_deg: str = ""
    size_arcsec: str = ""
    size_reason: str = ""
    pixel_scale_arcsec: str = ""
    survey: str = ""
    release: str = ""
    url: str = ""
    credit: str = ""
    retrieved_utc: str = ""
    warnings: str = ""
    error_type: str = ""
    error: str = ""
    name: str = ""


_COLUMNS = tuple(field.name for field in fields(Line))


class Ledger:
    """An open CSV of provenance. A context manager; every line is on the disk at once.

    Parameters
    ----------
    folder : Path
        Made if missing.

    Raises
    ------
    ArchiveError
        If the folder cannot be written to, or its CSV is not one of ours.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._fetched = {line.target: line for line in self._sound_lines()}
            self._file = self._rewritten()
        except (OSError, UnicodeDecodeError, csv.Error) as cause:
            raise ArchiveError(f"{self._path} cannot be used: {cause}") from cause
        self._writer = csv.writer(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def has(self, target: str) -> bool:
        """Return whether a target was fetched before and its file is still sound."""
        return target in self._fetched

    def write(self, line: Line) -> None:
        """Add a line and flush it."""
        self._writer.writerow(asdict(line).values())
        self._file.flush()

    def _sound_lines(self) -> list[Line]:
        """Lines of fetched galaxies whose files are there with the hash noted."""
        if not self._path.exists():
            return []
        with self._path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames is not None and "target" not in rows.fieldnames:
                raise ArchiveError(f"{self._path} is no list of fetched galaxies; move it away.")
            lines = [
                Line(**{name: row.get(name) or "" for name in _COLUMNS})
                for row in rows
                if row.get("status") == "fetched"
            ]
        return [line for line in lines if self._is_sound(line)]

    def _is_sound(self, line: Line) -> bool:
        path = self._folder / Path(line.file).name
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() == line.sha256
        except OSError:
            return False

    def _rewritten(self) -> TextIO:
        """Write the heading and the sound lines anew; a half-written last line is gone."""
        beside = self._path.with_suffix(".tmp")
        with beside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(asdict(line).values() for line in self._fetched.values())
        beside.replace(self._path)
        return self._path.open("a", newline="", encoding="utf-8")
