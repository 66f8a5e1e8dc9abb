"""What a card says of refused pictures -> plotly figures. Pure: never calls Streamlit.

Whatever is drawn stands in the card's ``strangeness``, as ``refer`` wrote it; intervals are
95%.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.shared.plots import go

_KNOWN, _HELD_OUT = ("#8D99AE", "circle"), ("#B07CC6", "diamond")

Strangeness = Mapping[str, Any]


def false_alarms(measured: Strangeness) -> go.Figure:
    """Return the share of real galaxies refused, by class, the highest on top."""
    rows = measured["false_alarms_by_class"]
    names = sorted(rows, key=lambda name: (rows[name]["value"], name))
    figure = go.Figure()
    _add(figure, names, rows, "galaxies refused", _KNOWN)
    figure.add_vline(x=0.02, line_dash="dot", line_color="rgba(141, 153, 174, 0.7)")
    figure.update_xaxes(title="Real galaxies refused (share; dotted: 2 %)", tickformat=".0%")
    return _laid_out(figure, len(names))


def catch(measured: Strangeness) -> go.Figure:
    """Return the share of pictures of no galaxy refused, by kind: as it is, and held out.

    Only kinds of which some were not refused (see `always_caught`); the kind refused least
    often, where it was held out, stands lowest.
    """
    rows, held_out = measured["catch_by_kind"], measured["catch_by_kind_held_out"]
    always = set(always_caught(measured))
    names = sorted(set(rows) - always, key=lambda name: (held_out[name]["value"], name))
    figure = go.Figure()
    _add(figure, names, rows, "as the app refuses", _KNOWN)
    _add(figure, names, held_out, "kind left out of the fit", _HELD_OUT)
    figure.update_xaxes(title="Pictures refused (share)", tickformat=".0%", range=[-0.02, 1.02])
    return _laid_out(figure, len(names))


def always_caught(measured: Strangeness) -> list[str]:
    """Return the kinds of which every picture was refused, where held out as well; by name."""
    rows, held_out = measured["catch_by_kind"], measured["catch_by_kind_held_out"]
    return sorted(name for name in rows if rows[name]["value"] == held_out[name]["value"] == 1)


def _add(
    figure: go.Figure,
    names: list[str],
    rows: Mapping[str, Any],
    title: str,
    style: tuple[str, str],
) -> None:
    own = [rows[name] for name in names]
    colour, symbol = style
    figure.add_scatter(
        x=[row["value"] for row in own],
        y=names,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - row["value"] for row in own],
            "arrayminus": [row["value"] - row["low"] for row in own],
            "thickness": 1.5,
            "width": 3,
        },
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 8},
        customdata=[row["count"] for row in own],
        hovertemplate="%{y}: %{x:.1%} of %{customdata}",
        name=title,
    )


def _laid_out(figure: go.Figure, rows: int) -> go.Figure:
    return (
        figure.update_layout(
            height=150 + 22 * rows,
            margin={"l": 8, "r": 8, "t": 24, "b": 8},
            legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
            showlegend=True,
        )
        .update_xaxes(automargin=True)
        .update_yaxes(automargin=True, dtick=1)
    )
