"""The form that turns chosen galaxies into a training job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import chain, count

import streamlit as st

from galaxy_core.cnn.store import ModelStore
from galaxy_core.samples import Sample
from galaxy_core.training.job import JobRequest, start_job
from galaxy_core.training.plan import Augmentation, TrainingPlan, plan_for
from pages.shared import caches, widgets
from pages.shared.train.data import ChosenData

NETWORKS = {
    "teaching": "Teaching: two convolutions, quick",
    "research": "Research: deeper, slower",
}
_MOST_EPOCHS = 200
_NAME = "mine"


def scaled(strength: Augmentation, factor: float) -> Augmentation:
    """Return an augmentation that many times as strong; probabilities stay below 1."""
    values = {f.name: getattr(strength, f.name) * factor for f in fields(strength)}
    return Augmentation(**values | {"grey": min(values["grey"], 0.9)})


def free_name(taken: Iterable[str]) -> str:
    """Return a name for a network that neither a network nor a run has."""
    names = {name.lower() for name in taken}
    numbered = (f"{_NAME}-{number}" for number in count(2))
    return next(name for name in chain([_NAME], numbered) if name not in names)


def plan_form(
    chosen: ChosenData | None, samples: tuple[Sample, ...], taken: Iterable[str]
) -> None:
    """Draw the form; start the job when it is sent. A taken name is not offered."""
    free = free_name(taken)
    # Enter in a box must not send a form that is still being filled in.
    with st.form("train.plan", border=True, enter_to_submit=False):
        left, middle, right = st.columns(3, gap="medium")
        architecture = left.selectbox(
            "Network", list(NETWORKS), format_func=NETWORKS.__getitem__,
            key="train.architecture", persist_state="session",
        )  # fmt: skip
        name = left.text_input(
            "Its name", free, max_chars=64, key=f"train.name {free}",
            help="Letters, digits, - and _",
        )  # fmt: skip
        epochs = middle.number_input(
            "Epochs", 1, _MOST_EPOCHS, 20, key="train.epochs", persist_state="session",
            help="How often each galaxy is shown, on average.",
        )  # fmt: skip
        strength = middle.slider(
            "Augmentation", 0.0, 2.0, 1.0, 0.25, key="train.augmentation",
            persist_state="session",
            help="How much each galaxy is changed at each showing: zoom, blur, colour, noise. "
            "1 is what the shipped network was trained with; rotations are always there.",
        )  # fmt: skip
        titles = {sample.key: sample.title for sample in samples}
        watched = right.selectbox(
            "Watch the evidence in", list(titles), format_func=lambda key: titles[key],
            key="train.watched", persist_state="session",
        )  # fmt: skip
        seed = right.number_input(
            "Seed", 0, 10**6, 1, key="train.seed", persist_state="session",
            help="The same seed, the same network.",
        )  # fmt: skip
        sent = st.form_submit_button(
            "Train", type="primary", icon=":material/play_arrow:", disabled=chosen is None
        )
    if not sent or chosen is None:
        return
    with widgets.guarded():
        base = plan_for(architecture, name=name.strip(), epochs=int(epochs), seed=int(seed))
        plan = replace(base, augmentation=scaled(base.augmentation, float(strength)))
        _start(plan, chosen, str(watched))


def _start(plan: TrainingPlan, chosen: ChosenData, watched: str) -> None:
    settings = caches.settings()
    ModelStore.from_settings(settings).check_free(plan.name)
    request = JobRequest(
        plan, chosen.root, chosen.simulated_each, chosen.sources, chosen.tiers, watched
    )
    with st.spinner("Starting a process for it …"):
        start_job(
            request,
            runs_folder=settings.data_dir / "runs",
            store_folder=settings.data_dir / "models",
        )
    st.rerun()
