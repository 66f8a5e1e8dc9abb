"""The table of kinds of strangers, and the one call that draws them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers import (
    artefacts,
    bodies,
    borrowed,
    cards,
    clusters,
    defects,
    drawn,
    figures,
    lights,
    nebulae,
    optics,
    starlight,
)


class Family(StrEnum):
    """What a kind is for; no kind is in both."""

    FIT = "fit"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of picture that shows no single galaxy.

    Parameters
    ----------
    name : str
        Identifier.
    family : Family
        Whether a detector may be fitted on it.
    draw : callable
        ``draw(rng, size_px)`` returns (H, W, 3) float32 pixels in [0, 1]; None where it needs
        pictures of a library that is not installed.
    """

    name: str
    family: Family
    draw: Callable[[np.random.Generator, int], FloatImage | None]


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """One picture that shows no single galaxy.

    Parameters
    ----------
    kind, family : str, Family
        Of what kind it is, and which family that belongs to.
    pixels : ndarray, shape (H, W, 3), float32
        In [0, 1].
    """

    kind: str
    family: Family
    pixels: FloatImage


_FIT = (
    ("emission nebula", nebulae.emission_nebula),
    ("lit nebula", nebulae.lit_nebula),
    ("dark clouds", nebulae.dark_clouds),
    ("planetary nebula", nebulae.planetary_nebula),
    ("nebula shell", nebulae.shell),
    ("bipolar nebula", nebulae.bipolar_nebula),
    ("star field", starlight.star_field),
    ("simulated star field", starlight.simulated_star_field),
    ("survey field", starlight.survey_field),
    ("blank sky", starlight.blank_sky),
    ("globular cluster", starlight.globular_cluster),
    ("rich globular cluster", clusters.rich_globular),
    ("distant globular cluster", clusters.distant_globular),
    ("sparse cluster", clusters.sparse_cluster),
    ("nebulous cluster", clusters.nebulous_cluster),
    ("Milky Way", clusters.milky_way),
    ("saturated star", artefacts.saturated_star),
    ("star with halo", optics.star_with_halo),
    ("double star", optics.double_star),
    ("defocused stars", optics.defocused_stars),
    ("satellite trails", artefacts.satellite_trails),
    ("ghosts", artefacts.ghosts),
    ("flat field", optics.flat_field),
    ("radial gradient", optics.radial_gradient),
    ("amplifier glow", optics.amplifier_glow),
    ("lens flare", optics.lens_flare),
    ("fringes", optics.fringes),
    ("dead columns", defects.dead_columns),
    ("mosaic seam", defects.mosaic_seam),
    ("trailed stars", defects.trailed_stars),
    ("comet", bodies.comet),
    ("planet", cards.planet),
    ("crescent", bodies.crescent),
    ("firework", lights.firework),
    ("flame", lights.flame),
    ("storm", lights.storm),
    ("stained cells", lights.stained_cells),
    ("body scan", lights.body_scan),
    ("soft blobs", lights.soft_blobs),
    ("page of text", drawn.page_of_text),
    ("error message on a cutout", drawn.error_message),
    ("shapes", drawn.shapes),
    ("cartoon", figures.cartoon),
    ("heat map", figures.heat_map),
    ("scatter plot", figures.scatter_plot),
    ("street map", figures.street_map),
    ("square code", figures.square_code),
    ("drawn spiral", figures.drawn_spiral),
    ("gradient", cards.gradient),
    ("plain noise", cards.plain_noise),
    ("coloured noise", cards.coloured_noise),
    ("chessboard", cards.chessboard),
    ("handwritten digit", borrowed.digit),
    ("photograph", borrowed.fit_photograph),
    ("face", borrowed.fit_face),
    ("spotlit photograph", borrowed.fit_spotlit),
)
_TEST = (
    ("filaments", nebulae.filaments),
    ("open cluster", starlight.open_cluster),
    ("cluster of galaxies", starlight.galaxy_cluster),
    ("jittered stars", defects.jittered_stars),
    ("bleeding columns", artefacts.bleeding_columns),
    ("cosmic rays", artefacts.cosmic_rays),
    ("hot pixels", defects.hot_pixels),
    ("compression blocks", defects.compression_blocks),
    ("bokeh", optics.bokeh),
    ("ringed planet", bodies.ringed_planet),
    ("spotted Sun", bodies.spotted_sun),
    ("large letters", drawn.large_letters),
    ("diagram", drawn.diagram),
    ("pie chart", figures.pie_chart),
    ("screenshot", figures.screenshot),
    ("ornament", figures.ornament),
    ("fractal", figures.fractal),
    ("test card", cards.test_card),
    ("moiré", cards.moire),
    ("other photograph", borrowed.test_photograph),
    ("other face", borrowed.test_face),
    ("other spotlit photograph", borrowed.test_spotlit),
    ("texture", borrowed.texture),
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {name: Kind(name, Family.FIT, draw) for name, draw in _FIT}
    | {name: Kind(name, Family.TEST, draw) for name, draw in _TEST}
)

_SIZES_PX = (96, 128, 160, 200, 256, 320)


def stranger_pictures(
    *, seed: int, count: int, family: Family | None = None
) -> Iterator[Stranger]:
    """Yield pictures that show no single galaxy, the kinds in turn.

    Parameters
    ----------
    seed : int
        Not negative; picture ``i`` depends on the seed, on ``i`` and its kind only.
    count : int
        How many to draw. Kinds that need a library that is not installed are left out
        (scikit-image is there for development only), so the others come more often.
    family : Family, optional
        Only kinds of this family.
    """
    kinds = [kind for kind in KINDS.values() if family in (None, kind.family)]
    drawn_count = index = 0
    while drawn_count < count and kinds:
        kind = kinds[index % len(kinds)]
        rng = np.random.default_rng([seed, index])
        pixels = kind.draw(rng, int(rng.choice(_SIZES_PX)))
        if pixels is None:
            kinds.remove(kind)
            continue
        index += 1
        drawn_count += 1
        yield Stranger(kind.name, kind.family, np.clip(pixels, 0, 1).astype(np.float32))
