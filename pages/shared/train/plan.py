"""The form that turns chosen galaxies into a training job."""

from __future__ import annotations

from dataclasses import fields, replace

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


def scaled(strength: Augmentation, factor: float) -> Augmentation:
    """Return an augmentation that many times as strong; probabilities stay below 1."""
    values = {f.name: getattr(strength, f.name) * factor for f in fields(strength)}
    return Augmentation(**values | {"grey": min(values["grey"], 0.9)})


def plan_form(chosen: ChosenData | None, samples: tuple[Sample, ...]) -> None:
    """Draw the form; start the job when it is sent."""
    with st.form("train.plan", border=True):
        left, middle, right = st.columns(3, gap="medium")
        architecture = left.selectbox("Network", list(NETWORKS), format_func=NETWORKS.__getitem__)
        name = left.text_input("Its name", "mine", max_chars=64, help="Letters, digits, - and _")
        epochs = middle.number_input(
            "Epochs", 1, _MOST_EPOCHS, 20, help="How often each galaxy is shown, on average."
        )
        strength = middle.slider(
            "Augmentation", 0.0, 2.0, 1.0, 0.25,
            help="How much each galaxy is changed at each showing: zoom, blur, colour, noise. "
            "1 is what the shipped network was trained with; rotations are always there.",
        )  # fmt: skip
        titles = {sample.key: sample.title for sample in samples}
        watched = right.selectbox(
            "Watch the evidence in", list(titles), format_func=lambda key: titles[key]
        )
        seed = right.number_input("Seed", 0, 10**6, 1, help="The same seed, the same network.")
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
