"""Labels weighed against what networks say that never saw them: what to aim at in training.

Labels err: an edge-on disc is catalogued as an elliptical, a volunteer's "elliptical" is a
spiral too small to show its arms. A network that must call such a galaxy what its label says
learns the error. So each galaxy gets a target between its label and the opinion of networks
that have not learnt from it (soft bootstrapping, Reed et al. 2015, equation 6; the networks
are cross-fitted, as in confident learning, Northcutt et al. 2021): see ``cross_fit``. The
targets are a file, so that a training can be repeated without those networks. They are for
training only: nothing is validated, calibrated or measured on them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from galaxy_core.errors import DatasetError
from galaxy_core.training.dataset import LabelledImage

COLUMNS = ("file", "target")
DOUBT = {"A": 0.5, "B": 1.0}  # how much the networks' opinion counts against a label, by its tier
# A disc seen edge-on is a spiral or a lenticular; its source does not say which, and it is the
# kind that rounder examples teach least.
_STATED: Mapping[str, int] = {"edge-on disc": 1}


def label_of(image: LabelledImage) -> int | None:
    """Return 1 for spiral, 0 for elliptical, None for neither, edge-on discs being spirals."""
    return _STATED.get(image.attributes.get("label", ""), image.spiral)


def target_of(image: LabelledImage, opinion: float) -> float | None:
    """Return what a network should say of a galaxy, in [0, 1].

    None where there is no label, or where the networks are surer of the other class than the
    label is worth: a target that would turn a label around is no label.

    Parameters
    ----------
    image : LabelledImage
        Its label, and the tier that says how much it is worth (A if not given).
    opinion : float
        Probability of spiral by networks that have not learnt from it, in [0, 1]; NaN if
        they could not be asked.
    """
    label = label_of(image)
    if label is None:
        return None
    doubt = DOUBT.get(image.attributes.get("tier") or "A")
    if doubt is None or math.isnan(opinion):
        return None
    target = (1 - doubt) * label + doubt * opinion
    return target if (target >= 0.5) == (label == 1) else None


def write_targets(targets: Mapping[str, float], path: Path) -> None:
    """Write the list, sorted by file name."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((name, f"{target:.3f}") for name, target in sorted(targets.items()))


def read_targets(path: Path) -> dict[str, float]:
    """Return file name -> target in [0, 1].

    Raises
    ------
    DatasetError
        If the file cannot be read or is no such list.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            targets = {row["file"]: float(row["target"]) for row in csv.DictReader(stream)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read as CSV: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{path} needs the columns 'file' and 'target', a number.") from error
    if not targets or not all(0 <= target <= 1 for target in targets.values()):
        raise DatasetError(f"{path} needs the columns 'file' and 'target', in [0, 1].")
    return targets


def with_targets(
    images: Iterable[LabelledImage], targets: Mapping[str, float]
) -> Iterator[LabelledImage]:
    """Yield the listed pictures, with the list's target and the class that it speaks for."""
    for image in images:
        target = targets.get(image.attributes["file"])
        if target is not None:
            yield replace(image, spiral=int(target >= 0.5), target=target)
