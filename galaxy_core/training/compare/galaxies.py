"""A labelled folder -> the galaxies that methods learn from and those they are compared on.

Two collections that different people labelled on differently made pictures (their names are
values of the column ``source``). A galaxy that is in both is on one side of the split only.
Opens no picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from galaxy_core.errors import DatasetError
from galaxy_core.training.dataset import LabelledImage, Part, select

TYPED, VOTED = "ngc", "gz1"  # Hubble types from a catalogue; answers of Galaxy Zoo 1
TRUSTED_TIER = "A"
EDGE_ON = "edge-on disc"
MOST_OF_A_KIND = 300  # of the other collection: enough for ± 3 percentage points
_SEED = 20


@dataclass(frozen=True, slots=True)
class LearningSet:
    """What a method may look at before it is asked.

    Parameters
    ----------
    source : str
        Which collection.
    train, validation : tuple of LabelledImage
        To learn from, and to choose the best epoch by.
    """

    source: str
    train: tuple[LabelledImage, ...]
    validation: tuple[LabelledImage, ...]


@dataclass(frozen=True, slots=True)
class ComparedGalaxies:
    """All galaxies of a comparison.

    Parameters
    ----------
    learning : tuple of LearningSet
        One a collection, equally large.
    typed_test : tuple of LabelledImage
        Spirals and ellipticals of the first collection's test part.
    voted_spirals, voted_edge_on : tuple of LabelledImage
        Of the second collection, but for its training part; the latter's label is set to spiral,
        for discs.
    voted_ellipticals : tuple of LabelledImage
        Of the second collection, those only that Galaxy Zoo 2 found smooth as well: of its own
        ellipticals with a second label 30 of 81 are spirals.
    """

    learning: tuple[LearningSet, ...]
    typed_test: tuple[LabelledImage, ...]
    voted_spirals: tuple[LabelledImage, ...]
    voted_edge_on: tuple[LabelledImage, ...]
    voted_ellipticals: tuple[LabelledImage, ...]

    @property
    def tested(self) -> tuple[LabelledImage, ...]:
        """Every galaxy that methods are asked about."""
        return self.typed_test + self.voted_spirals + self.voted_edge_on + self.voted_ellipticals


def choose_galaxies(
    images: Sequence[LabelledImage], *, limit: int | None = None
) -> ComparedGalaxies:
    """Return the galaxies of a comparison, the same for the same folder.

    Parameters
    ----------
    images : sequence of LabelledImage
        A folder with both collections.
    limit : int, optional
        Most of each class in each set, for a quick trial.

    Raises
    ------
    DatasetError
        If a class of a collection is missing.
    """
    typed = _learning(images, TYPED, tiers=(TRUSTED_TIER,), limit=limit)
    # As many as there, so that none wins by numbers: Galaxy Zoo's many ellipticals are drawn.
    voted = _learning(images, VOTED, tiers=(), limit=limit, like=typed)
    seen = {image.group for image in typed.train + typed.validation}
    most = MOST_OF_A_KIND if limit is None else limit
    # Networks that ship may have learnt from the training part of this collection too.
    other = [
        image
        for image in images
        if image.source == VOTED and image.part is not Part.TRAIN and image.group not in seen
    ]
    trusted = [i for i in other if i.attributes.get("tier") == TRUSTED_TIER]
    edge_on = [replace(i, spiral=1) for i in trusted if i.attributes.get("label") == EDGE_ON]
    confirmed = [i for i in other if i.attributes.get("gz2_class", "").startswith("E")]
    return ComparedGalaxies(
        learning=(typed, voted),
        typed_test=_thinned(
            select(images, part=Part.TEST, sources=(TYPED,), tiers=(TRUSTED_TIER,)), limit, limit
        ),
        voted_spirals=_drawn((i for i in trusted if i.spiral == 1), most),
        voted_edge_on=_drawn(edge_on, most),
        voted_ellipticals=_drawn((i for i in confirmed if i.spiral == 0), most),
    )


def _learning(
    images: Sequence[LabelledImage],
    source: str,
    *,
    tiers: Sequence[str],
    limit: int | None,
    like: LearningSet | None = None,
) -> LearningSet:
    parts = {}
    for part in (Part.TRAIN, Part.VALIDATION):
        own = select(images, part=part, sources=(source,), tiers=tiers)
        spirals = sum(image.spiral == 1 for image in own)
        if spirals in (0, len(own)):
            raise DatasetError(
                f"A comparison needs spirals and ellipticals of the sources {TYPED!r} and "
                f"{VOTED!r}; the {part} part of {source!r} has {spirals} spirals and "
                f"{len(own) - spirals} ellipticals."
            )
        most = limit
        if like is not None:
            size = len(like.train if part is Part.TRAIN else like.validation)
            most = max(size - min(spirals, size // 2), 1)
        parts[part] = _thinned(own, limit or most, most)
    return LearningSet(source, parts[Part.TRAIN], parts[Part.VALIDATION])


def _thinned(
    images: Sequence[LabelledImage], spirals: int | None, ellipticals: int | None
) -> tuple[LabelledImage, ...]:
    kinds = ((1, spirals), (0, ellipticals))
    kept = [
        image
        for spiral, most in kinds
        for image in _drawn((i for i in images if i.spiral == spiral), most)
    ]
    return tuple(kept)


def _drawn(images: Iterable[LabelledImage], most: int | None) -> tuple[LabelledImage, ...]:
    """Draw at most this many, in their order."""
    pool = tuple(images)
    if most is None or len(pool) <= most:
        return pool
    rows = np.random.default_rng(_SEED).choice(len(pool), most, replace=False)
    return tuple(pool[row] for row in sorted(rows))
