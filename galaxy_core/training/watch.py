"""After each epoch: how reliable the network is by now, and its evidence in one galaxy.

Kept as small files in the run's folder, for pages to draw. The network looked at is the one
with averaged weights, as it would be kept; it is not calibrated yet.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.explain.inspection import Inspector
from galaxy_core.explain.receptive import layer_geometry, on_input_grid
from galaxy_core.framing import INPUT_SIZE_PX, cut_out, find_framing
from galaxy_core.samples import load_sample
from galaxy_core.training import curves
from galaxy_core.training.augment import centre_crop
from galaxy_core.training.fit import TrainingSquares
from galaxy_core.training.job import JobRequest, write_whole
from galaxy_core.training.plan import EpochReport

EPOCHS_FOLDER = "epochs"
_RELIABILITY_BINS = 8
_MOST_GALAXIES = 1000


class EpochWatch:
    """Looks at one run's network after each epoch.

    Parameters
    ----------
    folder : Path
        Of the run.
    request : JobRequest
        Says which galaxy to watch.
    samples_dir : Path or None
        The operator's folder of samples.

    Raises
    ------
    SampleNotFound, IntakeError
        If the galaxy to watch cannot be read.
    """

    def __init__(self, folder: Path, request: JobRequest, *, samples_dir: Path | None) -> None:
        self._folder = folder / EPOCHS_FOLDER
        self._folder.mkdir(exist_ok=True)
        pixels = load_sample(request.watched, samples_dir=samples_dir).pixels
        self._input = cut_out(pixels, find_framing(pixels), size_px=INPUT_SIZE_PX)[None]
        np.savez(self._folder / "watched.npz", input=self._input[0])
        self._inspector: Inspector | None = None
        self._classifier: Classifier | None = None

    def look(self, report: EpochReport, network: keras.Model, validation: TrainingSquares) -> None:
        """Write what the network makes of the validation galaxies and of the watched one."""
        if self._inspector is None or self._classifier is None:
            # Traced once: the run changes the weights of this very network in place.
            self._classifier = Classifier(network, _passing_card(network))
            self._inspector = Inspector(self._classifier)
        inspection = self._inspector.inspect(self._input)
        some = slice(None, None, -(-len(validation.labels) // _MOST_GALAXIES))
        pixels = validation.pixels[some].astype(np.float32)
        logits = self._classifier.logits(centre_crop(pixels).numpy())
        said = calibrated_probability(logits, 1.0)
        truth = validation.labels[some] > 0.5
        words = {
            "epoch": report.epoch,
            "probability_spiral": float(calibrated_probability(inspection.logits[0], 1.0)),
            "reliability": curves.reliability(said, truth, bins=_RELIABILITY_BINS),
        }
        name = self._folder / f"{report.epoch:04}"
        (layer, found), *_ = inspection.layers.items()
        evidence = on_input_grid(found.evidence[0], layer_geometry(network, layer))
        np.savez(name.with_suffix(".npz"), evidence=evidence)
        write_whole(name.with_suffix(".json"), json.dumps(words))


def _passing_card(network: keras.Model) -> ModelCard:
    fields: dict[str, Any] = dict.fromkeys(("name", "title"), network.name)
    return ModelCard(
        **fields,
        summary="",
        architecture="",
        parameters=0,
        input_size_px=INPUT_SIZE_PX,
        convolution_layers=convolution_layers(network)[-1:],
        framing="",
        orientations=1,
    )
