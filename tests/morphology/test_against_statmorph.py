"""Our quick measures against statmorph's thorough ones, on simulated galaxies."""

import warnings

import numpy as np
import pytest

from galaxy_core.framing import cut_out, find_framing
from galaxy_core.morphology import measure_all
from galaxy_core.morphology.light import gather_light
from galaxy_core.simulate import simulate_galaxy
from galaxy_core.simulate.gallery import GALLERY

# Ours measures Gini and M20 above a circular, theirs above an elliptical isophote.
TOLERANCE = {
    "concentration": 0.12,
    "asymmetry": 0.05,
    "smoothness": 0.02,
    "gini": 0.05,
    "m20": 0.2,
}


@pytest.mark.slow
@pytest.mark.parametrize("key", ["elliptical", "edge-on-spiral", "grand-design-spiral", "merger"])
def test_measures_agree_with_statmorph(key):
    statmorph = pytest.importorskip("statmorph")
    scene = GALLERY[key]
    pixels = simulate_galaxy(scene.parameters, seed=scene.seed).cutout.pixels
    square = cut_out(pixels, find_framing(pixels), size_px=128)
    light = gather_light(square)
    segmap = light.segment.astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statmorph warns of what it also flags
        theirs = statmorph.SourceMorphology(
            light.image, segmap, 1, mask=~light.usable, gain=1000.0, skybox_size=16
        )
    if theirs.flag > 1:
        pytest.skip("statmorph itself calls its measurement bad")
    ours = measure_all(square)
    assert ours.petrosian_extent * 64 == pytest.approx(theirs.rpetro_circ, rel=0.06)
    for name, tolerance in TOLERANCE.items():
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=tolerance), name
    assert np.isfinite(theirs.gini)
