"""A training run -> plotly figures, and its evidence maps as pictures. Pure: no Streamlit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.training.plan import EpochReport
from galaxy_core.training.traps import Balance
from pages.shared.card_figures import ELLIPTICAL, SPIRAL
from pages.shared.plots import go

_TRAIN, _VALIDATION = "#B07CC6", "#8D99AE"
_HEIGHT_PX = 300
_MOST_PAST = 6


@dataclass(frozen=True, slots=True, eq=False)
class EpochLook:
    """What an epoch left behind.

    Parameters
    ----------
    epoch : int
        Counted from 1.
    probability_spiral : float
        What the network said of the watched galaxy, not calibrated.
    reliability : sequence of mappings
        Rows of ``statistics.reliability`` on the validation part.
    evidence : ndarray, shape (S, S), float32
        Signed evidence on the input's pixels.
    """

    epoch: int
    probability_spiral: float
    reliability: Sequence[dict[str, Any]]
    evidence: FloatImage


def read_looks(folder: Path) -> tuple[list[EpochLook], FloatImage | None]:
    """Return what each epoch of a run left, in order, and the watched galaxy's pixels."""
    looks = []
    for path in sorted((folder / "epochs").glob("[0-9]*.json")):
        words = json.loads(path.read_text(encoding="utf-8"))
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as saved:
            looks.append(EpochLook(**words, evidence=saved["evidence"]))
    watched = folder / "epochs" / "watched.npz"
    if not watched.is_file():
        return looks, None
    with np.load(watched, allow_pickle=False) as saved:
        return looks, saved["input"]


def balance(balances: Sequence[Balance]) -> go.Figure:
    """Return the number of spirals and ellipticals of each part or source."""
    names = [own.name for own in balances]
    figure = go.Figure()
    for label, colour, counts in (
        ("spirals", SPIRAL, [own.spirals for own in balances]),
        ("ellipticals", ELLIPTICAL, [own.ellipticals for own in balances]),
    ):
        figure.add_bar(
            y=names, x=counts, name=label, orientation="h", marker_color=colour,
            text=[f"{count:,}" for count in counts], textposition="auto",
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title="Galaxies (number)")
    figure.update_yaxes(autorange="reversed", type="category")
    return _laid_out(figure, 130 + 34 * len(names))


def losses(history: Sequence[EpochReport]) -> go.Figure:
    """Return cross-entropy in training and validation by epoch, the best epoch marked."""
    epochs = [report.epoch for report in history]
    figure = go.Figure()
    for name, colour, values in (
        ("training (augmented)", _TRAIN, [report.loss for report in history]),
        ("validation", _VALIDATION, [report.validation_loss for report in history]),
    ):
        figure.add_scatter(x=epochs, y=values, name=name, mode="lines+markers", line_color=colour)
    best = [report for report in history if report.best]
    if best:
        figure.add_scatter(
            x=[best[-1].epoch], y=[best[-1].validation_loss], name="kept", mode="markers",
            marker={"color": _VALIDATION, "size": 14, "symbol": "circle-open", "line_width": 2},
        )  # fmt: skip
    figure.update_yaxes(title="Cross-entropy (nat)", rangemode="tozero")
    return _by_epoch(figure, history)


def accuracies(history: Sequence[EpochReport]) -> go.Figure:
    """Return balanced accuracy and area under the ROC curve on validation, by epoch."""
    epochs = [report.epoch for report in history]
    figure = go.Figure()
    for name, colour, values in (
        ("balanced accuracy", _VALIDATION, [r.validation_balanced_accuracy for r in history]),
        ("area under ROC", _TRAIN, [r.validation_auc for r in history]),
    ):
        figure.add_scatter(x=epochs, y=values, name=name, mode="lines+markers", line_color=colour)
    figure.update_yaxes(title="On validation (share)", tickformat=".0%")
    return _by_epoch(figure, history)


def growing_reliability(looks: Sequence[EpochLook]) -> go.Figure:
    """Return the reliability of the newest epoch with intervals, earlier ones faint."""
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", name="perfectly calibrated",
            line={"color": "rgba(141,153,174,0.55)", "dash": "dot"},
        )
    )  # fmt: skip
    *past, newest = looks
    step = max(1, -(-len(past) // _MOST_PAST))
    for look in past[::step]:
        figure.add_scatter(
            x=[row["mean_probability"] for row in look.reliability],
            y=[row["value"] for row in look.reliability],
            mode="lines", opacity=0.35, line_color=_VALIDATION, name=f"epoch {look.epoch}",
            showlegend=False,
        )  # fmt: skip
    rows = newest.reliability
    figure.add_scatter(
        x=[row["mean_probability"] for row in rows],
        y=[row["value"] for row in rows],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - row["value"] for row in rows],
            "arrayminus": [row["value"] - row["low"] for row in rows],
        },
        mode="lines+markers",
        line_color=_TRAIN,
        name=f"epoch {newest.epoch}",
    )
    share = {"tickformat": ".0%", "range": [-0.02, 1.02]}
    figure.update_xaxes(title="Probability of spiral, as said (share)", **share)
    figure.update_yaxes(title="Spirals among them (share)", **share)
    return _laid_out(figure)


def _by_epoch(figure: go.Figure, history: Sequence[EpochReport]) -> go.Figure:
    last = history[-1].epochs if history else 1
    figure.update_xaxes(title="Epoch (number)", range=[0.5, last + 0.5])
    return _laid_out(figure)


def _laid_out(figure: go.Figure, height_px: int = _HEIGHT_PX) -> go.Figure:
    return (
        figure.update_layout(
            height=height_px,
            margin={"l": 8, "r": 8, "t": 36, "b": 8},
            legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        )
        .update_xaxes(automargin=True)
        .update_yaxes(automargin=True)
    )
