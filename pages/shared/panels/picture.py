"""The picture with its framing square and the evidence on it, and the controls of both."""

from __future__ import annotations

import streamlit as st

from pages.shared import caches, components, figures, scales, state, wording
from pages.shared.evidence import ShownEvidence, shown_evidence
from pages.shared.galaxy import OpenGalaxy
from pages.shared.links import EvidenceKind, FramingChoice
from pages.shared.networks import Network
from pages.shared.panels import field, opened, sky

KIND_LABELS = {
    EvidenceKind.SIGNED: "Both",
    EvidenceKind.SPIRAL: "Spiral",
    EvidenceKind.ELLIPTICAL: "Elliptical",
    EvidenceKind.NONE: "Off",
}


def picture(galaxy: OpenGalaxy, evidence: ShownEvidence | None) -> None:
    """Draw the galaxy; the evidence is laid on it once there is one."""
    cutout = galaxy.cutout
    overlay = ""
    if evidence is not None and not evidence.blank:
        overlay = figures.evidence_overlay(evidence.on_input, scale=evidence.scale)
    kind = KIND_LABELS[state.view().evidence].lower()
    frame = sky.compass(cutout)
    components.galaxy_view(
        figures.stage(cutout.width_px, cutout.height_px, galaxy.framing),
        url=caches.picture_url(galaxy.key, cutout),
        alt=f"{cutout.name}, the galaxy as it came",
        overlay=overlay,
        overlay_alt=f"Evidence map ({kind}) on the galaxy",
        arcsec_per_px=cutout.pixel_scale_arcsec,
        compass_deg=(frame.north_deg, frame.east_deg) if frame else None,
        marks=field.marks(galaxy),
        sky=caches.compared(f"sky {galaxy.key}", lambda: sky.under_cursor(cutout)),
    )


def chosen_evidence(look: caches.Look, ready: Network) -> ShownEvidence | None:
    """Return what is to be laid on the picture; settle on layers that the network has."""
    layers, view = look.inspection.layers, state.view()
    last = tuple(layers)[-1]
    layer = view.layer if view.layer in layers else last
    maps_layer = view.maps_layer if view.maps_layer in layers else last
    count = layers[maps_layer].contributions.shape[1]
    open_map = opened.open_map(maps_layer, count)
    state.settle(layer=layer, maps_layer=maps_layer, open_map=open_map)
    if view.evidence is EvidenceKind.NONE:
        return None
    return shown_evidence(
        layers[layer],
        layer,
        kind=view.evidence,
        geometry=ready.geometry[layer],
        card=ready.classifier.card,
    )


def evidence_controls(layers: tuple[str, ...], evidence: ShownEvidence | None) -> None:
    """Draw the choice of evidence and layer, and the colour scale."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            "Evidence for",
            list(EvidenceKind),
            required=True,
            format_func=KIND_LABELS.__getitem__,
            help=wording.TERMS["evidence"],
            **state.shown("evidence"),
        )
        st.selectbox(
            "Layer", layers, width=220, help=wording.TERMS["layer"], **state.shown("layer")
        )
        with st.container(width=330):
            _scale(evidence)


def _scale(evidence: ShownEvidence | None) -> None:
    """Draw the colour scale, or say why no colour is to be seen."""
    if evidence is None:
        return
    kind = state.view().evidence
    if evidence.blank:
        what = {EvidenceKind.SPIRAL: "a spiral", EvidenceKind.ELLIPTICAL: "an elliptical"}
        st.info(
            f"{state.view().layer} holds no evidence for {what.get(kind, 'either class')} in "
            "this galaxy.",
            icon=":material/visibility_off:",
        )
        return
    st.html(scales.evidence_scale(evidence.scale, kind=str(kind)))
    if not evidence.fixed_scale:
        st.caption("This network fixes no scale: the colours end at this galaxy’s largest.")


def framing_controls(galaxy: OpenGalaxy) -> None:
    """Draw the numbers of the square, undo and reset."""
    used, cutout = galaxy.framing, galaxy.cutout
    choice = FramingChoice(used.centre_x_px, used.centre_y_px, used.half_size_px)
    longest = float(max(cutout.width_px, cutout.height_px))
    # Help on the button itself would hang over the controls as long as the mouse rests there.
    with st.popover("Framing", icon=":material/crop:"):
        st.caption(wording.TERMS["framing"])
        for label, name, low, high in (
            ("Centre x (px from the left)", "centre_x_px", -longest, 2 * longest),
            ("Centre y (px from the top)", "centre_y_px", -longest, 2 * longest),
            ("Half size (px)", "half_size_px", 1.0, 2 * longest),
        ):
            bound = state.number_of_framing(name, choice, low, high)
            st.number_input(label, low, high, step=1.0, format="%.1f", **bound)
        if used.user_set:
            st.caption("Set by you.")
        with st.container(horizontal=True):
            st.button(
                "Undo",
                icon=":material/undo:",
                on_click=state.undo_framing,
                disabled=not state.can_undo_framing(),
            )
            st.button(
                "As found",
                icon=":material/restart_alt:",
                on_click=state.change,
                kwargs={"framing": None},
                disabled=not used.user_set,
            )


def network_input(galaxy: OpenGalaxy) -> None:
    """Draw exactly what the network sees."""
    side = galaxy.pixels.shape[0]
    alt = f"The {side} × {side} pixels that the network sees"
    st.html(f'<img class="aa-crisp" src="{figures.network_input(galaxy.pixels)}" alt="{alt}">')
    st.caption(f"What the network sees: {side} × {side} pixels", help=wording.TERMS["input"])
    cutout = galaxy.cutout
    if figures.stage(cutout.width_px, cutout.height_px, galaxy.framing).reaches_beyond_picture:
        st.caption("Beyond the picture’s edge, which is dashed, it is given plain sky.")
