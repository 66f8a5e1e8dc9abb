"""Several galaxies in one picture: find and mark them, open one, or classify them all.

Opening one moves the framing square there, so that the link says which. Photutils comes with
the first search, not with the page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from galaxy_core.cnn.pipeline import FileAnswer
from galaxy_core.errors import FramingError
from galaxy_core.framing import CROP_RADII, FramingFlag
from galaxy_core.morphology.plausibility import judge_plausibility
from pages.shared import caches, figures, state
from pages.shared.galaxy import OpenGalaxy, open_galaxy
from pages.shared.links import FramingChoice
from pages.shared.networks import Network
from pages.shared.panels import table
from pages.shared.results import THUMBNAIL_PX, ResultRow

if TYPE_CHECKING:
    from galaxy_core.fields import FieldObject

LARGE_PX = 600  # from this side on a picture may well be a field
_MOST_SHOWN = 100


def marks(galaxy: OpenGalaxy) -> list[dict[str, object]]:
    """Return what was found in this picture, for the galaxy view to mark."""
    return [
        {
            "x": found.x_px,
            "y": found.y_px,
            "half": CROP_RADII * found.radius_px,
            "star": found.is_star_like,
            "title": _title(number, found),
        }
        for number, found in enumerate(_found(galaxy) or (), start=1)
    ]


def find_galaxies(galaxy: OpenGalaxy, ready: Network | None) -> None:
    """Draw the search, and what was found."""
    found = _found(galaxy)
    if found is None:
        large = max(galaxy.cutout.width_px, galaxy.cutout.height_px) >= LARGE_PX
        crowded = FramingFlag.CROWDED in galaxy.found.flags
        if (large or crowded) and st.button("Find galaxies", icon=":material/scatter_plot:"):
            with st.spinner("Looking for galaxies …"):
                found = caches.field_objects(galaxy.key, galaxy.cutout)
            _kept()[galaxy.key] = found[:_MOST_SHOWN]
            st.rerun()
        return
    galaxies = [one for one in found if not one.is_star_like]
    st.markdown(
        f"**{len(galaxies)} galaxies** and {len(found) - len(galaxies)} star-like objects found"
    )
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Open",
            [None, *range(len(found))],
            format_func=lambda n: "as framed" if n is None else _title(n + 1, found[n]),
            width=260,
            **state.bound("field.open", _opened(found), lambda n: _open(found, n)),
        )
        wanted = ready is not None and bool(galaxies)
        classify = st.toggle("Classify all", disabled=not wanted, key="field.classify")
        st.button("Remove the marks", on_click=_kept().pop, args=(galaxy.key, None))
    if classify and ready is not None and galaxies:
        rows = caches.compared(
            f"field {galaxy.key} {ready.classifier.card.name} {ready.classifier.card.created_utc}",
            lambda: _classified(galaxy, found, ready),
        )
        table.results_table(rows, what="galaxies of this field")


def _kept() -> dict[str, tuple[FieldObject, ...]]:
    """Return what this visitor had looked for, by picture."""
    return state.own("field.found", dict)


def _found(galaxy: OpenGalaxy) -> tuple[FieldObject, ...] | None:
    return _kept().get(galaxy.key)


def _title(number: int, found: FieldObject) -> str:
    kind = "star-like" if found.is_star_like else "galaxy"
    return f"{number}: {kind} at ({found.x_px:.0f}, {found.y_px:.0f})"


def _opened(found: tuple[FieldObject, ...]) -> int | None:
    """Return which one the square stands on."""
    square = state.view().framing
    if square is None:
        return None
    for number, one in enumerate(found):
        if abs(one.x_px - square.centre_x_px) < 1 and abs(one.y_px - square.centre_y_px) < 1:
            return number
    return None


def _open(found: tuple[FieldObject, ...], number: int | None) -> None:
    state.change(framing=None if number is None else _square(found[number]))


def _square(found: FieldObject) -> FramingChoice:
    return FramingChoice(found.x_px, found.y_px, max(CROP_RADII * found.radius_px, 2.0))


def _classified(
    galaxy: OpenGalaxy, found: tuple[FieldObject, ...], ready: Network
) -> list[ResultRow]:
    """Return a row for each galaxy, of the square that opening it would show."""
    card = ready.classifier.card
    shown: list[tuple[str, OpenGalaxy]] = []
    for number, one in enumerate(found, start=1):
        if not one.is_star_like:
            with suppress(FramingError):
                opened = open_galaxy(
                    galaxy.key,
                    galaxy.cutout,
                    galaxy.found,
                    _square(one),
                    size_px=card.input_size_px,
                )
                shown.append((_title(number, one), opened))
    squares = [one.pixels for _, one in shown]
    flags = [one.framing.flags for _, one in shown]
    pictures = [judge_plausibility(one.cutout.pixels, one.framing) for _, one in shown]
    names = [name for name, _ in shown]
    answers = ready.classifier.answer(np.stack(squares), flags, pictures) if squares else ()
    return [
        ResultRow(
            name,
            figures.thumbnail(pixels, side_px=THUMBNAIL_PX),
            FileAnswer(name, card.name, answer, answer.warnings),
        )
        for name, pixels, answer in zip(names, squares, answers)
    ]
