"""Caches of the train page: labelled folders as they were read last. Nothing here draws."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from galaxy_core.training.dataset import LabelledFolder, read_labelled_folder, select
from galaxy_core.training.traps import find_traps


@st.cache_resource(ttl=120, max_entries=4, show_spinner="Reading the labels …")
def labelled(root: str) -> LabelledFolder:
    """Return the spirals and ellipticals of a labelled folder, and how it was understood.

    Raises
    ------
    DatasetError
        As ``read_labelled_folder``.
    """
    folder = read_labelled_folder(Path(root))
    return LabelledFolder(select(folder.images), folder.understood)


@st.cache_resource(ttl=120, max_entries=16, show_spinner="Looking for traps …")
def traps(root: str, sources: tuple[str, ...], tiers: tuple[str, ...]) -> tuple[str, ...]:
    """Return what may make a network learn the wrong thing from that folder."""
    return find_traps(select(labelled(root).images, sources=sources, tiers=tiers))
