"""Model card: what a network is, how well it does, where it fails; two side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, widgets
from pages.shared.panels import card, domain, networks_kept


def page() -> None:
    """Draw the page."""
    models = caches.models()
    stored = widgets.choose_model(models)
    if stored is None:
        widgets.no_network()
        if not caches.settings().read_only:
            networks_kept.adopt_file()
        return
    shown = [stored, *_compared(models, stored)]
    for entry in shown:
        st.title(entry.card.title, anchor=False)
        st.markdown(widgets.plain(entry.card.summary))
    measured = [entry.card for entry in shown if entry.card.metrics]
    for entry in shown:
        if not entry.card.metrics:
            st.info(
                f"{widgets.plain(entry.card.title)} has not been measured. On the command line, "
                f"`python -m galaxy_core evaluate --data FOLDER --model {entry.card.name}` does "
                "so on any labelled folder.",
                icon=":material/straighten:",
            )
    if measured:
        card.headlines(measured)
    for entry in shown:
        with st.expander(f"What it is, and what it was trained on: {entry.card.title}"):
            card.identity(entry)
    if measured:
        card.figures(measured)
        domain.refused(measured)
        if card.mistakes(measured[0]):
            st.switch_page("pages/classify.py")
    networks_kept.manage(stored)


def _compared(models: Sequence[StoredModel], stored: StoredModel) -> list[StoredModel]:
    """Draw the choice of a second network; return it, or nothing."""
    others = {entry.card.name: entry for entry in models if entry.card.name != stored.card.name}
    if not others:
        return []
    with st.sidebar:
        chosen = st.selectbox(
            "Compare with",
            ["", *others],
            format_func=lambda name: others[name].card.title if name else "nothing",
            key="card.compare",
            persist_state="session",
        )
    return [others[chosen]] if chosen in others else []


page()
