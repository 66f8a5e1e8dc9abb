"""Asymmetry: how much of the light a half turn leaves over."""

from __future__ import annotations

import numpy as np

from galaxy_core.morphology.half_turn import disagreement
from galaxy_core.morphology.light import Light
from galaxy_core.morphology.radial import EXTENT


def asymmetry(light: Light) -> float:
    """Return ``A = (Σ|I - I180| - sky) / Σ|I|`` within 1.5 Petrosian radii.

    About the centre that makes it least; the sky term is the same difference in the
    quietest corner. 0 for a point-symmetric galaxy, about 0.1 for ellipticals, more for
    spirals, over 0.35 for mergers; slightly negative where noise rules; at most 2.
    NaN without light. Source: Conselice, Bershady & Jangren 2000; Lotz et al. 2004, eq. 10.
    """
    radius = EXTENT * light.petrosian_px
    difference, total = disagreement(light.image, light.usable, light.centre, radius)
    if not total > 0:
        return float("nan")
    sky = light.sky_box
    return (difference - float(np.abs(sky - sky[::-1, ::-1]).mean())) / total
