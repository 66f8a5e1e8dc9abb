"""The model card: everything the app says about a network, as JSON beside its weights.

Pages plot and print what stands here and nothing else. This module reads and checks the
JSON; it neither loads networks nor measures them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from galaxy_core.errors import ModelRefused

CARD_FILE = "card.json"
MOST_CARD_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a network is, how its answer is read, and how well it was measured to do.

    Parameters
    ----------
    name, title, summary : str
        Folder name, display name, and one sentence for newcomers.
    architecture : str
        The layers in words.
    parameters : int
        Number of trainable parameters.
    input_size_px : int
        Side of the square input.
    convolution_layers : tuple of str
        Names of the convolution layers, first to last.
    framing : str
        How a cutout becomes an input, in words.
    classes : tuple of 2 str
        What 0 and 1 mean.
    temperature : float
        The calibrated probability is ``sigmoid(logit / temperature)``; positive.
    orientations : int
        1 (the picture as it is) or 8 (logits averaged over its rotations and flips).
    uncertain_band : tuple of 2 float
        Calibrated probabilities strictly between these are called ``Uncertain``.
    evidence_scale : mapping of str to float
        Per convolution layer, the fixed end of the evidence colour scale, in logit.
    training, metrics, versions : mapping
        How it was made; what ``evaluate`` measured, with intervals; library versions.
    licence, created_utc, weights_sha256 : str
        Licence, ISO time, and hash of ``model.keras``.
    """

    name: str
    title: str
    summary: str
    architecture: str
    parameters: int
    input_size_px: int
    convolution_layers: tuple[str, ...]
    framing: str
    classes: tuple[str, str] = ("elliptical", "spiral")
    temperature: float = 1.0
    orientations: int = 8
    uncertain_band: tuple[float, float] = (0.4, 0.6)
    evidence_scale: Mapping[str, float] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    created_utc: str = ""
    weights_sha256: str = ""

    @property
    def calibrated(self) -> bool:
        """Whether its temperature was fitted: not that of a network that was brought along."""
        return "adopted_file" not in self.training

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ModelRefused(f"{self.name}: temperature must be positive: {self.temperature}")
        if self.orientations not in (1, 8):
            raise ModelRefused(f"{self.name}: orientations must be 1 or 8: {self.orientations}")
        low, high = self.uncertain_band
        if not 0 <= low <= 0.5 <= high <= 1:
            raise ModelRefused(f"{self.name}: the uncertain band must span 0.5: {low}, {high}")


def read_card(path: Path) -> ModelCard:
    """Return the card in a ``card.json``.

    Raises
    ------
    ModelRefused
        If it is no readable card; the message says what is missing.
    """
    try:
        if path.stat().st_size > MOST_CARD_BYTES:
            raise ModelRefused(f"{path} is over {MOST_CARD_BYTES // 10**6} MB; no model card is.")
        fields = json.loads(path.read_text(encoding="utf-8"))
        for name in ("convolution_layers", "classes", "uncertain_band"):
            if name in fields:
                fields[name] = tuple(fields[name])
        return ModelCard(**fields)
    except (OSError, ValueError, TypeError) as error:
        raise ModelRefused(f"{path} is not a readable model card: {error}") from error


def write_card(card: ModelCard, path: Path) -> None:
    """Write the card as JSON, whole or not at all."""
    text = json.dumps(asdict(card), indent=1, ensure_ascii=False, allow_nan=False)
    partial = path.with_suffix(".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
