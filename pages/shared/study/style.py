"""The style sheet of the study pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_SHEET = Path(__file__).parents[1] / "frontend" / "study.css"


def study_style() -> None:
    """Put the style sheet on the page."""
    st.html(_SHEET)
