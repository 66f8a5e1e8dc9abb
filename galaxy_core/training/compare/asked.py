"""The pictures that every method is asked about, changed and framed once, and the asking.

All in memory: some 3,500 squares, 170 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import INPUT_SIZE_PX
from galaxy_core.training.compare.conditions import CONDITIONS, Condition
from galaxy_core.training.compare.galaxies import ComparedGalaxies
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.statistics import Estimate
from galaxy_core.training.views import Recipe, read_views

Vector = npt.NDArray[np.float64]
Answer = Callable[[FloatImage], Vector]
OnStage = Callable[[str, int, int], None]
RecipeOf = Callable[[LabelledImage], Recipe]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Framed squares, by the change that was made and the picture that it was made to.

    Parameters
    ----------
    pixels : mapping of str to ndarray, shape (N, 64, 64, 3), float32
        By the recipe's name.
    rows : mapping of str to mapping of Path to int
        Which row is which picture; those that cannot be read are not there.
    """

    pixels: Mapping[str, FloatImage]
    rows: Mapping[str, Mapping[Path, int]]


def read_asked(galaxies: ComparedGalaxies, *, on_stage: OnStage) -> Asked:
    """Return every square that some condition asks about."""
    squares: dict[str, list[FloatImage]] = {}
    rows: dict[str, dict[Path, int]] = {}
    for images, recipes in _groups(galaxies):
        names = [recipe.__name__ for recipe in recipes]

        def recipes_of(image: LabelledImage, own: Sequence[RecipeOf] = recipes) -> list[Recipe]:
            return [recipe(image) for recipe in own]

        views = read_views(images, recipes_of, size_px=INPUT_SIZE_PX)
        for done, (image, own) in enumerate(zip(images, views), 1):
            for name, square in zip(names, own):
                if square.pixels is not None:
                    kept = squares.setdefault(name, [])
                    rows.setdefault(name, {})[image.path] = len(kept)
                    kept.append(square.pixels)
            on_stage(f"Changing pictures in {len(names)} ways", done, len(images))
    return Asked({name: np.stack(own) for name, own in squares.items()}, rows)


def ask(
    answer: Answer, galaxies: ComparedGalaxies, asked: Asked, conditions: Sequence[Condition]
) -> dict[str, Estimate]:
    """Return the number of each condition, by its key.

    Parameters
    ----------
    answer : callable
        Squares (N, 64, 64, 3) -> probabilities of spiral (N,); 0.5 is where it calls one.
    galaxies : ComparedGalaxies
        Which galaxies, with their labels.
    asked : Asked
        Their pictures.
    conditions : sequence of Condition
        What to ask.
    """
    answers: dict[tuple[str, Path], float] = {}
    for name in dict.fromkeys(c.recipe.__name__ for c in conditions):
        own = [c for c in conditions if c.recipe.__name__ == name]
        rows = asked.rows.get(name, {})
        paths = list(dict.fromkeys(i.path for c in own for i in c.galaxies(galaxies)))
        paths = [path for path in paths if path in rows]
        if paths:
            said = answer(asked.pixels[name][[rows[path] for path in paths]])
            answers.update({(name, path): float(p) for path, p in zip(paths, said)})
    return {c.key: _estimate(c, galaxies, answers) for c in conditions}


def _estimate(
    condition: Condition, galaxies: ComparedGalaxies, answers: Mapping[tuple[str, Path], float]
) -> Estimate:
    name = condition.recipe.__name__
    answered = [i for i in condition.galaxies(galaxies) if (name, i.path) in answers]
    said = np.array([answers[name, image.path] for image in answered], dtype=np.float64)
    truth = np.array([image.spiral == 1 for image in answered], dtype=bool)
    return condition.estimate(said, truth)


def _groups(
    galaxies: ComparedGalaxies,
) -> list[tuple[tuple[LabelledImage, ...], list[RecipeOf]]]:
    """Put pictures together that undergo the same changes, so that each is read once."""
    wanted: dict[Path, dict[str, RecipeOf]] = {}
    for condition in CONDITIONS:
        for image in condition.galaxies(galaxies):
            wanted.setdefault(image.path, {})[condition.recipe.__name__] = condition.recipe
    groups: dict[tuple[str, ...], list[LabelledImage]] = {}
    for image in {image.path: image for image in galaxies.tested}.values():
        groups.setdefault(tuple(wanted[image.path]), []).append(image)
    return [(tuple(images), list(wanted[images[0].path].values())) for images in groups.values()]
