"""The feature maps of a layer as a grid, and one of them large beside its kernel."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.shared import components, evidence, figures, scales, state, wording
from pages.shared.caches import Look
from pages.shared.galaxy import OpenGalaxy
from pages.shared.links import MapOrder, MapScale
from pages.shared.networks import Network

ORDER_LABELS = {MapOrder.SHARE: "share in the decision", MapOrder.INDEX: "number"}
SCALE_LABELS = {MapScale.COMMON: "one for all", MapScale.OWN: "each its own"}


def feature_maps(galaxy: OpenGalaxy, look: Look, ready: Network) -> None:
    """Draw the grid of the chosen layer and, if one is open, that map."""
    layers = look.inspection.layers
    st.subheader("Feature maps", help=wording.TERMS["feature map"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Layer of the maps",
            list(layers),
            required=True,
            format_func=lambda name: f"{name} · {layers[name].contributions.shape[1]}",
            **state.shown("maps_layer"),
        )
        st.selectbox(
            "Sorted by",
            list(MapOrder),
            format_func=ORDER_LABELS.__getitem__,
            width=190,
            **state.shown("order"),
        )
        st.selectbox(
            "Colour scale",
            list(MapScale),
            format_func=SCALE_LABELS.__getitem__,
            width=150,
            **state.shown("scale"),
        )
        count = layers[state.view().maps_layer].contributions.shape[1]
        st.selectbox(
            "Open map",
            [None, *range(count)],
            format_func=lambda index: "none" if index is None else f"map {index}",
            placeholder="none",
            width=130,
            **state.shown("open_map"),
        )
    _grid(look)
    if state.view().open_map is not None:
        open_map(galaxy, look, ready, state.view().open_map)


def _grid(look: Look) -> None:
    view = state.view()
    layer = look.inspection.layer(view.maps_layer)
    tops = evidence.map_tops(layer, view.scale)
    components.map_grid(
        figures.map_sheet(layer.feature_maps[0], tops),
        shares=layer.contributions[0].tolist(),
        order=evidence.map_order(layer, view.order).tolist(),
        open_map=view.open_map,
        label=f"Feature maps of {view.maps_layer}",
    )
    if view.scale is MapScale.COMMON:
        st.html(scales.activation_scale(float(tops[0])))
    else:
        st.caption("Each map’s colours end at its own largest value; compare shapes, not colours.")
    st.caption(
        "The line under a map is its share in the logit: blue towards spiral, amber towards "
        "elliptical."
    )


def open_map(galaxy: OpenGalaxy, look: Look, ready: Network, index: int) -> None:
    """Draw one map of the chosen layer large, on the galaxy, and beside its kernel."""
    view = state.view()
    layer = look.inspection.layer(view.maps_layer)
    single = layer.feature_maps[0, ..., index]
    top = float(evidence.map_tops(layer, view.scale)[index])
    share = wording.signed(float(layer.contributions[0, index]))
    st.markdown(f"**Map {index} of {view.maps_layer}**, share {share} logit")
    if not single.any():
        st.info("This map is silent for this galaxy: its pattern was found nowhere.")
    large, on_galaxy, kernel = st.columns([1, 1, 1.3])
    with large:
        alt = f"Map {index} of {view.maps_layer}, enlarged"
        st.html(f'<img class="aa-crisp" src="{figures.activation(single, top=top)}" alt="{alt}">')
        st.html(scales.activation_scale(top))
    with on_galaxy:
        laid = evidence.on_input(single, ready.geometry[view.maps_layer])
        st.html(
            '<div class="aa-layers">'
            f'<img src="{figures.network_input(galaxy.pixels)}" alt="The network’s input">'
            f'<img src="{figures.activation_overlay(laid, top=top)}" '
            f'alt="Map {index} laid on the galaxy"></div>'
        )
        st.caption("Laid on the galaxy, as the network sees it")
    with kernel:
        _kernel(ready, view.maps_layer, index)


def _kernel(ready: Network, name: str, index: int) -> None:
    weights = np.asarray(ready.classifier.model.get_layer(name).kernel)[..., index]
    rows, columns, slices = weights.shape
    st.caption(f"Its kernel: {rows} × {columns} × {slices}", help=wording.TERMS["kernel"])
    if slices <= 3:
        titles = ("red", "green", "blue") if slices == 3 else ("weights",) * slices
        st.html("".join(scales.kernel_table(weights[..., c], titles[c]) for c in range(slices)))
        return
    images = "".join(
        f'<img src="{url}" alt="Slice for map {number}" title="Slice for map {number}">'
        for number, url in enumerate(figures.kernel_slices(weights))
    )
    st.html(f'<div class="aa-slices">{images}</div>')
    largest = f"{float(np.abs(weights).max()):.2f}"
    st.caption(
        f"One slice for each map of the layer before. Black is −{largest}, middle grey 0, "
        f"white +{largest}."
    )
