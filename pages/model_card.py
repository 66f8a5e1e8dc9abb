"""Model card: what a network is, how well it does, where it fails; two side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, state, widgets
from pages.shared.panels import card, domain, networks_kept, opened


def page() -> None:
    """Draw the page."""
    models = caches.models()
    compared = state.own("card.compared", dict[str, str])
    if state.adopt_link(opened.known_links(models)):
        compared["name"] = state.asked_by_link("compare")
    stored = widgets.choose_model(models)
    opened.show_notices(state.notices())
    if stored is None:
        widgets.no_network()
        if not caches.settings().read_only:
            networks_kept.adopt_file()
        return
    shown = [stored, *_compared(models, stored, compared)]
    state.write_link(**({"compare": shown[1].card.name} if shown[1:] else {}))
    for entry in shown:
        st.title(entry.card.title, anchor=False)
        st.markdown(widgets.plain(entry.card.summary))
    measured = [entry.card for entry in shown if entry.card.metrics]
    for entry in shown:
        _what_is_missing(entry)
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


def _what_is_missing(entry: StoredModel) -> None:
    """Say what has not been measured of a network, and how that is done."""
    title, name = widgets.plain(entry.card.title), entry.card.name
    if not entry.card.metrics:
        st.info(
            f"{title} has not been measured. On the command line, `python -m galaxy_core "
            f"evaluate --data FOLDER --model {name} --write-card` does so on any labelled folder.",
            icon=":material/straighten:",
        )
    if not entry.reference_path.is_file():
        st.info(
            f"{title} came without its training galaxies: a picture that is unlike all of them "
            "is not noticed by that, only by its framing and its look. `python -m galaxy_core "
            f"refer --data FOLDER --model {name}` adds them from the labelled folder that it "
            "learnt from, and measures what it refuses.",
            icon=":material/compare:",
        )


def _compared(
    models: Sequence[StoredModel], stored: StoredModel, compared: dict[str, str]
) -> list[StoredModel]:
    """Draw the choice of a second network; return it, or nothing."""
    others = {entry.card.name: entry for entry in models if entry.card.name != stored.card.name}
    if not others:
        return []
    asked = compared.get("name", "")
    with st.sidebar:
        chosen = st.selectbox(
            "Compare with",
            ["", *others],
            format_func=lambda name: others[name].card.title if name else "nothing",
            **state.bound(
                "card.compare",
                asked if asked in others else "",
                lambda name: compared.update(name=name),
            ),
        )
    return [others[chosen]] if chosen in others else []


page()
