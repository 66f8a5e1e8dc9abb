"""Loads and runs a stranger's network; ``main`` is a process of its own, with limits.

Finds out what its structure alone does not say: that its weights fit, where its logit is, that
its answers are finite, which layers can be looked into, how strong their evidence is. Says it
as one line of JSON, and writes the network as pages can look into it (``cnn.flat``). Started by
``adopt``; nothing else imports it, for it imports TensorFlow.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from galaxy_core.adoption.keras_file import KerasFile, check_keras_file
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.flat import flatten_file
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import ExplanationError, GalaxyError, ModelRefused
from galaxy_core.explain.receptive import layer_geometry
from galaxy_core.explain.scale import evidence_scale
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.samples import embedded_samples, load_sample

MOST_WEIGHTS = 30_000_000
MOST_LAYERS = 24
MOST_CELLS = 4_000_000  # 16 MB a picture
_RANDOM_INPUTS = 4


def main() -> None:
    """Try the network at the path in ``sys.argv[1]``; print what came out."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries that print must not talk into the answer
    path, shown, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    try:
        found = try_network(path, target, shown=shown)
    except GalaxyError as error:
        found = {"refused": str(error)}
    except MemoryError:
        found = {"refused": f"{shown} is refused: it needs too much memory."}
    except Exception as error:  # whatever a stranger's network makes Keras do
        reason = f"it cannot be run and explained here ({type(error).__name__})"
        found = {"refused": f"{shown} is refused: {reason}."}
    print(json.dumps(found), file=answers, flush=True)


def try_network(path: Path, target: Path, *, shown: str) -> dict[str, Any]:
    """Return what a network turned out to be: parameters, layers in words, evidence scale.

    ``target`` is the ``model.keras`` to write, in a folder of its own.

    Raises
    ------
    ModelRefused
        If it cannot be used.
    """
    file = check_keras_file(path, shown=shown)
    check_weights(path, shown=shown)
    try:
        takes_bytes = flatten_file(path, target, size_px=file.input_size_px)
        classifier = load_classifier(StoredModel(_passing_card(file, shown), target.parent, False))
        layers = layers_to_look_into(classifier)
    except ModelRefused as error:
        raise ModelRefused(f"{shown} is refused: {error}") from error
    check_answers(classifier, shown)
    words = (f"{layer.name} ({type(layer).__name__})" for layer in classifier.model.layers)
    card = replace(classifier.card, convolution_layers=layers)
    classifier = Classifier(classifier.model, card)
    return {
        "parameters": int(classifier.model.count_params()),
        "architecture": " → ".join(words),
        "convolution_layers": list(layers),
        "convolutions": len(convolution_layers(classifier.model)),
        "input_size_px": file.input_size_px,
        "takes_bytes": takes_bytes,
        "keras_version": file.keras_version,
        "evidence_scale": evidence_scale(classifier, _sample_inputs(file.input_size_px)),
    }


def layers_to_look_into(classifier: Classifier) -> tuple[str, ...]:
    """Return the convolution layers whose maps pages show, first to last.

    From the last one back as many as ``MOST_LAYERS`` and, in one picture's maps, ``MOST_CELLS``
    hold; all of ours and of most others.

    Raises
    ------
    ModelRefused
        If there is none whose cells can be followed back to the picture.
    """
    found: list[str] = []
    cells = 0
    for name in reversed(convolution_layers(classifier.model)):
        shape = classifier.model.get_layer(name).output.shape
        cells += int(np.prod(shape[1:]))
        if len(found) == MOST_LAYERS or (found and cells > MOST_CELLS):
            break
        try:
            layer_geometry(classifier.model, name)
        except ExplanationError:
            continue
        found.insert(0, name)
    if not found:
        raise ModelRefused("none of its convolution layers can be followed back to the picture.")
    return tuple(found)


def _passing_card(file: KerasFile, shown: str) -> ModelCard:
    return ModelCard(
        name=shown,
        title=shown,
        summary="",
        architecture="",
        parameters=0,
        input_size_px=file.input_size_px,
        convolution_layers=(),
        framing="",
    )


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
            groups, met = [file], set()
            while groups:
                group = groups.pop()
                place = h5py.h5o.get_info(group.id).addr
                if place in met:
                    raise ModelRefused(f"{shown} is refused: its weights hold themselves.")
                met.add(place)
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
                    if count > MOST_WEIGHTS:
                        raise ModelRefused(
                            f"{shown} is refused: it has over {MOST_WEIGHTS:,} weights."
                        )
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, zipfile.BadZipFile) as error:
        raise ModelRefused(f"{shown} is refused: its weights are damaged.") from error


def check_answers(classifier: Classifier, shown: str) -> None:
    """Let a network answer random pictures.

    Raises
    ------
    ModelRefused
        If its weights or its answers are not all numbers.
    """
    # ReLU and pooling may turn a NaN into a number, so answers alone do not tell.
    if not all(np.isfinite(weights).all() for weights in classifier.model.get_weights()):
        raise ModelRefused(f"{shown} is refused: some of its weights are no numbers.")
    size = classifier.card.input_size_px
    shape = (_RANDOM_INPUTS, size, size, 3)
    inputs = np.random.default_rng(0).random(shape, dtype=np.float32)
    logits = classifier.orientation_logits(inputs)
    if logits.shape != (_RANDOM_INPUTS, 8) or not np.isfinite(logits).all():
        raise ModelRefused(f"{shown} is refused: its answer to random pictures is no number.")


def _sample_inputs(size_px: int) -> np.ndarray:
    pictures = (load_sample(sample.key).pixels for sample in embedded_samples())
    return np.stack([cut_out(own, find_framing(own), size_px=size_px) for own in pictures])
