"""The pictures of a folder as samples: listed and checked by their first bytes, not decoded.

The folder is the operator's, but what is in it may come from anywhere: names are never
trusted, links that lead out of it are not followed, and how much is read is bounded.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from galaxy_core.errors import DatasetError
from galaxy_core.intake import display_name
from galaxy_core.intake.sniff import PICTURES, SNIFFED_BYTES, sniff
from galaxy_core.label_table import LabelRow, read_label_table
from galaxy_core.samples.table import Expected, Sample, SampleKind

DEFAULT_LIMIT = 60  # nobody looks through a strip of more
MAX_SCANNED_FILES = 50_000
MAX_LABELS_BYTES = 20 * 1024 * 1024
LABELS_FILE = "labels.csv"
KEY_PREFIX = "folder-"

_PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif"})
_MAX_REPORTED = 20


@dataclass(frozen=True, slots=True)
class FolderSamples:
    """What a folder of pictures gave.

    Parameters
    ----------
    samples : tuple of Sample
        Sorted by file name; evenly spread over the folder where it holds more than the limit.
    skipped : tuple of str
        A sentence for each file or circumstance that was passed over.
    """

    samples: tuple[Sample, ...]
    skipped: tuple[str, ...] = ()


def folder_samples(folder: Path, *, limit: int = DEFAULT_LIMIT) -> FolderSamples:
    """Return the pictures of a folder as samples; no picture is decoded.

    The folder's own pictures count, and those that its ``labels.csv`` names (columns
    ``file``, and ``spiral`` as 1 or 0 or else ``label``) in folders below it. Links that
    lead outside the folder are not followed.

    Parameters
    ----------
    folder : Path
        What ``GALAXY_SAMPLES_DIR`` names.
    limit : int
        The most samples; spread evenly over the sorted names where there are more.
    """
    skipped: list[str] = []
    labels = _read_labels(folder, skipped)
    names = _candidates(folder, labels, skipped)
    chosen = names
    if len(names) > limit:
        chosen = [names[index * len(names) // limit] for index in range(limit)]
        skipped.append(
            f"The folder of samples holds {len(names):,} pictures; {limit} of them, evenly "
            "spread, are shown."
        )
    samples: list[Sample] = []
    left_out: list[str] = []
    for name in chosen:
        problem = _problem(folder, name)
        if problem:
            left_out.append(f"{display_name(name)} is left out: {problem}.")
        else:
            samples.append(_folder_sample(name, labels.get(name)))
    if len(left_out) > _MAX_REPORTED:
        more = len(left_out) - _MAX_REPORTED
        left_out = [*left_out[:_MAX_REPORTED], f"{more} more are left out."]
    return FolderSamples(tuple(samples), (*skipped, *left_out))


def find_in_folder(key: str, folder: Path) -> Path | None:
    """Return the picture in the folder that a key stands for; None if there is none.

    Also finds pictures beyond the limit of what `folder_samples` shows.
    """
    for name in _candidates(folder, _read_labels(folder, []), []):
        if folder_key(name) == key and not _problem(folder, name):
            return folder / name
    return None


def folder_key(name: str) -> str:
    """Return the URL-safe key of a picture: readable, and unique by a hash of its name."""
    slug = re.sub("[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:40]
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return f"{KEY_PREFIX}{slug}-{digest}" if slug else f"{KEY_PREFIX}{digest}"


def _folder_sample(name: str, expected: Expected | None) -> Sample:
    told = {
        Expected.SPIRAL: "labelled as a spiral",
        Expected.ELLIPTICAL: "labelled as an elliptical",
        Expected.NONE: "labelled as neither spiral nor elliptical",
    }
    label = told[expected] if expected is not None else "without a label"
    return Sample(
        key=folder_key(name),
        title=Path(display_name(name)).stem,
        kind=SampleKind.PICTURE,
        description=f"A picture from this server's folder of samples, {label}.",
        expected=expected or Expected.NONE,
    )


def _candidates(folder: Path, labels: Iterable[str], skipped: list[str]) -> list[str]:
    """Return the sorted names of what may be pictures: in the folder, or labelled."""
    try:
        with os.scandir(folder) as entries:
            scanned = [entry.name for entry in islice(entries, MAX_SCANNED_FILES + 1)]
    except OSError as cause:
        skipped.append(f"The folder of samples cannot be read: {cause.strerror or cause}.")
        return []
    if len(scanned) > MAX_SCANNED_FILES:
        skipped.append(
            f"Only {MAX_SCANNED_FILES:,} files of the folder of samples were looked at."
        )
    named = {*scanned[:MAX_SCANNED_FILES], *labels}
    return sorted(name for name in named if Path(name).suffix.lower() in _PICTURE_SUFFIXES)


def _problem(folder: Path, name: str) -> str:
    """Say why a file cannot be a sample; empty if nothing speaks against it yet."""
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return "it lies outside the folder"
        if not path.is_file():
            return "there is no such file" if not path.exists() else "it is no regular file"
        with path.open("rb") as file:
            kind = sniff(file.read(SNIFFED_BYTES))
    except (OSError, ValueError, RuntimeError):  # a zero byte in the name; a loop of links
        return "it cannot be opened"
    return "" if kind in PICTURES else f"it is {kind.value}"


def _read_labels(folder: Path, skipped: list[str]) -> Mapping[str, Expected | None]:
    """Return what ``labels.csv`` says of each file; nothing where there is none."""
    path = folder / LABELS_FILE
    if not path.is_file():
        return {}
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            skipped.append(f"{LABELS_FILE} is left out: it lies outside the folder.")
            return {}
        with path.open("rb") as file:
            data = file.read(MAX_LABELS_BYTES + 1)
        if len(data) > MAX_LABELS_BYTES:
            skipped.append(f"{LABELS_FILE} is left out: it is over {MAX_LABELS_BYTES >> 20} MB.")
            return {}
        table = read_label_table(
            data.decode("utf-8-sig", errors="replace"),
            shown=LABELS_FILE,
            most_rows=MAX_SCANNED_FILES,
        )
        return {row.picture: _expected(row) for row in table.rows}
    except OSError as cause:
        skipped.append(f"{LABELS_FILE} is left out: {cause}.")
        return {}
    except DatasetError as cause:
        skipped.append(f"{LABELS_FILE} is left out. {cause}")
        return {}


def _expected(row: LabelRow) -> Expected | None:
    """Return what a row of labels says; None where it says nothing."""
    if row.spiral is None:
        return Expected.NONE if row.said else None
    return Expected.SPIRAL if row.spiral else Expected.ELLIPTICAL
