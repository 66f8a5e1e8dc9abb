"""Agreement: how far the map marks the places that other methods mark.

Agreement is no proof, as methods can share a mistake; but a map that no other method confirms
should not be believed alone. Compared are magnitudes, smoothed alike, as some methods are fine
and others coarse, and some know no sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.explain.explanation import Maps
from galaxy_core.explain.trust.ranks import smooth, spearman

# One of each family that asks the network in another way: features, gradients, both.
WITNESSES = ("grad_cam", "layer_cam", "saliency", "integrated_gradients")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's correlation of a map's smoothed magnitude with other methods', by their key."""

    correlations: Mapping[str, float]

    @property
    def middle(self) -> float:
        """The median over the other methods; 0 where there is none to compare with."""
        return float(np.median(list(self.correlations.values()) or [0.0]))

    def sentence(self) -> str:
        """Return the result in words."""
        return (
            f"Where it marks most correlates {self.middle:.2f} (median) with where "
            f"{len(self.correlations)} other methods do."
        ).replace("-", "−")


def measure_agreement(
    method: str, own: npt.NDArray[np.float32], others: Mapping[str, Maps]
) -> Agreement:
    """Return how a map (S, S) agrees with the maps (S, S) of other methods, by their key.

    The method itself and blank maps are left out.
    """
    marked = smooth(np.abs(own))
    return Agreement(
        {
            key: spearman(marked, smooth(np.abs(plane)))
            for key, plane in others.items()
            if key != method and plane.any()
        }
    )
