"""Curves of the what-if lab: probability against one knob, and hand-crafted measures beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.what_if.knobs import KNOBS, Knob
from pages.shared import caches as shared_caches
from pages.shared import widgets
from pages.shared.study import caches, state
from pages.shared.study import figures as drawn
from pages.shared.study.lab import Lab, flips_at, leaves_at, moved
from pages.shared.study.links import MOST_BESIDE, strength_of
from pages.shared.study.terms import TERMS

SHOWN_MEASURES = ("concentration", "asymmetry", "gini", "winding")


def curves(lab: Lab, stored: StoredModel, models: Sequence[StoredModel]) -> list[StoredModel]:
    """Draw probability against the chosen knob for each network, and measures beside it.

    Returns
    -------
    list of StoredModel
        Those whose curve is missing: one that is being loaded, and what could not be.
    """
    st.subheader("Which fails first?", help=TERMS["curves"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Along the knob",
            [key for key, knob in KNOBS.items() if not knob.needs_region],
            format_func=lambda key: KNOBS[key].title,
            width=220,
            **state.shown("knob"),
        )
        with_measures = st.toggle("Hand-crafted measures beside them", **state.shown("measures"))
    shown = _networks(stored, models)
    knob, recipe = KNOBS[state.study().knob], state.study().recipe
    lines, missing = _lines(shown, lab)
    now, strengths = strength_of(recipe, knob.key), lab.strengths(knob.key)
    axis = f"{knob.title} ({knob.unit})" if knob.unit else knob.title
    st.plotly_chart(
        drawn.probability_curves(strengths, lines, now=now, axis=axis),
        config={"displayModeBar": False},
        alt=f"Probability of spiral against {knob.title}",
        key="what_if.curves",
    )
    st.caption(flips_in_words(strengths, lines, now, knob))
    if with_measures:
        _measures(lab, knob, axis)
    return missing


def _lines(
    shown: Sequence[StoredModel], lab: Lab
) -> tuple[dict[str, npt.NDArray[np.float64]], list[StoredModel]]:
    """Return the curves there are, by title, and the networks that they are missing of.

    One network is loaded at a time: more would push the page's own out of memory.
    """
    lines, missing, loading = {}, [], False
    for one in shown:
        study = state.study()
        values = caches.curve(one, lab, study.recipe, study.knob, may_load=not loading)
        if values is not None:
            lines[one.card.title] = values
        elif not loading:
            missing.append(one)
            loading = not shared_caches.network(one).done()
    return lines, missing


def _networks(stored: StoredModel, models: Sequence[StoredModel]) -> list[StoredModel]:
    """Return the networks to be compared; where there are many, draw the choice of them."""
    known = {one.card.name: one for one in (stored, *models)}
    if len(known) > MOST_BESIDE:
        st.multiselect(
            "Networks",
            list(known),
            format_func=lambda name: known[name].card.title,
            max_selections=MOST_BESIDE,
            **state.beside(tuple(known)),
        )
    return [known[name] for name in state.study().beside_of(tuple(known))]


def _measures(lab: Lab, knob: Knob, axis: str) -> None:
    """Draw how far measures move along the knob, in their spread among the samples."""
    from galaxy_core.morphology.measures import MEASURES

    recipe = state.study().recipe
    pictures, now = lab.along(recipe, knob.key), strength_of(recipe, knob.key)
    spreads = caches.measure_spreads(lab.galaxy.pixels.shape[0])
    found = lab.measures(pictures, SHOWN_MEASURES)
    lines = {
        MEASURES[name].title: moved(pictures.strengths, values, now, spreads[name])
        for name, values in found.items()
    }
    st.plotly_chart(
        drawn.measure_curves(pictures.strengths, lines, now=now, axis=axis),
        config={"displayModeBar": False},
        alt=f"Hand-crafted measures against {knob.title}",
        key="what_if.measure curves",
    )
    places = {name: leaves_at(pictures.strengths, line, now) for name, line in lines.items()}
    st.caption(in_words(places, now, knob, verb="leaves its level"), help=TERMS["measures"])


def flips_in_words(
    strengths: npt.NDArray[np.float64],
    lines: Mapping[str, npt.NDArray[np.float64]],
    now: float,
    knob: Knob,
) -> str:
    """Say which network flips first from where the knob stands now."""
    places = {name: flips_at(strengths, values, now) for name, values in lines.items()}
    return in_words(places, now, knob, verb="flips")


def in_words(places: Mapping[str, float | None], now: float, knob: Knob, *, verb: str) -> str:
    """Say what happens to each, the first one first; None: nowhere."""
    crossed = {name: place for name, place in places.items() if place is not None}
    first = sorted(crossed, key=lambda name: abs(crossed[name] - now))
    words = [f"{name} {verb} at {crossed[name]:.2g} {knob.unit}".rstrip() for name in first]
    words += [f"{name} {verb} nowhere on it" for name in places if name not in crossed]
    return widgets.plain("; ".join(words).replace("-", "−") + ".") if words else ""
