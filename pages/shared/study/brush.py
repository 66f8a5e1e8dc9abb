"""The picture of the what-if lab, to paint on: a small component of the page's own.

What it reports comes from a browser, so ``reported_stroke`` believes none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from galaxy_core.errors import RecipeError
from galaxy_core.what_if.change import Fill, painted_over
from galaxy_core.what_if.region import Stroke, stroke_through
from pages.shared import figures
from pages.shared.galaxy import OpenGalaxy
from pages.shared.state import reported
from pages.shared.study import state

MOST_REPORTED = 400
ACTS = ("erase", "keep")
_FRONTEND = Path(__file__).parents[1] / "frontend"
_BRUSH = st.components.v2.component(
    "astronomer_brush",
    css=(_FRONTEND / "brush.css").read_text(encoding="utf-8"),
    js=(_FRONTEND / "brush.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class ReportedStroke:
    """A stroke as the browser reports it: where, whether it erases or keeps, and the filling."""

    stroke: Stroke
    knob: str
    fill: Fill


def reported_stroke(value: Any) -> ReportedStroke:
    """Return the stroke in what the browser reported.

    Raises
    ------
    RecipeError
        If it is none, or has more points than a browser of ours would send.
    """
    try:
        points = [(float(y), float(x)) for x, y in value["points"][: MOST_REPORTED + 1]]
        radius, knob, fill = float(value["radius"]), str(value["act"]), Fill(value["fill"])
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise RecipeError("This is no stroke of the brush; draw it again.") from error
    if knob not in ACTS or len(points) > MOST_REPORTED:
        raise RecipeError("This is no stroke of the brush; draw it again.")
    return ReportedStroke(stroke_through(points, radius), knob, fill)


def painting(galaxy: OpenGalaxy, disc: dict[str, float]) -> None:
    """Draw the changed picture with the square that the network sees, the disc, and the tools."""
    height, width = galaxy.cutout.pixels.shape[:2]
    left, top, _, _ = (edge + 0.5 for edge in galaxy.framing.box_px)
    side = 2 * galaxy.framing.half_size_px
    key = "what_if.brush"
    _BRUSH(
        key=key,
        data={
            "url": figures.picture(galaxy.cutout.pixels),
            "alt": "The galaxy after the changes",
            "width": width,
            "height": height,
            "square": {
                "left": left / width,
                "top": top / height,
                "width": side / width,
                "height": side / height,
            },
            "disc": disc,
            "can_undo": state.can_undo(),
        },
        on_stroke_change=reported(key, "stroke", _take_stroke),
        on_undo_change=reported(key, "undo", lambda _: state.undo()),
    )


def _take_stroke(value: Any) -> None:
    """Put a stroke into the recipe; one that does not fit costs a sentence only."""
    try:
        one = reported_stroke(value)
        recipe = painted_over(state.study().recipe, one.stroke, knob=one.knob, fill=one.fill)
    except RecipeError as error:
        state.refuse(str(error))
        return
    state.cook(recipe)
