"""Asking for galaxies of a survey: names or positions, one or a list, how large, from where.

What became of it is ``fetch``'s. The archives' part of the core is imported where it is used:
it brings astropy along, which takes seconds that the first paint must not wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.errors import GalaxyError
from pages.shared import caches, state
from pages.shared.fetches import MOST_TARGETS
from pages.shared.links import DEFAULT_SURVEY
from pages.shared.panels import fetch
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Survey


def controls() -> None:
    """Draw what to fetch and from where; start when asked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        survey = _choose_survey()
        with st.popover("More", help="A list, the size, and about the survey"):
            pasted = st.text_area(
                f"Several, one a line, or CSV (at most {MOST_TARGETS})", key="fetch.list"
            )
            size = st.number_input(
                "Side of the picture (arcsec)",
                4,
                36_000,
                value=None,
                placeholder="so that the galaxy fills it",
                key="fetch.size",
            )
            _about(survey)
    form = st.form("fetch", border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Name or position",
            placeholder="M51, or 13:29:52.7 +47:11:43",
            key="fetch.text",
            label_visibility="collapsed",
            max_chars=200,
        )
        asked = st.form_submit_button("Fetch", icon=":material/travel_explore:")
    if asked:
        _ask(survey.key, text, pasted, None if size is None else int(size))


def _choose_survey() -> Survey:
    from galaxy_core.archives import SURVEYS

    view = state.view()
    key = st.selectbox(
        "Survey",
        list(SURVEYS),
        index=list(SURVEYS).index(view.survey if view.survey in SURVEYS else DEFAULT_SURVEY),
        format_func=lambda key: f"{SURVEYS[key].title} · {SURVEYS[key].release}",
        key="fetch.survey",
        label_visibility="collapsed",
    )
    return SURVEYS[key]


def _about(survey: Survey) -> None:
    from galaxy_core.archives import key_notice

    lines = [
        f"{survey.credit}. Colours: {survey.colours}. Pixels of "
        f"{survey.native_scale_arcsec:g} arcsec.",
        survey.note,
        key_notice(caches.settings()),
    ]
    for line in filter(None, lines):
        st.caption(plain(line))


def _ask(survey: str, text: str, pasted: str, size_arcsec: int | None) -> None:
    """Start fetching, and open the first."""
    from galaxy_core.archives import read_list

    targets = [" ".join(text.split())] if text.strip() else []
    try:
        targets += [" ".join(line.split())[:200] for line in read_list(pasted)]
    except GalaxyError as error:
        st.error(plain(str(error)))
        return
    if not targets:
        st.info("Type a name such as M51, or a position.", icon=":material/edit:")
        return
    if len(targets) > MOST_TARGETS:
        st.info(
            f"The first {MOST_TARGETS} are fetched here; for longer lists there is the command "
            "line: python -m galaxy_core fetch.",
            icon=":material/list:",
        )
    fetch.start(survey, targets, size_arcsec)
