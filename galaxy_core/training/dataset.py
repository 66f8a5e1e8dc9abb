"""A labelled folder -> which picture is which class, and which part of the split it is in.

``labelled_rows`` reads a table of labels, or subfolders named like the classes. The split is
made by *object*: pictures of one galaxy, wherever they come from, and near-duplicates fall on
the same side, whatever the seed. Decodes no picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from galaxy_core.errors import DatasetError
from galaxy_core.training.labelled_rows import read_labelled_rows

SAME_OBJECT_ARCSEC = 10.0
# Pictures of the known collections that show no galaxy, found with ``archives.lettering`` and by
# eye: file name -> hash of the bytes. By hash, since a stranger's file of that name may be fine.
# The two are SkyServer's answer when drawing fails: its message, drawn into an empty JPEG.
NO_GALAXY_SHA256: Mapping[str, str] = MappingProxyType(
    {
        "587729387686002878.jpg": "f241b5de73e0ef858320e44f8559bd337368a41b857febb298492d99e02d0962",  # noqa: E501
        "IC0896.jpg": "d59b4f3fff3157d8fd7952a52d5596286076f23fb586090fb935ff622922148c",
    }
)


class Part(StrEnum):
    """The parts of a split."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One picture and what it shows.

    Parameters
    ----------
    path : Path
        The picture.
    spiral : int or None
        1, 0, or None where it is neither.
    object_id : str
        What the source calls the galaxy.
    group : str
        Same for all pictures of one object and for near-duplicates.
    attributes : mapping of str to str
        Every column of the CSV.
    target : float or None
        What a network should aim at in training, in [0, 1], where the label is doubted
        (``training.second_opinion``); None where it is the label.
    """

    path: Path
    spiral: int | None
    object_id: str
    group: str
    attributes: Mapping[str, str]
    target: float | None = None

    @property
    def source(self) -> str:
        """Where label and picture come from; empty if not stated."""
        return self.attributes.get("source", "")

    @property
    def part(self) -> Part:
        """Train 68%, validation 12%, test 20%, by a hash of the group: never by a seed."""
        digest = hashlib.sha256(self.group.encode()).hexdigest()[:8]
        position = int(digest, 16) / 2**32
        if position < 0.20:
            return Part.TEST
        return Part.VALIDATION if position < 0.32 else Part.TRAIN


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """The labelled pictures of a folder, and a sentence on how its labels were understood."""

    images: tuple[LabelledImage, ...]
    understood: str


def read_labelled_images(root: Path, *, labels: Path | None = None) -> tuple[LabelledImage, ...]:
    """Return every labelled picture of a folder; see ``read_labelled_folder``."""
    return read_labelled_folder(root, labels=labels).images


def read_labelled_folder(root: Path, *, labels: Path | None = None) -> LabelledFolder:
    """Return every labelled picture of a folder, in the order of the CSV or of the names.

    Parameters
    ----------
    root : Path
        Folder that the CSV's ``file`` column is relative to, or that holds the two subfolders.
    labels : Path, optional
        The CSV; ``root / "labels.csv"`` if not given. Columns: ``file``, and ``spiral`` (1, 0,
        empty) or ``label`` (spiral, elliptical, other), or what ``label_table`` takes for them;
        ``source_id`` or ``object_id``, ``near_duplicate_group``, ``ra_deg`` and ``dec_deg``
        join pictures of one object.

    Notes
    -----
    A picture of `NO_GALAXY_SHA256` is neither spiral nor elliptical, whatever its label.

    Raises
    ------
    DatasetError
        If there is neither, or the CSV lacks its columns or names pictures outside the folder.
    """
    found = read_labelled_rows(root, labels)
    if not found.rows:
        raise DatasetError(f"{labels or root} names no pictures.")
    paths = [_inside(root, row["file"]) for row in found.rows]
    return LabelledFolder(
        tuple(
            LabelledImage(path, _known(spiral, path), _object_id(row), group, row)
            for row, spiral, path, group in zip(
                found.rows, found.spirals, paths, _groups(found.rows)
            )
        ),
        found.understood,
    )


def select(
    images: Iterable[LabelledImage],
    *,
    part: Part | None = None,
    sources: Sequence[str] = (),
    tiers: Sequence[str] = (),
    where: Callable[[LabelledImage], bool] | None = None,
) -> tuple[LabelledImage, ...]:
    """Return the spirals and ellipticals of that part, those sources and those tiers.

    An empty ``sources`` or ``tiers`` means all; a picture without a tier is of every tier.
    """
    return tuple(
        image
        for image in images
        if image.spiral is not None
        and (part is None or image.part is part)
        and (not sources or image.source in sources)
        and (not tiers or image.attributes.get("tier", tiers[0]) in tiers)
        and (where is None or where(image))
    )


def dataset_hash(images: Iterable[LabelledImage]) -> str:
    """Return a SHA-256 over file names and labels or targets, in order: what was trained on."""
    digest = hashlib.sha256()
    for image in images:
        aim = image.spiral if image.target is None else f"{image.target:.3f}"
        digest.update(f"{image.attributes['file']}\t{aim}\n".encode())
    return digest.hexdigest()


def _inside(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise DatasetError(f"The label file names {name!r}, which lies outside {root}.")
    return path


def _known(spiral: int | None, path: Path) -> int | None:
    """Return the label, but none for a picture that is known to show no galaxy."""
    no_galaxy = path.name in NO_GALAXY_SHA256 and _sha256(path) == NO_GALAXY_SHA256[path.name]
    return None if no_galaxy else spiral


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # whoever reads the picture says what is wrong with it
        return ""


def _object_id(row: Mapping[str, str]) -> str:
    return row.get("source_id") or row.get("object_id") or row["file"]


def _groups(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Join rows of one object id, one near-duplicate group, or one place on the sky."""
    first: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for index, row in enumerate(rows):
        pairs.append((first.setdefault("object:" + _object_id(row), index), index))
        if row.get("near_duplicate_group"):
            key = "group:" + row["near_duplicate_group"]
            pairs.append((first.setdefault(key, index), index))
    pairs += _same_place(rows)
    ones = np.ones(len(pairs), dtype=np.int8)
    links = coo_matrix((ones, tuple(zip(*pairs))), shape=(len(rows), len(rows)))
    _, component = connected_components(links, directed=False)
    names: dict[int, str] = {}
    for row, index in zip(rows, component):
        names[index] = min(names.get(index, _object_id(row)), _object_id(row))
    return [names[index] for index in component]


def _same_place(rows: Sequence[Mapping[str, str]]) -> list[tuple[int, int]]:
    found = [(index, _position(row)) for index, row in enumerate(rows)]
    placed = [(index, position) for index, position in found if position is not None]
    if len(placed) < 2:
        return []
    ra, dec = np.radians(np.array([position for _, position in placed])).T
    vectors = np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    near = cKDTree(vectors).query_pairs(np.radians(SAME_OBJECT_ARCSEC / 3600))
    return [(placed[a][0], placed[b][0]) for a, b in near]


def _position(row: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(row["ra_deg"]), float(row["dec_deg"])
    except (KeyError, ValueError):
        return None
