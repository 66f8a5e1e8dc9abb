"""The body of the classify page: one galaxy with its answer, evidence and feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches, state, widgets
from pages.shared.evidence import ShownEvidence
from pages.shared.galaxy import OpenGalaxy
from pages.shared.panels import (
    answer,
    choose,
    fetch,
    field,
    fits,
    maps,
    opened,
    picture,
    sky,
    table,
)


def draw(buttons: DeltaGenerator) -> None:
    """Draw the choice of galaxies, the table where there are many, and the open galaxy.

    ``buttons`` is the place beside the title for the steps to the next galaxy.
    """
    models = caches.models()
    state.adopt_link(opened.known_links(models))
    stored = widgets.choose_model(models)
    opened.show_notices(state.notices())
    ready = opened.ready_network(stored)
    list_as_table = ready is not None and fetch.is_of_list()
    files = choose.choose_galaxy(strip_of_list=not list_as_table)
    with buttons:
        choose.step_buttons(files)
    if ready is not None and state.view().upload and len(files) > 1:
        table.uploads_table(files, ready)
    elif ready is not None and list_as_table and not fetch.is_running():
        table.fetched_table(ready)
    with widgets.guarded():
        _galaxy(stored, files)
    state.write_link()


@st.fragment
def _galaxy(stored: StoredModel | None, files: Sequence[Any]) -> None:
    """Draw the open galaxy; settings that keep the galaxy rerun only this."""
    with widgets.guarded():
        galaxy = opened.open_chosen(stored, files)
        if galaxy is not None:
            _draw(stored, galaxy)


def _draw(stored: StoredModel | None, galaxy: OpenGalaxy) -> None:
    ready = opened.ready_network(stored)
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
        sky.where(galaxy.cutout)
    field.find_galaxies(galaxy, ready)
    fits.controls(galaxy, ready)
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
    if stored is None or look is None:
        opened.wait_or_say(stored)
    else:
        answer.answer(look, galaxy, stored.card)
        answer.take_away(look, galaxy, evidence, stored.card)
