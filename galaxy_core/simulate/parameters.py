"""A whole scene: how galaxies are put together and turned, and how the sky is observed.

Units are those of ``components``: pixels, degrees, and flux units of one sky sigma.
Nothing is drawn or computed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from galaxy_core.errors import SimulationError
from galaxy_core.simulate.components import (
    Arms,
    Bar,
    Bulge,
    Disc,
    DustLane,
    Ring,
    TidalTail,
    check_range,
)


@dataclass(frozen=True, slots=True)
class Galaxy:
    """One galaxy: its components, how it is turned, where it stands.

    Parameters
    ----------
    bulge, disc, arms, bar, ring, dust : or None
        Its components; arms need a disc.
    tails : tuple of TidalTail
        Streams torn out of it.
    inclination_deg : float
        0 is face-on, 90 edge-on; above 87.4 the plane is drawn as at 87.4, its own thickness
        being all that shows.
    position_angle_deg : float
        Of the major axis, anticlockwise from up.
    offset_px : tuple of float
        (y, x) of its centre from the picture's centre; y grows downwards.

    Raises
    ------
    SimulationError
        If a value is out of range, arms have no disc, or there is no light at all.
    """

    bulge: Bulge | None = None
    disc: Disc | None = None
    arms: Arms | None = None
    bar: Bar | None = None
    ring: Ring | None = None
    dust: DustLane | None = None
    tails: tuple[TidalTail, ...] = ()
    inclination_deg: float = 0.0
    position_angle_deg: float = 0.0
    offset_px: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        check_range(self, "inclination_deg", 0.0, 90.0)
        check_range(self, "position_angle_deg", -360.0, 360.0)
        if self.arms is not None and self.disc is None:
            raise SimulationError("Galaxy.arms needs a disc to lie in; give Galaxy.disc as well.")
        if self.bulge is None and self.disc is None and self.ring is None:
            raise SimulationError("Galaxy has no light: give a bulge, a disc or a ring.")


@dataclass(frozen=True, slots=True)
class Observation:
    """How the sky is seen and shown.

    Parameters
    ----------
    image_size_px : int
        Height and width of the picture, 16 to 1024.
    psf_fwhm_px : float
        Full width at half maximum of the Moffat point-spread function, 0.5 to 20.
    sky_noise : float
        Standard deviation of the sky in one pixel, flux units; 0 for a picture without noise.
    noise_correlation_px : float
        Standard deviation of the Gaussian that correlates the noise, as resampling does; 0: none.
    sky_electrons : float
        Electrons that the sky leaves in a pixel; sets the shot noise of bright light.
    softening, white_level : float
        Flux at which the asinh stretch turns from linear to logarithmic, and that it shows as 1.
    sky_level : float
        Flux left in the sky, so that its noise is not all cut off at black.
    stars, background_galaxies : int
        How many foreground stars and faint distant galaxies, 0 to 1000.
    """

    image_size_px: int = 256
    psf_fwhm_px: float = 3.0
    sky_noise: float = 1.0
    noise_correlation_px: float = 0.9
    sky_electrons: float = 150.0
    softening: float = 8.0
    white_level: float = 900.0
    sky_level: float = 1.0
    stars: int = 12
    background_galaxies: int = 12

    def __post_init__(self) -> None:
        check_range(self, "image_size_px", 16, 1024)
        check_range(self, "psf_fwhm_px", 0.5, 20.0)
        check_range(self, "sky_noise", 0.0, 100.0)
        check_range(self, "noise_correlation_px", 0.0, 5.0)
        check_range(self, "sky_electrons", 1.0, 1e7)
        check_range(self, "softening", 0.01, 1e5)
        check_range(self, "white_level", self.softening, 1e7)
        check_range(self, "sky_level", -100.0, 100.0)
        check_range(self, "stars", 0, 1000)
        check_range(self, "background_galaxies", 0, 1000)


@dataclass(frozen=True, slots=True)
class SceneParameters:
    """Everything that one simulated picture shows.

    Parameters
    ----------
    galaxy : Galaxy or None
        The galaxy in question; None for a field of stars.
    companions : tuple of Galaxy
        Neighbours or partners of a merger, each with its own offset.
    observation : Observation
        Size, seeing, noise, stretch, and what else is on the sky.
    """

    galaxy: Galaxy | None
    companions: tuple[Galaxy, ...] = ()
    observation: Observation = Observation()
