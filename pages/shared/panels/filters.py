"""The filters of a convolution layer: what each asks for, found here, and did to the answer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.shared import figures, scales, wording
from pages.shared.galaxy import OpenGalaxy
from pages.shared.panels import maps
from pages.shared.study import caches, state
from pages.shared.study import figures as drawn
from pages.shared.study.terms import TERMS

if TYPE_CHECKING:
    from galaxy_core.cnn.store import StoredModel
    from galaxy_core.explain.filters import Ablation
    from galaxy_core.explain.inspection import LayerInspection
    from pages.shared.caches import Look
    from pages.shared.networks import Network
    from pages.shared.study.caches import FilterStudy

SHOWN_PATCHES = 3


def grid(
    layer: LayerInspection,
    ablation: Ablation,
    study: FilterStudy,
    kernels: np.ndarray,
) -> None:
    """Draw a card a filter, the largest share in this decision first."""
    st.subheader("Filters by their share in this decision", help=TERMS["filter"])
    st.caption(
        "Each: its kernel (the mean of its slices; black −, grey 0, white +), its response to "
        "this galaxy, and the patches of the samples that excite it most. The number is how "
        "far the logit moves towards spiral (+) or elliptical (−) because the filter is on."
    )
    top = float(layer.feature_maps.max()) or 1.0
    largest = float(np.abs(ablation.effects[0]).max()) or 1.0
    off = state.study().off_in(ablation.layer)
    doubles = _doubles(study)
    cards = [
        _card(
            int(k),
            images=_images(int(k), layer, study, kernels, top),
            effect=float(ablation.effects[0, k]),
            share=float(ablation.shares[0, k]),
            largest=largest,
            marks=_marks(int(k), study, doubles, off),
        )
        for k in ablation.ranked(0)
    ]
    with st.container(height=560, border=False):
        st.html(f'<div class="aa-filters">{"".join(cards)}</div>')
    st.html(scales.activation_scale(top, words="response (no unit), one scale for the layer"))


def census(study: FilterStudy) -> None:
    """Say which filters are dead and which are doubles."""
    dead, pairs = study.census.dead, study.census.duplicates()
    count = study.census.largest.size
    samples = f"over {len(study.titles)} samples"
    st.caption(
        f"{len(dead)} of {count} filters are dead {samples}"
        + (f": {', '.join(map(str, dead))}." if dead else "."),
        help=TERMS["dead"],
    )
    words = ", ".join(f"{a} and {b}" for a, b in pairs[:12])
    more = f", and {len(pairs) - 12} pairs more" if len(pairs) > 12 else ""
    count_of = {0: "No two filters say", 1: "One pair says"}
    st.caption(
        f"{count_of.get(len(pairs), f'{len(pairs)} pairs say')} nearly the same"
        + (f": {words}{more}." if pairs else "."),
        help=TERMS["double"],
    )


def switches(stored: StoredModel, ready: Network, galaxy: OpenGalaxy, ablation: Ablation) -> None:
    """Draw the switches of the layer's filters, and the answer without those that are off."""
    count = ablation.effects.shape[1]
    ranked = [int(k) for k in ablation.ranked(0)]
    st.multiselect(
        "Switch filters off",
        ranked,
        format_func=lambda k: f"filter {k} ({wording.signed(float(ablation.effects[0, k]))})",
        placeholder="all filters are on",
        help=TERMS["filter"],
        **state.filters_off(ablation.layer, count),
    )
    asked = state.study().off_in(ablation.layer)
    off = tuple(k for k in asked if k < count)
    if off != asked:
        state.change(off=off)
        missing = ", ".join(str(k) for k in asked if k >= count)
        st.info(f"The link switches off what is not there: filter {missing} of {count}.")
    logit, probability = caches.without(stored, ready, galaxy, ablation.layer, off)
    whole = caches.without(stored, ready, galaxy, ablation.layer, ())
    kind = f"with {len(off)} of {count} filters off" if off else "with every filter on"
    st.html(
        f'<div class="aa-number" role="status"><b data-testid="probability">'
        f"{escape(wording.percent(probability))}</b><span>probability of spiral {kind}</span>"
        "</div>" + scales.probability_scale(probability, probability, probability)
    )
    moved = f", from {wording.signed(whole[0])} with all on" if off else ""
    st.caption(
        f"Logit {wording.signed(logit)}{moved}; of the picture as it stands, not averaged over "
        "its rotations.",
        help=wording.TERMS["logit"],
    )


