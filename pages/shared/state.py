"""The only owner of the session's state and of the link. Draws nothing.

The state of the classify page is one frozen ``View``; widgets show its fields and report
back through ``shown``. The link is read when a visitor comes in through one, and written
after every change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from pages.shared.links import FramingChoice, Known, View, from_query, to_query
from pages.shared.results import ResultRow

T = TypeVar("T")

_VIEW = "classify.view"
_WRITTEN = "classify.links written"
_NOTICES = "classify.notices"
_UNDO = "classify.undo"
_ROWS = "classify.results"
_OPEN_ROW = "classify.open upload"
_UPLOADER = "classify.uploader"
_COUNT = "classify.upload count"
_KEPT = "classify.kept upload"
_MOST_UNDO = 50
_MOST_WRITTEN = 200


def view() -> View:
    """Return the state of the classify page."""
    found: View = st.session_state.setdefault(_VIEW, View())
    return found


def change(**fields: Any) -> None:
    """Change fields of the view. Another galaxy or another square starts afresh where it must."""
    before = view()
    after = replace(before, **fields)
    if _opened(after) != _opened(before):
        after = replace(after, framing=fields.get("framing"))
        st.session_state[_UNDO] = []
    elif after.model != before.model:
        after = replace(after, layer="", maps_layer="", open_map=None)
    elif after.maps_layer != before.maps_layer:
        after = replace(after, open_map=None)
    if after.framing != before.framing and _opened(after) == _opened(before):
        undo = [*st.session_state.get(_UNDO, []), before.framing]
        st.session_state[_UNDO] = undo[-_MOST_UNDO:]
    st.session_state[_VIEW] = after


def _opened(view: View) -> tuple[Any, ...]:
    """Return what tells one galaxy from another."""
    return view.sample, view.upload, view.survey, view.target, view.size_arcsec


def open_sample(key: str) -> None:
    """Open a sample."""
    change(sample=key, upload=False, target="")


def open_fetched(survey: str, target: str, size_arcsec: int | None = None) -> None:
    """Open a galaxy of a survey, which is fetched if it is not here yet."""
    change(survey=survey, target=target, size_arcsec=size_arcsec, upload=False)


def own(name: str, make: Callable[[], T]) -> T:
    """Return this visitor's own object of that name, made when it is first asked for."""
    key = f"own.{name}"
    if key not in st.session_state:
        st.session_state[key] = make()
    found: T = st.session_state[key]
    return found


def disown(name: str) -> None:
    """Let go of this visitor's own object of that name."""
    st.session_state.pop(f"own.{name}", None)


def bound(key: str, value: Any, take: Callable[[Any], None]) -> Mapping[str, Any]:
    """Return the arguments that make a widget show a value and report what it becomes."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: take(st.session_state[key])}


def settle(**fields: Any) -> None:
    """Write down what an unset or unknown field came to mean; no change by the visitor."""
    st.session_state[_VIEW] = replace(view(), **fields)


def undo_framing() -> None:
    """Return to the framing before the last change."""
    undo = st.session_state.get(_UNDO, [])
    if undo:
        st.session_state[_VIEW] = replace(view(), framing=undo[-1])
        st.session_state[_UNDO] = undo[:-1]


def can_undo_framing() -> bool:
    """Whether the framing was changed since the galaxy was opened."""
    return bool(st.session_state.get(_UNDO))


def shown(name: str) -> Mapping[str, Any]:
    """Return the arguments that make a widget show a field of the view and change it."""
    key = f"classify.widget.{name}"
    st.session_state[key] = getattr(view(), name)
    return {"key": key, "on_change": lambda: change(**{name: st.session_state[key]})}


def number_of_framing(
    name: str, framing: FramingChoice, lowest: float, highest: float
) -> Mapping[str, Any]:
    """Return the arguments that make a number input show and change one side of the framing."""
    key = f"classify.widget.framing.{name}"
    st.session_state[key] = min(max(round(float(getattr(framing, name)), 1), lowest), highest)

    def take() -> None:
        change(framing=replace(framing, **{name: st.session_state[key]}))

    return {"key": key, "on_change": take}


def reported(key: str, name: str, use: Callable[[Any], None]) -> Callable[[], None]:
    """Return a component's callback that hands what it reports to ``use``."""

    def take() -> None:
        value = st.session_state.get(key, {}).get(name)
        if value is not None:
            use(value)

    return take


