"""The search of the what-if lab for the least change that flips the verdict."""

from __future__ import annotations

import numpy as np
import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.cnn.verdict import Verdict
from galaxy_core.what_if.change import Change, rounded
from galaxy_core.what_if.flip import Flip, FlipSearch, least_flip
from galaxy_core.what_if.knobs import KNOBS, MOST_CHANGES
from pages.shared import caches, widgets, wording
from pages.shared.networks import Network
from pages.shared.panels import knobs
from pages.shared.study import caches as study_caches
from pages.shared.study import state
from pages.shared.study.lab import Lab, counting
from pages.shared.study.terms import TERMS

SHOWN = 5
# What the search can ask for: eight steps and five bisections to either end of each knob, 108
# regions, and the picture as it is.
MOST_ASKED = (
    1
    + 108
    + 13
    * sum((knob.low != 0) + (knob.high != 0) for knob in KNOBS.values() if not knob.needs_region)
)


def flips(lab: Lab, stored: StoredModel, ready: Network) -> None:
    """Draw the search for the least change that flips the verdict, and what it found last."""
    st.subheader("What is the least change that flips the verdict?", help=TERMS["flip"])
    only = st.toggle("Only what nature could do", **state.shown("physical"))
    recipe = state.study().recipe
    key = study_caches.lab_key(stored, lab)
    if st.button("Search", icon=":material/search:", key="what_if.search"):
        found = _search(lab, stored, ready, recipe, physical_only=only)
        verdicts = tuple(
            caches.look(stored, ready, lab.changed((*recipe, flip.change))).answer.verdict
            for flip in found.flips[:SHOWN]
        )
        state.keep_search(key, state.KeptSearch(recipe, found, verdicts))
    if kept := state.kept_search(key):
        _found(kept, recipe)


def _found(kept: state.KeptSearch, recipe: tuple[Change, ...]) -> None:
    """Draw what was found; each can be done, one instead of the other."""
    st.markdown(widgets.plain(kept.found.sentence()))
    if kept.recipe != recipe:
        was = knobs.recipe_in_words(kept.recipe)
        st.caption(widgets.plain(f"Searched from these changes: {was}. Each starts there anew."))
    for number, (flip, verdict) in enumerate(zip(kept.found.flips, kept.verdicts)):
        words = _in_words(flip)
        if verdict == Verdict.NOT_TRUSTED:
            words += "; not to be trusted"
        st.button(
            f"Do it: {words}",
            key=f"what_if.flip {number}",
            on_click=state.cook,
            args=((*kept.recipe, rounded(flip.change)),),
            disabled=len(kept.recipe) >= MOST_CHANGES,
        )


def _in_words(flip: Flip) -> str:
    knob, region = KNOBS[flip.change.knob], flip.change.region
    amount = " a disc" if region is not None else f" {flip.change.strength:.2g} {knob.unit}"
    words = f"{knob.title}{amount.rstrip()}: {wording.percent(flip.after)} spiral"
    return words.replace("-", "−")


def _search(
    lab: Lab,
    stored: StoredModel,
    ready: Network,
    recipe: tuple[Change, ...],
    *,
    physical_only: bool,
) -> FlipSearch:
    bar = st.progress(0.0, text="Turning every knob …")

    def tell(asked: int) -> None:
        share = min(asked / MOST_ASKED, 1.0)
        bar.progress(share, text=f"Tried {asked} changed pictures")

    answer_all = counting(lambda many: lab.probabilities(ready.classifier, many), tell)
    found = least_flip(
        np.asarray(lab.changed(recipe).cutout.pixels),
        lab.working.framing,
        answer_all,
        band=stored.card.uncertain_band,
        physical_only=physical_only,
    )
    bar.empty()
    return found
