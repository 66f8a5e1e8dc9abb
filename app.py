"""Automated Astronomer: page config, the page table, run. Nothing else."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import serving

if get_script_run_ctx(suppress_warning=True) is None:
    # The server starts. Streamlit runs this file as a script only once a visitor is there;
    # as an ASGI app it also tells us when the server starts, so that TensorFlow loads before
    # the first visitor comes.
    app = st.App(Path(__file__), lifespan=serving.while_serving, middleware=serving.MIDDLEWARE)
else:
    from pages.shared import frame

    # A file of ours: Material symbols as page icons come from Google at every visit.
    icon = Path(__file__).parent / "pages" / "shared" / "frontend" / "icon.png"
    st.set_page_config(page_title="Automated Astronomer", page_icon=icon, layout="wide")
    frame.style()
    page = st.navigation(
        [
            st.Page("pages/classify.py", title="Classify", icon=":material/search:", default=True),
            st.Page("pages/evidence.py", title="Evidence", icon=":material/troubleshoot:"),
            st.Page("pages/what_if.py", title="What if", icon=":material/tune:"),
            st.Page("pages/inside.py", title="Inside", icon=":material/layers:"),
            st.Page("pages/famous.py", title="Famous galaxies", icon=":material/star:"),
            st.Page("pages/model_card.py", title="Model card", icon=":material/fact_check:"),
            st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        ]
    )
    with frame.guarded():
        page.run()
