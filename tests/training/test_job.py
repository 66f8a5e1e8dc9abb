"""Training in a process of its own: it outlives pages, is stopped, killed and taken up again."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from galaxy_core import cli
from galaxy_core.cnn.store import SHIPPED_FOLDER, ModelStore
from galaxy_core.errors import TrainingError
from galaxy_core.training import job as jobs
from galaxy_core.training.dataset import read_labelled_images
from galaxy_core.training.job import (
    JobRequest,
    JobState,
    JobStatus,
    delete_job,
    find_jobs,
    read_job,
    resume_job,
    running_job,
    start_job,
    stop_job,
    write_status,
)
from galaxy_core.training.lock import holding, is_held
from galaxy_core.training.plan import Augmentation, TrainingPlan
from galaxy_core.training.simulated import simulated_images, write_simulated_folder

PLAN = TrainingPlan("little", epochs=2, batch_size=16, augmentation=Augmentation(noise=0.01))
REQUEST = JobRequest(PLAN, simulated_each=30)
PATIENCE_S = 170


def wait_until(true, patience_s=PATIENCE_S):
    deadline = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One job from start to end, killed hard after its first epoch, and taken up again."""
    data = tmp_path_factory.mktemp("data")
    runs, store = data / "runs", data / "models"
    patch = pytest.MonkeyPatch()
    patch.setenv("GALAXY_DATA_DIR", str(data))
    start_job(REQUEST, runs_folder=runs, store_folder=store)
    seen = {"running": running_job(runs), "second": None}
    try:
        start_job(
            replace(REQUEST, plan=replace(PLAN, name="other")),
            runs_folder=runs,
            store_folder=store,
        )
    except TrainingError as error:
        seen["second"] = str(error)
    first = runs / "little" / "epochs" / "0001.json"
    wait_until(lambda: first.exists() or running_job(runs) is None)
    os.kill(_process_of(runs / "little"), signal.SIGKILL)
    wait_until(lambda: running_job(runs) is None)
    seen["killed"] = find_jobs(runs)[0]
    resume_job(runs / "little", store_folder=store)
    wait_until(lambda: running_job(runs) is None)
    seen["job"] = find_jobs(runs)[0]
    yield data, seen
    patch.undo()


def _process_of(folder):
    import psutil

    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in (process.info["cmdline"] or []):
            return process.pid
    raise AssertionError("the job's process is gone")


@pytest.mark.slow
def test_one_job_at_a_time(finished):
    _, seen = finished
    assert seen["running"] == "little"
    assert seen["second"] == "'little' is being trained; this server trains one at a time."


@pytest.mark.slow
def test_a_killed_job_is_interrupted_and_goes_on(finished):
    _, seen = finished
    assert seen["killed"].status.state is JobState.INTERRUPTED
    done = seen["job"]
    assert done.status == JobStatus(JobState.FINISHED)
    assert [report.epoch for report in done.history] == [1, 2]
    assert done.history[0] in seen["killed"].history  # the first epoch was not trained again


@pytest.mark.slow
def test_each_epoch_leaves_its_reliability_and_its_evidence(finished):
    data, _ = finished
    folder = data / "runs" / "little" / "epochs"
    for epoch in (1, 2):
        words = json.loads((folder / f"{epoch:04}.json").read_text())
        assert words["epoch"] == epoch
        assert 0 <= words["probability_spiral"] <= 1
        assert {"mean_probability", "value", "low", "high", "count"} <= set(
            words["reliability"][0]
        )
        with np.load(folder / f"{epoch:04}.npz", allow_pickle=False) as saved:
            assert saved["evidence"].shape == (64, 64)
    with np.load(folder / "watched.npz", allow_pickle=False) as saved:
        assert saved["input"].shape == (64, 64, 3)


