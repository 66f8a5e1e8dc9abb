"""Classify: a galaxy goes in; its probability, the evidence and the feature maps come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import FramingError
from pages.shared import caches, state, widgets
from pages.shared.evidence import ShownEvidence
from pages.shared.galaxy import OpenGalaxy, open_galaxy
from pages.shared.links import Known
from pages.shared.networks import Network
from pages.shared.panels import answer, choose, maps, picture, table

DEFAULT_SIZE_PX = 64


def page() -> None:
    """Draw the page."""
    models = caches.models()
    state.adopt_link(_known(models))
    stored = widgets.choose_model(models)
    with st.container(horizontal=True, vertical_alignment="center", gap="large"):
        st.title("Is it a spiral?", width="content")
        buttons = st.container(width="content")
    _notices()
    files = choose.choose_galaxy()
    with buttons:
        choose.step_buttons(files)
    ready = _ready(stored)
    if state.view().upload and len(files) > 1 and ready is not None:
        table.results_table(table.upload_rows(files, ready))
    with widgets.guarded():
        _galaxy(stored, files)
    state.write_link()


def _known(models: Sequence[StoredModel]) -> Known:
    shown = {sample.key for sample in caches.samples()[0]}
    layers = {entry.card.name: entry.card.convolution_layers for entry in models}
    # A folder may hold more than the strip shows; opening one that is not there says so.
    return Known(lambda key: key in shown or key.startswith("folder-"), layers)


def _notices() -> None:
    if state.notices():
        st.info(" ".join(map(widgets.plain, state.notices())), icon=":material/link_off:")


def _ready(stored: StoredModel | None) -> Network | None:
    if stored is None:
        return None
    future = caches.network(stored)
    return future.result() if future.done() and future.exception() is None else None


@st.fragment
def _galaxy(stored: StoredModel | None, files: Sequence[Any]) -> None:
    """Draw the open galaxy; settings that keep the galaxy rerun only this."""
    with widgets.guarded():
        galaxy = _open(stored, files)
        if galaxy is None:
            st.info(
                "The picture of this link was an upload, which no link carries. Drop it above, "
                "or choose a sample.",
                icon=":material/upload:",
            )
            return
        _draw(stored, galaxy)


def _open(stored: StoredModel | None, files: Sequence[Any]) -> OpenGalaxy | None:
    view = state.view()
    if view.upload:
        file = choose.open_upload(files)
        if file is None:
            return None
        data = file.getvalue()
        key, cutout = caches.upload_key(data, file.name), caches.upload_cutout(data, file.name)
    else:
        key, cutout = f"sample {view.sample}", caches.sample_cutout(view.sample)
    size_px = stored.card.input_size_px if stored else DEFAULT_SIZE_PX
    found = caches.found_framing(key, cutout)
    try:
        return open_galaxy(key, cutout, found, view.framing, size_px=size_px)
    except FramingError as error:
        st.info(f"{widgets.plain(str(error))} Shown as found.", icon=":material/crop:")
        return open_galaxy(key, cutout, found, None, size_px=size_px)


def _draw(stored: StoredModel | None, galaxy: OpenGalaxy) -> None:
    ready = _ready(stored)
    look = caches.look(stored, ready, galaxy) if stored and ready else None
    evidence = picture.chosen_evidence(look, ready) if look and ready else None
    with st.container(key="galaxy-row"):
        left, middle, right = st.columns([5, 3, 4], gap="medium")
    with left:
        picture.picture(galaxy, evidence)
    with middle:
        picture.network_input(galaxy)
        picture.framing_controls(galaxy)
    with right:
        place = st.container()
        answer.provenance(galaxy)
    if look and ready and stored:
        picture.evidence_controls(stored.card.convolution_layers, evidence)
        maps.feature_maps(galaxy, look, ready)
    state.write_link()
    with place:  # last: it may wait for the network, when all else is on the page
        _answer(stored, look, galaxy, evidence)


def _answer(
    stored: StoredModel | None,
    look: caches.Look | None,
    galaxy: OpenGalaxy,
    evidence: ShownEvidence | None,
) -> None:
    if stored is None:
        widgets.no_network()
    elif look is not None:
        answer.answer(look, galaxy)
        answer.take_away(look, galaxy, evidence, stored.card)
    elif (future := caches.network(stored)).done():
        widgets.load_failed(future.exception())
    else:
        widgets.wait_for(future)


page()
