"""The feature maps that the decision hung on most, before and after the changes of the lab."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.shared import figures, scales, wording
from pages.shared.caches import Look
from pages.shared.study import figures as drawn
from pages.shared.study.terms import TERMS

SHOWN_MAPS = 8


def feature_maps(before: Look, after: Look, layer: str) -> None:
    """Draw the maps with the largest share in the logit, before beside after, on one scale."""
    one, two = before.inspection.layer(layer), after.inspection.layer(layer)
    was, now = one.contributions[0], two.contributions[0]
    order = np.argsort(-np.maximum(np.abs(was), np.abs(now)), kind="stable")[:SHOWN_MAPS]
    pair = [one.feature_maps[0][..., order], two.feature_maps[0][..., order]]
    top = max(float(maps.max()) for maps in pair) or 1.0
    cards = [
        drawn.pair_card(
            [figures.activation(maps[..., place], top=top) for maps in pair],
            title=f"Map {k}",
            note=f"share {wording.signed(float(was[k]))} → {wording.signed(float(now[k]))}",
        )
        for place, k in enumerate(order)
    ]
    st.subheader(f"Feature maps of {layer}", help=TERMS["changed maps"])
    st.html(drawn.gallery(cards, kind="aa-pairs"))
    st.html(scales.activation_scale(top, words="activation (no unit), one scale for all"))
