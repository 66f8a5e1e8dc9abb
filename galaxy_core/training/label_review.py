"""What the mistakes of a network look like to an eye: how much of the remainder is labels.

A network is wrong where its label is, too. The pictures that shipped networks got wrong were
looked at, and what was seen stands in a file; measuring a network counts its mistakes by it.
Changes no label, leaves no galaxy out of any number, and is used in no training.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from galaxy_core.errors import DatasetError

SHIPPED = Path(__file__).parents[1] / "models" / "label_review.csv"


class Seen(StrEnum):
    """What a picture shows to somebody who looks at it."""

    SPIRAL = "spiral"
    ELLIPTICAL = "elliptical"
    UNDECIDED = "undecided"


def read_label_review(path: Path = SHIPPED) -> dict[str, Seen]:
    """Return file name -> what was seen.

    Raises
    ------
    DatasetError
        If the file cannot be read or is no such list.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return {row["file"]: Seen(row["seen"]) for row in csv.DictReader(stream)}
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError) as error:
        raise DatasetError(f"{path} is no list of pictures looked at: {error!r}.") from error


def review_mistakes(
    mistakes: Iterable[tuple[str, int]], review: Mapping[str, Seen]
) -> dict[str, int]:
    """Return how many mistakes are whose, as seen by eye.

    Parameters
    ----------
    mistakes : iterable of (str, int)
        File name and label (1 spiral, 0 elliptical) of what a network got wrong.
    review : mapping of str to Seen
        What was seen.

    Returns
    -------
    dict
        ``label``: the picture shows the other class than its label; ``undecided``: it shows
        no sign of either; ``network``: it shows its label; ``not_looked_at``.
    """
    counts = dict.fromkeys(("label", "undecided", "network", "not_looked_at"), 0)
    for name, label in mistakes:
        counts[_whose(review.get(name), label)] += 1
    return counts


def _whose(seen: Seen | None, label: int) -> str:
    if seen is None:
        return "not_looked_at"
    if seen is Seen.UNDECIDED:
        return "undecided"
    return "network" if (seen is Seen.SPIRAL) == (label == 1) else "label"
