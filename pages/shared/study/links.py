"""What the link of a study page says beyond the galaxy, and back. Pure.

Whatever stands in a link comes from strangers: a value that is not known costs a notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from galaxy_core.errors import RecipeError
from galaxy_core.what_if.change import Change, decode_changes, encode_changes
from galaxy_core.what_if.knobs import KNOBS

DEFAULT_METHOD = "grad_cam"
DEFAULT_KNOB = "farther"
MOST_OFF = 512
MOST_BESIDE = 4  # as many lines as can be told apart in one figure
_BESIDE = re.compile(r"[A-Za-z0-9_.-]{1,80}(,[A-Za-z0-9_.-]{1,80}){0,3}")
_METHOD = re.compile(r"[a-z_]{1,40}")
_OFF = re.compile(r"[A-Za-z0-9_.-]{1,80}:[0-9]{1,4}(,[0-9]{1,4}){0,511}")


@dataclass(frozen=True, slots=True)
class Study:
    """The state of the study pages.

    Parameters
    ----------
    method : str
        Key of the explanation method whose trust card is open.
    recipe : tuple of Change
        What was done to the galaxy in the what-if lab.
    reframe : bool
        Whether the app looks for the galaxy anew after the changes.
    knob : str
        Along which knob the curves are drawn.
    off_layer : str
        Layer whose filters are switched off.
    off : tuple of int
        Which of them, ascending.
    beside : tuple of str
        Names of the networks whose curves are drawn; empty for the first ones of the store.
    """

    method: str = DEFAULT_METHOD
    recipe: tuple[Change, ...] = ()
    reframe: bool = False
    knob: str = DEFAULT_KNOB
    off_layer: str = ""
    off: tuple[int, ...] = ()
    beside: tuple[str, ...] = ()

    def off_in(self, layer: str) -> tuple[int, ...]:
        """Return the filters of that layer that are switched off."""
        return self.off if layer == self.off_layer else ()

    def beside_of(self, known: Sequence[str]) -> tuple[str, ...]:
        """Return which networks of those known are compared: those asked for, or the first."""
        asked = tuple(name for name in self.beside if name in known)
        return (asked or tuple(known))[:MOST_BESIDE]


def study_to_query(study: Study) -> dict[str, str]:
    """Return the link's parameters: what differs from the default."""
    plain = Study()
    query = {}
    if study.method != plain.method:
        query["method"] = study.method
    if study.recipe:
        query["recipe"] = encode_changes(study.recipe)
    if study.reframe:
        query["reframe"] = "1"
    if study.knob != plain.knob:
        query["knob"] = study.knob
    if study.off:
        query["off"] = f"{study.off_layer}:{','.join(map(str, study.off))}"
    if study.beside:
        query["beside"] = ",".join(study.beside)
    return query


def study_from_query(query: Mapping[str, str]) -> tuple[Study, tuple[str, ...]]:
    """Return the study that a link asks for, and a sentence for each value that is not known."""
    notices = []
    method = query.get("method", DEFAULT_METHOD)
    if not _METHOD.fullmatch(method):
        notices.append("The link asks for an explanation method that is not there.")
        method = DEFAULT_METHOD
    knob = query.get("knob", DEFAULT_KNOB)
    if knob not in KNOBS or KNOBS[knob].needs_region:
        notices.append("The link asks for a curve along a knob that is not there.")
        knob = DEFAULT_KNOB
    recipe, notice = _recipe(query.get("recipe", ""))
    off_layer, off = "", ()
    text = query.get("off", "")
    if _OFF.fullmatch(text):
        off_layer, _, numbers = text.partition(":")
        off = tuple(sorted({int(number) for number in numbers.split(",")}))
    elif text:
        notices.append("The link switches off filters that are not there.")
    beside = query.get("beside", "")
    if beside and not _BESIDE.fullmatch(beside):
        notices.append("The link compares networks that are not there.")
        beside = ""
    named = tuple(dict.fromkeys(filter(None, beside.split(","))))
    study = Study(method, recipe, query.get("reframe") == "1", knob, off_layer, off, named)
    return study, tuple(notices + notice)


def _recipe(text: str) -> tuple[tuple[Change, ...], list[str]]:
    try:
        recipe = decode_changes(text)
    except RecipeError as error:
        return (), [f"The changes of the link cannot be read. {error}"]
    kept = tuple(change for change in recipe if _is_possible(change))
    if len(kept) < len(recipe):
        return kept, ["The link asks for a change that is not there; the others are shown."]
    return kept, []


def _is_possible(change: Change) -> bool:
    return change.knob in KNOBS and KNOBS[change.knob].needs_region == (change.region is not None)


def strength_of(recipe: tuple[Change, ...], knob: str) -> float:
    """Return how far a knob is turned in a recipe; 0 where it is not."""
    return next((change.strength for change in recipe if change.knob == knob), 0.0)


def turned(recipe: tuple[Change, ...], knob: str, strength: float) -> tuple[Change, ...]:
    """Return the recipe with a knob turned so far: in its place, at the end if new, gone at 0."""
    kept = [change for change in recipe if change.knob != knob]
    if strength == 0:
        return tuple(kept)
    places = [number for number, change in enumerate(recipe) if change.knob == knob]
    kept.insert(places[0] if places else len(kept), Change(knob, strength))
    return tuple(kept)
