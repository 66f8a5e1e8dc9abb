"""What every page draws alike: terms with a question mark, the choice of network, waiting."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, wait

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import GalaxyError
from pages.shared import caches, state, wording
from pages.shared.frame import guarded as guarded
from pages.shared.frame import plain as plain
from pages.shared.networks import Network

_LOG = logging.getLogger("astronomer")


def term(label: str, name: str) -> None:
    """Draw a small heading with the question mark that explains the term."""
    st.caption(label, help=wording.TERMS[name])


def choose_model(known: tuple[StoredModel, ...]) -> StoredModel | None:
    """Draw the choice of network in the sidebar and return it; None where there is none."""
    names = [entry.card.name for entry in known]
    if not names:
        return None
    if state.view().model not in names:
        state.settle(model=names[0])
    titles = {entry.card.name: entry.card.title for entry in known}
    with st.sidebar:
        st.selectbox(
            "Network",
            names,
            format_func=lambda name: titles.get(name, name),
            help=wording.TERMS["network"],
            **state.shown("model"),
        )
        chosen = known[names.index(state.view().model)]
        st.caption(plain(chosen.card.summary))
    return chosen


def no_network() -> None:
    """Draw the state of an app without any network."""
    st.warning(
        "There is no network to ask yet: the model store is empty. The one that ships with the "
        "app lies in galaxy_core/models; the README says how to make it again.",
        icon=":material/network_node:",
    )


def read_only() -> None:
    """Say that the operator lets visitors look only."""
    st.caption(
        "On this server networks and trainings can be looked at; only its operator starts, stops, "
        "adds or deletes them."
    )


def wait_for(future: Future[Network]) -> None:
    """Draw the waiting state of an answer, and run the page again once the network is there.

    To be called last: the page is painted by now. The seconds are not only for the visitor:
    every time they are drawn, Streamlit turns to what the visitor did meanwhile.
    """
    waking, passed, below = st.empty(), st.empty(), st.empty()
    waking.html('<div class="aa-verdict" role="status">Waking the network …</div>')
    below.skeleton(height=90)
    began = time.monotonic()
    while not future.done():
        seconds = round(time.monotonic() - began)
        passed.caption(
            "TensorFlow is starting, once for everybody; that takes some ten seconds. The "
            f"answer then appears here by itself. So far: {seconds} s."
        )
        wait([future], timeout=1.0)
    for place in (waking, passed, below):  # else they fade below the answer until all is drawn
        place.empty()
    st.rerun()


def load_failed(error: BaseException) -> None:
    """Draw the state of a network that cannot be used, with another try."""
    if isinstance(error, GalaxyError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        _LOG.error("A network could not be loaded", exc_info=error)
        st.error(
            "The network could not be started; the server’s log says why.",
            icon=":material/error:",
        )
    st.button("Try again", icon=":material/refresh:", on_click=caches.retry_networks)
