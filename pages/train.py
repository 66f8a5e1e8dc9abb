"""Train: choose galaxies and a network, and watch it learn; leave, and find it again."""

from __future__ import annotations

import streamlit as st

from galaxy_core.training.job import find_jobs, running_job
from pages.shared import caches, widgets
from pages.shared.train import data, plan, progress


def page() -> None:
    """Draw the page."""
    st.title("Train a network", anchor=False)
    runs = progress.runs_folder()
    running = running_job(runs)
    jobs = find_jobs(runs)
    if running:
        progress.running_panel(running)
    elif caches.settings().read_only:
        widgets.read_only()
    else:
        st.markdown(
            "Pick galaxies and a network, and watch it learn. Training goes on in a process of "
            "its own: leave this page and come back, it will be here."
        )
        chosen = None
        with widgets.guarded():
            chosen = data.choose_data()
        taken = [job.name for job in jobs] + [entry.card.name for entry in caches.models()]
        plan.plan_form(chosen, caches.samples()[0], taken)
    past = [job for job in jobs if job.name != running]
    if past:
        st.subheader("Earlier runs", anchor=False)
    for job in past:
        progress.earlier(job)


page()
