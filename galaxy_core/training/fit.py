"""The training loop: seeded, resumable after a kill, best weights kept.

After each epoch everything needed to go on (weights, running average, optimiser, random
state by construction) is on disk before the epoch is reported; a kill costs one epoch. Reads
no pictures and writes no card: that is ``training.run``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.logit import split_at_logit
from galaxy_core.errors import TrainingError
from galaxy_core.training.augment import augment, centre_crop
from galaxy_core.training.plan import EpochReport, TrainingPlan, read_history
from galaxy_core.training.statistics import auc

OnEpoch = Callable[[EpochReport], None]
OnStep = Callable[[int, int, float], None]
_EVALUATION_BATCH = 256


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSquares:
    """Galaxies to learn from, in memory.

    Parameters
    ----------
    pixels : ndarray, shape (N, 96, 96, 3), float16
        Standardised squares with context, unclipped.
    labels : ndarray, shape (N,), float32
        0 elliptical, 1 spiral; in between where the label is doubted (training only).
    strata : ndarray, shape (N,), int
        Which source each came from; within a class, sources are shown equally often.
    """

    pixels: npt.NDArray[np.float16]
    labels: npt.NDArray[np.float32]
    strata: npt.NDArray[np.int64]


class Trainer:
    """One training run in one folder.

    Parameters
    ----------
    plan : TrainingPlan
        What to train and how.
    folder : Path
        Where the run lives; a run already there with the same plan is taken up again.

    Raises
    ------
    TrainingError
        If the folder holds a run of another plan.
    """

    def __init__(self, plan: TrainingPlan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        folder.mkdir(parents=True, exist_ok=True)
        keras.utils.set_random_seed(plan.seed)
        self.network = build_network(plan.architecture, dropout=plan.dropout, seed=plan.seed)
        self.averaged = build_network(plan.architecture, dropout=plan.dropout, seed=plan.seed)
        self.generator = tf.random.Generator.from_seed(plan.seed)
        self.epochs_done = 0
        self._check_plan()

    def fit(
        self,
        train: TrainingSquares,
        validation: TrainingSquares,
        *,
        on_epoch: OnEpoch | None = None,
        on_step: OnStep | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> keras.Model:
        """Return the network with the best weights by validation loss.

        Parameters
        ----------
        train, validation : TrainingSquares
            Both classes must be there in both.
        on_epoch : callable, optional
            Told each EpochReport once it is on disk.
        on_step : callable, optional
            Told (step, steps, loss) after each batch.
        should_stop : callable, optional
            Asked after each epoch; a run that is stopped can be taken up again.

        Raises
        ------
        TrainingError
            If a class is missing.
        """
        for name, squares in (("training", train), ("validation", validation)):
            if len(set((squares.labels >= 0.5).tolist())) < 2:
                raise TrainingError(f"The {name} galaxies are all of one class; both are needed.")
        steps = -(-len(train.labels) // self.plan.batch_size)
        self._prepare(steps)
        self.epochs_done = self._restore()
        for epoch in range(self.epochs_done + 1, self.plan.epochs + 1):
            report = self._epoch(epoch, steps, train, validation, on_step)
            self._save(report)
            self.epochs_done = epoch
            if on_epoch is not None:
                on_epoch(report)
            if should_stop():
                break
        self.averaged.load_weights(self.folder / "best.weights.h5")
        return self.averaged

    def _prepare(self, steps: int) -> None:
        plan = self.plan
        schedule = keras.optimizers.schedules.CosineDecay(
            plan.learning_rate * 0.05,
            steps * plan.epochs,
            alpha=0.01,
            warmup_target=plan.learning_rate,
            warmup_steps=steps,
        )
        self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=plan.weight_decay)
        self.optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self.optimizer.build(self.network.trainable_variables)
        self._step = self._traced_step()
        trunk, logit_of = split_at_logit(self.averaged, ())
        self._logits = tf.function(lambda x: logit_of(trunk(x, training=False)))

    def _traced_step(self) -> Any:
        trunk, logit_of = split_at_logit(self.network, ())
        smoothing, momentum = self.plan.label_smoothing, self.plan.averaging

        @tf.function
        def step(squares: Any, labels: Any) -> Any:
            inputs = augment(tf.cast(squares, tf.float32), self.plan.augmentation, self.generator)
            target = labels * (1 - 2 * smoothing) + smoothing
            with tf.GradientTape() as tape:
                logit = logit_of(trunk(inputs, training=True))
                loss = tf.reduce_mean(
                    tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logit)
                )
            variables = self.network.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            count = tf.cast(self.optimizer.iterations, tf.float32)
            keep = tf.minimum(momentum, (1 + count) / (10 + count))
            for mean, value in zip(self.averaged.weights, self.network.weights):
                if value.dtype == "float32":
                    mean.assign(keep * mean + (1 - keep) * value)
            return loss

        return step

    def _epoch(
        self,
        epoch: int,
        steps: int,
        train: TrainingSquares,
        validation: TrainingSquares,
        on_step: OnStep | None,
    ) -> EpochReport:
        start = time.monotonic()
        # Randomness belongs to the epoch, not to the run, so a resumed run goes on the same.
        self.generator.reset_from_seed(self.plan.seed * 100_003 + epoch)
        rng = np.random.default_rng([self.plan.seed, epoch])
        losses = []
        for step, rows in enumerate(_balanced_batches(train, self.plan.batch_size, steps, rng), 1):
            losses.append(float(self._step(train.pixels[rows], train.labels[rows])))
            if on_step is not None:
                on_step(step, steps, losses[-1])
        seconds = time.monotonic() - start
        return self._report(epoch, float(np.mean(losses)), seconds, steps, validation)

    def _report(
        self, epoch: int, loss: float, seconds: float, steps: int, validation: TrainingSquares
    ) -> EpochReport:
        logits = self.validation_logits(validation)
        is_spiral = validation.labels > 0.5
        hits = (logits > 0) == is_spiral
        recall = hits[is_spiral].mean(), hits[~is_spiral].mean()
        # Classes weigh the same, as in training.
        each = np.logaddexp(0, np.where(is_spiral, -logits, logits))
        own = float((each[is_spiral].mean() + each[~is_spiral].mean()) / 2)
        earlier = [report.validation_loss for report in read_history(self.folder)]
        return EpochReport(
            epoch=epoch,
            epochs=self.plan.epochs,
            loss=loss,
            validation_loss=own,
            validation_accuracy=float(hits.mean()),
            validation_balanced_accuracy=float(np.mean(recall)),
            validation_auc=auc(logits, is_spiral),
            seconds=seconds,
            galaxies_per_s=steps * self.plan.batch_size / seconds,
            best=not earlier or own < min(earlier),
        )

    def validation_logits(self, squares: TrainingSquares) -> npt.NDArray[np.float64]:
        """Return the averaged network's logits of squares as they are, shape (N,)."""
        parts = []
        for start in range(0, len(squares.labels), _EVALUATION_BATCH):
            part = squares.pixels[start : start + _EVALUATION_BATCH]
            parts.append(self._logits(centre_crop(tf.cast(part, tf.float32))).numpy())
        return np.concatenate(parts).astype(np.float64)

    def _save(self, report: EpochReport) -> None:
        if report.best:
            partial = self.folder / "partial.weights.h5"
            self.averaged.save_weights(partial)
            partial.replace(self.folder / "best.weights.h5")
        partial = self.folder / "partial.npz"
        arrays = {f"v{i}": value.numpy() for i, value in enumerate(self._variables())}
        np.savez(partial, epoch=report.epoch, **arrays)
        partial.replace(self.folder / "state.npz")
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(report)) + "\n")

    def _restore(self) -> int:
        """Take up a saved state; the number of epochs done."""
        path = self.folder / "state.npz"
        if not path.is_file():
            return 0
        with np.load(path, allow_pickle=False) as saved:
            for i, value in enumerate(self._variables()):
                value.assign(saved[f"v{i}"])
            done = int(saved["epoch"])
        # A kill between the two writes leaves a state without its line, or none too many.
        history = [json.dumps(asdict(r)) for r in read_history(self.folder) if r.epoch <= done]
        (self.folder / "history.jsonl").write_text("".join(line + "\n" for line in history))
        return done

    def _variables(self) -> list[Any]:
        # `variables`, not `weights`: the random state of dropout is one of them.
        return [*self.network.variables, *self.averaged.weights, *self.optimizer.variables]

    def _check_plan(self) -> None:
        path = self.folder / "plan.json"
        mine = json.dumps(self.plan.to_json(), indent=1)
        if path.is_file() and path.read_text(encoding="utf-8") != mine:
            raise TrainingError(
                f"{self.folder} holds a run with another plan. Choose another name, or delete "
                "that folder to start anew."
            )
        path.write_text(mine, encoding="utf-8")


def _balanced_batches(
    squares: TrainingSquares, size: int, count: int, rng: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Draw half of each class; within a class, each source as often."""
    called = squares.labels >= 0.5
    pools = [
        [
            np.flatnonzero((called == label) & (squares.strata == stratum))
            for stratum in np.unique(squares.strata[called == label])
        ]
        for label in (0, 1)
    ]
    for _ in range(count):
        rows = []
        for label, own in enumerate(pools):
            wanted = size // 2 + (size % 2) * label
            which = rng.integers(len(own), size=wanted)
            rows += [int(rng.choice(own[k])) for k in which]
        yield np.array(rows)
