"""The model card's section on what a network refuses to answer, and how rarely it errs in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from galaxy_core.cnn.card import ModelCard
from pages.shared import domain_figures
from pages.shared.plots import go
from pages.shared.widgets import plain

_SIGNALS = {
    "framing": "framing finds no single galaxy",
    "picture": "the picture looks like no galaxy's",
    "distance": "far from all training galaxies",
}


def refused(cards: Sequence[ModelCard]) -> None:
    """Draw the section for each card that holds a measurement."""
    for card in cards:
        measured = card.metrics.get("strangeness")
        if measured:
            _section(card, measured)


def _section(card: ModelCard, measured: Mapping[str, Any]) -> None:
    st.subheader(f"What it does not answer: {plain(card.title)}")
    st.markdown(
        "Pictures that show no galaxy, and galaxies unlike those it learnt from, are called "
        "*Not trusted*. Any of three signals is enough."
    )
    with st.container(horizontal=True, gap="large"):
        _share("Real galaxies refused", measured["false_alarms"], "of the test part")
        _share("Other pictures refused", measured["catch"], "of all kinds")
        _share("… of kinds left out", measured["catch_held_out"], "that nothing was fitted on")
    alarms, caught = measured["false_alarms_by_signal"], measured["catch_by_signal"]
    lines = ["| Signal | real galaxies refused | other pictures refused |", "|---|---|---|"]
    lines += [
        f"| {words} | {_percent(alarms[name])} | {_percent(caught[name])} |"
        for name, words in _SIGNALS.items()
    ]
    st.markdown("\n".join(lines))
    left, right = st.columns(2, gap="medium")
    with left:
        _figure(card, "Real galaxies refused, by class", domain_figures.false_alarms(measured))
    with right:
        _figure(card, "Other pictures refused, by kind", domain_figures.catch(measured))
        if always := domain_figures.always_caught(measured):
            st.caption(
                f"All pictures of the other {len(always)} kinds were refused, by the app and "
                f"where their kind was left out of the fit: {', '.join(always)}."
            )


def _share(title: str, share: Mapping[str, Any], of: str) -> None:
    if share["value"] is None:
        return
    with st.container(width="content"):
        st.metric(title, _percent(share))
        st.caption(f"{share['low']:.1%} to {share['high']:.1%}, {share['count']:,} {of}")


def _percent(share: Mapping[str, Any]) -> str:
    return "–" if share["value"] is None else f"{share['value']:.1%}"


def _figure(card: ModelCard, title: str, figure: go.Figure) -> None:
    st.plotly_chart(
        figure,
        config={"displaylogo": False, "displayModeBar": False},
        key=f"card.{card.name} {title}",
        alt=title,
    )
