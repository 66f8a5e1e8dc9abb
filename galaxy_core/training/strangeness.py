"""Real galaxies and strangers -> the shipped model of ``morphology.plausibility``.

Fitted on galaxies and strangers as they are and in disguise (``strangers.disguises``). What it
would do with kinds that it has not seen is measured by leaving each fifth of the kinds out in
turn; what it would do with other galaxies, by leaving each fifth of them out. The threshold is
set on those left-out galaxies. The models fitted without a fifth of the kinds are kept beside
the shipped one, so that all signals together can be measured on kinds that none was fitted on
(``training.domain``). No TensorFlow here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier

from galaxy_core.errors import TrainingError
from galaxy_core.morphology.appearance import NUMBERS
from galaxy_core.morphology.plausibility import StrangenessModel
from galaxy_core.training.appearances import Shown
from galaxy_core.training.statistics import wilson

Vector = npt.NDArray[np.float64]

# Of left-out galaxies, most of them in disguise, mergers as common as ellipticals. Of galaxies
# as they come it is a sixth of that; all signals together may refuse 2% of those.
FALSE_ALARMS = 0.025
TREES, DEPTH = 300, 3
_FOLDS = 5
_KIND_FOLDS = 5
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


@dataclass(frozen=True, slots=True)
class FittedStrangeness:
    """What a fit gave.

    Parameters
    ----------
    model : StrangenessModel
        Fitted on everything.
    without : tuple of (tuple of str, StrangenessModel)
        Kinds, and the model fitted without them; every kind stands in one of these.
    report : mapping
        JSON values: ``false_alarms`` in all, by class and by disguise, of galaxies left out
        by group; ``catch_of_kinds_left_out`` and by kind.
    """

    model: StrangenessModel
    without: tuple[tuple[tuple[str, ...], StrangenessModel], ...]
    report: Mapping[str, Any]


def fit_strangeness(
    galaxies: Shown, strangers: Shown, *, seed: int, trees: int = TREES
) -> FittedStrangeness:
    """Return the model fitted on everything, and what it does with what it has not seen.

    Parameters
    ----------
    galaxies, strangers : Shown
        At least 50 of each.
    seed, trees : int
        Of folds and trees; how many trees.

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
    alarms = left_out > cut
    without = _without_kinds(galaxies, strangers, cut, growth)
    caught = np.zeros(len(strangers.kinds), dtype=bool)
    for kinds, model in without:
        own = np.isin(strangers.kinds, kinds)
        caught[own] = model.log_odds(strangers.rows[own]) > cut
    classes = [group.partition(":")[0] for group in galaxies.groups]
    report = {
        "false_alarms": _share(alarms),
        "false_alarms_by_class": _by_name(classes, alarms),
        "false_alarms_by_disguise": _by_name(galaxies.kinds, alarms),
        "catch_of_kinds_left_out": _share(caught),
        "catch_by_kind_left_out": _by_name(strangers.kinds, caught),
    }
    whole = growth.fit(galaxies.rows, strangers.rows, cut)
    return FittedStrangeness(whole, without, report)


def _galaxies_left_out(galaxies: Shown, strangers: Shown, growth: _Growth) -> Vector:
    """Log-odds of each galaxy by a model that has seen none of its group."""
    names, index = np.unique(galaxies.groups, return_inverse=True)
    fold = np.random.default_rng(growth.seed).permutation(len(names))[index] % _FOLDS
    scores = np.empty(len(galaxies.rows))
    for number in range(_FOLDS):
        model = growth.fit(galaxies.rows[fold != number], strangers.rows, 0.0)
        scores[fold == number] = model.log_odds(galaxies.rows[fold == number])
    return scores


def _without_kinds(
    galaxies: Shown, strangers: Shown, cut: float, growth: _Growth
) -> tuple[tuple[tuple[str, ...], StrangenessModel], ...]:
    """Fit a model without each fifth of the kinds."""
    kinds = np.unique(strangers.kinds)
    fold = np.random.default_rng(growth.seed).permutation(len(kinds)) % _KIND_FOLDS
    fitted = []
    for number in np.unique(fold):
        left_out = tuple(map(str, kinds[fold == number]))
        rows = strangers.rows[~np.isin(strangers.kinds, left_out)]
        fitted.append((left_out, growth.fit(galaxies.rows, rows, cut)))
    return tuple(fitted)


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
