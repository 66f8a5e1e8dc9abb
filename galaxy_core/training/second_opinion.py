"""Noisy labels that networks trained elsewhere agree with: which to take into training.

A single volunteer's "elliptical" is often a spiral too small to show its arms. Where networks
that have never seen the source are confident of the same answer, the label is taken into
training; where they are not, the picture is left out (cf. confident learning, Northcutt et al.
2021). The list is a file, so that a training run can be repeated without those networks. It is
for training only: nothing is measured or calibrated on pictures chosen by a network.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from galaxy_core.cnn.classifier import BATCH_SIZE, Classifier
from galaxy_core.errors import DatasetError
from galaxy_core.overlap import in_batches
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.squares import Square, read_squares, readable

COLUMNS = ("file", "spiral")
CONFIDENT = 0.8  # calibrated probability of the label that every network must reach
# A disc seen edge-on is a spiral or a lenticular; its source does not say which, and it is the
# kind that rounder examples teach least. Taken without being asked about.
_TRUSTED_LABELS: Mapping[str, int] = {"edge-on disc": 1}


def agreed_labels(
    images: Sequence[LabelledImage],
    classifiers: Sequence[Classifier],
    *,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:
    """Return file name -> 1 for spiral, 0 for elliptical, of the pictures to believe.

    Parameters
    ----------
    images : sequence of LabelledImage
        Of sources that the classifiers were not trained on.
    classifiers : sequence of Classifier
        All must reach `CONFIDENT` in a tier B label. Tier A labels are taken as they are.
    on_picture : callable, optional
        Told (done, total).
    """
    agreed = {image.attributes["file"]: label for image in images for label in _trusted(image)}
    doubtful = [i for i in images if i.spiral is not None and i.attributes["file"] not in agreed]
    size = classifiers[0].card.input_size_px if classifiers else 0
    done = 0
    for squares in in_batches(read_squares(doubtful, size_px=size), BATCH_SIZE):
        for square in _believed(squares, classifiers):
            agreed[square.image.attributes["file"]] = int(square.image.spiral or 0)
        done += len(squares)
        on_picture(done, len(doubtful))
    return agreed


def write_second_opinion(agreed: Mapping[str, int], path: Path) -> None:
    """Write the list, sorted by file name."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(agreed.items()))


def read_second_opinion(path: Path) -> dict[str, int]:
    """Return file name -> 1 or 0.

    Raises
    ------
    DatasetError
        If the file cannot be read or is no such list.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read as CSV: {error}") from error
    if not rows or not all(row.get("spiral") in ("0", "1") and row.get("file") for row in rows):
        raise DatasetError(f"{path} needs the columns 'file' and 'spiral', which is 0 or 1.")
    return {row["file"]: int(row["spiral"]) for row in rows}


def with_second_opinion(
    images: Iterable[LabelledImage], agreed: Mapping[str, int]
) -> Iterator[LabelledImage]:
    """Yield the listed pictures, with the list's label."""
    for image in images:
        label = agreed.get(image.attributes["file"])
        if label is not None:
            yield replace(image, spiral=label)


def _trusted(image: LabelledImage) -> Iterator[int]:
    stated = _TRUSTED_LABELS.get(image.attributes.get("label", ""))
    if stated is not None:
        yield stated
    elif image.spiral is not None and image.attributes.get("tier", "A") == "A":
        yield image.spiral


def _believed(squares: Sequence[Square], classifiers: Sequence[Classifier]) -> Iterator[Square]:
    """Yield the squares whose label every classifier is confident of."""
    read, inputs = readable(squares)
    if not read:
        return
    labels = np.array([square.image.spiral or 0 for square in read])
    least = np.ones(len(read))
    for classifier in classifiers:
        spiral = classifier.probabilities(inputs)
        least = np.minimum(least, np.where(labels == 1, spiral, 1 - spiral))
    yield from (square for square, p in zip(read, least) if p >= CONFIDENT)
