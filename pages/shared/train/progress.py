"""A training job on the page: how far it is, its curves, its evidence; stop, go on, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from galaxy_core.training.job import (
    Job,
    JobRequest,
    JobState,
    delete_job,
    find_jobs,
    resume_job,
    running_job,
    stop_job,
)
from galaxy_core.training.plan import BATCHES
from pages.shared import caches, state, widgets, wording
from pages.shared import figures as pictures
from pages.shared.plots import go
from pages.shared.train import figures
from pages.shared.widgets import plain

POLL_S = 2.0
_MOST_MAPS = 8
_WORDS = {
    JobState.RUNNING: "being trained",
    JobState.FINISHED: "finished",
    JobState.STOPPED: "stopped",
    JobState.FAILED: "failed",
    JobState.INTERRUPTED: "interrupted",
}


def runs_folder() -> Path:
    """Return where this server's jobs live."""
    return caches.settings().data_dir / "runs"


def running_panel(name: str) -> None:
    """Draw the job that is under way, anew every two seconds until it ends."""

    @st.fragment(run_every=POLL_S)
    def watch() -> None:
        if running_job(runs_folder()) != name:
            caches.forget_models()
            st.rerun()
        for job in find_jobs(runs_folder()):
            if job.name == name:
                _running(job)

    watch()


def _running(job: Job) -> None:
    st.subheader(f"{plain(job.name)} is being trained", anchor=False)
    st.caption(plain(what_is_trained(job.request)))
    status, epochs = job.status, job.request.plan.epochs
    done = job.history[-1].epoch if job.history else 0
    stage = (
        f"{status.stage}: {status.done:,} of {status.total:,}" if status.total else status.stage
    )
    part = status.done / status.total if status.stage == BATCHES and status.total else 0.0
    st.progress(
        min((done + part) / epochs, 1.0),
        text=f"Epoch {min(done + 1, epochs)} of {epochs} · {stage} · {time_left(job)}",
    )
    if not caches.settings().read_only:
        st.button(
            "Stop", icon=":material/stop:", key="train.stop", on_click=stop_job,
            args=(job.folder,), help="It can go on later, from its last whole epoch.",
        )  # fmt: skip
    curves(job)


def what_is_trained(request: JobRequest) -> str:
    """Return network, galaxies and seed of a job, in words."""
    plan, chosen = request.plan, [*request.sources, *request.tiers]
    galaxies = (
        f"{2 * request.simulated_each:,} simulated galaxies"
        if request.simulated_each
        else f"the labelled folder {Path(request.root).name}"
    )
    only = f" ({', '.join(chosen)} only)" if chosen else ""
    return f"{plan.architecture.capitalize()} network on {galaxies}{only}, seed {plan.seed}"


def time_left(job: Job) -> str:
    """Return the estimate of the time left, in words."""
    seconds = job.seconds_left
    if seconds is None:
        return "the time left is known after the first epoch"
    if seconds < 90:
        return f"about {max(round(seconds / 10) * 10, 10)} s left"
    return f"about {round(seconds / 60)} min left"


def curves(job: Job) -> None:
    """Draw loss, accuracy, reliability and the evidence of each epoch, as far as they are."""
    looks, watched = figures.read_looks(job.folder)
    if not job.history:
        st.caption("The curves begin with the first epoch.")
        return
    columns = st.columns(3, gap="medium")
    with columns[0]:
        _figure(job, "Loss", lambda: figures.losses(job.history))
    with columns[1]:
        _figure(job, "Accuracy", lambda: figures.accuracies(job.history))
    if looks:
        with columns[2]:
            _figure(job, "Reliability", lambda: figures.growing_reliability(looks))
    if looks and watched is not None:
        _evidence(job, looks, watched)


def _figure(job: Job, title: str, make: Callable[[], go.Figure]) -> None:
    st.markdown(f"**{title}**")
    st.plotly_chart(
        make(),
        config={"displayModeBar": False},
        key=f"train.figure {job.name} {title}",
        alt=f"{title} of {job.name} by epoch",
    )


def _evidence(job: Job, looks: list[figures.EpochLook], watched: object) -> None:
    """Draw the watched galaxy, and over it what each epoch saw there; one scale for all."""
    widgets.term(f"Evidence in {plain(job.request.watched)} after each epoch", "evidence")
    scale = max(float(abs(look.evidence).max()) for look in looks) or 1.0
    url = pictures.network_input(watched)
    step = -(-len(looks) // _MOST_MAPS)
    shown = [*looks[:-1:step], looks[-1]]
    with st.container(horizontal=True, key=f"train.maps {job.name}"):
        for look in shown:
            with st.container(width=118, gap="small"):
                overlay = pictures.evidence_overlay(look.evidence, scale=scale)
                st.html(
                    f'<div class="aa-layers" role="img" aria-label="Evidence after epoch '
                    f'{look.epoch}"><img src="{url}" alt=""><img src="{overlay}" alt=""></div>'
                )
                said = wording.percent(look.probability_spiral)
                st.caption(f"Epoch {look.epoch}: spiral {plain(said)}")


def earlier(job: Job) -> None:
    """Draw a job that is not under way: how it ended, and what can be done with it."""
    done, epochs = len(job.history), job.request.plan.epochs
    ended = _WORDS[job.status.state]
    with st.expander(f"{plain(job.name)}: {ended}, {done} of {epochs} epochs"):
        st.caption(plain(what_is_trained(job.request)))
        if job.status.message:
            st.warning(plain(job.status.message), icon=":material/warning:")
        with st.container(horizontal=True):
            _buttons(job)
        curves(job)


def _buttons(job: Job) -> None:
    finished = job.status.state is JobState.FINISHED
    if finished and st.button(
        "Its model card", icon=":material/fact_check:", key=f"train.card {job.name}"
    ):
        state.change(model=job.name)
        st.switch_page("pages/model_card.py")
    if caches.settings().read_only:
        return
    if not finished and st.button(
        "Go on", icon=":material/play_arrow:", key=f"train.resume {job.name}"
    ):
        with widgets.guarded():
            resume_job(job.folder, store_folder=caches.settings().data_dir / "models")
            st.rerun()
    with st.popover("Delete this run", icon=":material/delete:"):
        st.markdown("Its curves and its state go; a network that came out of it stays.")
        if st.button("Yes, delete it", type="primary", key=f"train.delete {job.name}"):
            with widgets.guarded():
                delete_job(job.folder)
                st.rerun()
