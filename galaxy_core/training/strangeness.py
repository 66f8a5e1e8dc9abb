"""Real galaxies and strangers -> the shipped model of ``morphology.plausibility``.

Fitted on galaxies as they are and in disguise (``strangers.disguises``), against every kind
of stranger. What it would do with a kind that it has not seen is measured by leaving
each kind out in turn; what it would do with other galaxies, by leaving each fifth of them
out. The threshold is set on those left-out galaxies. No TensorFlow here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import TrainingError
from galaxy_core.morphology.appearance import NUMBERS
from galaxy_core.morphology.plausibility import StrangenessModel
from galaxy_core.training.appearances import Shown, look_at_galaxies, look_at_strangers
from galaxy_core.training.statistics import wilson

Vector = npt.NDArray[np.float64]

FALSE_ALARMS = 0.01  # of left-out galaxies: half of the 2% that all detectors share
TREES, DEPTH = 150, 3
_FOLDS = 5
_LEAST = 50


@dataclass(frozen=True, slots=True)
class _Growth:
    """How trees are grown."""

    seed: int
    trees: int

    def fit(self, galaxies: Vector, strangers: Vector, cut: float) -> StrangenessModel:
        """Grow trees that tell these apart."""
        rows = np.concatenate([galaxies, strangers])
        strange = np.repeat([0, 1], [len(galaxies), len(strangers)])
        # Both sides weigh the same: how common strangers are among uploads is not known.
        weights = 0.5 / np.bincount(strange)[strange] * len(rows)
        forest = GradientBoostingClassifier(
            n_estimators=self.trees,
            max_depth=DEPTH,
            learning_rate=0.1,
            subsample=0.6,
            max_features=0.3,
            min_samples_leaf=10,
            random_state=self.seed,
        ).fit(rows, strange, sample_weight=weights)
        shapes = [_complete(tree.tree_, forest.learning_rate) for tree in forest.estimators_[:, 0]]
        feature, threshold, leaf = (np.array(part) for part in zip(*shapes))
        prior = forest.init_.class_prior_
        return StrangenessModel(
            names=tuple(NUMBERS),
            typical=np.median(galaxies, axis=0),
            feature=feature,
            threshold=threshold,
            leaf=leaf,
            offset=float(np.log(prior[1] / prior[0])),
            cut=cut,
        )


def fit_strangeness(
    galaxies: Shown, strangers: Shown, *, seed: int, trees: int = TREES
) -> tuple[StrangenessModel, dict[str, Any]]:
    """Return the model fitted on everything, and what it does with what it has not seen.

    Parameters
    ----------
    galaxies, strangers : Shown
        At least 50 of each.
    seed, trees : int
        Of folds and trees; how many trees.

    Returns
    -------
    model : StrangenessModel
    report : dict
        JSON values: ``false_alarms`` in all, by class and by disguise, of galaxies left out
        by group; ``catch`` in all and by kind, of strangers of a kind that was left out;
        ``catch_of_other_family``, fitted on one family and tested on the other.

    Raises
    ------
    TrainingError
        If there are too few of either.
    """
    if min(len(galaxies.rows), len(strangers.rows)) < _LEAST:
        raise TrainingError(
            f"At least {_LEAST} galaxies and strangers are needed, got {len(galaxies.rows)} "
            f"and {len(strangers.rows)}."
        )
    growth = _Growth(seed, trees)
    left_out = _galaxies_left_out(galaxies, strangers, growth)
    cut = float(np.quantile(left_out, 1 - FALSE_ALARMS, method="higher"))
    model = growth.fit(galaxies.rows, strangers.rows, cut)
    alarms = left_out > cut
    caught = _kinds_left_out(galaxies, strangers, cut, growth)
    classes = [group.partition(":")[0] for group in galaxies.groups]
    report = {
        "false_alarms": _share(alarms),
        "false_alarms_by_class": _by_name(classes, alarms),
        "false_alarms_by_disguise": _by_name(galaxies.kinds, alarms),
        "catch_of_kind_left_out": _share(caught),
        "catch_by_kind_left_out": _by_name(strangers.kinds, caught),
        "catch_of_other_family": _families_left_out(galaxies, strangers, cut, growth),
    }
    return model, report


def refit_strangeness(
    pictures: Iterable[tuple[str, FloatImage]],
    path: Path,
    *,
    strangers: int,
    seed: int,
    source: Mapping[str, Any],
) -> dict[str, Any]:
    """Look, fit and save; return the report (see `fit_strangeness`).

    Parameters
    ----------
    pictures : iterable of (str, ndarray)
        As for `look_at_galaxies`.
    path : Path
        The JSON file to write; `morphology.plausibility.SHIPPED` to replace the shipped one.
    strangers, seed : int
        How many strangers to draw; the seed of everything.
    source : mapping
        JSON values that say which galaxies these were.
    """
    galaxies = look_at_galaxies(pictures, seed=seed)
    drawn = look_at_strangers(seed=seed, count=strangers)
    model, report = fit_strangeness(galaxies, drawn, seed=seed)
    provenance = {**source, "strangers": strangers, "seed": seed}
    save_strangeness(path, model, report=report, source=provenance)
    return report


def save_strangeness(
    path: Path, model: StrangenessModel, *, report: Mapping[str, Any], source: Mapping[str, Any]
) -> None:
    """Write the model with its report and where its pictures came from, as JSON."""
    content = {"source": dict(source), "report": dict(report), "model": model.to_json()}
    path.write_text(json.dumps(content) + "\n")


def _galaxies_left_out(galaxies: Shown, strangers: Shown, growth: _Growth) -> Vector:
    """Log-odds of each galaxy by a model that has seen none of its group."""
    names, index = np.unique(galaxies.groups, return_inverse=True)
    fold = np.random.default_rng(growth.seed).permutation(len(names))[index] % _FOLDS
    scores = np.empty(len(galaxies.rows))
    for number in range(_FOLDS):
        model = growth.fit(galaxies.rows[fold != number], strangers.rows, 0.0)
        scores[fold == number] = model.log_odds(galaxies.rows[fold == number])
    return scores


def _kinds_left_out(
    galaxies: Shown, strangers: Shown, cut: float, growth: _Growth
) -> npt.NDArray[np.bool_]:
    kinds = np.array(strangers.kinds)
    caught = np.zeros(len(kinds), dtype=bool)
    for kind in np.unique(kinds):
        model = growth.fit(galaxies.rows, strangers.rows[kinds != kind], cut)
        caught[kinds == kind] = model.log_odds(strangers.rows[kinds == kind]) > cut
    return caught


def _families_left_out(
    galaxies: Shown, strangers: Shown, cut: float, growth: _Growth
) -> dict[str, dict[str, float | int | None]]:
    families = np.array(strangers.groups)
    found = {}
    for family in np.unique(families):
        if (families != family).any():
            model = growth.fit(galaxies.rows, strangers.rows[families != family], cut)
            found[str(family)] = _share(model.log_odds(strangers.rows[families == family]) > cut)
    return found


def _complete(tree: Any, rate: float) -> tuple[list[int], list[float], list[float]]:
    """Spread a tree over a complete one of `DEPTH`; a branch that ended early goes left."""
    inner = 2**DEPTH - 1
    feature, threshold, leaf = [0] * inner, [float("inf")] * inner, [0.0] * (inner + 1)
    ended: list[tuple[int, int]] = [(0, 0)]
    while ended:
        place, node = ended.pop()
        stop = tree.children_left[node] == -1
        if place >= inner:
            leaf[place - inner] = float(rate * tree.value[node, 0, 0])
        else:
            if not stop:
                feature[place] = int(tree.feature[node])
                threshold[place] = float(tree.threshold[node])
            left, right = tree.children_left[node], tree.children_right[node]
            ended += [
                (2 * place + 1, node if stop else left),
                (2 * place + 2, node if stop else right),
            ]
    return feature, threshold, leaf


def _share(hits: npt.NDArray[np.bool_]) -> dict[str, float | int | None]:
    return wilson(int(hits.sum()), int(hits.size)).to_json()


def _by_name(
    names: Sequence[str], hits: npt.NDArray[np.bool_]
) -> dict[str, dict[str, float | int | None]]:
    of = np.array(names)
    return {str(name): _share(hits[of == name]) for name in np.unique(of)}
