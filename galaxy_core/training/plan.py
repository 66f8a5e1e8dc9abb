"""What to train and how: one frozen, JSON-able description, so that a run can be repeated.

Knows no TensorFlow, so that pages can offer plans at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from galaxy_core.errors import TrainingError

BATCHES = "Batches"  # the stage of a run that counts batches; all others count galaxies


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How strongly to change a galaxy at each showing; zeros leave it alone.

    Parameters
    ----------
    zoom : float
        Standard deviation of the natural logarithm of the zoom.
    shift : float
        Standard deviation of the shift, in half sides of the square.
    blur_px : float
        Largest standard deviation of the extra blur, in input pixels.
    gamma, gain, brightness : float
        Standard deviation of the logarithm of the stretch's exponent, of each channel's gain,
        and of the common gain.
    grey : float
        Probability of losing all colour; otherwise the saturation is drawn from [0.3, 1.5].
    sky : float
        Standard deviation of an error in the sky level.
    noise : float
        Largest standard deviation of the noise.
    grain_px : float
        Largest standard deviation of the Gaussian that noise is smoothed with, in input pixels:
        the noise of a galaxy that was small in its picture comes in grains.
    """

    zoom: float = 0.12
    shift: float = 0.06
    blur_px: float = 2.5
    gamma: float = 0.35
    gain: float = 0.15
    brightness: float = 0.12
    grey: float = 0.2
    sky: float = 0.015
    noise: float = 0.1
    grain_px: float = 1.5


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Everything that decides what comes out of a training run, besides the data.

    Parameters
    ----------
    name : str
        Name in the store: letters, digits, ``-`` and ``_``.
    architecture : str
        Key of ``cnn.architecture.ARCHITECTURES``.
    epochs, batch_size : int
        An epoch shows as many galaxies as there are, half of each class.
    learning_rate, weight_decay, label_smoothing, dropout : float
        AdamW with a warm-up epoch and cosine decay; binary cross-entropy.
    averaging : float
        Momentum of the running average of the weights, which is what is kept.
    seed : int
        Of weights, order and augmentation.
    augmentation : Augmentation
        How strongly galaxies are changed.

    Raises
    ------
    TrainingError
        If a value makes no sense.
    """

    name: str
    architecture: str = "teaching"
    epochs: int = 60
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.02
    dropout: float = 0.4
    averaging: float = 0.998
    seed: int = 1
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        plain = self.name.replace("-", "").replace("_", "")
        if not (plain.isascii() and plain.isalnum() and len(self.name) <= 64):
            raise TrainingError(
                f"A model's name is up to 64 letters, digits, - and _; got {self.name!r}."
            )
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} must be at least 1, got {getattr(self, name)}.")
        if not self.learning_rate > 0:
            raise TrainingError(f"learning_rate must be positive, got {self.learning_rate}.")
        for name in ("dropout", "averaging", "label_smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise TrainingError(f"{name} must be in [0, 1), got {getattr(self, name)}.")

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TrainingPlan:
        """Return the plan that ``to_json`` described."""
        augmentation = Augmentation(**values["augmentation"])
        return cls(**{**values, "augmentation": augmentation})


@dataclass(frozen=True, slots=True)
class EpochReport:
    """What one epoch came to.

    Parameters
    ----------
    epoch, epochs : int
        Counted from 1.
    loss, validation_loss : float
        Cross-entropy in training (augmented, smoothed) and on the validation part.
    validation_accuracy, validation_balanced_accuracy, validation_auc : float
        Of the averaged weights, pictures as they are.
    seconds, galaxies_per_s : float
        How long, and how fast.
    best : bool
        Whether these weights are the best so far by validation loss.
    """

    epoch: int
    epochs: int
    loss: float
    validation_loss: float
    validation_accuracy: float
    validation_balanced_accuracy: float
    validation_auc: float
    seconds: float
    galaxies_per_s: float
    best: bool


def read_history(run_folder: Path) -> tuple[EpochReport, ...]:
    """Return the reports of the epochs that are safely on disk; empty before the first."""
    path = run_folder / "history.jsonl"
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(EpochReport(**json.loads(line)) for line in lines if line.endswith("}"))


# The small network learns slowly under strong augmentation; the deeper one profits from it.
_GENTLE = Augmentation(
    zoom=0.1, shift=0.04, blur_px=2.0, gamma=0.3, gain=0.12, grey=0.15, noise=0.08
)
_PLANS = {
    "teaching": TrainingPlan(
        "teaching", epochs=75, learning_rate=1.5e-3, dropout=0.3, augmentation=_GENTLE
    ),
    "research": TrainingPlan("research", "research", epochs=60, learning_rate=2e-3, dropout=0.3),
}


def plan_for(
    architecture: str, *, name: str | None = None, epochs: int | None = None, seed: int = 1
) -> TrainingPlan:
    """Return the plan that the shipped network of that architecture was trained with.

    Raises
    ------
    TrainingError
        If there is no such architecture.
    """
    if architecture not in _PLANS:
        raise TrainingError(
            f"There is no plan for {architecture!r}; there are {', '.join(_PLANS)}."
        )
    plan = _PLANS[architecture]
    return replace(plan, name=name or plan.name, epochs=epochs or plan.epochs, seed=seed)
