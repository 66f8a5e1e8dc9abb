"""Plotly figures and HTML of the study pages. Pure: never calls Streamlit.

Plotly is imported where a figure is made: the first paint need not wait for it. Nothing a
visitor named comes into the HTML unescaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from galaxy_core.explain.trust.faithfulness import Baseline, Faithfulness
    from pages.shared.plots import go

SPIRAL, ELLIPTICAL = "#5AA9E6", "#F4A259"
# Networks beside one another: neither blue nor amber, told apart by dash as well.
# Each at least 3:1 on the dark and on the light page.
_LINES = ("#9B86D3", "#2E9E7B", "#D0648F", "#8A93A6")
_DASHES = ("solid", "dash", "dot", "dashdot")
_GREY = "#8A93A6"
_HEIGHT = 250
_DARK_INK_ABOVE = 0.45  # of cividis: black and white stand out alike there, 4.5:1


def picture_card(
    images: Sequence[str],
    *,
    title: str,
    alt: str,
    note: str = "",
    more: Sequence[str] = (),
    chosen: bool = False,
) -> str:
    """Return pictures laid on one another as a figure: title, note, sentences to open."""
    layers = "".join(
        f'<img src="{url}" alt="{escape(alt) if number == 0 else ""}">'
        for number, url in enumerate(images)
    )
    mark = ' class="aa-chosen"' if chosen else ""
    small = f"<small>{escape(note)}</small>" if note else ""
    return (
        f'<figure{mark}><div class="aa-layers">{layers}</div>'
        f"<figcaption>{escape(title)}{small}{_sentences(more)}</figcaption></figure>"
    )


def pair_card(urls: Sequence[str], *, title: str, note: str) -> str:
    """Return two pictures side by side as a figure, before and after."""
    images = "".join(
        f'<img src="{url}" alt="{escape(title)} {when}">'
        for when, url in zip(("before", "after"), urls, strict=True)
    )
    return (
        f'<figure><div class="aa-pair">{images}</div>'
        f"<figcaption>{escape(title)}<small>{escape(note)}</small></figcaption></figure>"
    )


def blank_card(title: str, reason: str, *, more: Sequence[str] = (), chosen: bool = False) -> str:
    """Return a figure without a map, saying why."""
    mark = ' class="aa-chosen"' if chosen else ""
    return (
        f'<figure{mark}><div class="aa-layers aa-blank"><span>{escape(reason)}</span></div>'
        f"<figcaption>{escape(title)}{_sentences(more)}</figcaption></figure>"
    )


def _sentences(more: Sequence[str]) -> str:
    if not more:
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in more)
    return f"<details><summary>What it shows</summary>{lines}</details>"


def gallery(cards: Sequence[str], *, kind: str = "aa-gallery") -> str:
    """Return figures side by side."""
    return f'<div class="{kind}">{"".join(cards)}</div>'


def removal_curves(measured: Faithfulness, baseline: Baseline) -> go.Figure:
    """Return deletion and insertion curves of a map against random order and the centre."""
    from galaxy_core.explain.trust.faithfulness import FRACTIONS
    from pages.shared.plots import make_subplots

    reference = measured.reference
    random = reference.random[baseline].mean(axis=0)
    panels = (
        ("Pixels taken away", measured.deletion, random, reference.centre_deletion),
        ("Pixels brought back", measured.insertion, random[::-1], reference.centre_insertion),
    )
    figure = make_subplots(1, 2, shared_yaxes=True, subplot_titles=[one[0] for one in panels])
    share = 100 * np.array(FRACTIONS)
    for column, (_, own, by_chance, centre) in enumerate(panels, start=1):
        for name, values, colour, dash in (
            ("most marked first", own[baseline], _LINES[0], "solid"),
            ("random order", by_chance, _GREY, "dot"),
            ("from the centre", centre[baseline], _LINES[1], "dash"),
        ):
            figure.add_scatter(
                x=share,
                y=values,
                name=name,
                mode="lines",
                line={"color": colour, "dash": dash, "width": 2},
                showlegend=column == 1,
                row=1,
                col=column,
            )
        figure.update_xaxes(title_text="share of pixels (%)", row=1, col=column)
    figure.update_yaxes(title_text="logit", row=1, col=1)
    return _quiet(figure, height=_HEIGHT + 30)


def agreement(matrix: npt.NDArray[np.float64], titles: Sequence[str]) -> go.Figure:
    """Return the correlations of methods with one another as a table of colours and numbers."""
    from pages.shared.plots import go

    figure = go.Figure(
        go.Heatmap(
            z=matrix,
            x=list(titles),
            y=list(titles),
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            hovertemplate="%{y}, %{x}: %{z:.2f}<extra></extra>",
            colorbar={"title": "ρ", "thickness": 10},
        )
    )
    # Plotly's own choice is grey on the middle of the scale: 2:1.
    across, down = np.meshgrid(titles, titles)
    values = matrix.ravel()
    figure.add_scatter(
        x=across.ravel(),
        y=down.ravel(),
        mode="text",
        text=[f"{value:.2f}".replace("-", "−") for value in values],
        textfont={"color": ["#000" if value > _DARK_INK_ABOVE else "#fff" for value in values]},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_yaxes(autorange="reversed")
    return _quiet(figure, height=430)


def probability_curves(
    strengths: npt.NDArray[np.float64],
    curves: Mapping[str, npt.NDArray[np.float64]],
    *,
    now: float,
    axis: str,
) -> go.Figure:
    """Return probability of spiral against a knob, one line a network, and where it stands."""
    from pages.shared.plots import go

    figure = go.Figure()
    for number, (name, values) in enumerate(curves.items()):
        figure.add_scatter(
            x=strengths,
            y=100 * values,
            name=name,
            mode="lines+markers",
            marker={"size": 5},
            line={"color": _LINES[number % 4], "dash": _DASHES[number % 4], "width": 2},
        )
    figure.add_hline(y=50, line={"color": _GREY, "dash": "dot", "width": 1})
    figure.add_vline(x=now, line={"color": _GREY, "width": 1})
    figure.update_yaxes(title_text="spiral (%)", range=[-3, 103])
    figure.update_xaxes(title_text=axis)
    return _quiet(figure, height=_HEIGHT)


def measure_curves(
    strengths: npt.NDArray[np.float64],
    curves: Mapping[str, npt.NDArray[np.float64]],
    *,
    now: float,
    axis: str,
) -> go.Figure:
    """Return hand-crafted measures against a knob: how many spreads each has moved from now."""
    from pages.shared.plots import go

    figure = go.Figure()
    for number, (name, values) in enumerate(curves.items()):
        figure.add_scatter(
            x=strengths,
            y=values,
            name=name,
            mode="lines",
            line={"color": _LINES[number % 4], "dash": _DASHES[number % 4], "width": 2},
        )
    for end in (-1, 1):
        figure.add_hline(y=end, line={"color": _GREY, "dash": "dot", "width": 1})
    figure.add_vline(x=now, line={"color": _GREY, "width": 1})
    figure.update_yaxes(title_text="moved (spreads)")
    figure.update_xaxes(title_text=axis)
    return _quiet(figure, height=_HEIGHT)


def _quiet(figure: Any, *, height: int) -> Any:
    """Take the chrome off: the page's own colours, a legend below, no room lost."""
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 36, "b": 10},
        legend={"orientation": "h", "y": -0.35, "x": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
