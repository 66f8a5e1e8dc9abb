"""The train page: choosing, starting, watching, stopping, and finding runs again."""

import io
import json
import time
import zipfile

import numpy as np
import pytest

from galaxy_core.training.job import (
    JobRequest,
    JobState,
    JobStatus,
    running_job,
    stop_job,
    write_status,
    write_whole,
)
from galaxy_core.training.plan import TrainingPlan
from pages.shared.train.plan import free_name, scaled
from tests.pages.conftest import words


@pytest.fixture
def train_page(app):
    def visit():
        page = app()
        page.switch_page("pages/train.py").run()
        assert not page.exception
        return page

    return visit


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


def past_run(runs, name="old", state=JobState.STOPPED, epochs=2, message=""):
    """Write a run of two epochs as a job leaves it."""
    folder = runs / name
    (folder / "epochs").mkdir(parents=True)
    request = JobRequest(TrainingPlan(name, epochs=5), simulated_each=50)
    write_whole(folder / "request.json", json.dumps(request.to_json()))
    write_status(folder, JobStatus(state, message=message))
    lines = []
    for epoch in range(1, epochs + 1):
        report = dict.fromkeys(("loss", "validation_loss", "validation_accuracy"), 0.5)
        report |= {"validation_balanced_accuracy": 0.5, "validation_auc": 0.5, "best": True}
        report |= {"epoch": epoch, "epochs": 5, "seconds": 12.0, "galaxies_per_s": 5.0}
        lines.append(json.dumps(report))
        rows = [{"mean_probability": 0.4, "value": 0.5, "low": 0.3, "high": 0.7, "count": 9}]
        look = {"epoch": epoch, "probability_spiral": 0.7, "reliability": rows}
        evidence = np.full((64, 64), 0.1, dtype=np.float32)
        np.savez(folder / "epochs" / f"{epoch:04}.npz", evidence=evidence)
        write_whole(folder / "epochs" / f"{epoch:04}.json", json.dumps(look))
    picture = np.zeros((64, 64, 3), dtype=np.float32)
    np.savez(folder / "epochs" / "watched.npz", input=picture)
    (folder / "history.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_an_earlier_run_shows_its_curves_and_its_evidence(train_page, runs):
    past_run(runs)
    page = train_page()
    text = words(page)
    assert page.expander[-1].label == "old: stopped, 2 of 5 epochs"
    assert {"Loss", "Accuracy", "Reliability"} <= {m.value.strip("*") for m in page.markdown}
    assert "Evidence after epoch 2" in text
    assert "Epoch 2: spiral 70 %" in text
    assert "Go on" in {b.label for b in page.button}


def test_a_run_whose_process_is_gone_says_so(train_page, runs):
    past_run(runs, state=JobState.RUNNING)
    page = train_page()
    assert "interrupted" in page.expander[-1].label
    assert "Its process ended before it was done" in page.warning[-1].value


def test_visitors_of_a_server_for_looking_start_and_delete_nothing(train_page, runs, monkeypatch):
    past_run(runs)
    monkeypatch.setenv("GALAXY_READ_ONLY", "yes")
    page = train_page()
    assert "only its operator" in words(page)
    assert page.expander[-1].label == "old: stopped, 2 of 5 epochs"
    assert not {b.label for b in page.button} & {"Train", "Go on", "Yes, delete it"}


def test_a_failed_run_says_why_and_can_be_deleted(train_page, runs):
    folder = past_run(runs, state=JobState.FAILED, message="No spirals_here.", epochs=0)
    page = train_page()
    assert "No spirals\\_here" in page.warning[-1].value
    page.button(key="train.delete old").click().run()
    assert not folder.exists()
    assert not page.expander


def test_training_starts_is_watched_and_stops(train_page, runs):
    page = train_page()
    page.slider(key="train.simulated").set_value(1000)
    next(text for text in page.text_input if text.label == "Its name").set_value("fresh")
    next(button for button in page.button if button.label == "Train").click().run()
    try:
        assert running_job(runs) == "fresh"
        assert "fresh is being trained" in {s.value for s in page.subheader}
        assert "Stop" in {b.label for b in page.button}
        page.button(key="train.stop").click().run()
    finally:
        stop_job(runs / "fresh")
        deadline = time.monotonic() + 120
        while running_job(runs) and time.monotonic() < deadline:
            time.sleep(0.1)
    page = train_page()
    assert "fresh: stopped, 0 of 20 epochs" in {e.label for e in page.expander}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("teaching", "There is a network named"), ("../evil", "A model's name is up to 64")],
)
def test_an_impossible_name_is_one_sentence(train_page, name, sentence, runs):
    page = train_page()
    next(text for text in page.text_input if text.label == "Its name").set_value(name)
    next(button for button in page.button if button.label == "Train").click().run()
    assert sentence in page.error[0].value
    assert not runs.exists() or not list(runs.glob("*/request.json"))


def labelled_zip(count=40):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        rows = [f"{index}.png,{index % 2},{'ab'[index % 2]}" for index in range(count)]
        archive.writestr("labels.csv", "file,spiral,source\n" + "\n".join(rows))
        for index in range(count):
            archive.writestr(f"{index}.png", f"{index}")
    return buffer.getvalue()


def test_an_uploaded_zip_shows_its_split_and_its_traps(train_page):
    page = train_page()
    page.radio(key="train.source").set_value("A ZIP of my own").run()
    page.file_uploader(key="train.zip").set_value(
        ("mine.zip", labelled_zip(), "application/zip")
    ).run()
    assert not page.exception
    said = " ".join(warning.value for warning in page.warning)
    assert "Confounded" in said
    assert "Too few" in said
    assert "**The split**" in {m.value for m in page.markdown}


def test_a_hostile_zip_is_one_sentence_and_the_page_stands(train_page):
    page = train_page()
    page.radio(key="train.source").set_value("A ZIP of my own").run()
    page.file_uploader(key="train.zip").set_value(
        ("x.zip", b"PK nothing", "application/zip")
    ).run()
    assert "no complete ZIP" in page.error[0].value
    assert next(button for button in page.button if button.label == "Train").disabled


def test_augmentation_of_no_strength_changes_nothing():
    plan = TrainingPlan("x")
    none = scaled(plan.augmentation, 0.0)
    assert set(vars_of(none).values()) == {0.0}
    assert scaled(plan.augmentation, 1.0) == plan.augmentation
    assert scaled(plan.augmentation, 20.0).grey == 0.9


def vars_of(augmentation):
    return {name: getattr(augmentation, name) for name in augmentation.__slots__}


def test_few_simulated_galaxies_show_their_split_and_that_they_are_few(train_page):
    page = train_page()
    page.slider(key="train.simulated").set_value(50).run()
    assert {"**The split**", "**The sources**"} <= {m.value for m in page.markdown}
    said = " ".join(warning.value for warning in page.warning)
    assert "Too few" in said
    assert "missing" not in said


def test_a_run_says_what_it_is_trained_on(train_page, runs):
    past_run(runs)
    assert "Teaching network on 100 simulated galaxies, seed" in words(train_page())


def test_a_name_is_offered_that_neither_a_network_nor_a_run_has(train_page, runs):
    assert free_name([]) == "mine"
    assert free_name(["Mine", "mine-2", "mine-4"]) == "mine-3"
    past_run(runs, "mine")
    box = next(text for text in train_page().text_input if text.label == "Its name")
    assert box.value == "mine-2"
