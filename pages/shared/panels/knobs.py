"""The knobs of the what-if lab: sliders, regions, undo, redo, reset."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from galaxy_core.what_if.change import Change, Fill
from galaxy_core.what_if.knobs import KNOBS, MOST_CHANGES, Knob
from galaxy_core.what_if.region import Disc, Painted, Part, Region
from pages.shared.study import state
from pages.shared.study.terms import TERMS

# Every knob stands in one group; a test holds the table to it.
GROUPS = {
    "Light": ("farther", "blur", "dim", "noise", "gamma", "asinh"),
    "Dust & colour": ("dust_lane", "redden", "desaturate"),
    "Place": ("rotate", "shift_right", "shift_up", "zoom", "flip"),
    "Structure": ("smooth_arms",),
}


_FILLS = {Fill.SKY: "empty sky", Fill.AZIMUTHAL: "the average at that radius"}


def knobs() -> Disc:
    """Draw the sliders in groups, the region tool and the history; return the tool's disc."""
    names = [*GROUPS, "Regions"]
    *groups, last = st.tabs(names)
    for keys, tab in zip(GROUPS.values(), groups):
        with tab:
            for key in keys:
                _slider(KNOBS[key])
    with last:
        region = _regions()
    _history()
    return region


def _slider(knob: Knob) -> None:
    label = f"{knob.title} ({knob.unit})" if knob.unit else knob.title
    if knob.key == "flip":
        low, high, step = 0.0, 1.0, 1.0
    else:
        low, high = float(knob.low), float(knob.high)
        step = 5.0 if knob.key == "rotate" else _step(high - low)
    extra = "" if knob.is_physical else " Nothing in nature does this."
    bound = state.knob(knob.key, low, high)
    st.slider(label, low, high, step=step, help=knob.sentence + extra, **bound)


def _step(span: float) -> float:
    """Return a round step that meets both ends of a range, and 0."""
    return 0.1 if span > 4 else 0.05 if span > 1 else 0.01


def _regions() -> Disc:
    st.caption(
        "Brush and lasso are under the picture. Here: what the app finds by itself, and a disc "
        "for the keyboard.",
        help=TERMS["region"],
    )
    st.selectbox("Fill with", list(Fill), format_func=_FILLS.__getitem__, **state.shown("fill"))
    fill = state.study().fill
    for part in Part:
        _act_on(part, fill, f"the {part}", f" {part}")
    for label, name, least in (
        ("Disc: centre, from the left (%)", "disc_x", 0),
        ("Disc: centre, from the top (%)", "disc_y", 0),
        ("Disc: radius (% of the shorter side)", "disc_radius", 1),
    ):
        st.slider(label, least, 100, **state.shown(name))
    x, y, radius = state.study().disc
    disc = Disc(y / 100, x / 100, radius / 100)
    _act_on(disc, fill, "the disc", "")
    return disc


def _act_on(region: Region, fill: Fill, words: str, key: str) -> None:
    """Draw the two buttons that erase a region, or keep nothing else."""
    full = len(state.study().recipe) >= MOST_CHANGES
    with st.container(horizontal=True):
        for label, knob, icon in (
            ("Erase", "erase", ":material/ink_eraser:"),
            ("Keep only", "keep", ":material/crop_free:"),
        ):
            st.button(
                f"{label} {words}",
                icon=icon,
                key=f"what_if.{knob}{key}",
                on_click=state.add,
                args=(Change(knob, 1.0, region, fill),),
                disabled=full,
            )


def _in_words(region: Region) -> str:
    if isinstance(region, Part):
        return f"the {region}"
    if isinstance(region, Painted):
        count = len(region.strokes)
        return "what one stroke covers" if count == 1 else f"what {count} strokes cover"
    return "a disc"


def _history() -> None:
    with st.container(horizontal=True):
        for label, icon, act, can in (
            ("Undo", ":material/undo:", state.undo, state.can_undo()),
            ("Redo", ":material/redo:", state.redo, state.can_redo()),
            ("Reset", ":material/restart_alt:", state.reset, bool(state.study().recipe)),
        ):
            st.button(label, icon=icon, key=f"what_if.{label}", on_click=act, disabled=not can)


def recipe_in_words(recipe: Sequence[Change]) -> str:
    """Return a recipe as a line of text."""
    parts = []
    for change in recipe:
        knob = KNOBS[change.knob]
        if change.region is not None:
            where = _in_words(change.region)
            parts.append(f"{knob.title.lower()} {where} (filled with {_FILLS[change.fill]})")
        else:
            amount = f"{change.strength:.3g} {knob.unit}".strip().replace("-", "−")
            parts.append(f"{knob.title.lower()} {amount}")
    return "; then ".join(parts) or "nothing yet"
