"""Inside the network: each filter of a layer, and what it did to this decision."""

from __future__ import annotations

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, components, state, widgets, wording
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.panels import filters, opened, verdict
from pages.shared.study import caches as study_caches
from pages.shared.study import state as study_state


def page() -> None:
    """Draw the page."""
    opened.when_ready(opened.open_study("What happens inside the network?"), _inside)


@st.fragment
def _inside(stored: StoredModel, ready: Network, galaxy: OpenGalaxy) -> None:
    """Draw the filters of the chosen layer; settings that keep the galaxy rerun only this."""
    with widgets.guarded():
        layers = stored.card.convolution_layers
        if not layers:
            st.info("This network has no convolution layer, so no filters to look at.")
            return
        look = caches.look(stored, ready, galaxy)
        verdict.warnings(look, galaxy)
        layer = _settle(look, layers)
        ablation = study_caches.ablation(stored, ready, galaxy, layer)
        study = study_caches.filter_study(stored, ready, layer)
        kernels = study_caches.kernels(stored, ready, layer)
        left, right = st.columns([4, 8], gap="large")
        with left:
            _controls(layers, ablation.effects.shape[1])
            filters.switches(stored, ready, galaxy, ablation)
            filters.census(study)
            components.copy_link()
        with right:
            filters.grid(look.inspection.layer(layer), ablation, study, kernels)
        study_state.write_link()
        index = state.view().open_map
        if index is not None:
            filters.one_filter(stored, ready, galaxy, look, index, study)


def _settle(look: caches.Look, layers: tuple[str, ...]) -> str:
    """Settle on a layer and a filter that the network has; return the layer."""
    view = state.view()
    layer = view.maps_layer if view.maps_layer in layers else layers[-1]
    count = look.inspection.layer(layer).contributions.shape[1]
    state.settle(maps_layer=layer, open_map=opened.open_map(layer, count))
    return layer


def _controls(layers: tuple[str, ...], count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Layer", layers, width=180, help=wording.TERMS["layer"], **state.shown("maps_layer")
        )
        st.selectbox(
            "Open filter",
            [None, *range(count)],
            format_func=lambda index: "none" if index is None else f"filter {index}",
            placeholder="none",
            width=140,
            **state.shown("open_map"),
        )


page()