def one_filter(
    stored: StoredModel,
    ready: Network,
    galaxy: OpenGalaxy,
    look: Look,
    index: int,
    study: FilterStudy,
) -> None:
    """Draw one filter large: response, kernel, favourites, and its dream on request."""
    maps.open_map(galaxy, look, ready, index)
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("What excites it most among the samples")
        patches = study.patches[index]
        if not patches:
            st.info("Nothing among the samples excites this filter: it is dead there.")
        cards = [
            drawn.picture_card(
                [figures.network_input(one.cut(study.inputs))],
                title=study.titles[one.galaxy],
                alt=f"Patch of {study.titles[one.galaxy]}",
                note=f"response {one.activation:.3g}",
            )
            for one in patches
        ]
        st.html(drawn.gallery(cards, kind="aa-strip"))
    with right:
        _favourite(stored, ready, study.census.layer, index)


def _favourite(stored: StoredModel, ready: Network, layer: str, index: int) -> None:
    st.caption("What it would like best to see", help=TERMS["favourite"])
    known = state.is_dreamt(stored.card.name, layer, index)
    if not known:
        st.button(
            "Work it out (some seconds)",
            icon=":material/auto_awesome:",
            key="inside.favourite",
            on_click=state.dream,
            args=(stored.card.name, layer, index),
        )
        return
    with st.spinner("Climbing from grey …"):
        found = caches.favourite(stored, ready, layer, index)
    url = figures.network_input(found)
    st.html(
        f'<img class="aa-crisp" style="max-width:16rem" src="{url}" '
        f'alt="The picture that excites filter {index} of {escape(layer)} most">'
    )


def _images(
    k: int, layer: LayerInspection, study: FilterStudy, kernels: np.ndarray, top: float
) -> list[tuple[str, str]]:
    """Return kernel, response and favourite patches of a filter as (picture, alt text)."""
    kernel = kernels[..., k]
    mean = kernel.mean(axis=-1, keepdims=True) if kernel.shape[-1] > 3 else kernel
    pictures = [
        (figures.kernel_slices(mean.mean(axis=-1, keepdims=True))[0], f"Kernel of filter {k}"),
        (
            figures.activation(layer.feature_maps[0, ..., k], top=top),
            f"Response of filter {k} to this galaxy",
        ),
    ]
    for patch in study.patches[k][:SHOWN_PATCHES]:
        title = study.titles[patch.galaxy]
        pictures.append((figures.network_input(patch.cut(study.inputs)), f"Patch of {title}"))
    return pictures


def _card(
    k: int,
    *,
    images: list[tuple[str, str]],
    effect: float,
    share: float,
    largest: float,
    marks: str,
) -> str:
    pictures = "".join(f'<img src="{url}" alt="{escape(alt)}">' for url, alt in images)
    side = "spiral" if effect >= 0 else "elliptical"
    width = 100 * abs(effect) / largest
    dim = ' class="aa-off"' if "off" in marks else ""
    return (
        f'<figure{dim}><div class="aa-filter">{pictures}</div>'
        f'<div class="aa-effect aa-effect-{side}" style="width:{width:.0f}%"></div>'
        f"<figcaption><b>{k}</b> · {wording.signed(effect)} logit · {share:.0%} of all shares"
        f"{f' · {escape(marks)}' if marks else ''}</figcaption></figure>"
    )


def _doubles(study: FilterStudy) -> dict[int, int]:
    found: dict[int, int] = {}
    for first, second in study.census.duplicates():
        found.setdefault(first, second)
        found.setdefault(second, first)
    return found


def _marks(k: int, study: FilterStudy, doubles: dict[int, int], off: tuple[int, ...]) -> str:
    marks = ["switched off"] if k in off else []
    if k in study.census.dead:
        marks.append("dead")
    if k in doubles:
        marks.append(f"double of {doubles[k]}")
    return ", ".join(marks)
