"""What was measured of a network in the store -> its card, beside what others measured.

Measuring takes minutes, in which others may measure, or train the network anew. Measures
nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from galaxy_core.cnn.card import CARD_FILE, ModelCard, read_card, write_card
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import TrainingError


def add_metrics(stored: StoredModel, metrics: Mapping[str, Any]) -> ModelCard:
    """Write metrics on the card as it is now, keeping all others on it; return that card.

    Parameters
    ----------
    stored : StoredModel
        The network as it was when it was measured.
    metrics : mapping
        Plain JSON values.

    Raises
    ------
    TrainingError
        If the network has other weights by now; nothing is written.
    """
    path = stored.folder / CARD_FILE
    card = read_card(path)
    if card.weights_sha256 != stored.card.weights_sha256:
        raise TrainingError(
            f"The weights of {stored.card.name!r} changed while they were measured; nothing was "
            "written. Run it again."
        )
    card = replace(card, metrics={**card.metrics, **metrics})
    write_card(card, path)
    return card
