"""Caches of the train page: labelled folders as they were read last. Nothing here draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from galaxy_core.training.dataset import (
    LabelledFolder,
    LabelledImage,
    dataset_hash,
    read_labelled_folder,
    select,
)
from galaxy_core.training.lookalikes import Prints, fingerprints
from galaxy_core.training.traps import MOST_COMPARED, find_traps


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
    images = labelled(root).images[:MOST_COMPARED]
    row = {image.path: index for index, image in enumerate(images)}
    prints = _prints(root, dataset_hash(images), images)
    chosen = select(labelled(root).images, sources=sources, tiers=tiers)
    known = [row[image.path] for image in chosen if image.path in row]
    return find_traps(chosen, prints[known] if len(known) == len(chosen) else None)


@st.cache_resource(ttl=3600, max_entries=4, show_spinner="Looking for pictures that are alike …")
def _prints(root: str, digest: str, _images: Sequence[LabelledImage]) -> Prints:
    """Return the fingerprints of a folder's pictures; reading them all takes seconds."""
    return fingerprints(_images)
