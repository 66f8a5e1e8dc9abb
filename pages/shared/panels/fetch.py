"""Fetching galaxies from surveys: what is asked for, how far it is, what came or why not.

The archives' part of the core is imported where it is used: it brings astropy along, which
takes seconds that the first paint must not wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.errors import GalaxyError, NotInFootprint
from pages.shared import caches, components, figures, state
from pages.shared.fetches import MOST_TARGETS, Fetches, Wanted
from pages.shared.links import DEFAULT_SURVEY
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Found, JobState, Survey
    from galaxy_core.cutout import Cutout, SkyPosition

_LOOK_EVERY_S = 0.5
_OFFERED = 3


def fetches() -> Fetches:
    """Return this visitor's fetches."""
    return state.own("fetches", Fetches)


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
    _start(survey, targets, size_arcsec)


def _start(survey: str, targets: list[str], size_arcsec: int | None) -> None:
    fetches().start(survey, targets, size_arcsec=size_arcsec, settings=caches.settings())
    state.open_fetched(survey, targets[0], size_arcsec)


def under_way() -> None:
    """Draw how far the job is and what came of a list so far; nothing where there is none."""
    mine = fetches()
    if mine.is_running():
        _watch()
    elif len(mine.listed()) > 1:
        _strip(mine)


@st.fragment(run_every=_LOOK_EVERY_S)
def _watch() -> None:
    """Draw a running job, looked at twice a second; the page follows when it has ended."""
    mine = fetches()
    job, view = mine.state(), state.view()
    if job is None or not job.running:
        st.rerun()
        return
    opened = Wanted(view.survey, view.target, view.size_arcsec)
    here = mine.found(opened) is not None
    if here and not state.own("fetch.shown", dict).get(opened):
        # The galaxy that was waited for is here: the page shows it, the rest goes on.
        state.own("fetch.shown", dict)[opened] = True
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(len(job.found) / job.total, text=_words(job, mine))
        st.button("Cancel", icon=":material/close:", key="fetch.cancel", on_click=mine.cancel)
    if job.total > 1:
        _strip(mine)


def _words(job: JobState, mine: Fetches) -> str:
    first = mine.listed()[0]
    failed = sum(found.error is not None for found in job.found)
    if job.total == 1:
        return f"Fetching {plain(first.target)} from {plain(_title(first.survey))} …"
    return (
        f"Fetched {len(job.found)} of {job.total} from {plain(_title(first.survey))}"
        + (f", {failed} failed" if failed else "")
        + " …"
    )


def _strip(mine: Fetches) -> None:
    """Draw what came of a list, in its order."""
    items = []
    for wanted in mine.listed():
        found = mine.found(wanted)
        cutout = None if found is None else found.cutout
        said = "not fetched yet" if found is None else str(found.error or found.size_reason)
        items.append(
            {
                "key": wanted.target,
                "title": wanted.target,
                "description": said,
                "url": "" if cutout is None else figures.thumbnail(cutout.pixels, side_px=80),
            }
        )
    first = mine.listed()[0]
    components.strip(
        items,
        chosen=state.view().target,
        label="Fetched galaxies",
        choose=lambda key: state.open_fetched(first.survey, str(key), first.size_arcsec),
        key="fetch.strip",
    )


def open_fetched() -> tuple[str, Cutout] | None:
    """Return key and picture of the fetched galaxy that is open; say why there is none.

    A link to one fetches at once, without a click: whom the app may ask is a fixed list, what
    a link carries is a name and a size, and asking is as polite and as cached as ever. So a
    link cannot make the server do what its sender could not do by visiting the page.
    """
    view, mine = state.view(), fetches()
    wanted = Wanted(view.survey, view.target, view.size_arcsec)
    if not mine.was_asked(wanted):
        mine.start(
            wanted.survey,
            [wanted.target],
            size_arcsec=wanted.size_arcsec,
            settings=caches.settings(),
        )
        st.rerun()
    found = mine.found(wanted)
    if found is not None and found.cutout is not None:
        return f"fetched {wanted}", found.cutout
    if found is not None:
        _failed(wanted, found)
    elif not mine.is_running():
        _nothing_came(wanted, mine.state())
    else:
        st.skeleton(height=260)
    return None


def _nothing_came(wanted: Wanted, job: JobState | None) -> None:
    """Say why a job ended without this galaxy."""
    if job is not None and job.error is not None:
        st.warning(plain(str(job.error)), icon=":material/cloud_off:")
    else:
        st.info(
            f"Fetching {plain(wanted.target)} was cancelled. The samples and your own files "
            "need no network.",
            icon=":material/cancel:",
        )
    _again(wanted)


def _failed(wanted: Wanted, found: Found) -> None:
    """Say calmly why nothing came, and offer what can be done."""
    if isinstance(found.error, NotInFootprint) and found.position is not None:
        _elsewhere(wanted, found.error, found.position)
        return
    st.warning(plain(str(found.error)), icon=":material/cloud_off:")
    st.caption("The samples above and your own files need no network.")
    _again(wanted)


def _elsewhere(wanted: Wanted, error: NotInFootprint, position: SkyPosition) -> None:
    """Offer other surveys; another survey is another picture, so never silently."""
    from galaxy_core.archives import Coverage, surveys_covering

    offers = surveys_covering(position, other_than=wanted.survey)[:_OFFERED]
    st.info(
        plain(
            f"{wanted.target} is not in {_title(wanted.survey)}. "
            + " ".join(
                f"{s.title} {'covers' if s.covers(position) is Coverage.YES else 'may cover'} it."
                for s in offers
            )
            + " Another survey is another picture, taken and coloured in another way."
        ),
        icon=":material/explore_off:",
    )
    with st.container(horizontal=True):
        for survey in offers:
            if st.button(f"Fetch from {survey.title}", key=f"fetch.instead.{survey.key}"):
                _start(survey.key, [wanted.target], wanted.size_arcsec)
                st.rerun()  # the whole page: progress stands above the galaxy
    with st.expander("What the archive said"):
        st.caption(plain(str(error)))


def _again(wanted: Wanted) -> None:
    if st.button("Fetch again", icon=":material/refresh:", key="fetch.again"):
        _start(wanted.survey, [wanted.target], wanted.size_arcsec)
        st.rerun()


def _title(survey: str) -> str:
    from galaxy_core.archives import find_survey

    try:
        return find_survey(survey).title
    except GalaxyError:
        return survey
