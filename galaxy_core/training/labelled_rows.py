"""A folder with a table of labels, or with a subfolder a class -> one row a picture.

The table may be called and written as people do (``label_table``) and name its pictures by
path, by name alone, or by object; where they are in the folder is found out here. Decodes no
picture and decides nothing about a split.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from galaxy_core.errors import DatasetError
from galaxy_core.label_table import PICTURE_SUFFIXES, LabelTable, read_label_table
from galaxy_core.label_words import spiral_of_word

LABELS_FILE = "labels.csv"
MOST_TABLE_BYTES = 200_000_000
_TABLES = frozenset({".csv", ".tsv"})
_LOOKED_AT = 200
_MOST_FILES = 500_000
_MOST_DEPTH = 2
_PASSED_THROUGH = frozenset(
    {"train", "training", "test", "testing", "val", "valid", "validation", "data", "images"}
)
_A_WORD = 6  # letters; folders named E and S, or 0 and 1, count only where both are there


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """What a folder says of its pictures.

    Parameters
    ----------
    rows : tuple of mapping of str to str
        Every column of the table; ``file`` is relative to the folder.
    spirals : tuple of int or None
        1, 0, or None, of each row.
    understood : str
        A sentence on what was taken for what.
    """

    rows: tuple[Mapping[str, str], ...]
    spirals: tuple[int | None, ...]
    understood: str


def has_labels(root: Path) -> bool:
    """Return whether a folder holds a table of labels or a subfolder a class."""
    return root.is_dir() and (_own_table(root) is not None or bool(_class_folders(root)))


def read_labelled_rows(root: Path, labels: Path | None = None) -> LabelledRows:
    """Return the labelled pictures of a folder.

    Parameters
    ----------
    root : Path
        The folder.
    labels : Path, optional
        The table; ``labels.csv`` in the folder, or the only table in it, if not given.

    Raises
    ------
    DatasetError
        If there is neither a table nor a subfolder a class, or the table cannot be understood.
    """
    path = labels if labels is not None else _own_table(root)
    if path is not None:
        table = read_label_table(_text(path), shown=str(path))
        files = _find_files(root, table)
        return LabelledRows(
            tuple({**row.columns, "file": file} for row, file in zip(table.rows, files)),
            tuple(row.spiral for row in table.rows),
            f"{path.name}: {table.understood}",
        )
    folders = _class_folders(root) if root.is_dir() else {}
    if not folders:
        raise DatasetError(
            f"{root} has neither a {LABELS_FILE} with the columns 'file' and 'spiral', nor the "
            "folders 'spiral' and 'elliptical'."
        )
    return _of_folders(root, folders)


def _own_table(root: Path) -> Path | None:
    """Return ``labels.csv`` or, without it, the only table of a folder."""
    if (root / LABELS_FILE).is_file():
        return root / LABELS_FILE
    if not root.is_dir() or _class_folders(root):
        return None
    tables = [path for path in root.iterdir() if path.suffix.lower() in _TABLES and path.is_file()]
    return tables[0] if len(tables) == 1 else None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_TABLE_BYTES:
            raise DatasetError(f"{path} is over {MOST_TABLE_BYTES // 10**6} MB.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read as CSV: {error}") from error


def _find_files(root: Path, table: LabelTable) -> list[str]:
    """Return where the pictures are; as the table says, unless none of the first is there."""
    names = [row.picture.replace("\\", "/") for row in table.rows]
    first = names[:_LOOKED_AT]
    if not first or (not table.names_objects and any(_is_there(root, name) for name in first)):
        return [row.picture for row in table.rows]
    known: dict[str, list[str]] = {}
    for file in islice(_pictures(root), _MOST_FILES):
        for key in {PurePosixPath(file).name.lower(), PurePosixPath(file).stem.lower()}:
            known.setdefault(key, []).append(file)
    return [_located(name, known) or name for name in names]


def _is_there(root: Path, name: str) -> bool:
    try:
        return (root / name).is_file()
    except (OSError, ValueError):  # a name too long, a zero byte
        return False


def _located(name: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return the one picture of that name; of several, the one whose path ends as it does."""
    found = known.get(PurePosixPath(name).name.lower(), ())
    if len(found) > 1:
        found = [file for file in found if f"/{file}".endswith("/" + name.lstrip("./"))]
    return found[0] if len(found) == 1 else None


def _pictures(root: Path) -> Iterator[str]:
    """Yield the pictures below a folder, relative to it; links are not followed."""
    for folder, inner, files in os.walk(root):
        inner.sort()
        for name in sorted(files):
            if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES:
                yield (Path(folder) / name).relative_to(root).as_posix()


def _class_folders(root: Path, depth: int = 0) -> dict[Path, int]:
    """Return the folders named like a class: right here, or below one named like a part."""
    found: dict[Path, int] = {}
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        spiral = spiral_of_word(folder.name)
        if spiral is not None:
            found[folder] = spiral
        elif depth < _MOST_DEPTH and folder.name.lower() in _PASSED_THROUGH:
            found |= _class_folders(folder, depth + 1)
    plain = any(len(folder.name) >= _A_WORD for folder in found)
    return found if plain or depth or set(found.values()) == {0, 1} else {}


def _of_folders(root: Path, folders: Mapping[Path, int]) -> LabelledRows:
    rows: list[dict[str, str]] = []
    spirals: list[int | None] = []
    for folder, spiral in sorted(folders.items(), key=lambda item: (item[1], item[0])):
        for file in _pictures(folder):
            name = (folder / file).relative_to(root).as_posix()
            rows.append({"file": name, "label": folder.name})
            spirals.append(spiral)
    names = {
        kind: _listed(
            folder.relative_to(root).as_posix() for folder in folders if folders[folder] == kind
        )
        for kind in (1, 0)
    }
    return LabelledRows(
        tuple(rows),
        tuple(spirals),
        f"Folders: {spirals.count(1):,} pictures are spirals (in {names[1]}), "
        f"{spirals.count(0):,} ellipticals (in {names[0]}).",
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:4]) or "none"
