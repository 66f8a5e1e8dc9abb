"""The metrics of a network as a table that a person can read in a terminal. Pure text.

Says what ``evaluate`` measured and nothing else: every number stands in its JSON too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from galaxy_core.cnn.card import ModelCard

GROUP_TITLES: Mapping[str, str] = {
    "source": "Source",
    "hubble_type": "Hubble type",
    "radius_px": "Radius of 95% of the light, pixels of the picture",
    "axis_ratio": "Axis ratio (1 is face-on or round)",
}
_HEADLINES = {
    "balanced_accuracy": "Balanced accuracy",
    "auc": "Area under the ROC curve",
    "accuracy": "Accuracy, as mixed",
    "calibration_error": "Calibration error, equal odds",
    "calibration_error_by_chance": "The same, were every probability true",
    "calibration_error_as_mixed": "Calibration error, as mixed",
}
_REFUSED = {
    "false_alarms": "Real galaxies",
    "catch": "Other pictures",
    "catch_held_out": "Other pictures, of kinds that nothing was fitted on",
}
Row = Sequence[str]


def evaluation_json(
    card: ModelCard, metrics: Mapping[str, Any], unreadable: Sequence[str]
) -> dict[str, Any]:
    """Return what ``evaluate --json`` writes: which network, which galaxies, the metrics."""
    return {
        "model": card.name,
        "weights_sha256": card.weights_sha256,
        "measured_as_on_card": _as_on_card(card, metrics),
        "metrics": dict(metrics),
        "unreadable": list(unreadable),
    }


def evaluation_text(card: ModelCard, metrics: Mapping[str, Any], *, part: str) -> str:
    """Return what ``evaluate`` prints: a heading, what was measured on, and the table."""
    chosen = "the test part" if part == "test" else "all galaxies, training ones included"
    if not card.metrics:
        compared = "The network's card holds no measurement to compare with."
    elif _as_on_card(card, metrics):
        compared = "These are the galaxies that the network's card was measured on."
    else:
        compared = "The network's card was measured on other galaxies than these" + _hint(card)
    heading = f"{card.title} ({card.name}) on {chosen}. {compared}"
    return f"{heading}\n\n{metrics_table(metrics)}"


def choosing_options(card: ModelCard) -> str:
    """Return the options of ``evaluate`` that choose the card's galaxies; empty if unknown."""
    chosen = card.metrics.get("chosen", {})
    if chosen.get("parts") != ["test"]:
        return ""
    options = [
        f"--{name} {','.join(chosen[name])}"
        for name in ("sources", "tiers", "beside")
        if chosen.get(name)
    ]
    return " ".join(["--part test", *options])


def measuring_options(card: ModelCard) -> str:
    """Return the options of ``evaluate`` that measure again all that it put on the card."""
    options = choosing_options(card)
    curves = card.metrics.get("robustness", {}).values()
    asked = max((point["count"] for curve in curves for point in curve["points"]), default=0)
    strangers = card.metrics.get("strangeness", {}).get("catch", {}).get("count", 0)
    more = {"robustness": asked, "strangers": strangers}
    return " ".join([options, *(f"--{k} {n}" for k, n in more.items() if n)]) if options else ""


def _hint(card: ModelCard) -> str:
    options = choosing_options(card)
    return f"; those are chosen by {options}." if options else "."


def _as_on_card(card: ModelCard, metrics: Mapping[str, Any]) -> bool:
    return card.metrics.get("data_sha256", "") == metrics["data_sha256"]


