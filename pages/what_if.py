"""What if: change the galaxy, and see at once what the network makes of it."""

from __future__ import annotations

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, components, widgets
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.panels import change, changed_maps, curves, flips, knobs, opened
from pages.shared.study import state
from pages.shared.study.lab import Lab
from pages.shared.study.terms import TERMS


def page() -> None:
    """Draw the page. The picture can be changed while the network is still waking."""
    here = opened.open_study("What if the galaxy were different?")
    if here.galaxy is not None:
        _lab(here.stored, here.ready, here.galaxy)
        opened.when_ready(here, _studies)


@st.fragment
def _lab(stored: StoredModel | None, ready: Network | None, galaxy: OpenGalaxy) -> None:
    """Draw knobs, picture and answer; a slider reruns only this."""
    with widgets.guarded():
        with st.container(key="lab-row"):
            left, middle, right = st.columns([4, 5, 4], gap="medium")
        with left:
            region = knobs.knobs()
        lab = change.laboratory(galaxy)
        changed = lab.changed(state.study().recipe)
        with middle:
            change.picture(changed, region)
            _below_picture(lab)
        if stored is not None and ready is not None:
            before = change.look_at(stored, ready, lab.galaxy)
            after = change.look_at(stored, ready, changed)
            evidence = change.evidence_of(stored, ready, after)
            was = change.evidence_of(stored, ready, before)
            with right:
                change.answer(before, after)
                change.seen(changed, evidence)
            change.strip(lab.galaxy, changed, (was, evidence), (before, after))
            if layers := stored.card.convolution_layers:
                changed_maps.feature_maps(before, after, layers[-1])
        state.write_link()


def _below_picture(lab: Lab) -> None:
    st.caption(widgets.plain(f"Changes: {knobs.recipe_in_words(state.study().recipe)}."))
    if lab.working.is_reduced:
        st.caption("The lab works on the picture shrunk around its galaxy, to answer at once.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Find the galaxy anew", help=TERMS["reframe"], **state.shown("reframe"))
        components.copy_link()


@st.fragment
def _studies(stored: StoredModel, ready: Network, galaxy: OpenGalaxy) -> None:
    """Draw what takes longer than a slider may: curves and the search for a flip."""
    with widgets.guarded():
        st.button(
            "Draw the curves and the search for the changes as they are now",
            icon=":material/refresh:",
            key="what_if.refresh",
        )
        lab = change.laboratory(galaxy)
        left, right = st.columns(2, gap="large")
        with left:
            waiting = curves.curves(lab, stored, caches.models())
            others = st.empty()
        with right:
            flips.flips(lab, stored, ready)
        state.write_link()
        opened.wait_for_others(waiting, others)


page()
