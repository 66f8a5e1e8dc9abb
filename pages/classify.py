"""Classify: a galaxy goes in; its probability, the evidence and the feature maps come out."""

from __future__ import annotations

import streamlit as st


def page() -> None:
    """Draw the title, and under it all the rest."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Is it a spiral?", width="content")
        buttons = st.container(width="content")
    # Here, so that the first visitor of a server reads the title while science is imported.
    from pages.shared.panels import classify

    classify.draw(buttons)


page()