def metrics_table(metrics: Mapping[str, Any]) -> str:
    """Return the metrics of ``evaluate.summarise`` as aligned text, with 95% intervals.

    What is missing from the metrics is missing from the text; a value that could not be
    measured is a dash.
    """
    blocks = [
        _counts(metrics),
        _aligned(["Measure", "value", "95% interval", "galaxies"], _headlines(metrics)),
        _aligned(["", "called elliptical", "called spiral"], _confusion(metrics)),
        _aligned(
            ["Calibration: mean probability", "share of spirals", "95% interval", "galaxies"],
            _reliability(metrics),
        ),
    ]
    for name, groups in metrics.get("groups", {}).items():
        header = [GROUP_TITLES.get(name, name), "called rightly", "95% interval", "galaxies"]
        blocks.append(_aligned(header, _groups(groups)))
    for name, curve in metrics.get("robustness", {}).items():
        header = [f"{name}, {curve['unit']}", "balanced accuracy", "95% interval", "galaxies"]
        blocks.append(_aligned(header, _curve(curve)))
    header = ["Called Not trusted", "share", "95% interval", "pictures"]
    blocks.append(_aligned(header, _strangeness(metrics.get("strangeness", {}))))
    blocks.append(whose_mistakes(metrics.get("mistakes_looked_at", {})))
    return "\n\n".join(block for block in blocks if block)


def whose_mistakes(counts: Mapping[str, int]) -> str:
    """Return in a sentence whose the mistakes are, by eye; empty where none was looked at.

    Parameters
    ----------
    counts : mapping of str to int
        See ``label_review.review_mistakes``.
    """
    unseen = counts.get("not_looked_at", 0)
    mistakes = sum(counts.values())
    if mistakes == unseen:
        return ""
    rest = f", and {unseen} were not looked at" if unseen else ""
    return (
        f"Of the {mistakes} mistakes, looked at by eye, {counts['label']} are the label's (the "
        f"picture shows the other class), {counts['undecided']} show no sign of either class, "
        f"{counts['network']} are the network's own{rest}."
    )


def _counts(metrics: Mapping[str, Any]) -> str:
    galaxies, spirals = metrics["galaxies"], metrics["spirals"]
    return (
        f"{galaxies:,} galaxies: {spirals:,} spirals, {galaxies - spirals:,} ellipticals; "
        f"{metrics.get('unreadable', 0):,} pictures could not be read."
    )


def _headlines(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for name, title in _HEADLINES.items():
        if name in metrics:
            yield title, *_estimate(metrics[name])
    steady = metrics.get("orientation", {}).get("single_unchanged")
    if steady is not None:
        yield "Same answer in all 8 orientations", *_estimate(steady)


def _confusion(metrics: Mapping[str, Any]) -> Iterator[Row]:
    cells = metrics.get("confusion")
    if cells is None:
        return
    for kind in ("elliptical", "spiral"):
        called = (cells[f"{kind}_called_{answer}"] for answer in ("elliptical", "spiral"))
        yield f"{kind.capitalize()}s", *(f"{count:,}" for count in called)


def _reliability(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for row in metrics.get("reliability", ()):
        yield f"{row['mean_probability']:.3f}", *_estimate(row)


def _groups(groups: Mapping[str, Any]) -> Iterator[Row]:
    for name, group in groups.items():
        yield name, *_estimate(group["accuracy"])


def _curve(curve: Mapping[str, Any]) -> Iterator[Row]:
    for point in curve["points"]:
        yield f"{point['amount']:g}", *_estimate(point)
    if "class_changed" in curve:
        yield "class not that of the unchanged", *_estimate(curve["class_changed"])


def _strangeness(measured: Mapping[str, Any]) -> Iterator[Row]:
    for name, title in _REFUSED.items():
        if name in measured:
            yield title, *_estimate(measured[name])


def _estimate(estimate: Mapping[str, Any]) -> Row:
    count = f"{estimate['count']:,}"
    if estimate["value"] is None:
        return "–", "–", count
    low, high = estimate["low"], estimate["high"]
    interval = "–" if low is None else f"{low:.3f} to {high:.3f}"
    return f"{estimate['value']:.3f}", interval, count


def _aligned(header: Row, rows: Iterator[Row]) -> str:
    """Align columns: the first to the left, numbers to the right; empty without rows."""
    table = [header, *rows]
    if len(table) == 1:
        return ""
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = (
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in table
    )
    return "\n".join(lines)
