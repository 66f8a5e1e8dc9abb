"""Famous galaxies: along the Hubble sequence, each one click away from the classifier."""

from __future__ import annotations

import re

import streamlit as st

from galaxy_core.archives import FAMOUS, SURVEYS, Coverage, FamousGalaxy, Survey, surveys_covering
from pages.shared import state
from pages.shared.panels import fetch
from pages.shared.widgets import plain

# Group, what to see there, and the revised Hubble types of it; the first that fits.
GROUPS = (
    ("Irregulars, rings and collisions", "Neither: what will the network say?", r"I|ring|.* pec"),
    ("Ellipticals", "Smooth light and nothing else.", r"c?E"),
    ("Lenticulars", "A disc without arms, between the two.", r"S0"),
    ("Barred spirals", "A bar through the middle, arms from its ends.", r"SB"),
    ("Early spirals", "A large bulge, arms wound tightly.", r"SA?B?a"),
    ("Spirals", "Bulge and arms alike.", r"SA?B?b"),
    ("Late spirals", "A small bulge, arms open and full of young stars.", r"S"),
)
_ORDER = (1, 2, 4, 5, 6, 3, 0)
_COLUMNS = 3


def page() -> None:
    """Draw the page."""
    st.title("Famous galaxies")
    st.caption(
        "Along the Hubble sequence. A click fetches one from a survey and opens it in the "
        "classifier. Positions, sizes and types: OpenNGC (CC BY-SA 4.0)."
    )
    key = st.selectbox(
        "Survey",
        list(SURVEYS),
        format_func=lambda key: f"{SURVEYS[key].title} · {SURVEYS[key].release}",
        key="famous.survey",
        width=380,
    )
    for number in _ORDER:
        name, sentence, _ = GROUPS[number]
        members = [galaxy for galaxy in FAMOUS if _group_of(galaxy) == number]
        if members:
            st.subheader(name, anchor=False)
            st.caption(sentence)
            _together(members, SURVEYS[key], key=f"famous.group.{number}")
            _cards(members, SURVEYS[key])


def _group_of(galaxy: FamousGalaxy) -> int:
    """Return the group of a galaxy's type; a companion's influence makes no spiral irregular."""
    kind = galaxy.hubble_type
    if kind.endswith(" pec") and re.match(r"SA|E", kind):
        kind = kind.removesuffix(" pec")
    return next(n for n, (_, _, pattern) in enumerate(GROUPS) if re.match(pattern, kind))


def _together(members: list[FamousGalaxy], survey: Survey, *, key: str) -> None:
    """Draw the button that fetches those of a group that the survey has, as one list."""
    names = [one.name for one in members if survey.covers(one.position) is not Coverage.NO]
    label = f"Fetch these {len(names)} from {survey.title}"
    if len(names) > 1 and st.button(label, icon=":material/table_rows:", key=key):
        fetch.start(survey.key, names, None)
        st.switch_page("pages/classify.py")


def _cards(members: list[FamousGalaxy], survey: Survey) -> None:
    for first in range(0, len(members), _COLUMNS):
        for column, galaxy in zip(st.columns(_COLUMNS), members[first : first + _COLUMNS]):
            with column.container(border=True, height="stretch"):
                _card(galaxy, survey)


def _card(galaxy: FamousGalaxy, survey: Survey) -> None:
    also = f" · {', '.join(galaxy.also)}" if galaxy.also else ""
    st.markdown(f"**{plain(galaxy.name)}**{plain(also)}")
    st.caption(plain(f"{galaxy.hubble_type} · {galaxy.major_axis_arcmin:g}′ · {galaxy.sentence}"))
    source, note = _source(galaxy, survey)
    if st.button(f"Fetch from {source.title}", key=f"famous.{galaxy.name}"):
        state.open_fetched(source.key, galaxy.name)
        st.switch_page("pages/classify.py")
    if note:
        st.caption(plain(note))


def _source(galaxy: FamousGalaxy, survey: Survey) -> tuple[Survey, str]:
    """Return the survey to ask, named on the button, and why it is another than the chosen."""
    if survey.covers(galaxy.position) is not Coverage.NO:
        return survey, ""
    others = surveys_covering(galaxy.position, other_than=survey.key)
    return others[0], f"Not in {survey.title}."


page()
