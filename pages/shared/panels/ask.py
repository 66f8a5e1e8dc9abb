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


_ANY_HIPS = "hips:"


def controls() -> None:
    """Draw what to fetch and from where; start when asked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        survey = _choose_survey()
        with st.popover("More", help="A list, the size, and about the survey"):
            pasted = st.text_area(
                f"Several, one a line, or CSV (at most {MOST_TARGETS})", key="fetch.list"
            )
            file = st.file_uploader(
                "Or a list as a file: CSV, VOTable or text",
                key="fetch.list file",
                max_upload_size=5,
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
        listed = [pasted, *([file.getvalue()] if file is not None else [])]
        _ask(survey.key, text, listed, None if size is None else int(size))
    elif notice := _notice():
        st.caption(plain(notice))


def _notice() -> str:
    """Return what an operator should know of the key; until something was fetched."""
    from galaxy_core.archives import key_notice

    return "" if fetch.was_used() else key_notice(caches.settings())


def _choose_survey() -> Survey:
    from galaxy_core.archives import SURVEYS, find_survey

    shown = state.view().survey or DEFAULT_SURVEY
    titles = {key: f"{one.title} · {one.release}" for key, one in SURVEYS.items()}
    options = list(titles)
    if shown not in titles and shown.startswith(_ANY_HIPS):
        options.append(shown)
    key = st.selectbox(
        "Survey",
        options,
        index=options.index(shown if shown in options else DEFAULT_SURVEY),
        format_func=lambda key: titles.get(key, key),
        key="fetch.survey",
        label_visibility="collapsed",
        accept_new_options=True,
        help="Or type the identifier of any HiPS, such as CDS/P/DSS2/red",
    )
    if key in titles:
        return SURVEYS[key]
    try:
        return find_survey(_ANY_HIPS + str(key).strip().removeprefix(_ANY_HIPS))
    except GalaxyError as error:
        st.info(plain(str(error)), icon=":material/help:")
        return SURVEYS[DEFAULT_SURVEY]


def _about(survey: Survey) -> None:
    lines = [
        f"{survey.credit}. Colours: {survey.colours}. Pixels of "
        f"{survey.native_scale_arcsec:g} arcsec.",
        survey.note,
        "Any other HiPS: type its identifier, such as CDS/P/DSS2/red, in place of the survey.",
    ]
    for line in filter(None, lines):
        st.caption(plain(line))


def _ask(survey: str, text: str, lists: list[str | bytes], size_arcsec: int | None) -> None:
    """Start fetching, and open the first."""
    from galaxy_core.archives import read_list

    targets = [" ".join(text.split())] if text.strip() else []
    try:
        for one in lists:
            targets += [" ".join(line.split())[:200] for line in read_list(one)]
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
