"""Fit, ask, keep: every method on every collection that it learns on, one file each.

What is done lies under the data dir in a folder named after everything that decides the
numbers (galaxies, plan, the code that makes the squares), so that a killed comparison goes on
and a changed one starts anew. Makes no table: that is ``table``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import galaxy_core
from galaxy_core.cnn.store import StoredModel
from galaxy_core.training.compare.asked import Answer, Asked, OnStage, ask, read_asked
from galaxy_core.training.compare.conditions import CONDITIONS, Condition
from galaxy_core.training.compare.forest import COPIES, TREES, fit_forest
from galaxy_core.training.compare.galaxies import (
    TYPED,
    VOTED,
    ComparedGalaxies,
    LearningSet,
)
from galaxy_core.training.compare.methods import Kind, Method, brief_plan
from galaxy_core.training.compare.networks import fit_network, shipped_network
from galaxy_core.training.dataset import LabelledImage, dataset_hash
from galaxy_core.training.fit import TrainingSquares
from galaxy_core.training.gather import gather_squares
from galaxy_core.training.plan import plan_for

FOLDER = "compare"
# Whatever stands here decides what a square, a change or a fit is, and what a forest's rows are.
_MAKERS = (
    "framing.py",
    "segmentation.py",
    *(f"what_if/{name}.py" for name in ("knobs", "geometry", "light")),
    *(f"cnn/{name}.py" for name in ("baselines", "architecture")),
    *(f"training/{name}.py" for name in ("views", "squares", "augment", "fit", "plan")),
    *(f"training/compare/{name}.py" for name in ("galaxies", "conditions", "methods")),
)
_FOREST_MAKERS = ("morphology/*.py", "training/compare/forest.py")


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """How long and by which luck methods are fitted.

    Parameters
    ----------
    epochs : int
        Of every network that is fitted here.
    seed : int
        Of weights, order, changes and trees.
    trees : int
        Of a forest.
    """

    epochs: int = 8
    seed: int = 1
    trees: int = TREES


@dataclass(frozen=True, slots=True)
class Result:
    """One method that learnt on one collection.

    Parameters
    ----------
    method, learnt_on : str
        Key of the method, name of the collection.
    fit : mapping
        How it came about, in JSON values.
    estimates : mapping of str to mapping
        By key of the condition: value, low, high, count.
    """

    method: str
    learnt_on: str
    fit: Mapping[str, Any]
    estimates: Mapping[str, Mapping[str, Any]]


class Comparison:
    """One comparison in its folder.

    Parameters
    ----------
    galaxies : ComparedGalaxies
        Who learns on what and is asked about what.
    plan : ComparisonPlan
        How long.
    shipped : mapping of str to StoredModel
        The networks that are asked as they are, by their method's architecture.
    data_dir : Path
        Holds the folder.
    on_stage : callable
        Told (what, done, total).
    """

    def __init__(
        self,
        galaxies: ComparedGalaxies,
        plan: ComparisonPlan,
        shipped: Mapping[str, StoredModel],
        data_dir: Path,
        *,
        on_stage: OnStage = lambda what, done, total: None,
    ) -> None:
        self.galaxies, self.plan, self.shipped = galaxies, plan, shipped
        self.data_sha256 = _data_hash(galaxies)
        self.folder = data_dir / FOLDER / _key(self.data_sha256, plan)
        self._on_stage = on_stage
        self._asked: Asked | None = None
        self._squares: dict[str, tuple[TrainingSquares, TrainingSquares]] = {}

    def results(self, methods: Sequence[Method]) -> Iterator[Result]:
        """Yield each method's results as they are there, those on disk at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for learning in self.galaxies.learning:
            for method in methods:
                if learning.source in method.learns_on:
                    yield self._result(method, learning)

    def _result(self, method: Method, learning: LearningSet) -> Result:
        path = self.folder / f"{self._name(method, learning)}.json"
        if path.is_file():
            return Result(**json.loads(path.read_text(encoding="utf-8")))
        if self._asked is None:
            self._asked = read_asked(self.galaxies, on_stage=self._on_stage)
        answer, fit = self._fitted(method, learning)
        conditions = self.conditions(method, learning)
        estimates = ask(answer, self.galaxies, self._asked, conditions)
        rows = {key: estimate.to_json() for key, estimate in estimates.items()}
        result = Result(method.key, learning.source, fit, rows)
        partial = path.with_suffix(".partial")
        fields = {name: getattr(result, name) for name in Result.__slots__}
        partial.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        partial.replace(path)
        return result

    def conditions(self, method: Method, learning: LearningSet) -> list[Condition]:
        """Return what a method is asked: nothing foreign of a network that learnt from both."""
        own = [c for c in CONDITIONS if c.learnt_on == learning.source]
        if method.kind is not Kind.SHIPPED:
            return own
        learnt = self.shipped[method.architecture].card.training.get("sources", ())
        return [c for c in own if not (c.is_foreign and {TYPED, VOTED} <= set(learnt))]

    def _fitted(self, method: Method, learning: LearningSet) -> tuple[Answer, dict[str, Any]]:
        words = f"{method.title}, {learning.source}"

        def tell(done: int, total: int) -> None:
            self._on_stage(words, done, total)

        if method.kind is Kind.SHIPPED:
            stored = self.shipped[method.architecture]
            return shipped_network(stored), {"weights_sha256": stored.card.weights_sha256}
        train, validation = self._learning_squares(learning)
        seed = self.plan.seed
        if method.kind is Kind.FOREST:
            strength = plan_for("teaching").augmentation
            answer = fit_forest(
                train, augmentation=strength, seed=seed, trees=self.plan.trees, on_galaxies=tell
            )
            return answer, {"trees": self.plan.trees, "copies": COPIES, "seed": seed}
        plan = brief_plan(method, epochs=self.plan.epochs, seed=seed)
        folder = self.folder / self._name(method, learning)
        answer, parameters = fit_network(plan, train, validation, folder, on_galaxies=tell)
        return answer, {"plan": plan.to_json(), "parameters": parameters}

    def _learning_squares(self, learning: LearningSet) -> tuple[TrainingSquares, TrainingSquares]:
        if learning.source not in self._squares:
            self._squares = {  # the other collection's are not needed any more
                learning.source: (
                    self._read(learning.train, f"Reading {learning.source} to learn from"),
                    self._read(learning.validation, f"Reading {learning.source} to validate"),
                )
            }
        return self._squares[learning.source]

    def _read(self, images: Sequence[LabelledImage], words: str) -> TrainingSquares:
        return gather_squares(images, words, on_stage=self._on_stage)[1]

    def _name(self, method: Method, learning: LearningSet) -> str:
        name = f"{method.key}-{learning.source}"
        if method.kind is Kind.SHIPPED:
            name += "-" + self.shipped[method.architecture].card.weights_sha256[:12]
        if method.kind is Kind.FOREST:
            name += "-" + _digest(_FOREST_MAKERS)[:12]
        return name


def _data_hash(galaxies: ComparedGalaxies) -> str:
    learning = [i for own in galaxies.learning for i in (*own.train, *own.validation)]
    return dataset_hash([*learning, *galaxies.tested])


def _key(data_sha256: str, plan: ComparisonPlan) -> str:
    return _digest(_MAKERS, f"{data_sha256} {plan}")[:16]


def _digest(patterns: Sequence[str], text: str = "") -> str:
    """Hash a text and the package's own files of these names."""
    digest = hashlib.sha256(text.encode())
    root = Path(galaxy_core.__file__).parent
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()
