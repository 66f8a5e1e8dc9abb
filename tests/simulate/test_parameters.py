"""Parameters that describe no galaxy are refused, in a sentence that says what was wrong."""

import pytest

from galaxy_core.errors import SimulationError
from galaxy_core.simulate import (
    Arms,
    Bar,
    Bulge,
    Disc,
    DustLane,
    Galaxy,
    Observation,
    Ring,
    TidalTail,
)

REFUSED = {
    "Bulge.flux must be from 0 to 1e+09, got -1.0.": lambda: Bulge(-1.0, 5.0),
    "Bulge.sersic_index must be from 0.5 to 8, got 20.": lambda: Bulge(1.0, 5.0, 20),
    "Bulge.half_light_radius_px must be from 0.3 to 1000, got nan.": lambda: Bulge(
        1.0, float("nan")
    ),
    "Disc.scale_length_px must be from 0.5 to 1000, got 0.": lambda: Disc(1.0, 0),
    "Arms.number must be from 1 to 8, got 0.": lambda: Arms(0, 20.0, 1.0, 5.0, 50.0),
    "Arms.pitch_deg must be from 3 to 60, got 90.0.": lambda: Arms(2, 90.0, 1.0, 5.0, 50.0),
    "Arms.outer_radius_px must be from 50 to 2000, got 5.0.": lambda: Arms(
        2, 20.0, 1.0, 50.0, 5.0
    ),
    "Bar.axis_ratio must be from 0.1 to 1, got 2.": lambda: Bar(1.0, 30.0, 2),
    "Ring.width_px must be from 0.3 to 10, got 15.0.": lambda: Ring(1.0, 20.0, 15.0),
    "DustLane.optical_depth must be from 0 to 10, got 99.": lambda: DustLane(99, 30.0),
    "TidalTail.length_px must be from 1 to 2000, got inf.": lambda: TidalTail(
        1.0, 5.0, float("inf")
    ),
    "Galaxy.inclination_deg must be from 0 to 90, got 91.": lambda: Galaxy(
        bulge=Bulge(1.0, 5.0), inclination_deg=91
    ),
    "Galaxy.arms needs a disc to lie in; give Galaxy.disc as well.": lambda: Galaxy(
        bulge=Bulge(1.0, 5.0), arms=Arms(2, 20.0, 1.0, 5.0, 50.0)
    ),
    "Galaxy has no light: give a bulge, a disc or a ring.": lambda: Galaxy(),
    "Observation.image_size_px must be from 16 to 1024, got 5000.": lambda: Observation(
        image_size_px=5000
    ),
    "Observation.white_level must be from 8 to 1e+07, got 2.0.": lambda: Observation(
        white_level=2.0
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_value_out_of_range_is_named_with_what_was_expected(sentence):
    with pytest.raises(SimulationError) as caught:
        REFUSED[sentence]()
    assert str(caught.value) == sentence