def adopt_link(known: Known) -> bool:
    """Take over the view of the link that the visitor came in through, once; say if so."""
    query = st.query_params.to_dict()
    written: list[dict[str, str]] = st.session_state.setdefault(_WRITTEN, [{}])
    if query in written:  # ours, or one of ours that the browser has not replaced yet
        return False
    written.append(query)
    st.session_state[_VIEW], st.session_state[_NOTICES] = from_query(query, known)
    st.session_state[_UNDO] = []
    return True


def asked_by_link(name: str) -> str:
    """Return what the link says of something that is one page's own; empty if nothing."""
    return st.query_params.to_dict().get(name, "")


def write_link(**more: str) -> None:
    """Put the view into the address bar, and what else the page's state is."""
    query = to_query(view()) | more
    if st.query_params.to_dict() == query:
        return
    written = st.session_state.setdefault(_WRITTEN, [{}])
    written.append(query)
    del written[1:-_MOST_WRITTEN]
    st.query_params.from_dict(query)


def notices() -> tuple[str, ...]:
    """Return what could not be followed in the link that the visitor came in through."""
    found: tuple[str, ...] = st.session_state.get(_NOTICES, ())
    return found


def dismiss_notices() -> None:
    """Forget the notices."""
    st.session_state[_NOTICES] = ()


def uploader_key() -> str:
    """Return the uploader's key; a new one empties it."""
    return f"{_UPLOADER} {st.session_state.get(_UPLOADER, 0)}"


def take_uploads() -> None:
    """Open the first of the files that were just added; return to the samples after the last."""
    files = st.session_state.get(uploader_key()) or []
    before = st.session_state.get(_COUNT, 0)
    st.session_state[_COUNT] = len(files)
    st.session_state[_OPEN_ROW] = before if len(files) > before else 0
    st.session_state[_VIEW] = replace(view(), upload=bool(files), framing=None)
    st.session_state[_UNDO] = []


def clear_uploads() -> None:
    """Let go of everything this visitor uploaded, and return to the samples."""
    st.session_state[_UPLOADER] = st.session_state.get(_UPLOADER, 0) + 1
    own(_ROWS, dict).pop("uploads", None)
    disown("fits.together")
    st.session_state[_KEPT] = None
    st.session_state[_OPEN_ROW] = st.session_state[_COUNT] = 0
    change(upload=False)


def keep_upload(name: str, data: bytes) -> None:
    """Keep the upload that is open: the uploader forgets its files on other pages."""
    st.session_state[_KEPT] = (name, data)


def kept_upload() -> tuple[str, bytes] | None:
    """Return name and bytes of the upload that was last open; None if there is none."""
    kept: tuple[str, bytes] | None = st.session_state.get(_KEPT)
    return kept


def result_rows(kind: str, model: str) -> dict[str, ResultRow]:
    """Return the answers to a list of this visitor's by picture; of that network only."""
    kept: dict[str, tuple[str, dict[str, ResultRow]]] = own(_ROWS, dict)
    if kept.get(kind, ("", {}))[0] != model:
        kept[kind] = (model, {})
    return kept[kind][1]


def open_row() -> int:
    """Return which upload is open."""
    return int(st.session_state.get(_OPEN_ROW, 0))


def rows_of_table(kind: str, index: int, open_row: Callable[[int], None]) -> Mapping[str, Any]:
    """Return the arguments that make a table show which of its rows is open, and open others."""
    key = f"classify.table of {kind}"
    st.session_state[key] = {"selection": {"rows": [index], "columns": [], "cells": []}}

    def take() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            open_row(int(rows[0]))

    return {"key": key, "on_select": take, "selection_mode": "single-row-required"}


def set_open_row(index: int) -> None:
    """Open another upload."""
    if index != open_row():
        st.session_state[_OPEN_ROW] = index
        st.session_state[_VIEW] = replace(view(), upload=True, framing=None)
        st.session_state[_UNDO] = []
