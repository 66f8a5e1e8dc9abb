"""Hand-crafted measures of a galaxy's shape: what astronomers used before networks.

``measure_all`` takes the framed square and returns ``Measures``; ``MEASURES`` is the table
of what they are. ``plausibility`` asks whether the picture shows a single galaxy at all.
Nothing here imports TensorFlow.
"""

from galaxy_core.morphology.measures import MEASURES, Measure, MeasureFlag, Measures, measure_all

__all__ = ["MEASURES", "Measure", "MeasureFlag", "Measures", "measure_all"]
