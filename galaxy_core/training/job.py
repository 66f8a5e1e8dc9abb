"""Training in a process of its own: start, watch, stop, take up again.

A job is a folder: ``request.json`` (what was asked for), ``status.json`` (how far it is, written
whole or not at all), what ``fit`` keeps there, and ``epochs`` (what each epoch looked like).
Pages read it and hold nothing themselves, so they can be left, and the server restarted.
``python -m galaxy_core.training.job FOLDER STORE`` is the process. Imports no TensorFlow;
``job_process`` does, in that process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from galaxy_core.errors import TrainingError
from galaxy_core.training.lock import is_held
from galaxy_core.training.plan import EpochReport, TrainingPlan, read_history

_ROOT = Path(__file__).parents[2]
LOCK_FILE, STOP_FILE, LOG_FILE = "lock", "stop", "log.txt"
REQUEST_FILE, STATUS_FILE = "request.json", "status.json"
_START_PATIENCE_S = 30.0


class JobState(StrEnum):
    """What a job is doing."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What to train on, and how.

    Parameters
    ----------
    plan : TrainingPlan
        How.
    root : str
        Labelled folder; empty for simulated galaxies.
    simulated_each : int
        How many simulated galaxies of each class, where there is no folder.
    sources, tiers : tuple of str
        Only these; all if empty.
    watched : str
        Key of the sample whose evidence is kept after each epoch.
    """

    plan: TrainingPlan
    root: str = ""
    simulated_each: int = 0
    sources: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    watched: str = "grand-design-spiral"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> JobRequest:
        """Return the request that ``to_json`` described."""
        plan = TrainingPlan.from_json(values["plan"])
        lists = {key: tuple(values[key]) for key in ("sources", "tiers")}
        return cls(**{**values, **lists, "plan": plan})


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is.

    Parameters
    ----------
    state : JobState
        What it is doing.
    stage : str
        In words.
    done, total : int
        How far the stage is.
    message : str
        Why it failed, else empty.
    """

    state: JobState
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its folder shows it at this moment.

    Parameters
    ----------
    folder : Path
        Where it lives; its name is the network's.
    request : JobRequest
        What was asked for.
    status : JobStatus
        How far it is.
    history : tuple of EpochReport
        What each epoch came to.
    """

    folder: Path
    request: JobRequest
    status: JobStatus
    history: tuple[EpochReport, ...]

    @property
    def name(self) -> str:
        """Name of the network that comes out."""
        return self.folder.name

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time that the epochs to come take; None before the first."""
        if not self.history:
            return None
        recent = self.history[-5:]
        each = sum(report.seconds for report in recent) / len(recent)
        return each * (self.request.plan.epochs - self.history[-1].epoch)


def start_job(request: JobRequest, *, runs_folder: Path, store_folder: Path) -> None:
    """Start training in a process that outlives this one.

    Raises
    ------
    TrainingError
        If another training is under way, or a run of that name exists.
    """
    folder = runs_folder / request.plan.name
    _refuse_second(runs_folder)
    if folder.exists():
        raise TrainingError(
            f"There is a run named {request.plan.name!r} already; choose another name, or "
            "delete that run."
        )
    folder.mkdir(parents=True)
    write_whole(folder / REQUEST_FILE, json.dumps(request.to_json(), indent=1))
    _spawn(folder, store_folder)


def resume_job(folder: Path, *, store_folder: Path) -> None:
    """Go on with a job that was stopped or interrupted, after its last whole epoch.

    Raises
    ------
    TrainingError
        If another training is under way.
    """
    _refuse_second(folder.parent)
    (folder / STOP_FILE).unlink(missing_ok=True)
    _spawn(folder, store_folder)


def stop_job(folder: Path) -> None:
    """Ask a job to stop; it does at once, and loses no more than the epoch that it is in."""
    (folder / STOP_FILE).touch()


def delete_job(folder: Path) -> None:
    """Remove a job's folder; a network that came out of it stays in the store.

    Raises
    ------
    TrainingError
        If it is under way.
    """
    if running_job(folder.parent) == folder.name:
        raise TrainingError(f"{folder.name!r} is being trained; stop it first.")
    shutil.rmtree(folder, ignore_errors=True)


def running_job(runs_folder: Path) -> str | None:
    """Return the name of the job that is under way, if any."""
    lock = runs_folder / LOCK_FILE
    if not is_held(lock):
        return None
    try:
        return lock.with_suffix(".name").read_text(encoding="utf-8")
    except OSError:  # it has only just taken the lock
        return ""


def find_jobs(runs_folder: Path) -> tuple[Job, ...]:
    """Return every job, the newest first; folders that are none are left out."""
    running = running_job(runs_folder)
    found = [
        (path.stat().st_mtime, read_job(path.parent, running=path.parent.name == running))
        for path in runs_folder.glob(f"*/{REQUEST_FILE}")
    ]
    jobs = [(time_s, job) for time_s, job in found if job is not None]
    return tuple(job for _, job in sorted(jobs, key=lambda pair: -pair[0]))


def read_job(folder: Path, *, running: bool) -> Job | None:
    """Return the job of a folder; None where there is none that can be read.

    ``running`` says whether its process is alive: what was running and is not any more was
    interrupted, whatever its status says.
    """
    try:
        request = JobRequest.from_json(json.loads((folder / REQUEST_FILE).read_text("utf-8")))
        status = _read_status(folder)
    except (OSError, ValueError, TypeError, KeyError, TrainingError):
        return None
    if running:
        status = JobStatus(JobState.RUNNING, status.stage, status.done, status.total)
    elif status.state is JobState.RUNNING:
        status = JobStatus(JobState.INTERRUPTED, message="Its process ended before it was done.")
    return Job(folder, request, status, read_history(folder))


def write_status(folder: Path, status: JobStatus) -> None:
    """Write how far a job is."""
    write_whole(folder / STATUS_FILE, json.dumps(asdict(status)))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _read_status(folder: Path) -> JobStatus:
    path = folder / STATUS_FILE
    if not path.is_file():
        return JobStatus(JobState.RUNNING, "Starting")
    values = json.loads(path.read_text(encoding="utf-8"))
    return JobStatus(**{**values, "state": JobState(values["state"])})


def _refuse_second(runs_folder: Path) -> None:
    name = running_job(runs_folder)
    if name is not None:
        raise TrainingError(f"{name!r} is being trained; this server trains one at a time.")


def _spawn(folder: Path, store_folder: Path) -> None:
    """Start the process and wait until it holds the lock, or has ended without."""
    write_status(folder, JobStatus(JobState.RUNNING, "Starting"))
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (folder / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "galaxy_core.training.job", str(folder), str(store_folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,  # a Ctrl-C in the server's terminal is not meant for it
        )
    # Waits for its end in the background, or the system would keep a dead entry of it.
    threading.Thread(target=process.wait, name="await training", daemon=True).start()
    deadline = time.monotonic() + _START_PATIENCE_S
    while time.monotonic() < deadline:
        if running_job(folder.parent) == folder.name or process.poll() is not None:
            return
        time.sleep(0.05)


def main() -> None:
    """Run the job of the folder in ``sys.argv[1]`` into the store in ``sys.argv[2]``."""
    from galaxy_core.training.job_process import run_job

    run_job(Path(sys.argv[1]), store_folder=Path(sys.argv[2]))


if __name__ == "__main__":
    main()
