"""The trust card of a map, filled in as it is measured, and what can be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from pages.shared import caches as shared_caches
from pages.shared import components
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.panels import methods
from pages.shared.study import caches, state
from pages.shared.study import figures as drawn
from pages.shared.study.links import BASELINES
from pages.shared.study.report import report
from pages.shared.study.terms import TERMS

if TYPE_CHECKING:
    from galaxy_core.explain.explanation import Explanation
    from galaxy_core.explain.method import Method
    from galaxy_core.explain.trust.card import TrustCard

EXPECTED = ("Faithfulness", "More than noise", "Sanity", "Stability", "Agreement", "Edges")
_SYMBOLS = {"good": "●", "weak": "◐", "bad": "○"}
_PLACE_SYMBOLS = {"on the galaxy": "●", "map off the galaxy": "◐", "off the galaxy": "○"}


def trust_card(
    stored: StoredModel, ready: Network, galaxy: OpenGalaxy, *, method: Method, layer: str
) -> None:
    """Draw the trust card of the chosen map; each measure appears when it is there."""
    st.subheader("Does this map deserve belief?", help=TERMS["trust card"])
    place, card = st.empty(), None
    place.html(_html(None))
    for card in caches.trust_cards(stored, ready, galaxy, method=method.key, layer=layer):
        place.html(_html(card))
    if card is not None:
        _curves(card)


def _curves(card: TrustCard) -> None:
    if card.faithfulness is None:
        return
    from galaxy_core.explain.trust.faithfulness import Baseline

    words = {Baseline.BLUR: "blurred", Baseline.MEAN: "mean colour", Baseline.SKY: "empty sky"}
    st.segmented_control(
        "What removed pixels become",
        list(BASELINES),
        required=True,
        format_func=lambda name: words[Baseline(name)],
        help=TERMS["removal"],
        **state.shown("baseline"),
    )
    baseline = Baseline(state.study().baseline)
    st.plotly_chart(
        drawn.removal_curves(card.faithfulness, baseline),
        config={"displayModeBar": False},
        alt=f"Logit as pixels are taken away and brought back. {card.faithfulness.sentence()}",
        key="evidence.curves",
    )


def _html(card: TrustCard | None) -> str:
    """Return the card as far as it is known; what is still measured says so."""
    head = card.headline() if card else ""
    rows, known = [], {one.name: one for one in card.findings} if card else {}
    for name in EXPECTED if card is None or not card.blank_reason else ():
        found = known.get(name)
        if found is None:
            rows.append(_row(name, "…", "being measured"))
        else:
            rows.append(_row(name, f"{_SYMBOLS[found.grade]} {found.grade}", found.sentence))
    if card is not None and (where := card.place_sentence()):
        said = card.place_verdict()
        rows.append(_row("Place", f"{_PLACE_SYMBOLS[said]} {said}", where))
    busy = "" if card is not None and card.is_complete else "Testing the map …"
    verdict, stop, why = (head or busy).partition(". ")
    return (
        '<div role="status"><div class="aa-verdict" data-testid="belief">'
        f"{escape(verdict + stop.strip())}</div><p>{escape(why)}</p></div>"
        f'<table class="aa-card"><tbody>{"".join(rows)}</tbody></table>'
    )


def _row(name: str, grade: str, sentence: str) -> str:
    return (
        f'<tr><th scope="row">{escape(name)}</th><td style="white-space:nowrap">'
        f"{escape(grade)}</td><td>{escape(sentence)}</td></tr>"
    )


def take_away(
    stored: StoredModel,
    ready: Network,
    galaxy: OpenGalaxy,
    chosen: Explanation,
    found: Sequence[Explanation],
) -> None:
    """Draw the downloads: the chosen map as PNG, NPZ and FITS, and the report of them all."""
    from galaxy_core.explain import export, export_fits
    from galaxy_core.explain.methods import METHODS

    def whole_report() -> bytes:
        cards = (
            (one, caches.known_card(stored, galaxy, method=one.method, layer=one.layer))
            for one in found
        )
        trust = {(one.method, one.layer): card for one, card in cards if card is not None}
        answer = shared_caches.look(stored, ready, galaxy).answer
        return report(galaxy, answer, stored.card, explanations=found, trust=trust)

    target = methods.chosen_class()
    planes, reasons = chosen.on_input_for(target)
    unit = METHODS[chosen.method].unit
    labels = export_fits.MapLabels(
        chosen.method,
        chosen.layer,
        stored.card.name,
        target,
        reason=reasons[0],
        unit=unit,
        galaxy=galaxy.cutout.name,
        signed=chosen.signed,
    )
    stem = "-".join(filter(None, (chosen.method, chosen.layer, target)))
    of_class = f" for {target}" if target else ""
    files = (
        (
            f"Map{of_class} (PNG)",
            lambda: export.map_png(chosen, 0, galaxy.pixels, scale=0, target=target, unit=unit),
            "png",
            "image/png",
        ),
        (
            "Maps of both classes (NPZ)",
            lambda: export.maps_npz(chosen, galaxy.pixels[None]),
            "npz",
            "application/zip",
        ),
        (
            f"Map{of_class} (FITS)",
            lambda: export_fits.map_fits(
                planes[0], galaxy.framing, wcs=galaxy.cutout.wcs, labels=labels
            ),
            "fits",
            "application/fits",
        ),
        ("Report of all methods (HTML)", whole_report, "html", "text/html"),
    )
    with st.container(horizontal=True):
        with st.popover("Download", icon=":material/download:"):
            for label, make, ending, kind in files:
                name = "report.html" if ending == "html" else f"{stem}.{ending}"
                st.download_button(label, make, name, kind, on_click="ignore", width="stretch")
            _test_all(stored, ready, galaxy, chosen, found)
        components.copy_link()


def _test_all(
    stored: StoredModel,
    ready: Network,
    galaxy: OpenGalaxy,
    chosen: Explanation,
    found: Sequence[Explanation],
) -> None:
    """Offer to measure the trust cards that the report would lack, with progress."""
    from galaxy_core.explain.methods import METHODS

    known = {
        (one.method, one.layer)
        for one in found
        if caches.known_card(stored, galaxy, method=one.method, layer=one.layer) is not None
    }
    shown = (chosen.method, chosen.layer)  # measured on this page in any case
    missing = [one for one in found if (one.method, one.layer) not in {*known, shown}]
    place = st.empty()
    if not missing:
        place.caption("Every map is tested: the report holds all trust cards.")
        return
    with place.container():
        st.caption(f"{len(missing)} of {len(found)} maps have no trust card yet for the report.")
        wanted = st.button("Test all maps first", key="evidence.test_all", width="stretch")
    if not wanted:
        return
    for number, one in enumerate(missing):
        title = METHODS[one.method].title
        place.progress(number / len(missing), text=f"Testing {title} …")
        for _ in caches.trust_cards(stored, ready, galaxy, method=one.method, layer=one.layer):
            pass
    place.caption("Every map is tested: the report holds all trust cards.")
