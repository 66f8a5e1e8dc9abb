"""What a link to the classify page says, and back. Pure: knows neither Streamlit nor TensorFlow.

A link carries the whole state of the page, so that a teacher can send it. Whatever stands
in a link comes from strangers: every value is checked against what there is, and one that
is not known costs a notice, never the page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

DEFAULT_OPACITY = 50
DEFAULT_SURVEY = "sdss"
MOST_TARGET = 200
_SURVEY = re.compile(r"[a-z0-9-]{1,30}|hips:[A-Za-z0-9/._+-]{1,90}")
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,3})?")


class EvidenceKind(StrEnum):
    """Which evidence is laid on the picture."""

    SIGNED = "signed"
    SPIRAL = "spiral"
    ELLIPTICAL = "elliptical"
    NONE = "none"


class MapOrder(StrEnum):
    """How feature maps are sorted."""

    SHARE = "share"
    INDEX = "index"


class MapScale(StrEnum):
    """Whether the maps of a layer share one colour scale."""

    COMMON = "common"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class FramingChoice:
    """A framing square that a person chose, in picture pixels (middle of the first is 0)."""

    centre_x_px: float
    centre_y_px: float
    half_size_px: float


@dataclass(frozen=True, slots=True)
class View:
    """The state of the classify page.

    Parameters
    ----------
    sample : str
        Key of the sample that is open; empty for the first spiral.
    upload : bool
        Whether an upload is open instead. Its pixels never travel in a link.
    survey, target : str
        The galaxy that is fetched from a survey instead, by name or position; empty for none.
    size_arcsec : int or None
        Side of the fetched picture on the sky; None chooses it.
    model : str
        Name of the network; empty for the default.
    layer, maps_layer : str
        Layer of the evidence and of the grid of feature maps; empty for the last one.
    evidence : EvidenceKind
        What is laid on the picture.
    opacity : int
        Of the evidence, percent.
    framing : FramingChoice or None
        None: as the app found the galaxy.
    order, scale : MapOrder, MapScale
        How feature maps are shown.
    open_map : int or None
        Index of the enlarged feature map.
    """

    sample: str = ""
    upload: bool = False
    survey: str = ""
    target: str = ""
    size_arcsec: int | None = None
    model: str = ""
    layer: str = ""
    maps_layer: str = ""
    evidence: EvidenceKind = EvidenceKind.SIGNED
    opacity: int = DEFAULT_OPACITY
    framing: FramingChoice | None = None
    order: MapOrder = MapOrder.SHARE
    scale: MapScale = MapScale.COMMON
    open_map: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a link may name.

    Parameters
    ----------
    has_sample : callable
        Whether a sample of that key can be opened.
    layers : mapping of str to tuple of str
        Convolution layers of each network, the default network first.
    """

    has_sample: Callable[[str], bool]
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def layers_of(self, model: str) -> tuple[str, ...]:
        """Return the layers of a network; of the default one for an empty name."""
        return self.layers.get(model or next(iter(self.layers), ""), ())


def to_query(view: View) -> dict[str, str]:
    """Return the link's parameters: what is open, and what differs from the default."""
    plain = View()
    query = _opened(view)
    for name in ("model", "layer", "maps_layer", "evidence", "opacity", "order", "scale"):
        if getattr(view, name) != getattr(plain, name):
            query[name] = str(getattr(view, name))
    if view.framing is not None:
        chosen = view.framing
        numbers = (chosen.centre_x_px, chosen.centre_y_px, chosen.half_size_px)
        query["framing"] = ",".join(f"{number:.1f}" for number in numbers)
    if view.open_map is not None:
        query["map"] = str(view.open_map)
    return {name: value for name, value in query.items() if value}


def _opened(view: View) -> dict[str, str]:
    """Return which galaxy is open."""
    if view.upload:
        return {"source": "upload"}
    if view.target:
        size = "" if view.size_arcsec is None else str(view.size_arcsec)
        return {"survey": view.survey, "name": view.target, "size": size}
    return {"sample": view.sample}


def from_query(query: Mapping[str, str], known: Known) -> tuple[View, tuple[str, ...]]:
    """Return the view that a link asks for, and a sentence for each value that is not known."""
    found: dict[str, Any] = {}
    notices = []
    for name, (target, read) in _READERS.items():  # what else stands in a link is not ours
        if name not in query:
            continue
        text = query[name]
        value = read(text, known, found.get("model", ""))
        if value is None:
            notices.append(f"The link asks for {name} “{_shown(text)}”, which is not there.")
        else:
            found[target] = value
    if found.get("target") and not found.get("survey"):
        found["survey"] = DEFAULT_SURVEY
    return View(**found), tuple(notices)


def _shown(text: str) -> str:
    plain = "".join(c for c in text if c.isprintable())
    return plain if len(plain) <= 40 else plain[:39] + "…"


def _sample(text: str, known: Known, _model: str) -> str | None:
    return text if known.has_sample(text) else None


def _upload(text: str, _known: Known, _model: str) -> bool | None:
    return True if text == "upload" else None


def _survey(text: str, _known: Known, _model: str) -> str | None:
    # The form only: which surveys there are is known to a part of the core that takes seconds
    # to import. Another one than those is refused there, in words.
    return text if _SURVEY.fullmatch(text) else None


def _target(text: str, _known: Known, _model: str) -> str | None:
    return text if 0 < len(text) <= MOST_TARGET and text.isprintable() else None


def _size(text: str, _known: Known, _model: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,5}", text) else None


def _model(text: str, known: Known, _none: str) -> str | None:
    return text if text in known.layers else None


def _layer(text: str, known: Known, model: str) -> str | None:
    return text if text in known.layers_of(model) else None


def _one_of(choices: type[StrEnum]) -> Callable[[str, Known, str], Any]:
    return lambda text, _known, _model: choices(text) if text in set(choices) else None


def _opacity(text: str, _known: Known, _model: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= 100 else None


def _index(text: str, _known: Known, _model: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _framing(text: str, _known: Known, _model: str) -> FramingChoice | None:
    parts = text.split(",")
    if len(parts) != 3 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    x, y, half = (float(part) for part in parts)
    return FramingChoice(x, y, half) if half >= 1 and math.isfinite(x + y) else None


# Order matters: layers are those of the network that the link names.
_READERS: Mapping[str, tuple[str, Callable[[str, Known, str], Any]]] = {
    "model": ("model", _model),
    "sample": ("sample", _sample),
    "source": ("upload", _upload),
    "survey": ("survey", _survey),
    "name": ("target", _target),
    "size": ("size_arcsec", _size),
    "layer": ("layer", _layer),
    "maps_layer": ("maps_layer", _layer),
    "evidence": ("evidence", _one_of(EvidenceKind)),
    "opacity": ("opacity", _opacity),
    "framing": ("framing", _framing),
    "order": ("order", _one_of(MapOrder)),
    "scale": ("scale", _one_of(MapScale)),
    "map": ("open_map", _index),
}
