"""How often real galaxies are refused, and pictures of none are not: the card's ``strangeness``.

Three signals take trust away (``cnn.answer``): framing flags, the plausibility of the picture,
the distance to the training galaxies. They are measured together and one by one, on galaxies
of the test part as they are, and on strangers of every kind. The shipped plausibility model has
never seen kinds of the family ``TEST``; beside it stand those fitted without a fifth of the
other kinds each: with them, every kind is measured as one that nothing was fitted on. Changes
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.answer import reasons_against
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.pipeline import Framed, frame, frame_files
from galaxy_core.morphology.plausibility import SHIPPED, Plausibility, judge_plausibility
from galaxy_core.overlap import in_batches
from galaxy_core.strangers import Stranger, stranger_pictures
from galaxy_core.training.dataset import LabelledImage, dataset_hash
from galaxy_core.training.refit import load_without_kinds, morphology_of
from galaxy_core.training.statistics import wilson

STRANGERS = 1560
SIGNALS = ("framing", "picture", "distance")
_BATCH_SIZE = 64
_UNKNOWN = "unknown"  # galaxies of no known kind may be none

OnStage = Callable[[str, int, int], None]
Flags = npt.NDArray[np.bool_]
Share = dict[str, float | int | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A picture on its way to being refused or not."""

    name: str
    framed: Framed
    held_out: Plausibility | None = None


def measure_strangeness(
    classifier: Classifier,
    galaxies: Sequence[LabelledImage],
    *,
    strangers: int = STRANGERS,
    seed: int = 1,
    on_stage: OnStage = lambda name, done, total: None,
) -> dict[str, Any]:
    """Return how often galaxies and strangers are refused, as plain JSON values.

    Parameters
    ----------
    classifier : Classifier
        The network with its reference.
    galaxies : sequence of LabelledImage
        Real galaxies that nothing was fitted or set on.
    strangers, seed : int
        How many strangers to draw, of which seed.
    on_stage : callable
        Told (stage, done, total).

    Returns
    -------
    dict
        ``false_alarms``, in all and by class and signal; ``catch``, in all and by kind and
        signal; ``catch_held_out``, in all and by kind, of kinds that no signal was fitted on.
        Every share with its Wilson interval and count.
    """
    known = [image for image in galaxies if image.attributes.get("morphology") != _UNKNOWN]
    stage = "Showing galaxies"
    names, alarms, _ = _refused(
        _told(_galaxies(known, classifier), stage, known, on_stage), classifier
    )
    drawn = range(strangers)
    seen = _told(_strangers(seed, strangers, classifier), "Showing strangers", drawn, on_stage)
    kinds, caught, held_out = _refused(seen, classifier)
    refused, found, found_unseen = (_any(own) for own in (alarms, caught, held_out))
    return {
        "false_alarms": _share(refused),
        "false_alarms_by_class": _by_name(names, refused),
        "false_alarms_by_signal": _by_signal(alarms),
        "catch": _share(found),
        "catch_by_kind": _by_name(kinds, found),
        "catch_by_signal": _by_signal(caught),
        "catch_held_out": _share(found_unseen),
        "catch_by_kind_held_out": _by_name(kinds, found_unseen),
        "galaxies": "the test part by object, of every source and kind, as they are",
        "data_sha256": dataset_hash(known),
        "seed": seed,
        "plausibility_sha256": hashlib.sha256(SHIPPED.read_bytes()).hexdigest(),
    }


def _galaxies(images: Sequence[LabelledImage], classifier: Classifier) -> Iterator[_Seen]:
    paths = (str(image.path) for image in images)
    files = frame_files(paths, size_px=classifier.card.input_size_px)
    for image, file in zip(images, files):
        if file.framed is not None:
            yield _Seen(morphology_of(image), file.framed)


def _strangers(seed: int, count: int, classifier: Classifier) -> Iterator[_Seen]:
    without = load_without_kinds(SHIPPED)
    for stranger in stranger_pictures(seed=seed, count=count):
        yield _look(stranger, classifier, without)


def _look(stranger: Stranger, classifier: Classifier, without: dict[str, Any]) -> _Seen:
    framed = frame(stranger.pixels, size_px=classifier.card.input_size_px)
    other = without.get(stranger.kind)  # None: the shipped model has not seen this kind
    held_out = judge_plausibility(stranger.pixels, framed.framing, model=other)
    return _Seen(stranger.kind, framed, held_out)


def _refused(pictures: Iterable[_Seen], classifier: Classifier) -> tuple[list[str], Flags, Flags]:
    """Return name, and which signals refuse it, (N, 3): as shipped, and held out."""
    names: list[str] = []
    shipped: list[Flags] = []
    held_out: list[Flags] = []
    for batch in in_batches(pictures, _BATCH_SIZE):
        far = classifier.far_away(np.stack([one.framed.pixels for one in batch]))
        flags = [one.framed.framing.flags for one in batch]
        framed = np.array([bool(reasons_against(own, None, None)) for own in flags])
        for rows, pictured in (
            (shipped, [one.framed.plausibility for one in batch]),
            (held_out, [one.held_out for one in batch]),
        ):
            strange = np.array([one is not None and one.is_strange for one in pictured])
            rows.append(np.stack([framed, strange, far], axis=1))
        names += [one.name for one in batch]
    empty = [np.empty((0, len(SIGNALS)), dtype=bool)]
    return names, np.concatenate(shipped or empty), np.concatenate(held_out or empty)


def _told(
    pictures: Iterable[_Seen], stage: str, of: Sequence[Any], on_stage: OnStage
) -> Iterator[_Seen]:
    for done, picture in enumerate(pictures, 1):
        yield picture
        on_stage(stage, done, len(of))


def _any(signals: Flags) -> Flags:
    """Return which pictures at least one signal refuses."""
    return np.asarray(signals.any(axis=1), dtype=np.bool_)


def _share(hits: Flags) -> Share:
    return wilson(int(hits.sum()), int(hits.size)).to_json()


def _by_name(names: Sequence[str], hits: Flags) -> dict[str, Share]:
    of = np.array(names)
    return {str(name): _share(hits[of == name]) for name in np.unique(of)}


def _by_signal(refused: Flags) -> dict[str, Share]:
    return {name: _share(refused[:, index]) for index, name in enumerate(SIGNALS)}
