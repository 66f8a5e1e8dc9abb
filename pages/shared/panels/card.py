"""The panels of the model card page: what stands on one card, or on two side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.store import StoredModel
from galaxy_core.samples.folder import folder_key
from galaxy_core.training.report import measuring_options, whose_mistakes
from pages.shared import caches, card_figures, state, wording
from pages.shared.panels import comparison
from pages.shared.plots import go
from pages.shared.widgets import plain

HEADLINES: Mapping[str, tuple[str, str]] = {
    "balanced_accuracy": (
        "Balanced accuracy",
        "The mean of two shares: of the spirals that are called spiral, and of the ellipticals "
        "that are called elliptical. Chance is 50 %.",
    ),
    "auc": (
        "Area under ROC",
        "How often a spiral gets a higher probability than an elliptical. Chance is 0.5; it does "
        "not depend on where the line between both is drawn.",
    ),
    "calibration_error": (
        "Calibration error",
        "How far the probabilities are off on average, at equal odds of both classes: 0.03 means "
        "that of galaxies given 80 %, about 77 or 83 % are spirals. On so few galaxies perfect "
        "probabilities would not measure 0 either, but what stands in the last line.",
    ),
}
_GROUPS = {
    "source": ("By source", "Source"),
    "radius_px": ("By size", "Radius (picture pixels)"),
    "axis_ratio": ("By inclination", "Axis ratio (1 = round)"),
    "hubble_type": ("By Hubble type", "Hubble type"),
}


def headlines(cards: Sequence[ModelCard]) -> None:
    """Draw the numbers that matter most, each with its interval."""
    for card in cards:
        if len(cards) > 1:
            st.markdown(f"**{plain(card.title)}**")
        with st.container(horizontal=True, gap="large"):
            for key, (title, help_text) in HEADLINES.items():
                row = card.metrics.get(key)
                if row is not None and row["value"] is not None:
                    with st.container(width="content"):
                        st.metric(title, f"{row['value']:.3f}", help=help_text)
                        st.caption(f"{row['low']:.3f} to {row['high']:.3f}")
                        if chance := card.metrics.get(f"{key}_by_chance"):
                            st.caption(_by_chance(chance))
            with st.container(width="content"):
                st.metric("Test galaxies", f"{card.metrics['galaxies']:,}")
                st.caption(f"{card.metrics['spirals']:,} spirals")
        options = measuring_options(card)
        if options:
            st.caption(
                f"Measure it again: `python -m galaxy_core evaluate --data FOLDER {options} "
                f"--model {card.name}`"
            )


def _by_chance(row: Mapping[str, Any]) -> str:
    return f"perfect ones: {row['low']:.3f} to {row['high']:.3f}" if row["value"] else ""


def identity(stored: StoredModel) -> None:
    """Draw what the network is and what it was trained on."""
    card = stored.card
    training = card.training
    rows = [
        ("Layers", card.architecture),
        ("Parameters", f"{card.parameters:,}"),
        ("Input", f"{card.input_size_px} × {card.input_size_px} pixels. {card.framing}"),
        ("Orientations averaged", str(card.orientations)),
        ("Temperature", f"{card.temperature:.3f}" if card.calibrated else "not fitted"),
        ("Called Uncertain", _band(card)),
        ("Trained on", _trained_on(training)),
        ("How", _how(training.get("plan", {}))),
        ("Split", str(training.get("split", "not stated"))),
        ("Sources", ", ".join(training.get("sources", ())) or "not stated"),
        ("Made", f"{card.created_utc} with {_versions(card)}"),
        ("SHA-256 of weights, of training data", _hashes(card)),
        ("Licence", card.licence or "not stated"),
    ]
    table = "\n".join(f"| **{name}** | {plain(value)} |" for name, value in rows if value)
    st.markdown(f"| | |\n|---|---|\n{table}")


def figures(cards: Sequence[ModelCard]) -> None:
    """Draw every figure that the cards hold data for."""
    named = [(card.title, card.metrics) for card in cards]
    with st.container(key="card-confusion"):
        for column, (name, metrics) in zip(st.columns(max(len(named), 2)), named):
            with column:
                title = "Confusion matrix" + (f": {plain(name)}" if len(named) > 1 else "")
                _figure(title, lambda m=metrics: card_figures.confusion(m))
    left, right = st.columns(2, gap="medium")
    with left:
        _figure("ROC curve", lambda: card_figures.roc(named))
        _figure(
            "Reliability", lambda: card_figures.reliability(named), wording.TERMS["probability"]
        )
    with right:
        _figure("Precision and recall", lambda: card_figures.precision_recall(named))
        bands = [card.uncertain_band for card in cards]
        _figure("Risk and coverage", lambda: card_figures.risk_coverage(named, bands))
    _groups(named)
    _robustness(named)
    # Networks that were measured together carry the same table.
    own: list[ModelCard] = []
    for card in cards:
        table = card.metrics.get("baselines")
        if table and table not in [other.metrics["baselines"] for other in own]:
            own.append(card)
    for card in own:
        comparison.baselines(card, of=card.title if len(own) > 1 else "")


def _groups(named: card_figures.Named) -> None:
    columns = st.columns(2, gap="medium")
    keys = [key for key in _GROUPS if any(m.get("groups", {}).get(key) for _, m in named)]
    for index, key in enumerate(keys):
        title, axis = _GROUPS[key]
        with columns[index % 2]:
            _figure(title, lambda k=key, a=axis: card_figures.groups(named, k, a))


def _robustness(named: card_figures.Named) -> None:
    changes = list(dict.fromkeys(c for _, m in named for c in m.get("robustness", {})))
    if not changes:
        return
    st.subheader("How it stands changes", anchor=False)
    st.caption(comparison.robustness_caption(named))
    columns = st.columns(2, gap="medium")
    for index, change in enumerate(changes):
        with columns[index % 2]:
            _figure(change, lambda c=change: card_figures.robustness(named, c))
            if words := comparison.class_changed(named, change):
                st.caption(plain(words))


def mistakes(card: ModelCard) -> str:
    """Draw the worst mistakes; return the sample that the visitor wants to open, if any."""
    rows = card.metrics.get("mistakes", ())
    if not rows:
        return ""
    st.subheader("The worst mistakes")
    if sentence := whose_mistakes(card.metrics.get("mistakes_looked_at", {})):
        st.markdown(sentence)
    shown = [(row, caches.sample_thumbnail(folder_key(row["file"]))) for row in rows]
    if not any(url for _, url in shown):
        st.caption(
            "Their pictures are shown where GALAXY_SAMPLES_DIR names the folder that the network "
            "was tested on."
        )
    wanted = ""
    with st.container(horizontal=True, key="mistakes"):
        for row, url in shown:
            with st.container(width=132, border=True, gap="small"):
                wanted = _mistake(row, url) or wanted
    return wanted


def _mistake(row: Mapping[str, Any], url: str) -> str:
    said, label = row["probability_spiral"], "spiral" if row["spiral"] else "elliptical"
    if url:
        st.image(url, width=100, alt=f"{row['object_id']}, labelled {label}")
    kind = f" ({row['hubble_type']})" if row["hubble_type"] else ""
    st.caption(
        f"**{plain(row['object_id'])}**  \nlabelled {label}{plain(kind)}, "
        f"spiral {plain(wording.percent(said))}"
    )
    key = folder_key(row["file"])
    if url and st.button("Open", key=f"card.open {key}", icon=":material/search:"):
        state.open_sample(key)
        return key
    return ""


def _figure(title: str, make: Callable[[], go.Figure], help_text: str | None = None) -> None:
    st.subheader(title, help=help_text, anchor=False)
    try:
        figure = make()
    except (KeyError, TypeError, ValueError):
        st.caption("The card does not hold the data for this figure.")
        return
    st.plotly_chart(
        figure,
        config={"displaylogo": False, "displayModeBar": False},
        key=f"card.figure {title}",
        alt=title,
    )


def _how(plan: Mapping[str, Any]) -> str:
    told = [f"{name} {plan[name]}" for name in ("epochs", "seed") if name in plan]
    return ", ".join(told)


def _hashes(card: ModelCard) -> str:
    found = (card.weights_sha256, str(card.training.get("data_sha256", "")))
    return ", ".join(digest[:16] for digest in found if digest)


def _band(card: ModelCard) -> str:
    low, high = card.uncertain_band
    return "never" if low == high else f"between {low:.0%} and {high:.0%}"


def _trained_on(training: Mapping[str, Any]) -> str:
    images, spirals = training.get("images", {}), training.get("spirals", {})
    parts = [
        f"{part}: {count:,} galaxies, {spirals.get(part, 0):,} of them spirals"
        for part, count in images.items()
    ]
    return "; ".join(parts) or "not stated"


def _versions(card: ModelCard) -> str:
    return ", ".join(f"{name} {number}" for name, number in card.versions.items())
