"""A network for the comparison: fitted briefly, or as it ships -> a function that answers.

Every network is asked in all eight orientations of a square, as the shipped ones are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.store import StoredModel
from galaxy_core.framing import INPUT_SIZE_PX
from galaxy_core.training.compare.asked import Answer
from galaxy_core.training.fit import Trainer, TrainingSquares
from galaxy_core.training.plan import TrainingPlan


def fit_network(
    plan: TrainingPlan,
    train: TrainingSquares,
    validation: TrainingSquares,
    folder: Path,
    *,
    on_galaxies: Callable[[int, int], None],
) -> tuple[Answer, int]:
    """Return a fitted network's answers, and how many parameters it has.

    A fit that was killed goes on in its folder.

    Parameters
    ----------
    plan : TrainingPlan
        What and how.
    train, validation : TrainingSquares
        To learn from, and to choose the best epoch by.
    folder : Path
        Where the fit keeps its state.
    on_galaxies : callable
        Told (done, total) galaxies shown.
    """
    trainer = Trainer(plan, folder)

    def on_step(step: int, steps: int, loss: float) -> None:
        done = trainer.epochs_done * steps + step
        on_galaxies(done * plan.batch_size, plan.epochs * steps * plan.batch_size)

    network = trainer.fit(train, validation, on_step=on_step)
    card = ModelCard(
        name=plan.name,
        title=plan.name,
        summary="Fitted for a comparison.",
        architecture=plan.architecture,
        parameters=int(network.count_params()),
        input_size_px=INPUT_SIZE_PX,
        convolution_layers=(),
        framing="as every network here",
    )
    return Classifier(network, card).probabilities, card.parameters


def shipped_network(stored: StoredModel) -> Answer:
    """Return the answers of a network of the store, as it is."""
    return load_classifier(stored).probabilities
