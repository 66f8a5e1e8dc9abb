"""The page's own small components: strip, galaxy view, grid of maps, sky map, link button.

Each is a few lines of JavaScript in ``frontend``, without a frame of its own. They get
numbers, data URLs and plain text, and put text in as text: nothing of a visitor's becomes
HTML. They report by name to callbacks of ``state``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from pages.shared import state, wording
from pages.shared.figures import SHEET_COLUMNS, Stage
from pages.shared.links import FramingChoice

_FRONTEND = Path(__file__).with_name("frontend")


def _component(name: str, *, isolate_styles: bool = True) -> Callable[..., Any]:
    return st.components.v2.component(
        f"astronomer_{name}",
        isolate_styles=isolate_styles,
        css=(_FRONTEND / f"{name}.css").read_text(encoding="utf-8"),
        js=(_FRONTEND / f"{name}.js").read_text(encoding="utf-8"),
    )


_STRIP, _GALAXY, _MAPS, _LINK = (_component(n) for n in ("strip", "galaxy", "maps", "link"))
_ALADIN = _component("aladin", isolate_styles=False)  # its styles go into the document


def strip(
    items: Sequence[dict[str, str]],
    *,
    chosen: str,
    label: str,
    choose: Callable[[str], None],
    key: str = "classify.strip",
) -> None:
    """Draw a strip of thumbnails (``key``, ``title``, ``description``, ``url`` each)."""
    _STRIP(
        key=key,
        data={"items": list(items), "chosen": chosen, "label": label},
        on_chosen_change=state.reported(key, "chosen", choose),
    )


def galaxy_view(
    stage: Stage,
    *,
    url: str,
    alt: str,
    overlay: str,
    overlay_alt: str,
    arcsec_per_px: float | None,
    compass_deg: tuple[float, float] | None = None,
    marks: Sequence[dict[str, object]] = (),
    sky: Mapping[str, object] | None = None,
) -> None:
    """Draw the picture with its framing square, the evidence, compass and marks, where known.

    ``sky`` is what the page reads positions from (``panels.sky.under_cursor``).
    """
    key = "classify.galaxy"
    data = {
        "url": url,
        "alt": alt,
        "overlay": overlay,
        "overlay_alt": overlay_alt,
        "left": stage.left_px - 0.5,  # to the convention of Framing: pixel 0 spans -0.5 to 0.5
        "top": stage.top_px - 0.5,
        "width": stage.width_px,
        "height": stage.height_px,
        "picture": asdict(stage.picture),
        "square": asdict(stage.square),
        "opacity": state.view().opacity,
        "adjustable": True,
        "beyond": stage.reaches_beyond_picture,
        "ruler": _ruler(stage, arcsec_per_px),
        "compass": compass_deg,  # of north and east, counterclockwise from up
        "marks": list(marks),
        "sky": sky,
    }
    _GALAXY(
        key=key,
        data=data,
        on_opacity_change=state.reported(key, "opacity", _take_opacity),
        on_framing_change=state.reported(key, "framing", _take_framing),
    )


def map_grid(
    sheet: str, *, shares: Sequence[float], order: Sequence[int], open_map: int | None, label: str
) -> None:
    """Draw the feature maps of a sheet as buttons, in the order given."""
    key = "classify.maps"
    maps = [
        {
            "index": int(index),
            "share": float(shares[index]),
            "words": f"Map {index}, share {wording.signed(float(shares[index]))} logit",
        }
        for index in order
    ]
    data = {
        "sheet": sheet,
        "columns": SHEET_COLUMNS,
        "count": len(maps),
        "maps": maps,
        "open": open_map,
        "largest": max((abs(m["share"]) for m in maps), default=0.0) or 1.0,
        "label": label,
    }
    _MAPS(key=key, data=data, on_open_change=state.reported(key, "open", _take_map))


def copy_link() -> None:
    """Draw the button that copies the link to this exact state of the page."""
    _LINK(
        key="classify.copy link",
        data={"label": "Copy link", "help": "A link to exactly what is on the screen"},
        width="content",
    )


def sky_map(*, target: str, fov_deg: float) -> None:
    """Draw the button that shows the sky around a position in Aladin Lite, where it is reached."""
    _ALADIN(
        key="classify.sky map",
        data={
            "target": target,
            "fov": fov_deg,
            "survey": "CDS/P/DSS2/color",
            "label": "Show the sky around it",
            "help": "A map of Aladin Lite; your browser fetches it from the CDS, Strasbourg",
            "alt": "The sky around the galaxy: Digitized Sky Survey in Aladin Lite",
            "waiting": "Asking the CDS …",
            "unreached": "The sky map of the CDS cannot be reached from here.",
        },
    )


def _take_opacity(value: Any) -> None:
    state.change(opacity=min(max(int(value), 0), 100))


def _take_framing(value: Any) -> None:
    state.change(framing=FramingChoice(float(value["x"]), float(value["y"]), float(value["half"])))


def _take_map(value: Any) -> None:
    index = int(value)
    state.change(open_map=None if state.view().open_map == index else index)


def _ruler(stage: Stage, arcsec_per_px: float | None) -> dict[str, Any] | None:
    """Take the roundest length of about a fifth of the view, if its scale is known."""
    if not arcsec_per_px:
        return None
    fifth = stage.width_px * arcsec_per_px / 5
    lengths = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600]
    length = max((one for one in lengths if one <= fifth), default=1)
    text = f"{length}″" if length < 60 else f"{length // 60}′"
    return {"width": length / (stage.width_px * arcsec_per_px), "text": text}
