"""The answer in words, on its scale, with its warnings, and what can be taken away."""

from __future__ import annotations

from html import escape

import streamlit as st

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.pipeline import FileAnswer, every_warning
from galaxy_core.cnn.verdict import Verdict
from pages.shared import components, export, scales, state, wording
from pages.shared.caches import Look
from pages.shared.evidence import ShownEvidence
from pages.shared.galaxy import OpenGalaxy
from pages.shared.panels.nearest import nearest
from pages.shared.panels.picture import KIND_LABELS
from pages.shared.widgets import plain


def answer(look: Look, galaxy: OpenGalaxy, card: ModelCard) -> None:
    """Draw verdict, probability with its spread, reasons for care, and what is most like it."""
    said = look.answer
    low, high = said.probability_range
    trusted = said.verdict is not Verdict.NOT_TRUSTED
    st.html(
        f'<div class="aa-verdict" role="status">{escape(wording.verdict_sentence(said))}</div>'
        f'<div class="aa-number"><b data-testid="probability">'
        f"{escape(wording.percent(said.probability_spiral))}</b>"
        f"<span>probability of spiral</span></div>"
        + scales.probability_scale(said.probability_spiral, low, high, trusted=trusted)
    )
    st.caption(wording.spread(said).replace(">", r"\>"), help=wording.TERMS["spread"])
    st.caption(
        f"Verdict: **{said.verdict}** · {'' if card.calibrated else 'not '}calibrated probability",
        help=wording.TERMS["probability" if card.calibrated else "uncalibrated"],
    )
    st.caption(
        f"Logit {wording.signed(said.logit)}, the mean of "
        f"{len(said.orientation_probabilities)} views",
        help=wording.TERMS["logit"],
    )
    for warning in every_warning(galaxy.cutout.warnings, said):
        st.warning(plain(warning), icon=":material/warning:")
    nearest(said, card)


def provenance(galaxy: OpenGalaxy) -> None:
    """Say where the picture came from."""
    cutout = galaxy.cutout
    came = cutout.provenance
    parts = [came.name, f"{cutout.width_px} × {cutout.height_px} px", str(came.origin)]
    parts += [part for part in (came.survey, came.release, came.credit) if part]
    st.caption(plain(" · ".join(parts)))


def take_away(
    look: Look, galaxy: OpenGalaxy, evidence: ShownEvidence | None, card: ModelCard
) -> None:
    """Draw the downloads and the link. Files are made when they are asked for."""
    view = state.view()
    warnings = every_warning(galaxy.cutout.warnings, look.answer)
    line = FileAnswer(galaxy.cutout.name, card.name, look.answer, warnings)
    title = f"{card.title}, {view.layer}, evidence for: {KIND_LABELS[view.evidence].lower()}"
    with st.container(horizontal=True):
        with st.popover("Download", icon=":material/download:"):
            if evidence is not None:
                _file(
                    "Evidence (PNG)",
                    lambda: export.evidence_png(
                        galaxy, evidence, look.answer, title=title, opacity=view.opacity / 100
                    ),
                    "evidence.png",
                    "image/png",
                )
            _file("Maps (NPZ)", lambda: export.to_npz(galaxy, look), "maps.npz", "application/zip")
            _file("Result (CSV)", lambda: export.to_csv([line]), "galaxy.csv", "text/csv")
            _file(
                "Result (JSON)", lambda: export.to_json([line]), "galaxy.json", "application/json"
            )
        components.copy_link()
    if view.upload:
        st.caption("The link holds every setting, but never the picture you uploaded.")


def _file(label: str, make: object, name: str, kind: str) -> None:
    st.download_button(label, make, name, kind, on_click="ignore", width="stretch")
