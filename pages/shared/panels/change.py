"""The changed galaxy of the what-if lab: before and after."""

from __future__ import annotations

from html import escape

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.cnn.verdict import Verdict
from galaxy_core.what_if.region import Disc
from pages.shared import caches, figures, scales, widgets, wording
from pages.shared.evidence import ShownEvidence, shown_evidence
from pages.shared.galaxy import OpenGalaxy
from pages.shared.links import EvidenceKind
from pages.shared.networks import Network
from pages.shared.study import brush, state
from pages.shared.study import caches as study_caches
from pages.shared.study import figures as drawn
from pages.shared.study.lab import Lab


def look_at(stored: StoredModel, ready: Network, galaxy: OpenGalaxy) -> caches.Look:
    """Return answer and inspection of the galaxy, changed or not."""
    return caches.look(stored, ready, galaxy)


def evidence_of(stored: StoredModel, ready: Network, look: caches.Look) -> ShownEvidence | None:
    """Return the signed evidence of the last convolution layer; None without one."""
    layers = stored.card.convolution_layers
    if not layers:
        return None
    name = layers[-1]
    return shown_evidence(
        look.inspection.layer(name),
        name,
        kind=EvidenceKind.SIGNED,
        geometry=ready.geometry[name],
        card=stored.card,
    )


def picture(galaxy: OpenGalaxy, disc: Disc) -> None:
    """Draw the changed picture to paint on, with the network's square and the tool's disc."""
    height, width = galaxy.cutout.pixels.shape[:2]
    radius = disc.radius * min(height, width)
    brush.painting(
        galaxy,
        {
            "left": disc.x - radius / width,
            "top": disc.y - radius / height,
            "width": 2 * radius / width,
            "height": 2 * radius / height,
        },
    )
    if why := state.refused():
        st.info(widgets.plain(why), icon=":material/brush:")


def seen(galaxy: OpenGalaxy, evidence: ShownEvidence | None) -> None:
    """Draw the network's input with the evidence on it."""
    images = _with_evidence(galaxy, evidence)
    side = galaxy.pixels.shape[0]
    alt = f"The {side} × {side} pixels that the network sees, with the evidence"
    st.html(drawn.gallery([drawn.picture_card(images, title="", alt=alt)], kind="aa-large"))
    if evidence is not None:
        st.html(scales.evidence_scale(evidence.scale, kind="signed"))


def answer(before: caches.Look, after: caches.Look) -> None:
    """Draw the answer after the changes, and what it was before."""
    said, was = after.answer, before.answer
    low, high = said.probability_range
    trusted = said.verdict is not Verdict.NOT_TRUSTED
    st.html(
        f'<div class="aa-verdict" role="status">{escape(wording.verdict_sentence(said))}</div>'
        f'<div class="aa-number"><b data-testid="probability">'
        f"{escape(wording.percent(said.probability_spiral))}</b>"
        "<span>probability of spiral</span></div>"
        + scales.probability_scale(said.probability_spiral, low, high, trusted=trusted)
    )
    st.caption(
        f"Before the changes: {wording.percent(was.probability_spiral)}. Logit "
        f"{wording.signed(was.logit)} before, {wording.signed(said.logit)} now.".replace(
            ">", r"\>"
        ).replace("<", r"\<"),
        help=wording.TERMS["logit"],
    )
    for warning in said.warnings:
        st.warning(widgets.plain(warning), icon=":material/warning:")


def strip(
    plain: OpenGalaxy,
    changed: OpenGalaxy,
    evidence: tuple[ShownEvidence | None, ShownEvidence | None],
    looks: tuple[caches.Look, caches.Look],
) -> None:
    """Draw before and after side by side: what the network sees, and its evidence."""
    st.subheader("Before and after")
    cards = []
    for when, galaxy, one, look in (
        ("Before", plain, evidence[0], looks[0]),
        ("After", changed, evidence[1], looks[1]),
    ):
        percent = wording.percent(look.answer.probability_spiral)
        base = [figures.network_input(galaxy.pixels)]
        cards.append(
            drawn.picture_card(base, title=f"{when}: {percent} spiral", alt=f"{when}, the input")
        )
        alt = f"{when}, the evidence"
        cards.append(
            drawn.picture_card(_with_evidence(galaxy, one), title=f"{when}: evidence", alt=alt)
        )
    st.html(drawn.gallery(cards, kind="aa-strip"))


def _with_evidence(galaxy: OpenGalaxy, evidence: ShownEvidence | None) -> list[str]:
    images = [figures.network_input(galaxy.pixels)]
    if evidence is not None and not evidence.blank:
        images.append(figures.evidence_overlay(evidence.on_input, scale=evidence.scale))
    return images


def laboratory(galaxy: OpenGalaxy) -> Lab:
    """Return the lab of the galaxy on the page."""
    return study_caches.lab(galaxy, reframe=state.study().reframe)
