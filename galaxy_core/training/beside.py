"""Galaxies of other collections, asked about beside those that a card is measured on.

A collection whose one class has no labels worth believing (a volunteer's "elliptical") makes
no balanced accuracy; its other class still tells how the network does there. Such rows stand
under "by source" and count in no other number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.training import statistics
from galaxy_core.training.dataset import LabelledImage, Part, select
from galaxy_core.training.evaluate import measure, told
from galaxy_core.training.second_opinion import label_of
from galaxy_core.training.squares import read_squares

TRUSTED_TIER = "A"


def measure_beside(
    images: Sequence[LabelledImage],
    sources: Sequence[str],
    classifier: Classifier,
    *,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, dict[str, Any]]:
    """Return the share called rightly of each kind of each source, for ``groups["source"]``.

    Parameters
    ----------
    images : sequence of LabelledImage
        All of a labelled folder.
    sources : sequence of str
        Of these the test part of tier A is asked about; discs seen edge-on count as spirals.
    classifier : Classifier
        The network.
    on_picture : callable
        Told (done, total) after each picture.

    Returns
    -------
    dict
        Source and kind, as "gz1: edge-on disc" -> its share with interval, and its spirals.
    """
    labelled = (replace(image, spiral=label_of(image)) for image in images)
    chosen = select(labelled, part=Part.TEST, sources=sources, tiers=(TRUSTED_TIER,))
    squares = read_squares(chosen, size_px=classifier.card.input_size_px)
    measured, _ = measure(told(squares, len(chosen), on_picture), classifier)
    logits = np.array([m.logits for m in measured]).reshape(len(measured), 8)
    mean = logits[:, : classifier.card.orientations].mean(axis=1)
    return statistics.by_group(
        [_kind(m.image) for m in measured],
        calibrated_probability(mean, classifier.card.temperature),
        np.array([m.image.spiral == 1 for m in measured], dtype=bool),
    )


def _kind(image: LabelledImage) -> str:
    return f"{image.source}: {image.attributes.get('label', '').split(',')[0]}"
