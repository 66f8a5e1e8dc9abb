"""Loads and runs a stranger's network; ``main`` is a process of its own, with limits.

Finds out what its structure alone does not say: that its weights fit, where its logit is, that
its answers are finite, how strong its evidence is. Says it as one line of JSON. Started by
``adopt``; nothing else imports it, for it imports TensorFlow.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from galaxy_core.adoption.keras_file import check_keras_file
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import GalaxyError, ModelRefused
from galaxy_core.explain.scale import evidence_scale
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.samples import embedded_samples, load_sample

MOST_WEIGHTS = 30_000_000
_RANDOM_INPUTS = 4


def main() -> None:
    """Try the network at the path in ``sys.argv[1]``; print what came out."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries that print must not talk into the answer
    path, shown = Path(sys.argv[1]), sys.argv[2]
    try:
        found = try_network(path, shown=shown)
    except GalaxyError as error:
        found = {"refused": str(error)}
    except MemoryError:
        found = {"refused": f"{shown} is refused: it needs too much memory."}
    print(json.dumps(found), file=answers, flush=True)


def try_network(path: Path, *, shown: str) -> dict[str, Any]:
    """Return what a network turned out to be: parameters, layers in words, evidence scale.

    Raises
    ------
    ModelRefused
        If it cannot be used.
    """
    file = check_keras_file(path, shown=shown)
    check_weights(path, shown=shown)
    card = ModelCard(
        name=shown,
        title=shown,
        summary="",
        architecture="",
        parameters=0,
        input_size_px=file.input_size_px,
        convolution_layers=file.convolution_layers,
        framing="",
    )
    classifier = _loaded(path, card, shown)
    _check_answers(classifier, shown)
    inputs = _sample_inputs(file.input_size_px)
    words = (f"{layer.name} ({type(layer).__name__})" for layer in classifier.model.layers)
    return {
        "parameters": int(classifier.model.count_params()),
        "architecture": " → ".join(words),
        "convolution_layers": list(file.convolution_layers),
        "input_size_px": file.input_size_px,
        "keras_version": file.keras_version,
        "evidence_scale": evidence_scale(classifier, inputs),
    }


def check_weights(path: Path, *, shown: str) -> None:
    """Look through the HDF5 file of weights before Keras does.

    Raises
    ------
    ModelRefused
        If it is damaged, points to other files, or holds more than its size allows.
    """
    count = 0
    try:
        with zipfile.ZipFile(path) as archive:
            content = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(content, "r") as file:
            groups = [file]
            while groups:
                group = groups.pop()
                for name in group:
                    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                        raise ModelRefused(f"{shown} is refused: its weights lie in other files.")
                    item = group[name]
                    if isinstance(item, h5py.Group):
                        groups.append(item)
                        continue
                    if item.is_virtual or item.external:
                        raise ModelRefused(f"{shown} is refused: its weights lie in other files.")
                    count += int(item.size or 0)
                    if len(groups) > MOST_WEIGHTS or count > MOST_WEIGHTS:
                        raise ModelRefused(
                            f"{shown} is refused: it has over {MOST_WEIGHTS:,} weights."
                        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, zipfile.BadZipFile) as error:
        raise ModelRefused(f"{shown} is refused: its weights are damaged.") from error


def _loaded(path: Path, card: ModelCard, shown: str) -> Classifier:
    try:
        return load_classifier(StoredModel(card, path.parent, shipped=False))
    except ModelRefused as error:
        # Keras's own reason is long and names folders of this server.
        ours = error.__cause__ is None
        reason = str(error) if ours else "Keras cannot build it with the weights it came with."
        raise ModelRefused(f"{shown} is refused: {reason}") from error


def _check_answers(classifier: Classifier, shown: str) -> None:
    size = classifier.card.input_size_px
    shape = (_RANDOM_INPUTS, size, size, 3)
    inputs = np.random.default_rng(0).random(shape, dtype=np.float32)
    logits = classifier.orientation_logits(inputs)
    if logits.shape != (_RANDOM_INPUTS, 8) or not np.isfinite(logits).all():
        raise ModelRefused(f"{shown} is refused: its answer to random pictures is no number.")


def _sample_inputs(size_px: int) -> np.ndarray:
    pictures = (load_sample(sample.key).pixels for sample in embedded_samples())
    return np.stack([cut_out(own, find_framing(own), size_px=size_px) for own in pictures])
