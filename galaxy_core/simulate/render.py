"""One ``Galaxy`` -> its light in three bands before the telescope, and each component's share.

A disc is drawn thin, spread over its thickness, and cut at the dust: light from behind
the sheet passes through it, light from before it does not. Scattering is left out.
No point-spread function, sky or noise here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from galaxy_core.simulate import profiles, structure
from galaxy_core.simulate.components import Arms, Bar, Bulge, Disc, DustLane, Ring
from galaxy_core.simulate.geometry import (
    DiscPlane,
    Plane,
    SkyGrid,
    convolve,
    vertical_transfer,
)
from galaxy_core.simulate.parameters import Galaxy
from galaxy_core.simulate.populations import (
    INTERMEDIATE,
    OLD,
    STAR_FORMING,
    YOUNG,
    Population,
    transmission,
)

_R_BAND = 1
_RING_KNOT_SHARE = 0.15  # of a ring's young light


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Light of one population in one component: a plane of flux units per pixel."""

    component: str
    population: Population
    light: Plane


@dataclass(frozen=True, slots=True, eq=False)
class GalaxyLight:
    """A galaxy as it arrives at the telescope.

    Parameters
    ----------
    bands : ndarray, shape (3, N, N), float32
        Light in i, r and g, flux units per pixel.
    components : dict of str to ndarray, shape (N, N), float32
        Light of each component in r, behind the same dust; they add up to ``bands[1]``.
    dimming : ndarray, shape (N, N), float32, in [0, 1)
        Share of the light in r that the dust takes away.
    """

    bands: Plane
    components: dict[str, Plane]
    dimming: Plane


def render_galaxy(galaxy: Galaxy, grid: SkyGrid, rng: np.random.Generator) -> GalaxyLight:
    """Return the light of one galaxy on the grid; the generator draws its irregularities."""
    plane = DiscPlane.seen(
        grid,
        inclination_deg=galaxy.inclination_deg,
        position_angle_deg=galaxy.position_angle_deg,
        offset_px=galaxy.offset_px,
    )
    ridge, dust_ridge = _ridges(galaxy, plane, rng)
    flat = _disc_layers(galaxy, plane, ridge, rng)
    through = _dust_transmission(galaxy, plane, dust_ridge, rng)
    lit = _Light(grid)
    if flat:
        _add_flat(lit, flat, galaxy, plane, through)
    if galaxy.bulge is not None:
        _add_bulge(lit, galaxy.bulge, plane, through)
    for tail in galaxy.tails:
        light = tail.flux * structure.tidal_tail(grid, galaxy.offset_px, tail, rng)
        lit.add("tail", INTERMEDIATE, light, np.zeros_like(light), through)
    return lit.done()


class _Light:
    """Adds up layers, before and behind the dust."""

    def __init__(self, grid: SkyGrid) -> None:
        self._unlit = np.zeros(grid.shape, dtype=np.float32)
        self._bands = np.zeros((3, *grid.shape), dtype=np.float32)
        self._clear = self._unlit.copy()
        self._components: dict[str, Plane] = {}

    def add(
        self, component: str, population: Population, front: Plane, back: Plane, through: Plane
    ) -> None:
        scales = population.bands()
        for band in range(3):
            self._bands[band] += scales[band] * (front + through[band] * back)
        seen = front + through[_R_BAND] * back
        self._components[component] = self._components.get(component, self._unlit) + seen
        self._clear += front + back

    def done(self) -> GalaxyLight:
        seen = self._bands[_R_BAND]
        dimming = 1 - seen / np.maximum(self._clear, np.float32(1e-12))
        dimming[self._clear <= np.float32(1e-6)] = 0.0
        return GalaxyLight(self._bands, self._components, np.maximum(dimming, 0))