@pytest.mark.slow
def test_the_network_is_in_the_store_and_evaluate_finds_its_card_again(finished, capsys):
    data, _ = finished
    card = ModelStore(SHIPPED_FOLDER, data / "models").find("little").card
    assert card.metrics["galaxies"] > 0
    galaxies = data / "runs" / "little" / "galaxies"
    command = ["evaluate", "--data", str(galaxies), "--model", "little", "--json", "-"]
    assert cli.main(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["measured_as_on_card"] is True
    assert found["metrics"] == json.loads(json.dumps(card.metrics))


@pytest.mark.slow
def test_a_finished_job_can_be_deleted_and_its_network_stays(finished):
    data, _ = finished
    stop_job(data / "runs" / "little")
    delete_job(data / "runs" / "little")
    assert find_jobs(data / "runs") == ()
    assert (data / "models" / "little" / "model.keras").exists()


def test_a_request_survives_json():
    request = JobRequest(PLAN, root="/x", sources=("a",), tiers=("A", "B"), watched="w")
    assert JobRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_a_job_stops_at_once_and_says_so(tmp_path):
    request = replace(REQUEST, simulated_each=5000)
    start_job(request, runs_folder=tmp_path, store_folder=tmp_path / "models")
    folder = tmp_path / "little"
    wait_until(lambda: "Simulating" in (folder / "status.json").read_text())
    stop_job(folder)
    wait_until(lambda: running_job(tmp_path) is None)
    assert find_jobs(tmp_path)[0].status.state is JobState.STOPPED


def test_data_that_cannot_be_learnt_from_fail_in_one_sentence(tmp_path):
    (tmp_path / "data").mkdir()
    request = JobRequest(PLAN, root=str(tmp_path / "data"))
    start_job(request, runs_folder=tmp_path / "runs", store_folder=tmp_path / "models")
    wait_until(lambda: running_job(tmp_path / "runs") is None)
    status = find_jobs(tmp_path / "runs")[0].status
    assert status.state is JobState.FAILED
    assert "has neither a labels.csv" in status.message


def test_a_lock_dies_with_its_process(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from galaxy_core.training.lock import holding\n"
        "with holding(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"held\n"
        assert is_held(path)
        with pytest.raises(TrainingError, match="one at a time"), holding(path):
            pass
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert not is_held(path)


def test_a_name_that_was_used_is_refused(tmp_path):
    (tmp_path / "little").mkdir()
    with pytest.raises(TrainingError, match="There is a run named 'little' already"):
        start_job(REQUEST, runs_folder=tmp_path, store_folder=tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"plan": 1}'])
def test_a_damaged_folder_is_left_out(tmp_path, text):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "request.json").write_text(text)
    assert find_jobs(tmp_path) == ()


def test_time_left_comes_from_recent_epochs(tmp_path):
    folder = tmp_path / "little"
    folder.mkdir()
    jobs.write_whole(folder / "request.json", json.dumps(REQUEST.to_json()))
    write_status(folder, JobStatus(JobState.RUNNING, "Batches", 1, 4))
    assert read_job(folder, running=True).seconds_left is None
    report = dict.fromkeys(("loss", "validation_loss", "validation_accuracy"), 0.5)
    report |= {"validation_balanced_accuracy": 0.5, "validation_auc": 0.5, "best": True}
    report |= {"epoch": 1, "epochs": 2, "seconds": 12.0, "galaxies_per_s": 5.0}
    (folder / "history.jsonl").write_text(json.dumps(report) + "\n")
    assert read_job(folder, running=True).seconds_left == pytest.approx(12.0)


def test_simulated_folders_are_the_same_for_the_same_seed_and_are_completed(tmp_path):
    told = []
    write_simulated_folder(
        tmp_path / "a", count_each=2, seed=4, on_picture=lambda *own: told.append(own)
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    write_simulated_folder(tmp_path / "b", count_each=1, seed=4)
    write_simulated_folder(tmp_path / "b", count_each=2, seed=4)
    for name in ("elliptical-00000.png", "spiral-00001.png"):
        with Image.open(tmp_path / "a" / name) as one, Image.open(tmp_path / "b" / name) as other:
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert (tmp_path / "b" / "labels.csv").read_text().count("\n") == 5


def test_the_split_of_simulated_galaxies_is_known_before_they_are_drawn(tmp_path):
    write_simulated_folder(tmp_path, count_each=3, seed=5)
    assert read_labelled_images(tmp_path) == tuple(
        replace(image, attributes=image.attributes | {"spiral": str(image.spiral)})
        for image in simulated_images(tmp_path.resolve(), count_each=3)
    )
