"""Choosing a galaxy: the strip of samples, the uploader, and the table of many uploads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from galaxy_core.intake import display_name
from galaxy_core.samples import Expected, Sample
from pages.shared import caches, components, state
from pages.shared.panels import ask, fetch


def default_sample(samples: Sequence[Sample]) -> str:
    """Return the key of the sample to begin with: the first clear spiral."""
    clear = [sample.key for sample in samples if sample.expected is Expected.SPIRAL]
    return (clear or [sample.key for sample in samples] or [""])[0]


def choose_galaxy(*, strip_of_list: bool = True) -> list[Any]:
    """Draw the strip and the uploader; return this visitor's uploaded files.

    A list that was fetched has a strip of its own, unless the page shows it otherwise.
    """
    samples, skipped = caches.samples()
    if not state.view().sample:
        state.settle(sample=default_sample(samples))
    left, right = st.columns([3, 1.15], vertical_alignment="top")
    with right:
        files = _own_or_fetched()
    with left:
        _strip(samples)
        for sentence in skipped:
            st.caption(sentence)
    if fetch.is_running():
        fetch.watch()
    elif strip_of_list:
        fetch.strip_of_list()
    return list(files or [])


def _own_or_fetched() -> Any:
    """Draw the uploader, and beside it fetching; return the uploaded files."""
    # Told when the tab changes, so that what brings astropy along is drawn only when asked for.
    upload, fetched = st.tabs(
        ["Upload", "Fetch"],
        default="Fetch" if state.view().target else "Upload",
        on_change="rerun",
        key="classify.way in",
    )
    with upload:
        files = st.file_uploader(
            "Or drop your own pictures here",
            accept_multiple_files=True,
            key=state.uploader_key(),
            on_change=state.take_uploads,
            help="JPEG, PNG, TIFF, WebP or FITS; up to "
            f"{st.get_option('server.maxUploadSize')} MB each, one or many. Larger FITS files are "
            "read from where they lie: `python -m galaxy_core classify FILE`, up to 1 GB.",
        )
    with fetched:
        if fetched.open:
            ask.controls()
    return files


def _strip(samples: Sequence[Sample]) -> None:
    view = state.view()
    items = [
        {
            "key": sample.key,
            "title": sample.title,
            "description": sample.description,
            "url": caches.sample_thumbnail(sample.key),
        }
        for sample in samples
    ]
    components.strip(
        items,
        chosen="" if view.upload or view.target else view.sample,
        label="Sample galaxies",
        choose=lambda key: state.open_sample(str(key)),
    )


def step_buttons(files: Sequence[Any]) -> None:
    """Draw previous and next, which the arrow keys press: through a list, or the samples."""
    with st.container(horizontal=True, gap="small", width="content"):
        for label, icon, key, step in (
            ("Previous", ":material/arrow_back:", "Left", -1),
            ("Next", ":material/arrow_forward:", "Right", 1),
        ):
            st.button(
                label,
                icon=icon,
                key=f"classify.{label}",
                shortcut=key,
                on_click=_step,
                args=(step, len(files)),
            )


def _step(step: int, files: int) -> None:
    if state.view().upload and files:
        state.set_open_row((state.open_row() + step) % files)
        return
    if fetch.is_of_list():
        fetch.walk(step)
        return
    keys = [sample.key for sample in caches.samples()[0]]
    here = keys.index(state.view().sample) if state.view().sample in keys else -step
    state.open_sample(keys[(here + step) % len(keys)])


def open_upload(files: Sequence[Any]) -> Any | None:
    """Return the uploaded file that is open."""
    return files[min(state.open_row(), len(files) - 1)] if files else None


def upload_name(file: Any) -> str:
    """Return an upload's name, fit to be shown."""
    return display_name(file.name)
