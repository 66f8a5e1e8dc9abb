"""The study pages' part of the session and of the link. Draws nothing.

The galaxy, the network and the layer are those of ``pages.shared.state``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from galaxy_core.what_if.change import Change
from galaxy_core.what_if.flip import FlipSearch
from pages.shared import state
from pages.shared.links import Known
from pages.shared.study.links import (
    Study,
    strength_of,
    study_from_query,
    study_to_query,
    turned,
)

_STUDY = "study"
_UNDO = "study.undo"
_REDO = "study.redo"
_NOTICES = "study.notices"
_FLIPS = "study.flips"
_DREAMT = "study.dreamt"
_REFUSED = "study.refused"
_MOST_UNDO = 100


def study() -> Study:
    """Return the state of the study pages."""
    found: Study = st.session_state.setdefault(_STUDY, Study())
    return found


def adopt_link(known: Known) -> None:
    """Take over the link that the visitor came in through, once."""
    query = st.query_params.to_dict()
    if state.adopt_link(known):
        st.session_state[_STUDY], st.session_state[_NOTICES] = study_from_query(query)
        st.session_state[_UNDO] = st.session_state[_REDO] = ()


def notices() -> tuple[str, ...]:
    """Return what could not be followed in the link that the visitor came in through."""
    own: tuple[str, ...] = st.session_state.get(_NOTICES, ())
    return (*state.notices(), *own)


def write_link() -> None:
    """Put the galaxy and the study into the address bar."""
    state.write_link(**study_to_query(study()))


def change(**fields: Any) -> None:
    """Change fields of the study other than the recipe."""
    st.session_state[_STUDY] = replace(study(), **fields)


def shown(name: str) -> Mapping[str, Any]:
    """Return the arguments that make a widget show a field of the study and change it."""
    key = f"study.widget.{name}"
    st.session_state[key] = getattr(study(), name)
    return {"key": key, "on_change": lambda: change(**{name: st.session_state[key]})}


def cook(recipe: tuple[Change, ...]) -> None:
    """Use another recipe; the one before can be had back."""
    before = study().recipe
    if recipe != before:
        st.session_state[_UNDO] = (*st.session_state.get(_UNDO, ()), before)[-_MOST_UNDO:]
        st.session_state[_REDO] = ()
        change(recipe=recipe)


def refuse(why: str) -> None:
    """Keep the sentence why a change was not made, for the next drawing of the page."""
    st.session_state[_REFUSED] = why


def refused() -> str:
    """Return that sentence, once; empty if there is none."""
    return str(st.session_state.pop(_REFUSED, ""))


def undo() -> None:
    """Return to the recipe before the last change."""
    _step(_UNDO, _REDO)


def redo() -> None:
    """Take an undo back."""
    _step(_REDO, _UNDO)


def can_undo() -> bool:
    """Whether there is a recipe to return to."""
    return bool(st.session_state.get(_UNDO))


def can_redo() -> bool:
    """Whether an undo can be taken back."""
    return bool(st.session_state.get(_REDO))


def _step(source: str, target: str) -> None:
    kept: tuple[tuple[Change, ...], ...] = st.session_state.get(source, ())
    if kept:
        st.session_state[target] = (*st.session_state.get(target, ()), study().recipe)
        st.session_state[source] = kept[:-1]
        change(recipe=kept[-1])


def reset() -> None:
    """Take every change back; undo brings them again."""
    cook(())


def add(one: Change) -> None:
    """Add a change at the end of the recipe."""
    cook((*study().recipe, one))


def knob(key: str, low: float, high: float) -> Mapping[str, Any]:
    """Return the arguments that make a slider show and turn one knob of the recipe."""
    widget = f"study.knob.{key}"
    strength = float(strength_of(study().recipe, key))
    st.session_state[widget] = min(max(strength, low), high)

    def take() -> None:
        cook(turned(study().recipe, key, float(st.session_state[widget])))

    return {"key": widget, "on_change": take}


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """What the search for a flip found, and from which recipe it went.

    Parameters
    ----------
    recipe : tuple of Change
        The changes that were there when it was searched.
    found : FlipSearch
        What it found.
    verdicts : tuple of str
        What the app says of each of the first flips: it may not trust the picture.
    """

    recipe: tuple[Change, ...]
    found: FlipSearch
    verdicts: tuple[str, ...]


def keep_search(key: str, search: KeptSearch) -> None:
    """Keep what the search found for the network and the galaxy of that key."""
    st.session_state[_FLIPS] = (key, search)


def kept_search(key: str) -> KeptSearch | None:
    """Return what the search found for network and galaxy of that key; None for any other."""
    kept_key, search = st.session_state.get(_FLIPS, ("", None))
    return search if kept_key == key else None


def filters_off(layer: str, count: int) -> Mapping[str, Any]:
    """Return the arguments that make a multiselect show and switch off filters of a layer."""
    widget = f"study.off.{layer}"
    st.session_state[widget] = [number for number in study().off_in(layer) if number < count]

    def take() -> None:
        change(off_layer=layer, off=tuple(sorted(st.session_state[widget])))

    return {"key": widget, "on_change": take}


def beside(known: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the arguments that make a multiselect show and choose the networks compared."""
    widget = "study.beside"
    st.session_state[widget] = list(study().beside_of(known))

    def take() -> None:
        change(beside=tuple(st.session_state[widget]))

    return {"key": widget, "on_change": take}


def dream(model: str, layer: str, index: int) -> None:
    """Ask for the picture that a filter would like best."""
    st.session_state[_DREAMT] = {*st.session_state.get(_DREAMT, ()), (model, layer, index)}


def is_dreamt(model: str, layer: str, index: int) -> bool:
    """Whether this visitor has asked for it."""
    return (model, layer, index) in st.session_state.get(_DREAMT, ())