def _ridges(galaxy: Galaxy, plane: DiscPlane, rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Return the arms' ridges and their dust's; zeros where there are no arms."""
    if galaxy.arms is None:
        nothing = np.zeros_like(plane.radius)
        return nothing, nothing
    return structure.arm_ridges(plane, galaxy.arms, rng)


def _disc_layers(
    galaxy: Galaxy, plane: DiscPlane, ridge: Plane, rng: np.random.Generator
) -> list[Layer]:
    """Return everything that lies in the plane, drawn thin, brightened by the inclination."""
    tilt = np.float32(1 / plane.cos_inclination)
    layers: list[Layer] = []
    if galaxy.disc is not None:
        layers += _smooth_disc(galaxy.disc, plane)
        if galaxy.arms is not None:
            layers += _arm_layers(galaxy.disc, galaxy.arms, plane, ridge, rng)
    if galaxy.bar is not None:
        layers.append(_bar_layer(galaxy.bar, plane))
    if galaxy.ring is not None:
        layers += _ring_layers(galaxy.ring, plane, rng)
    return [Layer(layer.component, layer.population, layer.light * tilt) for layer in layers]


def _bar_layer(bar: Bar, plane: DiscPlane) -> Layer:
    """Return the bar, turned to its angle in the plane."""
    shape = profiles.bar_profile(
        plane.radius,
        plane.azimuth - np.float32(math.radians(bar.angle_deg)),
        semi_major_px=bar.semi_major_px,
        axis_ratio=bar.axis_ratio,
    )
    return Layer("bar", OLD, bar.flux * shape)


def _ring_layers(ring: Ring, plane: DiscPlane, rng: np.random.Generator) -> list[Layer]:
    """Return the ring, a little patchy, with its star-forming knots."""
    light = ring.flux * profiles.ring_profile(
        plane.radius, ring_radius_px=ring.radius_px, width_px=ring.width_px
    )
    patches = structure.texture(plane, plane.azimuth, rng, radial_length=0.1, angular_length=0.15)
    light *= np.exp(np.float32(0.3) * patches)
    in_knots = np.float32(_RING_KNOT_SHARE if ring.knots else 0.0)
    knots = structure.scatter_knots(light, ring.knots, rng) * light.sum()
    return [
        Layer("ring", INTERMEDIATE, (1 - ring.young_share) * light),
        Layer("ring", YOUNG, ring.young_share * (1 - in_knots) * light),
        Layer("knots", STAR_FORMING, ring.young_share * in_knots * knots),
    ]


def _smooth_disc(disc: Disc, plane: DiscPlane) -> list[Layer]:
    """Return old and younger stars, together exactly exponential, redder at the centre."""
    light = disc.flux * profiles.exponential_profile(
        plane.radius, scale_length_px=disc.scale_length_px
    )
    old = disc.old_share * np.exp(-plane.radius / np.float32(2 * disc.scale_length_px))
    return [Layer("disc", OLD, light * old), Layer("disc", INTERMEDIATE, light * (1 - old))]


def _arm_layers(
    disc: Disc, arms: Arms, plane: DiscPlane, ridge: Plane, rng: np.random.Generator
) -> list[Layer]:
    """Return the arms' own light and their star-forming knots."""
    disc_light = disc.flux * profiles.exponential_profile(
        plane.radius, scale_length_px=disc.scale_length_px
    )
    light = arms.contrast * ridge * disc_light
    # Star formation follows gas, which falls off more slowly than the old stars.
    # Capped: far out there is nothing to brighten, and the exponential would overflow.
    steps = np.minimum(plane.radius / np.float32(2.5 * disc.scale_length_px), 4)
    gas = light * np.exp(steps)
    knots = structure.scatter_knots(gas * ridge, arms.knots, rng)
    knots *= np.float32(arms.knot_share * float(light.sum()))
    return [Layer("arms", YOUNG, light), Layer("knots", STAR_FORMING, knots)]


def _dust_transmission(
    galaxy: Galaxy, plane: DiscPlane, dust_ridge: Plane, rng: np.random.Generator
) -> Plane:
    """Return what the dust sheet lets through in each band: (3, N, N)."""
    if galaxy.dust is None:
        return np.ones((3, *plane.radius.shape), dtype=np.float32)
    dust: DustLane = galaxy.dust
    smooth = np.exp(-plane.radius / np.float32(dust.scale_length_px))
    clumps = structure.texture(plane, plane.azimuth, rng, radial_length=0.12, angular_length=0.12)
    smooth *= np.exp(np.float32(dust.clumpiness) * clumps)
    arm_share = np.float32(dust.arm_share if galaxy.arms is not None else 0.0)
    face_on = np.float32(dust.optical_depth) * smooth * (1 - arm_share + arm_share * dust_ridge)
    spread = vertical_transfer(plane, plane.radius.shape, scale_height_px=dust.scale_height_px)
    depth = convolve(face_on / np.float32(plane.cos_inclination), spread)
    return transmission(np.clip(depth, 0, 30))


def _add_flat(
    lit: _Light, layers: list[Layer], galaxy: Galaxy, plane: DiscPlane, through: Plane
) -> None:
    """Spread the thin layers over the disc's thickness and add them before and behind the dust."""
    height = galaxy.disc.scale_height_px if galaxy.disc is not None else 1.0
    # Stars inside the dust sheet count as behind it.
    cut = math.inf if galaxy.dust is None else min(galaxy.dust.scale_height_px, height)
    shape = plane.radius.shape
    thin = np.stack([layer.light for layer in layers])
    front = convolve(thin, vertical_transfer(plane, shape, scale_height_px=height, above_px=cut))
    back = convolve(thin, vertical_transfer(plane, shape, scale_height_px=height, below_px=cut))
    for layer, before, behind in zip(layers, front, back, strict=True):
        # The transform rings by rounding error only; light is never negative.
        before, behind = np.maximum(before, 0), np.maximum(behind, 0)
        lit.add(layer.component, layer.population, before, behind, through)


def _add_bulge(lit: _Light, bulge: Bulge, plane: DiscPlane, through: Plane) -> None:
    """Add a spheroid, part of it behind the dust."""
    light = bulge.flux * profiles.sersic_profile(
        plane.along,
        plane.across,
        half_light_radius_px=bulge.half_light_radius_px,
        sersic_index=bulge.sersic_index,
        axis_ratio=bulge.axis_ratio,
    )
    behind = _share_behind(plane, bulge.half_light_radius_px)
    lit.add("bulge", OLD, light * (1 - behind), light * behind, through)


def _share_behind(plane: DiscPlane, half_light_radius_px: float) -> Plane:
    """Return the share of a spheroid's light that lies behind the plane of the disc.

    Half at the centre, more on the near side. The depth of a spheroid's light along a line
    of sight is taken as Lorentzian, as wide as the larger of its distance and its core.
    """
    depth = -plane.across * np.float32(plane.sin_inclination / plane.cos_inclination)
    core = np.sqrt(plane.along**2 + plane.across**2 + np.float32(half_light_radius_px**2))
    return np.asarray(0.5 + np.arctan(depth / core) / math.pi, dtype=np.float32)
