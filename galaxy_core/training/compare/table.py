"""The results of a comparison -> the table on the cards, what it means, and text. Pure.

Every sentence is made from the numbers, so that none outlives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from galaxy_core.training.compare.conditions import CONDITIONS, Condition, Number
from galaxy_core.training.compare.galaxies import ComparedGalaxies
from galaxy_core.training.compare.methods import METHODS, Method
from galaxy_core.training.compare.run import ComparisonPlan, Result

Cell = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Cell]]  # by key of the method, then of the condition


def rows_of(results: Iterable[Result]) -> dict[str, dict[str, Cell]]:
    """Return the numbers by method and condition, in the order of both tables."""
    found: dict[str, dict[str, Cell]] = {}
    for result in results:
        found.setdefault(result.method, {}).update(result.estimates)
    return {
        key: {c.key: found[key][c.key] for c in CONDITIONS if c.key in found[key]}
        for key in METHODS
        if key in found
    }


def baseline_metrics(
    results: Sequence[Result],
    *,
    galaxies: ComparedGalaxies,
    plan: ComparisonPlan,
    data_sha256: str,
) -> dict[str, Any]:
    """Return ``baselines``, the table, and ``baselines_how``, for the metrics of a card."""
    rows = rows_of(results)
    titles = {condition.key: condition.title for condition in CONDITIONS}
    table = {
        METHODS[key].title: {titles[name]: dict(cell) for name, cell in own.items()}
        for key, own in rows.items()
    }
    how = {
        "means": list(meaning(rows)),
        "conditions": {
            c.title: {"number": str(c.number), "sentence": c.sentence} for c in CONDITIONS
        },
        "fits": {f"{METHODS[r.method].title}, {r.learnt_on}": dict(r.fit) for r in results},
        "epochs": plan.epochs,
        "seed": plan.seed,
        "galaxies": galaxy_counts(galaxies),
        "data_sha256": data_sha256,
    }
    return {"baselines": table, "baselines_how": how}


def galaxy_counts(galaxies: ComparedGalaxies) -> dict[str, int]:
    """Return how many galaxies of each kind there were."""
    counts = {}
    for learning in galaxies.learning:
        counts[f"{learning.source} to learn from"] = len(learning.train)
        counts[f"{learning.source} spirals to learn from"] = sum(
            image.spiral == 1 for image in learning.train
        )
        counts[f"{learning.source} to validate"] = len(learning.validation)
    return counts


def meaning(rows: Rows) -> tuple[str, ...]:
    """Return what the table says, in two sentences or fewer where rows are missing."""
    return tuple(text for text in (_who_wins(rows), _what_shuffling_costs(rows)) if text)


def table_text(rows: Rows) -> str:
    """Return the table for a terminal: a block a condition, the best first."""
    blocks = []
    for condition in CONDITIONS:
        own = _ranked(rows, condition)
        lines = [f"{condition.title}: {condition.number}"]
        lines += [
            f"  {METHODS[key].title:<36} {cell['value']:.3f}  {cell['low']:.3f} to "
            f"{cell['high']:.3f}  {cell['count']:>5,} galaxies"
            for key, cell in own
        ]
        if own:
            blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, *meaning(rows)])


def _ranked(rows: Rows, condition: Condition) -> list[tuple[str, Cell]]:
    own = [(key, row[condition.key]) for key, row in rows.items() if condition.key in row]
    own = [(key, cell) for key, cell in own if cell["value"] is not None]
    return sorted(own, key=lambda item: -item[1]["value"])


def _who_wins(rows: Rows) -> str:
    """Say what the best of the old and of the new reach, and where the old ones win."""
    like = CONDITIONS[0]
    ranked = _ranked(rows, like)
    old = [(METHODS[key], cell) for key, cell in ranked if METHODS[key].is_old]
    new = [(METHODS[key], cell) for key, cell in ranked if not METHODS[key].is_old]
    if not old or not new:
        return ""
    beaten = [
        f"{condition.title} ({METHODS[best[0][0]].title}, {best[0][1]['value']:.2f})"
        for condition in CONDITIONS
        if condition.number is Number.BALANCED
        and (best := _ranked(rows, condition))
        and METHODS[best[0][0]].is_old
    ]
    where = (
        f"another way is best at {'; '.join(beaten)}"
        if beaten
        else "no other way is best in any column of balanced accuracy"
    )
    return (
        f"Of the older ways {_lead(*old[0])} does best on galaxies like those that it learnt on, "
        f"of the convolutional networks {_lead(*new[0])}; {where}."
    )


def _what_shuffling_costs(rows: Rows) -> str:
    like = CONDITIONS[0].key
    layers = _change(rows, like, "teaching_brief", "teaching_shuffled")
    dense = _change(rows, like, "dense", "dense_shuffled")
    if layers is None or dense is None:
        return ""
    return (
        "Putting all pixels in one fixed wrong order changes that number by "
        f"{_signed(layers)} for the convolutional layers and by {_signed(dense)} for the dense "
        "network, which never knew which pixels are neighbours."
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _change(rows: Rows, condition: str, before: str, after: str) -> float | None:
    first, second = (rows.get(key, {}).get(condition, {}).get("value") for key in (before, after))
    return None if first is None or second is None else second - first


def _lead(method: Method, cell: Cell) -> str:
    return f"{method.title} ({cell['value']:.2f}, {cell['low']:.2f} to {cell['high']:.2f})"
