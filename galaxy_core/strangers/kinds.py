"""The table of kinds of strangers, and the one call that draws them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers import artefacts, borrowed, cards, drawn, nebulae, starlight


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
    ("dark clouds", nebulae.dark_clouds),
    ("planetary nebula", nebulae.planetary_nebula),
    ("star field", starlight.star_field),
    ("simulated star field", starlight.simulated_star_field),
    ("survey field", starlight.survey_field),
    ("blank sky", starlight.blank_sky),
    ("saturated star", artefacts.saturated_star),
    ("satellite trails", artefacts.satellite_trails),
    ("page of text", drawn.page_of_text),
    ("error message on a cutout", drawn.error_message),
    ("shapes", drawn.shapes),
    ("planet", cards.planet),
    ("gradient", cards.gradient),
    ("plain noise", cards.plain_noise),
    ("chessboard", cards.chessboard),
    ("photograph", borrowed.fit_photograph),
    ("face", borrowed.fit_face),
)
_TEST = (
    ("filaments", nebulae.filaments),
    ("nebula shell", nebulae.shell),
    ("open cluster", starlight.open_cluster),
    ("globular cluster", starlight.globular_cluster),
    ("cluster of galaxies", starlight.galaxy_cluster),
    ("bleeding columns", artefacts.bleeding_columns),
    ("cosmic rays", artefacts.cosmic_rays),
    ("ghosts", artefacts.ghosts),
    ("large letters", drawn.large_letters),
    ("diagram", drawn.diagram),
    ("test card", cards.test_card),
    ("coloured noise", cards.coloured_noise),
    ("moiré", cards.moire),
    ("other photograph", borrowed.test_photograph),
    ("other face", borrowed.test_face),
    ("handwritten digit", borrowed.digit),
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
