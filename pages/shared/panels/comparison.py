"""The panels on what ``compare`` and ``evaluate --robustness`` put on a card.

Whatever is said stands in the card's JSON; a card from before them draws what it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from galaxy_core.cnn.card import ModelCard
from pages.shared import card_figures
from pages.shared.widgets import plain

Table = Mapping[str, Mapping[str, Mapping[str, Any]]]
_RECALL = "recall of spirals"


def baselines(card: ModelCard, *, of: str) -> None:
    """Draw a card's table against what came before, and what it means; ``of`` says whose."""
    table = card.metrics["baselines"]
    how = card.metrics.get("baselines_how", {})
    conditions = how.get("conditions", {})
    title = "Against what came before"
    st.subheader(f"{title}: {plain(of)}" if of else title, anchor=False)
    if how.get("means"):
        st.markdown(plain(" ".join(how["means"])))
    with st.container(
        key=f"wide-table-{card.name}"
    ):  # wider than a telephone: it scrolls by itself
        st.markdown(table_markdown(table, conditions))
    st.caption(plain(_caption(how)))
    if conditions:
        with st.expander("What is asked in each column"):
            lines = (
                f"- **{plain(title)}**: {plain(own['sentence'])}"
                for title, own in conditions.items()
            )
            st.markdown("\n".join(lines))


def robustness_caption(named: card_figures.Named) -> str:
    """Return how the robustness curves were measured."""
    counts = {
        point["count"]
        for _, metrics in named
        for curve in metrics.get("robustness", {}).values()
        for point in curve["points"]
    }
    how_many = " to ".join(f"{count:,}" for count in sorted({min(counts), max(counts)}))
    return (
        f"The same {how_many} test galaxies at every point, half of them spirals; the picture is "
        "changed before the galaxy is found and cut out. Bars are 95% intervals."
    )


def class_changed(named: card_figures.Named, change: str) -> str:
    """Return how often one change turns a class into the other; empty where not measured."""
    words = []
    for name, metrics in named:
        moved = metrics.get("robustness", {}).get(change, {}).get("class_changed")
        if moved and moved["value"] is not None:
            value, low, high = (100 * moved[key] for key in ("value", "low", "high"))
            whose = f"{name}: " if len(named) > 1 else ""
            words.append(f"{whose}{value:.1f}% ({low:.1f}% to {high:.1f}%)")
    return f"Answers whose class it changes: {'; '.join(words)}." if words else ""


def table_markdown(table: Table, conditions: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table, a row a method, the best of each column in bold, counts at the end.

    Parameters
    ----------
    table : mapping
        ``metrics["baselines"]``: method -> condition -> value, low, high, count.
    conditions : mapping
        ``metrics["baselines_how"]["conditions"]``: condition -> number, sentence. A recall has
        no best: calling everything a spiral would win it.
    """
    columns = list(dict.fromkeys(condition for row in table.values() for condition in row))
    best = {
        column: _best(table, column)
        for column in columns
        if conditions.get(column, {}).get("number") != _RECALL
    }
    lines = ["| | " + " | ".join(map(plain, columns)) + " |", "|---" * (len(columns) + 1) + "|"]
    for method, row in table.items():
        cells = [_cell(row.get(column), best.get(column)) for column in columns]
        lines.append(f"| {plain(method)} | " + " | ".join(cells) + " |")
    counts = (_counts(table, column) for column in columns)
    lines.append("| *galaxies* | " + " | ".join(counts) + " |")
    return "\n".join(lines)


def _caption(how: Mapping[str, Any]) -> str:
    words = "Balanced accuracy with 95% intervals, unless a column says recall; the best in bold."
    if "epochs" in how:
        words += (
            f" Networks that do not ship were trained for {how['epochs']} epochs, seed "
            f"{how['seed']}, and answer for the mean of eight orientations as those that ship. "
            f"Data {how['data_sha256'][:12]}; measured by python -m galaxy_core compare --data "
            "FOLDER."
        )
    return words


def _best(table: Table, column: str) -> float | None:
    cells = (row[column]["value"] for row in table.values() if column in row)
    return max((float(value) for value in cells if value is not None), default=None)


def _cell(cell: Mapping[str, Any] | None, best: float | None) -> str:
    if cell is None or cell["value"] is None:
        return "–"
    number = f"{cell['value']:.3f}"
    number = f"**{number}**" if cell["value"] == best else number
    return f"{number} ({cell['low']:.3f} to {cell['high']:.3f})"


def _counts(table: Table, column: str) -> str:
    counts = {row[column]["count"] for row in table.values() if column in row}
    return " to ".join(f"{count:,}" for count in sorted({min(counts), max(counts)}))
