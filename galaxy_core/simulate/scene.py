"""Parameters and a seed -> a picture, the light behind it, and where each component is.

The one place where galaxy, sky and telescope meet. Draws no parameters itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from galaxy_core.cutout import Cutout, FloatImage, Mask, Origin, Provenance
from galaxy_core.simulate import observe, sky
from galaxy_core.simulate.geometry import Plane, SkyGrid, convolve
from galaxy_core.simulate.parameters import SceneParameters
from galaxy_core.simulate.render import GalaxyLight, render_galaxy

# Fainter than the nominal noise of one pixel, a component belongs to the sky.
DETECTION_FLUX = 1.0

# Share of a pixel's light from which on it belongs to a component. Bulge and disc are what
# everything else lies on, so there they must dominate; the rest is structure on top.
_MASK_SHARES: Mapping[str, float] = MappingProxyType(
    {"bulge": 0.5, "disc": 0.5, "companion": 0.5, "stars": 0.5, "background": 0.5}
)
_STRUCTURE_SHARE = 0.25
_DUST_DIMMING = 0.15

_R_BAND = 1


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedGalaxy:
    """A simulated picture with its ground truth.

    Parameters
    ----------
    cutout : Cutout
        What a survey would show; its origin is SIMULATED.
    parameters : SceneParameters
        What it was made from.
    seed : int
        The seed that its irregularities, field and noise were drawn with.
    linear_flux : ndarray, shape (H, W, 3), float32
        The light in i, r, g (as red, green, blue) after the point-spread function, without
        noise, flux units (see `simulate.parameters`), not negative.
    masks : mapping of str to ndarray, shape (H, W), bool
        Where each component is, only those that the scene has: ``bulge``, ``disc``, ``arms``,
        ``bar``, ``ring``, ``knots``, ``tail``, ``dust``, ``companion``, ``stars``,
        ``background``, and ``galaxy`` (all light of the galaxy in question above
        `DETECTION_FLUX`). Bulge and disc hold the pixels where they give most of the light,
        structure those where it gives a quarter (dust: takes 15% in r); masks may overlap.
    """

    cutout: Cutout
    parameters: SceneParameters
    seed: int
    linear_flux: FloatImage
    masks: Mapping[str, Mask]


def simulate_galaxy(
    parameters: SceneParameters, *, seed: int, name: str = "simulated galaxy"
) -> SimulatedGalaxy:
    """Return the picture of a scene with its ground truth.

    The same parameters and seed give the same pixels.

    Parameters
    ----------
    parameters : SceneParameters
        The galaxy, its companions and the observation.
    seed : int
        Not negative; draws raggedness, knots, field and noise.
    name : str
        What the cutout is called.
    """
    galaxy_rng, sky_rng, noise_rng = np.random.default_rng(seed).spawn(3)
    observation = parameters.observation
    grid = SkyGrid.around(
        observation.image_size_px, margin_px=max(12, round(4 * observation.psf_fwhm_px))
    )
    bands, components, dimming = _draw(parameters, grid, galaxy_rng, sky_rng)
    transfer = observe.psf_transfer(grid, fwhm_px=observation.psf_fwhm_px)
    # The transform's rounding may leave the sky a hair below zero.
    seen = np.maximum(grid.crop(convolve(bands, transfer)), 0)
    blurred = grid.crop(convolve(np.stack([*components.values(), dimming]), transfer))
    shares = dict(zip([*components, "dust"], blurred, strict=True))
    noisy = seen + observe.observe_noise(seen, observation, noise_rng)
    pixels = observe.stretch_colours(noisy, observation)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    flux = np.ascontiguousarray(np.moveaxis(seen, 0, 2))
    flux.flags.writeable = False
    return SimulatedGalaxy(
        cutout=Cutout(pixels, Provenance(Origin.SIMULATED, name, sha256=digest)),
        parameters=parameters,
        seed=seed,
        linear_flux=flux,
        masks=_masks(shares, seen[_R_BAND]),
    )


def _draw(
    parameters: SceneParameters,
    grid: SkyGrid,
    galaxy_rng: np.random.Generator,
    sky_rng: np.random.Generator,
) -> tuple[Plane, dict[str, Plane], Plane]:
    """Return all light in three bands, each component's in r, and the dimming by dust."""
    observation = parameters.observation
    field = {
        "stars": sky.scatter_stars(grid, observation, sky_rng),
        "background": sky.scatter_background(grid, observation, sky_rng),
    }
    lights = [render_galaxy(galaxy, grid, galaxy_rng) for galaxy in parameters.companions]
    main: GalaxyLight | None = None
    if parameters.galaxy is not None:
        main = render_galaxy(parameters.galaxy, grid, galaxy_rng)
    bands = sum((light.bands for light in lights), start=field["stars"] + field["background"])
    components = {name: light[_R_BAND] for name, light in field.items() if light.any()}
    if lights:
        components["companion"] = np.sum([light.bands[_R_BAND] for light in lights], axis=0)
    if main is None:
        return bands, components, np.zeros(grid.shape, dtype=np.float32)
    return bands + main.bands, components | main.components, main.dimming


def _masks(shares: dict[str, Plane], total: Plane) -> Mapping[str, Mask]:
    """Return where each component is, from its light in r and the light of everything."""
    dimming = shares.pop("dust")
    masks: dict[str, Mask] = {}
    outside = ("stars", "background", "companion")
    inside = [light for name, light in shares.items() if name not in outside]
    for name, light in shares.items():
        share = _MASK_SHARES.get(name, _STRUCTURE_SHARE)
        masks[name] = (light >= DETECTION_FLUX) & (light >= share * total)
    if inside:
        masks["galaxy"] = np.sum(inside, axis=0) >= DETECTION_FLUX
        if dimming.any():
            masks["dust"] = masks["galaxy"] & (dimming >= _DUST_DIMMING)
    for mask in masks.values():
        mask.flags.writeable = False
    return MappingProxyType({name: mask for name, mask in masks.items() if mask.any()})
