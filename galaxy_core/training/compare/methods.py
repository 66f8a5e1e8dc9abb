"""The rows of the comparison: who is asked, what it learns on, and with what plan.

Knows no TensorFlow: fitting stands in ``networks`` and ``forest``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from galaxy_core.errors import TrainingError
from galaxy_core.training.compare.galaxies import TYPED, VOTED
from galaxy_core.training.plan import TrainingPlan, plan_for


class Kind(StrEnum):
    """How a method comes by its answers."""

    FOREST = "forest"
    FITTED = "fitted"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Method:
    """One row.

    Parameters
    ----------
    key, title : str
        Name on disk, and heading.
    kind : Kind
        A forest, a network fitted for the comparison, or one that ships with the app.
    architecture : str
        Key of ``cnn.architecture.ARCHITECTURES``, or the name in the store; empty for a forest.
    learns_on : tuple of str
        Collections that it is fitted on, each by itself.
    is_old : bool
        Whether it came before convolutional networks, or is one without neighbourhoods.
    """

    key: str
    title: str
    kind: Kind
    architecture: str = ""
    learns_on: tuple[str, ...] = (TYPED, VOTED)
    is_old: bool = True


_ALL = (
    Method("forest", "Forest on hand-crafted measures", Kind.FOREST),
    Method("dense", "Dense network (MLP)", Kind.FITTED, "dense"),
    Method("dense_shuffled", "Dense network, pixels shuffled", Kind.FITTED, "dense_shuffled"),
    Method(
        "teaching_shuffled", "Teaching layers, pixels shuffled", Kind.FITTED, "teaching_shuffled"
    ),
    Method(
        "teaching_brief", "Teaching layers, briefly trained", Kind.FITTED, "teaching", is_old=False
    ),
    Method(
        "research_brief", "Research layers, briefly trained", Kind.FITTED, "research", is_old=False
    ),
    Method("teaching", "Teaching network", Kind.SHIPPED, "teaching", (TYPED,), is_old=False),
    Method("research", "Research network", Kind.SHIPPED, "research", (TYPED,), is_old=False),
)  # fmt: skip
METHODS = {method.key: method for method in _ALL}


def find_methods(keys: Sequence[str]) -> tuple[Method, ...]:
    """Return these rows, or all if there are none, in the order of the table.

    Raises
    ------
    TrainingError
        If there is no such row.
    """
    for key in keys:
        if key not in METHODS:
            raise TrainingError(f"There is no method {key!r}; there are {', '.join(METHODS)}.")
    return tuple(method for key, method in METHODS.items() if not keys or key in keys)


def brief_plan(method: Method, *, epochs: int, seed: int) -> TrainingPlan:
    """Return how a network is fitted for the comparison: as the teaching network, but briefly.

    All with the augmentation, rate, batch and schedule of the teaching network; none was tuned
    to a method.
    """
    return replace(
        plan_for("teaching"),
        name=method.key,
        architecture=method.architecture,
        epochs=epochs,
        seed=seed,
    )
