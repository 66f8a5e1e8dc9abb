"""Parameters -> a galaxy picture with ground truth.

``simulate_galaxy`` draws one from ``SceneParameters`` and a seed; ``random_parameters``
draws believable parameters; ``GALLERY`` holds the scenes of the embedded samples.
Nothing here reads files or knows a network.
"""

from galaxy_core.simulate.components import (
    Arms,
    Bar,
    Bulge,
    Disc,
    DustLane,
    Ring,
    TidalTail,
    Winding,
)
from galaxy_core.simulate.gallery import GALLERY, GalleryScene
from galaxy_core.simulate.parameters import Galaxy, Observation, SceneParameters
from galaxy_core.simulate.random_scenes import GalaxyKind, random_parameters
from galaxy_core.simulate.scene import SimulatedGalaxy, simulate_galaxy

__all__ = [
    "Arms",
    "Bar",
    "Bulge",
    "Disc",
    "DustLane",
    "Galaxy",
    "Observation",
    "Ring",
    "SceneParameters",
    "TidalTail",
    "Winding",
    "SimulatedGalaxy",
    "simulate_galaxy",
    "GalaxyKind",
    "random_parameters",
    "GALLERY",
    "GalleryScene",
]
