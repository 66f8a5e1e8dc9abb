"""A labelled folder -> what would make a network learn the wrong thing from it, in words.

Confounded sources, the same picture on both sides of the split, too few, all of one class. Points
out; changes nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from galaxy_core.training.dataset import LabelledImage, Part
from galaxy_core.training.lookalikes import Prints, copies_across_split

FEW_TO_TRAIN, FEW_TO_TEST = 200, 50
CONFOUNDED, GIVEN_AWAY = 0.5, 0.8
LOPSIDED = 0.85
MOST_COMPARED = 30_000
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """How many galaxies of each class one part or one source holds."""

    name: str
    spirals: int
    ellipticals: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.spirals + self.ellipticals


def balance_of_parts(images: Sequence[LabelledImage]) -> tuple[Balance, ...]:
    """Return the class balance of each part of the split."""
    return tuple(_balance(str(p), [i for i in images if i.part is p]) for p in Part)


def balance_of_sources(images: Sequence[LabelledImage]) -> tuple[Balance, ...]:
    """Return the class balance of each source, in order of name; empty names are one source."""
    names = sorted({image.source for image in images})
    return tuple(
        _balance(name or "not stated", [i for i in images if i.source == name]) for name in names
    )


def source_class_association(images: Sequence[LabelledImage]) -> float:
    """Return Cramér's V between source and class, in [0, 1] (Cramér 1946, section 21.9).

    0: the source says nothing about the class; 1: it gives it away. 0 for one source or class.
    """
    rows = [(b.spirals, b.ellipticals) for b in balance_of_sources(images)]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    if table.shape[0] < 2 or 0 in table.sum(axis=0):
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    chi_squared = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi_squared / table.sum()))


def find_traps(images: Sequence[LabelledImage], prints: Prints | None = None) -> tuple[str, ...]:
    """Return a sentence for each trap in galaxies labelled spiral or elliptical.

    ``prints`` are their ``lookalikes.fingerprints``, where they are known.
    """
    return (*find_traps_of_labels(images), *_traps_of_files(images, prints))


def find_traps_of_labels(images: Sequence[LabelledImage]) -> tuple[str, ...]:
    """Return the traps that labels alone show, of pictures that need not be there yet."""
    return tuple(_traps_of_labels(images))


def _traps_of_labels(images: Sequence[LabelledImage]) -> Iterator[str]:
    parts = {balance.name: balance for balance in balance_of_parts(images)}
    for balance in parts.values():
        fewest = min(balance.spirals, balance.ellipticals)
        need = FEW_TO_TRAIN if balance.name == Part.TRAIN else FEW_TO_TEST
        if fewest == 0:
            yield f"The {balance.name} part lacks a class: nothing can be learnt or measured so."
        elif fewest < need:
            yield (
                f"Too few: the {balance.name} part holds {balance.spirals} spirals and "
                f"{balance.ellipticals} ellipticals; below {need} of each, "
                + (
                    "a network learns them by heart."
                    if balance.name == Part.TRAIN
                    else "a measured accuracy is uncertain by several percent."
                )
            )
    share = max(max(b.spirals, b.ellipticals) / max(b.total, 1) for b in parts.values())
    if LOPSIDED < share < 1:
        yield (
            f"Lopsided: up to {share:.0%} are of one class. Training shows both equally often; "
            "judge by balanced accuracy, not by accuracy."
        )
    association = source_class_association(images)
    if association >= CONFOUNDED:
        how = "gives the class away" if association >= GIVEN_AWAY else "says much about the class"
        yield (
            f"Confounded: the source {how} (Cramér's V {association:.2f} of 1). "
            "A network learns the look of the sources then, not only the shapes of galaxies. Use "
            "one source, or sources that hold both classes alike."
        )


def _traps_of_files(images: Sequence[LabelledImage], prints: Prints | None) -> Iterator[str]:
    known = None if prints is None else prints[:MOST_COMPARED]
    copies = copies_across_split(images[:MOST_COMPARED], known)
    if copies:
        named = [f"{one.image.path.name} is {one.trained_on.path.name}" for one in copies[:_NAMED]]
        more = ", …" if len(copies) > _NAMED else ""
        yield (
            f"Duplicates: {len(copies)} pictures of validation or test are in training too, "
            f"perhaps saved anew ({', '.join(named)}{more}); the measured accuracy will flatter."
        )
    if len(images) > MOST_COMPARED:
        yield f"Only the first {MOST_COMPARED:,} pictures were searched for duplicates."
    missing = sum(not Path(image.path).is_file() for image in images[:MOST_COMPARED])
    if missing:
        yield f"{missing} labelled pictures are missing from the folder; they are left out."


def _balance(name: str, images: Sequence[LabelledImage]) -> Balance:
    spirals = sum(image.spiral == 1 for image in images)
    return Balance(name, spirals, len(images) - spirals)
