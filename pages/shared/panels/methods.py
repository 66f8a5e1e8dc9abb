"""Explanation methods: the chosen one large, all of them side by side, how they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from pages.shared import figures, scales, widgets
from pages.shared import state as shared_state
from pages.shared.galaxy import OpenGalaxy
from pages.shared.links import EvidenceKind, MapScale
from pages.shared.networks import Network
from pages.shared.panels.maps import SCALE_LABELS
from pages.shared.panels.picture import KIND_LABELS
from pages.shared.study import caches, state
from pages.shared.study import figures as drawn
from pages.shared.study.terms import TERMS

if TYPE_CHECKING:
    from galaxy_core.explain.explanation import Explanation
    from galaxy_core.explain.inspection import TargetClass
    from galaxy_core.explain.method import Method

# Where the colours of one scale for all end, in even shares: from the faintest to the most
# concentrated of the nine methods, on both shipped networks, a map is neither black nor full.
EVEN_SHARES = 8.0


def settle_method() -> None:
    """Settle on a method that there is; say so where a link asked for another."""
    from galaxy_core.explain.methods import METHODS

    if state.study().method not in METHODS:
        first = next(iter(METHODS))
        state.change(method=first)
        st.info(
            f"The link asks for an explanation method that is not there; {METHODS[first].title} "
            "is shown.",
            icon=":material/link_off:",
        )


def choose_method() -> Method:
    """Draw the choice of method and return it."""
    from galaxy_core.explain.methods import METHODS

    st.selectbox(
        "Method",
        list(METHODS),
        format_func=lambda key: METHODS[key].title,
        help=TERMS["method"],
        width=260,
        **state.shown("method"),
    )
    return METHODS[state.study().method]


def choose_class() -> None:
    """Draw the choice of what the maps speak for: both classes, or the one-class map of one."""
    if shared_state.view().evidence is EvidenceKind.NONE:
        shared_state.settle(evidence=EvidenceKind.SIGNED)
    st.segmented_control(
        "Maps for",
        [kind for kind in EvidenceKind if kind is not EvidenceKind.NONE],
        required=True,
        format_func=KIND_LABELS.__getitem__,
        help=TERMS["class"],
        **shared_state.shown("evidence"),
    )


def large(
    method: Method, found: Explanation, galaxy: OpenGalaxy, *, record: str, judged: str
) -> None:
    """Draw the chosen map large, its scale, what is judged of it, its sentences and record."""
    _, reason = _plane(found)
    if reason:
        st.html(drawn.gallery([drawn.blank_card(method.title, reason)], kind="aa-large"))
    else:
        images, top = _layers(found, galaxy, MapScale.OWN)
        alt = f"Map of {method.title} on what the network sees"
        st.html(drawn.gallery([drawn.picture_card(images, title="", alt=alt)], kind="aa-large"))
        if method.signed:
            kind = shared_state.view().evidence
            st.html(scales.evidence_scale(top, kind=kind, unit=method.unit))
        else:
            st.html(scales.activation_scale(top, words=f"strength, no sign ({method.unit})"))
    if judged:
        st.caption(judged)
    st.markdown(f"**Shows:** {method.shows}")
    st.markdown(f"**Cannot show:** {method.cannot_show}")
    if record:
        st.markdown(f"**Over a whole sample:** {widgets.plain(record)}")
    source = f"[{method.source}]({method.url})" if method.url else method.source
    st.markdown(f"**Source:** {source}")  # a link in a caption is too faint: 2.7:1 on white
    st.caption("The colours end at this map’s largest value.")


def side_by_side(
    stored: StoredModel, ready: Network, galaxy: OpenGalaxy, layer: str
) -> list[Explanation]:
    """Draw every method's map as it comes; return them in the table's order."""
    from galaxy_core.explain.methods import METHODS

    st.subheader("All methods side by side", help=TERMS["method"])
    st.segmented_control(
        "Colour scale",
        list(MapScale),
        required=True,
        format_func=SCALE_LABELS.__getitem__,
        help=TERMS["common scale"],
        **shared_state.shown("scale"),
    )
    place = st.empty()
    cards: list[str] = []
    found: list[Explanation] = []
    for key, method in METHODS.items():
        one = caches.explanation(
            stored, ready, galaxy, method=key, layer=layer if method.needs_layer else ""
        )
        found.append(one)
        cards.append(_card(method, one, galaxy))
        place.html(drawn.gallery(cards))
    _scale_of_all()
    return found


def _scale_of_all() -> None:
    """Draw what the colours of the maps side by side mean."""
    signs = "Blue speaks for spiral, amber for elliptical; maps from dark to yellow have no sign."
    if shared_state.view().scale is MapScale.OWN:
        st.caption(
            "Each map’s colours end at its own largest value, as methods have different units: "
            f"compare places, not strengths. {signs}"
        )
        return
    left, right = st.columns(2)
    kind = shared_state.view().evidence
    with left:
        st.html(scales.evidence_scale(EVEN_SHARES, kind=kind, unit="× even share"))
    with right:
        words = "strength, no sign (× even share)"
        st.html(scales.activation_scale(EVEN_SHARES, words=words))
    st.caption(
        "One scale for all methods, galaxies and networks: how much of a map’s evidence a pixel "
        f"holds, 1 being its even share of the whole. Bright is concentrated. {signs}"
    )


def agreement(found: Sequence[Explanation]) -> None:
    """Draw how far the methods mark the same places."""
    from galaxy_core.explain.methods import METHODS
    from galaxy_core.explain.trust.ranks import agreement_matrix

    kept = [one for one in found if not one.reasons[0]]
    st.subheader("How far they agree", help=TERMS["agreement"])
    if len(kept) < 2:
        st.caption("There are not two maps to compare.")
        return
    matrix = agreement_matrix(np.abs(np.stack([one.on_input()[0] for one in kept])))
    titles = [METHODS[one.method].title for one in kept]
    with st.container(key="agreement"):
        st.plotly_chart(
            drawn.agreement(matrix, titles),
            config={"displayModeBar": False},
            alt="Rank correlation of every pair of methods, as a table of numbers",
            key="evidence.agreement",
        )


def record(stored: StoredModel, chosen: Explanation) -> str:
    """Return how the method did against the edge detector over a sample; empty if not known."""
    try:
        measured = caches.ranking(stored)
    except GalaxyError:
        return ""  # the table below says what is wrong with the file
    scores = measured.scores if measured is not None else ()
    own = (one for one in scores if (one.method, one.layer) == (chosen.method, chosen.layer))
    return next((one.sentence() for one in own), "")


def ranking(stored: StoredModel) -> None:
    """Draw the ranking of methods over a sample for this network, or how to measure it."""
    import pandas as pd

    from pages.shared.study.report import RANKING_COLUMNS, ranking_rows

    st.subheader("Methods over a whole sample", help=TERMS["ranking"])
    with widgets.guarded():
        measured = caches.ranking(stored)
        if measured is None:
            st.caption(
                "Nobody has measured this for the network yet. On the command line: "
                f"`python -m galaxy_core rank --model {stored.card.name}`"
            )
            return
        st.dataframe(
            pd.DataFrame(ranking_rows(measured)),
            hide_index=True,
            height="content",
            column_config={
                name: st.column_config.Column(help=text, width=275 if name == "Method" else None)
                for name, text in RANKING_COLUMNS.items()
            },
            alt="Explanation methods ranked, with 95 % intervals",
        )
        st.caption(
            f"{measured.sample()}; the most faithful first. In brackets: 95 % bootstrap "
            "intervals. “No better than edges”: the gap is not larger, beyond chance, than that "
            "of an edge detector, which never saw the network."
        )


def _card(method: Method, found: Explanation, galaxy: OpenGalaxy) -> str:
    chosen = state.study().method == method.key
    more = (method.shows, f"Cannot show: {method.cannot_show}", f"Source: {method.source}.")
    _, reason = _plane(found)
    if reason:
        return drawn.blank_card(method.title, reason, more=more, chosen=chosen)
    images, _ = _layers(found, galaxy, shared_state.view().scale)
    alt = f"Map of {method.title}"
    note = f"largest {np.abs(_plane(found)[0]).max():.3g} {method.unit}"
    return drawn.picture_card(
        images, title=method.title, alt=alt, note=note, more=more, chosen=chosen
    )


def _layers(found: Explanation, galaxy: OpenGalaxy, scale: MapScale) -> tuple[list[str], float]:
    """Return picture and map to lay on one another, and where the colours end."""
    plane, _ = _plane(found)
    strength = np.abs(plane)
    end = strength.max() if scale is MapScale.OWN else EVEN_SHARES * strength.mean()
    top = float(end) or 1.0
    base = figures.network_input(galaxy.pixels)
    if found.signed:
        return [base, figures.evidence_overlay(plane, scale=top)], top
    return [base, figures.activation_overlay(np.maximum(plane, 0), top=top)], top


def chosen_class() -> TargetClass | None:
    """Return the class whose maps are shown; None for both."""
    from galaxy_core.explain.inspection import TargetClass

    kind = shared_state.view().evidence
    return TargetClass(kind.value) if kind in set(TargetClass) else None


def _plane(found: Explanation) -> tuple[FloatImage, str]:
    """Return the map as asked for, elliptical below 0, and why it is blank if it is."""
    planes, reasons = found.shown_for(chosen_class())
    return planes[0], reasons[0]
