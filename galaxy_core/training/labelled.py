"""Labelled folders that a visitor may train on: those the operator allows, and uploaded ZIPs.

A visitor of a public server must not read its disk by typing paths: only folders inside the
samples folder and inside ``labelled`` of the data dir are opened, links followed first. ZIP
files are unpacked there, pictures and CSV only, within limits.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from galaxy_core.errors import DatasetError
from galaxy_core.intake.zips import ZipLimits, zip_problem
from galaxy_core.label_table import PICTURE_SUFFIXES
from galaxy_core.settings import Settings
from galaxy_core.training.labelled_rows import LABELS_FILE, has_labels

UPLOAD_LIMITS = ZipLimits(file_bytes=200_000_000, total_bytes=1_000_000_000, members=25_000)
FOLDER = "labelled"
MOST_UPLOADS = 8


def allowed_roots(settings: Settings) -> tuple[Path, ...]:
    """Return the folders inside which labelled folders may lie."""
    own = settings.data_dir / FOLDER
    return (own,) if settings.samples_dir is None else (settings.samples_dir, own)


def labelled_folders(roots: Sequence[Path]) -> tuple[Path, ...]:
    """Return the labelled folders that are there: the roots and the folders right in them."""
    found: list[Path] = []
    for root in roots:
        inner = sorted(root.iterdir()) if root.is_dir() else []
        found += [path for path in (root, *inner) if has_labels(path)]
    return tuple(found)


def open_labelled(text: str, roots: Sequence[Path]) -> Path:
    """Return the folder of a typed path.

    Raises
    ------
    DatasetError
        If it is outside the allowed folders, or no folder. Which of both is not told: whether
        something exists elsewhere on this server is nobody's business.
    """
    refusal = DatasetError(
        "Only labelled folders inside the server's folder of samples (GALAXY_SAMPLES_DIR) or "
        f"inside {FOLDER!r} of its data folder (GALAXY_DATA_DIR) can be opened; "
        f"{text[:100]!r} is none."
    )
    if not text.strip() or "\0" in text:
        raise refusal
    for root in roots:
        try:
            path = (root / text.strip()).resolve()
            if path.is_relative_to(root.resolve()) and path.is_dir():
                return path
        except (OSError, RuntimeError):  # a loop of links, a name too long
            continue
    raise refusal


def unpack_labelled(data: bytes, *, shown: str, settings: Settings) -> Path:
    """Unpack an uploaded ZIP of pictures with labels; return its folder.

    The same bytes are unpacked once. Of more than eight uploads the oldest go.

    Raises
    ------
    DatasetError
        If it may not be unpacked, or holds neither ``labels.csv`` nor the two subfolders.
    """
    target = settings.data_dir / FOLDER / f"upload-{hashlib.sha256(data).hexdigest()[:16]}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as scratch:
            path = Path(scratch) / "upload.zip"
            path.write_bytes(data)
            inner = Path(scratch) / "inner"
            _extract(path, inner, shown)
            shutil.move(_labelled_root(inner, shown), target)
        _forget_oldest(target.parent)
    return target


def _extract(path: Path, inner: Path, shown: str) -> None:
    problem = zip_problem(path, UPLOAD_LIMITS)
    if problem:
        raise DatasetError(f"{shown} is refused: {problem}.")
    inner.mkdir()
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename)
                if (
                    name.suffix.lower() in PICTURE_SUFFIXES | {".csv", ".tsv"}
                    and not member.is_dir()
                ):
                    archive.extract(member, inner)
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise DatasetError(f"{shown} is damaged: it cannot be unpacked.") from error


def _labelled_root(inner: Path, shown: str) -> Path:
    """Find the labels: at the top, or in the one folder that there is."""
    entries = [path for path in inner.iterdir() if path.name != "__MACOSX"]
    for root in (inner, *entries):
        if has_labels(root):
            return root
    raise DatasetError(
        f"{shown} holds neither a table of labels (best {LABELS_FILE}, file,spiral) nor the "
        "folders 'spiral' and 'elliptical'."
    )


def _forget_oldest(folder: Path) -> None:
    uploads = sorted(folder.glob("upload-*"), key=lambda path: path.stat().st_mtime)
    for path in uploads[:-MOST_UPLOADS]:
        shutil.rmtree(path, ignore_errors=True)
