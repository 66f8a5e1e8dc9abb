"""What the network answers, in a line: for pages whose subject is why."""

from __future__ import annotations

import streamlit as st

from galaxy_core.cnn.pipeline import every_warning
from pages.shared import wording
from pages.shared.caches import Look
from pages.shared.galaxy import OpenGalaxy
from pages.shared.widgets import plain


def verdict(look: Look, galaxy: OpenGalaxy) -> None:
    """Draw the verdict, its probability and logit, and every reason not to trust it."""
    said = look.answer
    st.markdown(
        f"**{plain(wording.verdict_sentence(said))}** "
        f"{plain(wording.percent(said.probability_spiral))} probability of spiral; logit "
        f"{plain(wording.signed(said.logit))}.",
        help=wording.TERMS["logit"],
    )
    warnings(look, galaxy)


def warnings(look: Look, galaxy: OpenGalaxy) -> None:
    """Draw every reason not to trust the answer."""
    for warning in every_warning(galaxy.cutout.warnings, look.answer):
        st.warning(plain(warning), icon=":material/warning:")
