"""The galaxy that is open, for every page that shows it: link, network, picture, framing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import FramingError
from pages.shared import caches, state, widgets
from pages.shared.galaxy import OpenGalaxy, open_galaxy
from pages.shared.links import Known
from pages.shared.networks import Network
from pages.shared.panels import choose, fetch, fits_opened
from pages.shared.study import state as study_state
from pages.shared.study.style import study_style

DEFAULT_SIZE_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What a study page has to work with; None where it is not there, or not yet.

    Parameters
    ----------
    stored : StoredModel or None
        The chosen network of the store.
    ready : Network or None
        The same, loaded.
    galaxy : OpenGalaxy or None
        The galaxy; where it is None the page has said why.
    """

    stored: StoredModel | None
    ready: Network | None
    galaxy: OpenGalaxy | None


def open_study(title: str) -> Opened:
    """Draw the top of a study page (network, title, notices, choice of galaxy); return both."""
    models = caches.models()
    study_state.adopt_link(known_links(models))
    stored = widgets.choose_model(models)
    study_style()
    st.title(title)
    show_notices(study_state.notices())
    files = choose.choose_galaxy()
    galaxy = None
    with widgets.guarded():
        galaxy = open_chosen(stored, files)
    return Opened(stored, ready_network(stored), galaxy)


def when_ready(here: Opened, draw: Callable[[StoredModel, Network, OpenGalaxy], None]) -> None:
    """Draw what needs galaxy and network; else say what is missing. To be called last."""
    if here.galaxy is None:
        return
    with widgets.guarded():
        if here.stored is not None and here.ready is not None:
            draw(here.stored, here.ready, here.galaxy)
        else:
            study_state.write_link()
            wait_or_say(here.stored)


def known_links(models: Sequence[StoredModel]) -> Known:
    """Return what a link may name here."""
    shown = {sample.key for sample in caches.samples()[0]}
    layers = {entry.card.name: entry.card.convolution_layers for entry in models}
    # A folder may hold more than the strip shows; opening one that is not there says so.
    return Known(lambda key: key in shown or key.startswith("folder-"), layers)


def show_notices(notices: Sequence[str]) -> None:
    """Say what could not be followed in the link."""
    if notices:
        st.info(" ".join(map(widgets.plain, notices)), icon=":material/link_off:")


def ready_network(stored: StoredModel | None) -> Network | None:
    """Return the network if it is there by now; asking starts its loading."""
    if stored is None:
        return None
    future = caches.network(stored)
    return future.result() if future.done() and future.exception() is None else None


def open_chosen(stored: StoredModel | None, files: Sequence[Any]) -> OpenGalaxy | None:
    """Return the galaxy that is open; say why and return None where an upload is gone.

    Raises
    ------
    GalaxyError
        If the picture cannot be read.
    """
    view = state.view()
    if view.upload:
        file = choose.open_upload(files)
        if file is not None:
            state.keep_upload(file.name, file.getvalue())
        kept = state.kept_upload()
        if kept is None:
            st.info(
                "The picture of this link was an upload, which no link carries. Drop it above, "
                "or choose a sample.",
                icon=":material/upload:",
            )
            return None
        name, data = kept
        key, cutout = fits_opened.upload_cutout(data, name)
    elif view.target:
        fetched = fetch.open_fetched()
        if fetched is None:
            return None
        key, cutout = fetched
    else:
        key, cutout = f"sample {view.sample}", caches.sample_cutout(view.sample)
    size_px = stored.card.input_size_px if stored else DEFAULT_SIZE_PX
    found = caches.found_framing(key, cutout)
    try:
        return open_galaxy(key, cutout, found, view.framing, size_px=size_px)
    except FramingError as error:
        st.info(f"{widgets.plain(str(error))} Shown as found.", icon=":material/crop:")
        return open_galaxy(key, cutout, found, None, size_px=size_px)


def open_map(layer: str, count: int) -> int | None:
    """Return which map of a layer is open; say so where it has none of that number."""
    index = state.view().open_map
    if index is None or index < count:
        return index
    st.info(f"{widgets.plain(layer)} has no map {index}: it has {count}, from 0.")
    return None


def wait_for_others(waiting: Sequence[StoredModel], place: DeltaGenerator) -> None:
    """Say which other networks still wake, and run again once one is there. To be called last."""
    futures = {entry.card.title: caches.network(entry) for entry in waiting}
    failed = [name for name, one in futures.items() if one.done() and one.exception() is not None]
    words = [f"Could not be loaded: {', '.join(failed)}."] if failed else []
    pending = {name: one for name, one in futures.items() if name not in failed}
    began = time.monotonic()
    while not any(one.done() for one in pending.values()):
        seconds = round(time.monotonic() - began)
        now = [f"Still waking: {', '.join(pending)} ({seconds} s)."] if pending else []
        if words or now:
            place.caption(widgets.plain(" ".join(words + now)))
        if not pending:
            return
        wait(pending.values(), timeout=1.0, return_when=FIRST_COMPLETED)
    st.rerun()


def wait_or_say(stored: StoredModel | None) -> None:
    """Draw why there is no answer yet, and run again once there is. To be called last."""
    if stored is None:
        widgets.no_network()
    elif (future := caches.network(stored)).done():
        if error := future.exception():
            widgets.load_failed(error)
        else:
            st.rerun()
    else:
        widgets.wait_for(future)
