"""Training progress on a terminal: one bar with rate and time left, one line an epoch."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from galaxy_core.training.plan import BATCHES, EpochReport


class TerminalProgress:
    """Shows what a run tells; writes to standard error only."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""

    def stage(self, name: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if name != self._stage or self._bar is None:
            self.close()
            self._stage = name
            unit = " batches" if name == BATCHES else " galaxies"
            self._bar = tqdm(total=total, desc=name, unit=unit, file=sys.stderr)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self.close()

    def epoch(self, report: EpochReport) -> None:
        """Print one epoch's metrics."""
        self.close()
        left = (report.epochs - report.epoch) * report.seconds / 60
        print(
            f"epoch {report.epoch:>3}/{report.epochs}  loss {report.loss:.4f}  validation: loss "
            f"{report.validation_loss:.4f}  balanced accuracy "
            f"{report.validation_balanced_accuracy:.3f}  AUC {report.validation_auc:.4f}"
            f"{'  best' if report.best else '      '}  {report.galaxies_per_s:.0f} galaxies/s"
            f"  {left:.0f} min left",
            file=sys.stderr,
            flush=True,
        )

    def look(self, report: EpochReport, network: Any, validation: Any) -> None:
        """Do nothing: a terminal has no room for pictures."""

    def close(self) -> None:
        """End the bar on screen."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
            self._stage = ""
