"""The knobs of the what-if lab: sliders, regions, undo, redo, reset."""

from __future__ import annotations

import streamlit as st

from galaxy_core.what_if.change import Change, Fill, Region
from galaxy_core.what_if.knobs import KNOBS, MOST_CHANGES, Knob
from pages.shared.study import state
from pages.shared.study.terms import TERMS

# Every knob stands in one group; a test holds the table to it.
GROUPS = {
    "Light": ("farther", "blur", "dim", "noise", "gamma", "asinh"),
    "Dust & colour": ("dust_lane", "redden", "desaturate"),
    "Place": ("rotate", "shift_right", "shift_up", "zoom", "flip"),
    "Structure": ("smooth_arms",),
}


def knobs() -> Region:
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


def _regions() -> Region:
    st.caption("A disc of the picture, in percent of its sides", help=TERMS["region"])
    x = st.slider("Centre, from the left (%)", 0, 100, 50, key="what_if.region.x")
    y = st.slider("Centre, from the top (%)", 0, 100, 50, key="what_if.region.y")
    radius = st.slider("Radius (% of the shorter side)", 1, 100, 10, key="what_if.region.radius")
    words = {Fill.SKY: "empty sky", Fill.AZIMUTHAL: "the average at that radius"}
    fill = st.selectbox(
        "Fill with", list(Fill), format_func=words.__getitem__, key="what_if.region.fill"
    )
    region = Region(y / 100, x / 100, radius / 100)
    full = len(state.study().recipe) >= MOST_CHANGES
    with st.container(horizontal=True):
        for label, knob, icon in (
            ("Erase it", "erase", ":material/ink_eraser:"),
            ("Keep only it", "keep", ":material/crop_free:"),
        ):
            st.button(
                label,
                icon=icon,
                key=f"what_if.{knob}",
                on_click=state.add,
                args=(Change(knob, 1.0, region, fill),),
                disabled=full,
            )
    return region


def _history() -> None:
    with st.container(horizontal=True):
        for label, icon, act, can in (
            ("Undo", ":material/undo:", state.undo, state.can_undo()),
            ("Redo", ":material/redo:", state.redo, state.can_redo()),
            ("Reset", ":material/restart_alt:", state.reset, bool(state.study().recipe)),
        ):
            st.button(label, icon=icon, key=f"what_if.{label}", on_click=act, disabled=not can)


def recipe_in_words() -> str:
    """Return the recipe as a line of text."""
    parts = []
    for change in state.study().recipe:
        knob = KNOBS[change.knob]
        if change.region is not None:
            parts.append(f"{knob.title.lower()} a disc (filled with {change.fill})")
        else:
            amount = f"{change.strength:.3g} {knob.unit}".strip().replace("-", "−")
            parts.append(f"{knob.title.lower()} {amount}")
    return "; then ".join(parts) or "nothing yet"
