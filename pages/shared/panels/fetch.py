"""What becomes of what was asked of a survey: how far it is, what came, or why not.

Asking is ``ask``'s. The archives' part of the core is imported where it is used: it brings
astropy along, which takes seconds that the first paint must not wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.errors import ArchiveUnavailable, GalaxyError, NotInFootprint
from pages.shared import caches, components, figures, state
from pages.shared.fetches import Fetches, Wanted
from pages.shared.results import Listed
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Found, JobState
    from galaxy_core.cutout import Cutout, SkyPosition

_LOOK_EVERY_S = 0.5
_OFFERED = 3


def _mine() -> Fetches:
    """Return this visitor's fetches."""
    return state.own("fetches", Fetches)


def wanted_now() -> Wanted:
    """Return the galaxy that the link names."""
    view = state.view()
    return Wanted(view.survey, view.target, view.size_arcsec)


def show(wanted: Wanted) -> None:
    """Open a galaxy of a survey, which is fetched if it is not here yet."""
    state.open_fetched(wanted.survey, wanted.target, wanted.size_arcsec)


def start(survey: str, targets: Sequence[str], size_arcsec: int | None) -> None:
    """Start fetching, and open the first."""
    _mine().start(survey, targets, size_arcsec=size_arcsec, settings=caches.settings())
    state.open_fetched(survey, targets[0], size_arcsec)


def was_used() -> bool:
    """Whether this visitor has fetched anything yet."""
    return bool(_mine().asked())


def is_running() -> bool:
    """Whether something is being fetched for this visitor."""
    return _mine().is_running()


def is_of_list() -> bool:
    """Whether the open galaxy is one of a list that was fetched together."""
    view, listed = state.view(), _mine().listed()
    return bool(view.target) and not view.upload and len(listed) > 1 and wanted_now() in listed


def walk(step: int) -> None:
    """Open the next galaxy of the list, or the one before; around at its ends."""
    listed = _mine().listed()
    show(listed[(listed.index(wanted_now()) + step) % len(listed)])


def listed_pictures() -> tuple[tuple[Wanted, ...], list[Listed]]:
    """Return the list and its pictures; reading one that did not come says why."""
    mine = _mine()
    return mine.listed(), [_listed(wanted, mine.found(wanted)) for wanted in mine.listed()]


def _listed(wanted: Wanted, found: Found | None) -> Listed:
    def read() -> Cutout:
        if found is not None and found.cutout is not None:
            return found.cutout
        if found is not None and found.error is not None:
            raise found.error
        raise ArchiveUnavailable("It was not fetched: cancelled before its turn.")

    # What failed and came at the second try is classified anew.
    came = "nothing" if found is None else "failed" if found.cutout is None else "came"
    return Listed(f"{wanted} {came}", wanted.target, read)


@st.fragment(run_every=_LOOK_EVERY_S)
def watch() -> None:
    """Draw a running job, looked at twice a second; the page follows when it has ended."""
    mine = _mine()
    job, opened = mine.state(), wanted_now()
    if job is None or not job.running:
        st.rerun()
        return
    here = mine.found(opened) is not None
    if here and not state.own("fetch.shown", dict).get(opened):
        # The galaxy that was waited for is here: the page shows it, the rest goes on.
        state.own("fetch.shown", dict)[opened] = True
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(len(job.found) / job.total, text=_words(job, mine))
        st.button("Cancel", icon=":material/close:", key="fetch.cancel", on_click=mine.cancel)
    strip_of_list()


def _words(job: JobState, mine: Fetches) -> str:
    first = mine.asked()[0]
    failed = sum(found.error is not None for found in job.found)
    if job.total == 1:
        return f"Fetching {plain(first.target)} from {plain(_title(first.survey))} …"
    return (
        f"Fetched {len(job.found)} of {job.total} from {plain(_title(first.survey))}"
        + (f", {failed} failed" if failed else "")
        + " …"
    )


def strip_of_list() -> None:
    """Draw what came of a list, in its order; nothing where none was asked for."""
    mine = _mine()
    listed = mine.listed()
    if len(listed) < 2:
        return
    items = []
    for number, wanted in enumerate(listed):
        found = mine.found(wanted)
        cutout = None if found is None else found.cutout
        said = "not fetched yet" if found is None else str(found.error or found.size_reason)
        items.append(
            {
                "key": str(number),
                "title": wanted.target,
                "description": said,
                "url": "" if cutout is None else figures.thumbnail(cutout.pixels, side_px=80),
            }
        )
    components.strip(
        items,
        chosen=str(listed.index(wanted_now())) if is_of_list() else "",
        label="Fetched galaxies",
        choose=lambda key: show(listed[int(key)]),
        key="fetch.strip",
    )


def open_fetched() -> tuple[str, Cutout] | None:
    """Return key and picture of the fetched galaxy that is open; say why there is none.

    A link to one fetches at once, without a click: whom the app may ask is a fixed list, what
    a link carries is a name and a size, and asking is as polite and as cached as ever. So a
    link cannot make the server do what its sender could not do by visiting the page.
    """
    wanted, mine = wanted_now(), _mine()
    if not mine.was_asked(wanted):
        start(wanted.survey, [wanted.target], wanted.size_arcsec)
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
    from galaxy_core.archives import SURVEYS, Coverage, surveys_covering

    possible = surveys_covering(position, other_than=wanted.survey)
    # The table begins with the deep colour surveys; what is certain to cover all is shallow.
    offers = sorted(possible, key=lambda survey: list(SURVEYS).index(survey.key))[:_OFFERED]
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
            label = f"Fetch from {survey.title}"
            # A job that is under way would be broken off by another.
            if st.button(label, key=f"fetch.instead.{survey.key}", disabled=is_running()):
                start(survey.key, [wanted.target], wanted.size_arcsec)
                st.rerun()  # the whole page: progress stands above the galaxy
    with st.expander("What the archive said"):
        st.caption(plain(str(error)))


def _again(wanted: Wanted) -> None:
    label, icon = "Fetch again", ":material/refresh:"
    if st.button(label, icon=icon, key="fetch.again", disabled=is_running()):
        start(wanted.survey, [wanted.target], wanted.size_arcsec)
        st.rerun()


def _title(survey: str) -> str:
    from galaxy_core.archives import find_survey

    try:
        return find_survey(survey).title
    except GalaxyError:
        return survey
