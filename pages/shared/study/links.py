"""What the link of a study page says beyond the galaxy, and back. Pure.

Whatever stands in a link comes from strangers: a value that is not known costs a notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from galaxy_core.errors import RecipeError
from galaxy_core.what_if.change import Change, Fill, decode_changes, encode_changes
from galaxy_core.what_if.knobs import KNOBS

DEFAULT_METHOD = "grad_cam"
DEFAULT_KNOB = "farther"
MOST_OFF = 512
MOST_BESIDE = 4  # as many lines as can be told apart in one figure
_BESIDE = re.compile(r"[A-Za-z0-9_.-]{1,80}(,[A-Za-z0-9_.-]{1,80}){0,3}")
_SWITCHES = ("reframe", "measures", "physical")
# The values of ``explain.trust.faithfulness.Baseline``, which brings TensorFlow along.
BASELINES = ("blur", "mean", "sky")
_DISC = re.compile(r"[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}")
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
    baseline : str
        What removed pixels become in the curves of the trust card; one of ``BASELINES``.
    measures : bool
        Whether hand-crafted measures stand beside the curves.
    physical : bool
        Whether the search for a flip keeps to what nature could do.
    fill : Fill
        What the region tool fills with.
    disc_x, disc_y, disc_radius : int
        Its disc, in percent of the picture from the left and the top, and of the shorter side.
    """

    method: str = DEFAULT_METHOD
    recipe: tuple[Change, ...] = ()
    reframe: bool = False
    knob: str = DEFAULT_KNOB
    off_layer: str = ""
    off: tuple[int, ...] = ()
    beside: tuple[str, ...] = ()
    baseline: str = "blur"
    measures: bool = False
    physical: bool = False
    fill: Fill = Fill.SKY
    disc_x: int = 50
    disc_y: int = 50
    disc_radius: int = 10

    @property
    def disc(self) -> tuple[int, int, int]:
        """Centre (x, y) and radius of the region tool's disc, percent."""
        return self.disc_x, self.disc_y, self.disc_radius

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
    for name in ("method", "knob", "baseline", "fill"):
        if getattr(study, name) != getattr(plain, name):
            query[name] = str(getattr(study, name))
    query |= {name: "1" for name in _SWITCHES if getattr(study, name)}
    if study.recipe:
        query["recipe"] = encode_changes(study.recipe)
    if study.off:
        query["off"] = f"{study.off_layer}:{','.join(map(str, study.off))}"
    if study.beside:
        query["beside"] = ",".join(study.beside)
    if study.disc != plain.disc:
        query["disc"] = ",".join(map(str, study.disc))
    return query


def study_from_query(query: Mapping[str, str]) -> tuple[Study, tuple[str, ...]]:
    """Return the study that a link asks for, and a sentence for each value that is not known."""
    found: dict[str, Any] = {name: query.get(name) == "1" for name in _SWITCHES}
    notices = []
    for name, (read, notice) in _READERS.items():
        if text := query.get(name, ""):
            value = read(text)
            if value is None:
                notices.append(notice)
            else:
                found |= value
    recipe, notice_of_recipe = _recipe(query.get("recipe", ""))
    return Study(recipe=recipe, **found), (*notices, *notice_of_recipe)


def _method(text: str) -> dict[str, Any] | None:
    return {"method": text} if _METHOD.fullmatch(text) else None


def _knob(text: str) -> dict[str, Any] | None:
    return {"knob": text} if text in KNOBS and not KNOBS[text].needs_region else None


def _off(text: str) -> dict[str, Any] | None:
    if not _OFF.fullmatch(text):
        return None
    layer, _, numbers = text.partition(":")
    return {"off_layer": layer, "off": tuple(sorted({int(one) for one in numbers.split(",")}))}


def _beside(text: str) -> dict[str, Any] | None:
    return {"beside": tuple(dict.fromkeys(text.split(",")))} if _BESIDE.fullmatch(text) else None


def _baseline(text: str) -> dict[str, Any] | None:
    return {"baseline": text} if text in BASELINES else None


def _fill(text: str) -> dict[str, Any] | None:
    return {"fill": Fill(text)} if text in set(Fill) else None


def _disc(text: str) -> dict[str, Any] | None:
    if not _DISC.fullmatch(text):
        return None
    x, y, radius = map(int, text.split(","))
    if max(x, y, radius) > 100 or radius < 1:
        return None
    return {"disc_x": x, "disc_y": y, "disc_radius": radius}


# How each parameter is read, and what is said where it cannot be.
_READERS: Mapping[str, tuple[Callable[[str], dict[str, Any] | None], str]] = MappingProxyType(
    {
        "method": (_method, "The link asks for an explanation method that is not there."),
        "knob": (_knob, "The link asks for a curve along a knob that is not there."),
        "off": (_off, "The link switches off filters that are not there."),
        "beside": (_beside, "The link compares networks that are not there."),
        "baseline": (_baseline, "The link removes pixels in a way that is not there."),
        "fill": (_fill, "The link fills regions with what is not there."),
        "disc": (_disc, "The link places the disc where it cannot be."),
    }
)


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
