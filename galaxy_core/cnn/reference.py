"""The training galaxies as their network sees them: what is like a picture, what like none.

A network is only to be trusted on pictures like those it learnt from. Beside its weights lie
the features (the input of its last linear step, averaged over the eight orientations) of its
training galaxies. The nearest of them are context for a reader; a picture that is far from
all of them is none of the network's business. Reads and compares; ``training.refer`` writes.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from galaxy_core.errors import ModelRefused

REFERENCE_FILE = "reference.npz"
MOST_GALAXIES = 2500
MOST_BYTES = 8_000_000
NEIGHBOURS = 3
FAR_SENTENCE = "To the network this looks unlike every galaxy that it was trained on."
MOST_FEATURES = 32_768  # 16 × 16 × 128: an ordinary small network that flattens; 4 MB
_TEXTS = ("identifiers", "files", "sources", "hubble_types")

Features = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One training galaxy near a picture.

    Parameters
    ----------
    identifier, source, hubble_type, file : str
        What the training data call it; the file is relative to their folder. May be empty.
    spiral : bool
        Its label.
    similarity : float
        Share of the training galaxies whose own nearest fellow is farther away than this one
        is from the picture, in [0, 1]: 0.5 is as near as is usual, 0 is far.
    """

    identifier: str
    source: str
    hubble_type: str
    file: str
    spiral: bool
    similarity: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a picture lies among the training galaxies.

    Parameters
    ----------
    strangeness : float
        Distance beyond the threshold: positive is called strange.
    nearest : tuple of Neighbour
        The nearest training galaxies, nearest first.
    """

    strangeness: float
    nearest: tuple[Neighbour, ...]

    @property
    def is_strange(self) -> bool:
        """Whether the picture is farther from the training galaxies than galaxies are."""
        return self.strangeness > 0


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceGalaxies:
    """The training galaxies of one network, by their features.

    Parameters
    ----------
    identifiers, files, sources, hubble_types : tuple of N str
        What the training data call each; files are relative to their folder. May be empty.
    spiral : ndarray, shape (N,), bool
        Their labels.
    places : ndarray, shape (N, K), float16
        Their features, projected: ``(features - centre) @ directions``.
    centre : ndarray, shape (F,), float32
        Mean of the features.
    directions : ndarray, shape (F, K), float32
        Along which features vary among galaxies, each scaled to unit variance.
    spacing : ndarray, shape (N,), float32
        Distance of each galaxy to its nearest fellow, rising.
    threshold : float
        Distance (see `distances`) beyond which a picture is called strange; positive.
    weights_sha256 : str
        Hash of the weights that the features are of.
    """

    identifiers: tuple[str, ...]
    files: tuple[str, ...]
    sources: tuple[str, ...]
    hubble_types: tuple[str, ...]
    spiral: npt.NDArray[np.bool_]
    places: npt.NDArray[np.float16]
    centre: npt.NDArray[np.float32]
    directions: npt.NDArray[np.float32]
    spacing: npt.NDArray[np.float32]
    threshold: float
    weights_sha256: str

    def __post_init__(self) -> None:
        count = len(self.identifiers)
        fits = (
            NEIGHBOURS < count <= MOST_GALAXIES
            and all(len(getattr(self, name)) == count for name in _TEXTS)
            and self.spiral.shape == self.spacing.shape == (count,)
            and self.directions.ndim == 2
            and self.places.shape == (count, self.directions.shape[1])
            and self.centre.shape == self.directions.shape[:1]
            and self.centre.size <= MOST_FEATURES
            and 0 < self.threshold < np.inf
        )
        numbers = (self.places, self.centre, self.directions, self.spacing)
        if not (fits and all(np.isfinite(part).all() for part in numbers)):
            raise ModelRefused(
                "The reference galaxies of this network do not fit together; make them anew "
                "with python -m galaxy_core refer."
            )

    def surroundings(self, features: Features) -> list[Surroundings]:
        """Return where each of the pictures, by features of shape (N, F), lies among them."""
        apart = self._apart(features)
        order = np.argsort(apart, axis=1)[:, :NEIGHBOURS]
        strangeness = np.take_along_axis(apart, order, axis=1).mean(axis=1) - self.threshold
        return [
            Surroundings(float(beyond), tuple(self._neighbour(i, row[i]) for i in nearest))
            for beyond, nearest, row in zip(strangeness, order, apart)
        ]

    def distances(self, features: Features) -> npt.NDArray[np.float64]:
        """Return the mean distance of each picture to the three nearest galaxies, shape (N,)."""
        return np.sort(self._apart(features), axis=1)[:, :NEIGHBOURS].mean(axis=1)

    def _apart(self, features: Features) -> npt.NDArray[np.float64]:
        """Distance of each picture to each galaxy, (N, R)."""
        own = (features - self.centre) @ self.directions
        return separations(own, self.places.astype(np.float64))

    def _neighbour(self, index: int, distance: float) -> Neighbour:
        farther = len(self.spacing) - np.searchsorted(self.spacing, distance)
        return Neighbour(
            identifier=self.identifiers[index],
            source=self.sources[index],
            hubble_type=self.hubble_types[index],
            file=self.files[index],
            spiral=bool(self.spiral[index]),
            similarity=float(farther / len(self.spacing)),
        )


def separations(some: Features, others: Features) -> Features:
    """Return the Euclidean distance of each of some places, (N, K), to each other one, (R, K)."""
    square = (some**2).sum(1)[:, None] + (others**2).sum(1) - 2 * some @ others.T
    return np.asarray(np.sqrt(np.maximum(square, 0)))


def read_reference(path: Path, weights_sha256: str) -> ReferenceGalaxies | None:
    """Return the reference galaxies in a file.

    None if there is no such file, or if it is of other weights than these: what it says of
    those is nothing to this network.

    Raises
    ------
    ModelRefused
        If the file is damaged, too large or no such reference.
    """
    try:
        if not path.is_file():
            return None
        _check_size(path)
        with np.load(path, allow_pickle=False) as content:
            parts = {name: content[name] for name in content.files}
        reference = ReferenceGalaxies(
            **{name: tuple(map(str, parts[name])) for name in _TEXTS},
            spiral=parts["spiral"].astype(bool),
            places=parts["places"].astype(np.float16),
            centre=parts["centre"].astype(np.float32),
            directions=parts["directions"].astype(np.float32),
            spacing=np.sort(parts["spacing"].astype(np.float32)),
            threshold=float(parts["threshold"]),
            weights_sha256=str(parts["weights_sha256"]),
        )
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise ModelRefused(f"{path} holds no reference galaxies: {error!r}.") from error
    return reference if reference.weights_sha256 == weights_sha256 else None


def write_reference(reference: ReferenceGalaxies, path: Path) -> None:
    """Write the reference galaxies, whole or not at all."""
    partial = path.with_suffix(".partial")
    texts = {name: np.array(getattr(reference, name), dtype=str) for name in _TEXTS}
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            **texts,
            spiral=reference.spiral,
            places=reference.places,
            centre=reference.centre,
            directions=reference.directions,
            spacing=reference.spacing,
            threshold=np.float64(reference.threshold),
            weights_sha256=np.array(reference.weights_sha256),
        )
    partial.replace(path)


def _check_size(path: Path) -> None:
    """Refuse what would be large once unpacked, before unpacking it."""
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_BYTES:
        raise ModelRefused(f"{path} would take {size:,} bytes; no reference takes as many.")
