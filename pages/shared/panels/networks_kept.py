"""Networks of this server: bring one along as a file, delete one that did not ship."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from galaxy_core.adoption.adopt import adopt
from galaxy_core.adoption.keras_file import LIMITS
from galaxy_core.cnn.store import MOST_DELETED, ModelStore, StoredModel
from pages.shared import caches, widgets


def manage(stored: StoredModel) -> None:
    """Draw bringing along a network, deleting the one on the page, bringing back deleted ones."""
    st.subheader("Networks on this server", anchor=False)
    if caches.settings().read_only:
        widgets.read_only()
        return
    with st.container(horizontal=True):
        with st.popover("Bring your own network", icon=":material/upload:"):
            adopt_file()
        if not stored.shipped:
            with st.popover("Delete this network", icon=":material/delete:"):
                _delete(stored)
        gone = ModelStore.from_settings(caches.settings()).deleted()
        if gone:
            with st.popover("Bring back a deleted one", icon=":material/undo:"):
                _restore(gone)


def adopt_file() -> None:
    """Draw the upload of a ``.keras`` file; put it into the store if it can be used."""
    with st.form("card.adopt", border=False):
        file = st.file_uploader(
            "A .keras file",
            type=["keras"],
            max_upload_size=LIMITS.file_bytes // 10**6,
            help="A classifier saved by Keras 3: one square picture in, colour or grey; one "
            "sigmoid or a two-class softmax (the second being spiral) out; layers of Keras only. "
            "It is loaded in a process of its own, with limits, before anybody can use it.",
        )
        name = st.text_input("Its name here", max_chars=64, help="Letters, digits, - and _")
        sent = st.form_submit_button("Check it and add it", icon=":material/verified_user:")
    if not sent:
        return
    if file is None or not name.strip():
        st.warning("Choose a file and give it a name.", icon=":material/edit:")
        return
    with widgets.guarded():
        card = _adopted(file.getvalue(), file.name, name.strip())
        caches.forget_models()
        st.success(f"{widgets.plain(card)} is in the list of networks.", icon=":material/check:")


def _adopted(data: bytes, shown: str, name: str) -> str:
    store = ModelStore.from_settings(caches.settings())
    with (
        tempfile.TemporaryDirectory(prefix="galaxy-adopt-") as folder,
        st.spinner("Checking the file, and trying the network in a process of its own …"),
        caches.turn_to_adopt(),
    ):
        path = Path(folder) / "model.keras"
        path.write_bytes(data)
        return adopt(path, name=name, store=store, shown=shown).title


def _delete(stored: StoredModel) -> None:
    st.markdown(
        f"Delete **{widgets.plain(stored.card.title)}** for everybody on this server? The last "
        f"{MOST_DELETED} that were deleted can be brought back."
    )
    if st.button("Yes, delete it", type="primary", icon=":material/delete:", key="card.delete"):
        with widgets.guarded():
            ModelStore.from_settings(caches.settings()).delete(stored.card.name)
            caches.forget_models()
            st.rerun()


def _restore(gone: tuple[str, ...]) -> None:
    for name in gone:
        if st.button(widgets.plain(name), icon=":material/undo:", key=f"card.restore {name}"):
            with widgets.guarded():
                ModelStore.from_settings(caches.settings()).restore(name)
                caches.forget_models()
                st.rerun()
