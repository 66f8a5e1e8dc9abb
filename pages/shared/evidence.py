"""What of an inspection is shown: the evidence of a kind on the input's grid, maps in order.

Pure. Called only once a network is ready, so TensorFlow is long imported by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from pages.shared.links import EvidenceKind, MapOrder, MapScale

if TYPE_CHECKING:
    from galaxy_core.cnn.card import ModelCard
    from galaxy_core.explain.inspection import LayerInspection
    from galaxy_core.explain.receptive import LayerGeometry

# A hundredth of the scale's end is one step of grey on the screen: nothing anyone could see.
_VISIBLE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class ShownEvidence:
    """Evidence ready to be painted.

    Parameters
    ----------
    on_input : ndarray, shape (S, S), float32
        Signed (spiral > 0), only the sign that was asked for, on the input's pixels.
    scale : float
        Where the colours end, in logit.
    fixed_scale : bool
        Whether the end is the network's own, the same for every galaxy.
    """

    on_input: FloatImage
    scale: float
    fixed_scale: bool

    @property
    def blank(self) -> bool:
        """Whether nothing could be seen."""
        return float(np.abs(self.on_input).max()) < _VISIBLE * self.scale


def shown_evidence(
    layer: LayerInspection,
    name: str,
    *,
    kind: EvidenceKind,
    geometry: LayerGeometry,
    card: ModelCard,
) -> ShownEvidence:
    """Return the evidence of the first galaxy of an inspection.

    Where the card fixes no scale for the layer, this galaxy's largest evidence ends it.
    """
    from galaxy_core.explain.receptive import on_input_grid

    signed = layer.evidence[0]
    scale = card.evidence_scale.get(name, 0.0)
    fixed = scale > 0
    if not fixed:
        scale = float(np.abs(signed).max()) or 1.0
    if kind is EvidenceKind.SPIRAL:
        signed = np.maximum(signed, 0)
    elif kind is EvidenceKind.ELLIPTICAL:
        signed = np.minimum(signed, 0)
    return ShownEvidence(on_input_grid(signed, geometry), scale, fixed)


def map_order(layer: LayerInspection, order: MapOrder) -> npt.NDArray[np.intp]:
    """Return the indices of the maps as shown: as they are, or by size of their share."""
    shares = layer.contributions[0]
    if order is MapOrder.INDEX:
        return np.arange(shares.size)
    return np.argsort(-np.abs(shares), kind="stable")


def map_tops(layer: LayerInspection, scale: MapScale) -> npt.NDArray[np.float32]:
    """Return where each map's colour scale ends: at the layer's largest value, or its own."""
    tops = layer.feature_maps[0].max(axis=(0, 1))
    return tops if scale is MapScale.OWN else np.full_like(tops, tops.max())


def on_input(feature_map: FloatImage, geometry: LayerGeometry) -> FloatImage:
    """Return a map (h, w) on the input's pixels (S, S)."""
    from galaxy_core.explain.receptive import on_input_grid

    return on_input_grid(feature_map, geometry)
