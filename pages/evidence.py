"""Evidence: every explanation method for the open galaxy, and whether its map deserves belief."""

from __future__ import annotations

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, state, widgets, wording
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.panels import methods, opened, trust, verdict
from pages.shared.study import caches as study_caches
from pages.shared.study import state as study_state


def page() -> None:
    """Draw the page."""
    opened.when_ready(opened.open_study("Does the evidence stand up?"), _evidence)


@st.fragment
def _evidence(stored: StoredModel, ready: Network, galaxy: OpenGalaxy) -> None:
    """Draw the chosen method, its trust card and all methods beside it."""
    with widgets.guarded():
        layers = stored.card.convolution_layers
        if state.view().layer not in layers:
            state.settle(layer=layers[-1] if layers else "")
        look = caches.look(stored, ready, galaxy)
        verdict.verdict(look, galaxy)
        methods.settle_method()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            method = methods.choose_method()
            if method.needs_layer:
                st.selectbox(
                    "Layer", layers, width=170, help=wording.TERMS["layer"], **state.shown("layer")
                )
            methods.choose_class()
            take_away = st.container(width="content")
        layer = state.view().layer
        taken_at = layer if method.needs_layer else ""
        chosen = study_caches.explanation(stored, ready, galaxy, method=method.key, layer=taken_at)
        study_state.write_link()
        left, right = st.columns([4, 7], gap="large")
        with left:
            methods.large(
                method,
                chosen,
                galaxy,
                record=methods.record(stored, chosen),
                judged=chosen.judged(float(look.inspection.logits[0])),
            )
        with right:
            card = st.container()
        found = methods.side_by_side(stored, ready, galaxy, layer)
        with take_away:
            trust.take_away(stored, ready, galaxy, chosen, found)
        methods.agreement(found)
        methods.ranking(stored)
        with card:  # last: all else is on the page while it is measured
            trust.trust_card(stored, ready, galaxy, method=method, layer=taken_at)


page()
