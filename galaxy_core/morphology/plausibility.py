"""Does this picture show a single galaxy at all? A small ensemble of decision trees says.

Boosted trees (Friedman 2001) over the numbers of ``appearance``, shipped as plain JSON beside
this file and refitted by ``training.strangeness``. They know nothing of spirals; the
network's own sense of distance and the framing's flags are combined with them elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ModelRefused
from galaxy_core.framing import Framing
from galaxy_core.morphology.appearance import NUMBERS, appearance

Vector = npt.NDArray[np.float64]

SHIPPED = Path(__file__).with_name("plausibility.json")
_SURROUNDINGS = 1.3  # of the square: about how much sky pictures of single galaxies show

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "scene": "The light does not form one patch on an even dark sky, as a galaxy's does.",
        "colours": "The colours are not those of starlight.",
        "edges": (
            "Its light is sharper or flatter than a galaxy's, as in star fields, drawings, "
            "photographs and artefacts."
        ),
        "profile": "The light does not fall off smoothly around one centre, as a galaxy's does.",
    }
)


@dataclass(frozen=True, slots=True)
class Plausibility:
    """How a picture compares with pictures of single galaxies.

    Parameters
    ----------
    strangeness : float
        Log-odds of being no single galaxy, less the threshold: positive is called strange.
    reason : str
        One sentence on what is strangest about it; empty where it is not strange.
    """

    strangeness: float
    reason: str

    @property
    def is_strange(self) -> bool:
        """Whether the picture should not be answered as a galaxy."""
        return self.strangeness > 0


@dataclass(frozen=True, slots=True, eq=False)
class StrangenessModel:
    """Boosted trees, each complete and of one depth, in arrays.

    Parameters
    ----------
    names : tuple of str
        Numbers of `appearance`, in the order that ``feature`` counts them.
    typical : ndarray, shape (F,), float64
        Their medians over real galaxies.
    feature : ndarray, shape (T, 2**D - 1), int64
        Number that each inner node looks at; the children of node i are 2i+1 and 2i+2.
    threshold : ndarray, shape (T, 2**D - 1), float64
        At most this: left. Infinite where a branch ended early.
    leaf : ndarray, shape (T, 2**D), float64
        Log-odds that each leaf adds.
    offset, cut : float
        Log-odds to begin with, and from which on a picture is called strange.
    """

    names: tuple[str, ...]
    typical: Vector
    feature: npt.NDArray[np.int64]
    threshold: Vector
    leaf: Vector
    offset: float
    cut: float

    def log_odds(self, rows: Vector) -> Vector:
        """Return the log-odds of being no single galaxy, shape (N,), for rows (N, F)."""
        trees = np.arange(self.feature.shape[0])
        inner = self.feature.shape[1]
        node = np.zeros((rows.shape[0], trees.size), dtype=np.int64)
        for _ in range(inner.bit_length()):
            value = np.take_along_axis(rows, self.feature[trees, node], axis=1)
            node = 2 * node + 1 + (value > self.threshold[trees, node])
        return np.asarray(self.offset + self.leaf[trees, node - inner].sum(axis=1))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; an ended branch's infinite threshold becomes null."""
        ended = np.isinf(self.threshold)
        return {
            "names": list(self.names),
            "typical": [round(float(v), 6) for v in self.typical],
            "feature": self.feature.tolist(),
            "threshold": [
                [
                    None if stop else float(np.format_float_positional(v, 7, fractional=False))
                    for v, stop in zip(row, stops)
                ]
                for row, stops in zip(self.threshold, ended)
            ],
            "leaf": [[round(float(v), 6) for v in row] for row in self.leaf],
            "offset": self.offset,
            "cut": self.cut,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> StrangenessModel:
        """Return the model that `to_json` described.

        Raises
        ------
        ModelRefused
            If a part is missing or the parts do not fit together.
        """
        try:
            rows = [[np.inf if v is None else v for v in row] for row in content["threshold"]]
            model = cls(
                names=tuple(content["names"]),
                typical=np.array(content["typical"], dtype=np.float64),
                feature=np.array(content["feature"], dtype=np.int64),
                threshold=np.array(rows, dtype=np.float64),
                leaf=np.array(content["leaf"], dtype=np.float64),
                offset=float(content["offset"]),
                cut=float(content["cut"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelRefused(f"The model of strange pictures is damaged: {error!r}.") from error
        if not model._fits_together():
            raise ModelRefused(
                "The model of strange pictures does not fit this version of the measures; "
                "refit it."
            )
        return model

    def _fits_together(self) -> bool:
        inner = self.feature.shape[-1]
        return (
            set(self.names) <= set(NUMBERS)
            and self.typical.shape == (len(self.names),)
            and self.feature.ndim == 2
            and self.feature.shape == self.threshold.shape
            and self.leaf.shape == (self.feature.shape[0], inner + 1)
            and (inner + 1) & inner == 0
            and bool(((self.feature >= 0) & (self.feature < len(self.names))).all())
        )


@lru_cache(maxsize=2)
def load_strangeness_model(path: Path = SHIPPED) -> StrangenessModel:
    """Return the model in a JSON file, by default the shipped one.

    Raises
    ------
    ModelRefused
        If the file cannot be read or is no such model.
    """
    try:
        content = json.loads(path.read_text())
        return StrangenessModel.from_json(content["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{path.name} is no model of strange pictures: {error!r}.") from error


def judge_plausibility(
    pixels: FloatImage, framing: Framing, *, model: StrangenessModel | None = None
) -> Plausibility:
    """Return how strange a picture is as a picture of a single galaxy, and why.

    Where a person chose the square, only that and a little sky around it is judged: what else
    the picture shows is no matter once somebody has said where the galaxy is.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Picture in [0, 1].
    framing : Framing
        Of this picture, as found or as chosen.
    model : StrangenessModel, optional
        The shipped one if not given.
    """
    trees = load_strangeness_model() if model is None else model
    if framing.user_set:
        pixels, framing = _surroundings(pixels, framing)
    numbers = appearance(pixels, framing)
    row = np.array([[numbers[name] for name in trees.names]])
    strangeness = float(trees.log_odds(row)[0]) - trees.cut
    return Plausibility(strangeness, _reason(trees, row) if strangeness > 0 else "")


def _surroundings(pixels: FloatImage, framing: Framing) -> tuple[FloatImage, Framing]:
    """Cut a picture down to the square and a little around it."""
    height, width = pixels.shape[:2]
    reach = _SURROUNDINGS * framing.half_size_px
    top = min(max(round(framing.centre_y_px - reach), 0), height - 1)
    left = min(max(round(framing.centre_x_px - reach), 0), width - 1)
    bottom = max(round(framing.centre_y_px + reach) + 1, top + 1)
    right = max(round(framing.centre_x_px + reach) + 1, left + 1)
    moved = replace(
        framing,
        centre_y_px=framing.centre_y_px - top,
        centre_x_px=framing.centre_x_px - left,
    )
    return pixels[top:bottom, left:right], moved


def _reason(trees: StrangenessModel, row: Vector) -> str:
    """Name the group of numbers without which the picture would be least strange."""
    groups = list(_REASONS)
    belongs = np.array([groups.index(NUMBERS[name]) for name in trees.names])
    without = np.stack(
        [np.where(belongs == number, trees.typical, row[0]) for number in range(len(groups))]
    )
    return _REASONS[groups[int(np.argmin(trees.log_odds(without)))]]
