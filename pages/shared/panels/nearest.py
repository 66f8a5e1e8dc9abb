"""The training galaxies most like the one on the page: context for its answer, no evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.samples.folder import folder_key
from pages.shared import caches
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.cnn.card import ModelCard
    from galaxy_core.cnn.reference import Neighbour

_HELP = (
    "Nearest in the network's own features: what it makes of a picture just before its answer. "
    "An ordinary match is nearer than about half of the training galaxies are to their own "
    "nearest; a picture of something else is nearer than none of them."
)
_THUMBNAIL_PX = 56


def nearest(answer: Answer, card: ModelCard) -> None:
    """Draw the nearest training galaxies, or say that this network has none to show."""
    if not answer.nearest:
        st.caption(
            "This network came without its training galaxies, so which of them are most like "
            "this one, and whether any is, cannot be said. On the command line, "
            f"`python -m galaxy_core refer --data FOLDER --model {card.name}` adds them from the "
            "labelled folder that it learnt from."
        )
        return
    with st.expander("The training galaxies most like it", icon=":material/compare:"):
        for one in answer.nearest:
            _neighbour(one)
        st.caption("What the network knew before; no evidence for its answer.", help=_HELP)


def _neighbour(one: Neighbour) -> None:
    url = caches.sample_thumbnail(folder_key(one.file)) if one.file else ""
    label = "spiral" if one.spiral else "elliptical"
    kind = f"{one.hubble_type}, labelled {label}" if one.hubble_type else f"labelled {label}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if url:
            st.image(url, width=_THUMBNAIL_PX, alt=f"{one.identifier}, {kind}")
        st.markdown(
            f"**{plain(one.identifier)}** {plain(kind)}  \n"
            f"nearer than {round(100 * one.similarity)} % of the training galaxies are to one "
            "another"
        )
