"""The metrics on a model card -> plotly figures. Pure: never calls Streamlit.

Whatever is drawn stands in the card's JSON, as ``evaluate`` wrote it; intervals are 95%. One
network or two are drawn in the same axes. Blue and amber are spiral and elliptical and nothing
else, so networks are told apart by neutral colours and dashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from galaxy_core.training.statistics import wilson
from pages.shared.plots import go

SPIRAL, ELLIPTICAL = "#5AA9E6", "#F4A259"
_LINES = (("#8D99AE", "solid", "circle"), ("#B07CC6", "dash", "diamond"))
_FAINT = "rgba(141, 153, 174, 0.55)"
_BAND = "rgba(141, 153, 174, 0.22)"
_HEIGHT_PX = 330
_LOWEST_ACCURACY = 0.45  # a little below chance
HUBBLE_ORDER = ("E", "S0", "SA0", "SAB0", "SB0")

Metrics = Mapping[str, Any]
Named = Sequence[tuple[str, Metrics]]


def confusion(metrics: Metrics) -> go.Figure:
    """Return the confusion matrix: galaxies and share of each label by what they were called."""
    cells = metrics["confusion"]
    kinds = ("elliptical", "spiral")
    counts = [[cells[f"{label}_called_{called}"] for called in kinds] for label in kinds]
    shares = [[wilson(count, sum(row)) for count in row] for row in counts]
    text = [
        [
            f"<b>{count:,}</b><br>{share.value:.1%}<br>({share.low:.1%} to {share.high:.1%})"
            if sum(row)
            else "<b>0</b>"
            for count, share in zip(row, own)
        ]
        for row, own in zip(counts, shares)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=[[share.value for share in row] for row in shares],
            x=["called elliptical", "called spiral"],
            y=["labelled<br>elliptical", "labelled<br>spiral"],
            colorscale=[[0, "rgba(141,153,174,0.05)"], [1, "rgba(141,153,174,0.65)"]],
            zmin=0,
            zmax=1,
            showscale=False,
            hoverinfo="skip",
            xgap=3,
            ygap=3,
        )
    )
    # Annotations take the theme's colour of text; a heatmap's own text does not.
    for row, words in enumerate(text):
        for column, word in enumerate(words):
            figure.add_annotation(x=column, y=row, text=word, showarrow=False, font_size=14)
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return _laid_out(figure)


def roc(named: Named) -> go.Figure:
    """Return ROC curves, with the operating point at 50% and its intervals."""
    figure = _with_diagonal()
    for style, (name, metrics) in zip(_LINES, named):
        curve, area = metrics["roc"], metrics["auc"]
        label = f"{name}: area {_estimate(area, 3)}"
        _line(figure, style, curve["false_positive_rate"], curve["true_positive_rate"], label)
        cells = metrics["confusion"]
        false = _share(cells, "elliptical_called_spiral", "elliptical_called_elliptical")
        true = _share(cells, "spiral_called_spiral", "spiral_called_elliptical")
        _point(figure, style, false, true, f"{name}, called at 50%")
    _share_axis(figure, "x", "Ellipticals called spiral (share)")
    _share_axis(figure, "y", "Spirals called spiral (share)")
    return _laid_out(figure)


def precision_recall(named: Named) -> go.Figure:
    """Return precision–recall curves of spirals, with the operating point at 50%."""
    figure = go.Figure()
    for style, (name, metrics) in zip(_LINES, named):
        curve, cells = metrics["precision_recall"], metrics["confusion"]
        _line(figure, style, curve["recall"], curve["precision"], name)
        recall = _share(cells, "spiral_called_spiral", "spiral_called_elliptical")
        precision = _share(cells, "spiral_called_spiral", "elliptical_called_spiral")
        _point(figure, style, recall, precision, f"{name}, called at 50%")
    _share_axis(figure, "x", "Recall: spirals found (share)")
    _share_axis(figure, "y", "Called spirals that are (share)")
    return _laid_out(figure)


def reliability(named: Named) -> go.Figure:
    """Return the reliability diagram: share of spirals against the probability said."""
    figure = _with_diagonal("perfectly calibrated")
    for style, (name, metrics) in zip(_LINES, named):
        rows = metrics["reliability"]
        colour, dash, symbol = style
        figure.add_scatter(
            x=[row["mean_probability"] for row in rows],
            y=[row["value"] for row in rows],
            error_y=_interval(rows),
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 1},
            marker={"color": colour, "symbol": symbol, "size": 8},
            customdata=[row["count"] for row in rows],
            hovertemplate="said %{x:.1%}, true %{y:.1%}, %{customdata} galaxies",
            name=name,
        )
    _share_axis(figure, "x", "Probability of spiral, as said (share)")
    _share_axis(figure, "y", "Spirals among them, at equal odds (share)")
    return _laid_out(figure)


def risk_coverage(named: Named, bands: Sequence[tuple[float, float]]) -> go.Figure:
    """Return the error rate among the surest galaxies, the Uncertain band shaded.

    ``bands`` are the networks' Uncertain bands, in calibrated probability.
    """
    figure = go.Figure()
    for index, (style, (name, metrics), band) in enumerate(zip(_LINES, named, bands)):
        curve = metrics["risk_coverage"]
        _line(figure, style, curve["coverage"], curve["risk"], name)
        sure = [
            coverage
            for coverage, confidence in zip(curve["coverage"], curve["confidence"])
            if confidence >= band[1]
        ]
        start = max(sure, default=0.0)
        if start < 1:
            shade = {"fillcolor": _BAND, "line_width": 0} if index == 0 else {}
            figure.add_vrect(x0=start, x1=1, **shade) if shade else None
            figure.add_vline(x=start, line_dash="dot", line_color=style[0])
            words = f"Uncertain: {band[0]:.0%} to {band[1]:.0%}<br>the last {1 - start:.1%}"
            figure.add_annotation(
                x=start, y=1 - 0.16 * index, yref="paper", text=words, xanchor="right",
                showarrow=False, align="right", xshift=-4,
            )  # fmt: skip
    _share_axis(figure, "x", "Coverage: galaxies answered, the surest first (share)")
    figure.update_yaxes(
        title="Risk: wrong among them (share)", tickformat=".1%", rangemode="tozero"
    )
    return _laid_out(figure)


def groups(named: Named, key: str, axis_title: str) -> go.Figure:
    """Return the share called rightly in each group of a kind, with Wilson intervals."""
    names = _group_names(named, key)
    figure = go.Figure()
    for style, (name, metrics) in zip(_LINES, named):
        own = metrics.get("groups", {}).get(key, {})
        rows = [(group, own[group]["accuracy"]) for group in names if group in own]
        colour, _, symbol = style
        figure.add_scatter(
            x=[row["value"] for _, row in rows],
            y=[group for group, _ in rows],
            error_x=_interval([row for _, row in rows]),
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 9},
            customdata=[row["count"] for _, row in rows],
            hovertemplate="%{y}: %{x:.1%} of %{customdata} galaxies",
            name=name,
        )
    counts = named[0][1].get("groups", {}).get(key, {})
    shown = [
        f"{name} ({counts[name]['accuracy']['count']:,})" if name in counts else name
        for name in names
    ]
    figure.update_yaxes(
        title=axis_title, type="category", categoryorder="array", categoryarray=names[::-1],
        tickvals=names, ticktext=shown,
    )  # fmt: skip
    figure.update_xaxes(title="Called rightly (share)", tickformat=".0%", range=[-0.02, 1.02])
    return _laid_out(figure, height_px=max(150 + 26 * len(names), 230))


def robustness(named: Named, change: str) -> go.Figure:
    """Return balanced accuracy against the strength of one change, with intervals.

    The axis of accuracy is the same for every change, so that they can be compared.
    """
    figure = go.Figure()
    figure.add_hline(y=0.5, line={"color": _FAINT, "dash": "dot"}, annotation_text="chance")
    unit, lowest = "", _LOWEST_ACCURACY
    for style, (name, metrics) in zip(_LINES, named):
        curve = metrics.get("robustness", {}).get(change)
        if curve is None:
            continue
        unit = curve.get("unit", unit)
        lowest = min([lowest, *(p["low"] for p in curve["points"] if p["low"] is not None)])
        colour, dash, symbol = style
        figure.add_scatter(
            x=[point["amount"] for point in curve["points"]],
            y=[point["value"] for point in curve["points"]],
            error_y=_interval(curve["points"]),
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 8},
            name=name,
        )
    figure.update_xaxes(title=f"{change} ({unit})" if unit else change)
    figure.update_yaxes(
        title="Balanced accuracy (share)", tickformat=".0%", range=[lowest - 0.02, 1.02]
    )
    return _laid_out(figure)


def _group_names(named: Named, key: str) -> list[str]:
    found = {name for _, metrics in named for name in metrics.get("groups", {}).get(key, {})}

    def place(name: str) -> tuple[int, int, str]:
        early = HUBBLE_ORDER.index(name) if name in HUBBLE_ORDER else len(HUBBLE_ORDER)
        plain = name.replace("SAB", "S").replace("SB", "S").replace("SA", "S")
        return (name.startswith("over"), early, plain + name)

    return sorted(found, key=place)


def _share(cells: Mapping[str, int], hit: str, miss: str) -> Mapping[str, Any]:
    return wilson(cells[hit], cells[hit] + cells[miss]).to_json()


def _estimate(row: Mapping[str, Any], digits: int) -> str:
    if row["value"] is None:
        return "–"
    return f"{row['value']:.{digits}f} ({row['low']:.{digits}f} to {row['high']:.{digits}f})"


def _interval(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [_gap(row["high"], row["value"]) for row in rows],
        "arrayminus": [_gap(row["value"], row["low"]) for row in rows],
        "thickness": 1.5,
        "width": 4,
    }


def _gap(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else max(upper - lower, 0.0)


def _line(figure: go.Figure, style: tuple[str, str, str], x: Any, y: Any, name: str) -> None:
    colour, dash, _ = style
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": colour, "dash": dash, "width": 2}, name=name
    )


def _point(
    figure: go.Figure,
    style: tuple[str, str, str],
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    name: str,
) -> None:
    if x["value"] is None or y["value"] is None:
        return
    colour, _, symbol = style
    figure.add_scatter(
        x=[x["value"]],
        y=[y["value"]],
        error_x=_interval([x]),
        error_y=_interval([y]),
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 10},
        name=name,
    )


def _with_diagonal(name: str = "chance") -> go.Figure:
    return go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", name=name, line={"color": _FAINT, "dash": "dot"}
        )
    )


def _share_axis(figure: go.Figure, axis: str, title: str) -> None:
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(title=title, tickformat=".0%", range=[-0.02, 1.02])


def _laid_out(figure: go.Figure, *, height_px: int = _HEIGHT_PX) -> go.Figure:
    return (
        figure.update_layout(
            height=height_px + 40,
            margin={"l": 8, "r": 8, "t": 24, "b": 8},
            legend={"orientation": "h", "yanchor": "top", "y": -0.22, "x": 0},
        )
        .update_xaxes(automargin=True)
        .update_yaxes(automargin=True)
    )
