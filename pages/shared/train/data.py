"""Choosing what to train on: a labelled folder, an uploaded ZIP, or simulated galaxies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import streamlit as st

from galaxy_core.training import traps
from galaxy_core.training.dataset import LabelledImage, select
from galaxy_core.training.labelled import (
    UPLOAD_LIMITS,
    allowed_roots,
    labelled_folders,
    open_labelled,
    unpack_labelled,
)
from galaxy_core.training.simulated import simulated_images
from pages.shared import caches as shared
from pages.shared.train import caches, figures
from pages.shared.widgets import plain


class Source(StrEnum):
    """Where the galaxies come from."""

    SIMULATED = "Simulated galaxies"
    FOLDER = "A labelled folder"
    UPLOAD = "A ZIP of my own"


@dataclass(frozen=True, slots=True)
class ChosenData:
    """What a visitor wants to train on, as in ``JobRequest``."""

    root: str = ""
    simulated_each: int = 0
    sources: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


def choose_data() -> ChosenData | None:
    """Draw the choice and what is to be known about it; None where nothing is chosen yet."""
    source = st.radio(
        "Galaxies to learn from",
        list(Source),
        horizontal=True,
        key="train.source",
        persist_state="session",
    )
    if source == Source.SIMULATED:
        count = st.slider(
            "Galaxies of each class", 50, 1000, 300, step=50, key="train.simulated",
            persist_state="session",
            help="Drawn with spiral arms, bars and dust, or smooth; as a survey would show them. "
            "A network that knows only these is a toy on real galaxies: try it.",
        )  # fmt: skip
        images = simulated_images(Path(), count_each=int(count))
        _show_split(images, traps.find_traps_of_labels(images))
        return ChosenData(simulated_each=int(count))
    root = _folder() if source == Source.FOLDER else _upload()
    return _narrowed(root) if root else None


def _folder() -> str:
    roots = allowed_roots(shared.settings())
    known = [str(path) for path in labelled_folders(roots)]
    typed = st.selectbox(
        "Folder on this server",
        known,
        index=0 if known else None,
        accept_new_options=True,
        placeholder="Type a folder's path",
        key="train.folder",
        persist_state="session",
        help="With a labels.csv (columns file and spiral, or the like), or with the folders "
        "spiral and elliptical. Only inside the server's samples folder and its folder of "
        "labelled data.",
    )
    return str(open_labelled(str(typed), roots)) if typed else ""


def _upload() -> str:
    file = st.file_uploader(
        "ZIP with pictures and labels.csv, or with the folders spiral and elliptical",
        type=["zip"],
        max_upload_size=UPLOAD_LIMITS.file_bytes // 10**6,
        key="train.zip",
        help="labels.csv has the columns file and spiral (1 or 0) or the like, such as filename "
        "and class, and if you want source.",
    )
    if file is None:
        return ""
    settings = shared.settings()
    return str(unpack_labelled(file.getvalue(), shown=plain(file.name), settings=settings))


def _narrowed(root: str) -> ChosenData:
    folder = caches.labelled(root)
    images = folder.images
    st.caption(plain(folder.understood))
    sources = _choice("Sources", sorted({image.source for image in images} - {""}))
    tiers = _choice("Label tiers", sorted({i.attributes.get("tier", "") for i in images} - {""}))
    chosen = ChosenData(root, 0, sources, tiers)
    found = caches.traps(chosen.root, chosen.sources, chosen.tiers)
    _show_split(select(images, sources=sources, tiers=tiers), found)
    return chosen


def _choice(label: str, options: list[str]) -> tuple[str, ...]:
    if len(options) < 2:
        return ()
    key = f"train.{label}"
    picked = st.pills(label, options, selection_mode="multi", key=key, help="None picked: all.")
    return tuple(picked)


def _show_split(images: tuple[LabelledImage, ...], found: tuple[str, ...]) -> None:
    left, right = st.columns(2, gap="medium")
    for column, title, balances in (
        (left, "The split", traps.balance_of_parts(images)),
        (right, "The sources", traps.balance_of_sources(images)),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                figures.balance(balances),
                config={"displayModeBar": False},
                key=f"train.figure {title}",
                alt=f"{title}: spirals and ellipticals",
            )
    for sentence in found:
        st.warning(plain(sentence), icon=":material/warning:")
    if not found:
        st.caption("No trap found: enough of both classes, no source that gives the class away.")
