"""What goes on inside the process of a training job: lock, data, training, pictures of epochs.

Imported by that process only; TensorFlow comes in once the lock is held. How a job is started
and read from outside is ``job``'s.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galaxy_core.errors import GalaxyError, TrainingError
from galaxy_core.settings import Settings
from galaxy_core.training.job import (
    LOCK_FILE,
    REQUEST_FILE,
    STOP_FILE,
    JobRequest,
    JobState,
    JobStatus,
    write_status,
    write_whole,
)
from galaxy_core.training.lock import holding
from galaxy_core.training.plan import EpochReport
from galaxy_core.training.simulated import write_simulated_folder

if TYPE_CHECKING:
    from galaxy_core.training.watch import EpochWatch

_STATUS_EVERY_S = 0.5
_LOCK_TRIES = 100
_LOG = logging.getLogger("astronomer.training")


class _Stopped(Exception):
    """Somebody asked the job to stop."""


@dataclass
class _Progress:
    """Writes what a run tells into the job's folder; ends it where it is asked to."""

    folder: Path
    watch: EpochWatch | None = None
    _written_s: float = 0.0

    def stage(self, name: str, done: int, total: int) -> None:
        if self.stopped():
            raise _Stopped
        now = time.monotonic()
        if now - self._written_s >= _STATUS_EVERY_S or done in (1, total):
            self._written_s = now
            write_status(self.folder, JobStatus(JobState.RUNNING, name, done, total))

    def epoch(self, report: EpochReport) -> None:
        """Nothing to write: the epoch is in the run's history."""

    def look(self, report: EpochReport, network: Any, validation: Any) -> None:
        if self.watch is not None:
            self.watch.look(report, network, validation)

    def stopped(self) -> bool:
        return (self.folder / STOP_FILE).exists()


def run_job(folder: Path, *, store_folder: Path) -> None:
    """Run a job to its end, or until it is stopped; its status says how it went."""
    lock = folder.parent / LOCK_FILE
    for left in reversed(range(_LOCK_TRIES)):
        try:
            with holding(lock):
                write_whole(lock.with_suffix(".name"), folder.name)
                write_status(folder, _outcome(folder, store_folder))
            return
        except TrainingError as error:  # perhaps a page was just looking whether it is held
            if left == 0:
                write_status(folder, JobStatus(JobState.FAILED, message=str(error)))
        time.sleep(0.05)


def _outcome(folder: Path, store_folder: Path) -> JobStatus:
    try:
        done = _train(folder, store_folder)
    except _Stopped:
        return JobStatus(JobState.STOPPED)
    except GalaxyError as error:
        return JobStatus(JobState.FAILED, message=str(error))
    except Exception:
        logging.basicConfig(stream=sys.stderr)
        _LOG.exception("Training failed")
        return JobStatus(
            JobState.FAILED,
            message="The app itself failed, not your data; log.txt of the run says how.",
        )
    return JobStatus(JobState.FINISHED if done else JobState.STOPPED)


def _train(folder: Path, store_folder: Path) -> bool:
    request = JobRequest.from_json(json.loads((folder / REQUEST_FILE).read_text("utf-8")))
    progress = _Progress(folder)
    root = Path(request.root)
    if request.simulated_each:
        root = folder / "galaxies"
        write_simulated_folder(
            root,
            count_each=request.simulated_each,
            seed=request.plan.seed,
            on_picture=lambda done, total: progress.stage("Simulating galaxies", done, total),
        )
    write_status(folder, JobStatus(JobState.RUNNING, "Starting TensorFlow"))
    from galaxy_core.training.run import TrainingData, train_into_store
    from galaxy_core.training.watch import EpochWatch

    progress.watch = EpochWatch(
        folder, request, samples_dir=Settings.from_environment().samples_dir
    )
    card = train_into_store(
        TrainingData(root, None, request.sources, request.tiers),
        request.plan,
        runs_folder=folder.parent,
        store_folder=store_folder,
        progress=progress,
        should_stop=progress.stopped,
    )
    return card is not None
