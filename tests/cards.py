"""A network's card for tests, of which each says only what matters to it."""

from typing import Any

from galaxy_core.cnn.card import ModelCard


def some_card(**own: Any) -> ModelCard:
    """Return a card as small as the teaching network's layers allow, with values of one's own."""
    plain = {
        "name": "tiny",
        "title": "Tiny",
        "summary": "A test.",
        "architecture": "none",
        "parameters": 1,
        "input_size_px": 64,
        "convolution_layers": ("Conv1_Edges", "Conv2_Shapes"),
        "framing": "none",
    }
    return ModelCard(**{**plain, **own})
