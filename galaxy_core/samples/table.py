"""The table of samples: what each is called, what it shows, what a network should say.

Words for readers stand here; the parameters that the pictures are drawn from stand in
``simulate.gallery`` under the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SampleKind(StrEnum):
    """What a sample shows."""

    ELLIPTICAL = "elliptical"
    SPIRAL = "spiral"
    LENTICULAR = "lenticular"
    RING = "ring"
    MERGER = "merger"
    STAR_FIELD = "star field"
    PICTURE = "picture"


class Expected(StrEnum):
    """What a network should say: NONE where neither class is right, or none is known."""

    SPIRAL = "spiral"
    ELLIPTICAL = "elliptical"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of the samples.

    Parameters
    ----------
    key : str
        Stands in links: letters, digits and hyphens.
    title : str
        A few words; free of control characters, whatever the file was called.
    kind : SampleKind
        What it shows.
    description : str
        One plain sentence for newcomers.
    expected : Expected
        What a network should say.
    """

    key: str
    title: str
    kind: SampleKind
    description: str
    expected: Expected


EMBEDDED: tuple[Sample, ...] = (
    Sample(
        "elliptical",
        "Elliptical galaxy",
        SampleKind.ELLIPTICAL,
        "A smooth, yellowish ball of old stars that fades outwards and has no arms.",
        Expected.ELLIPTICAL,
    ),
    Sample(
        "grand-design-spiral",
        "Grand-design spiral",
        SampleKind.SPIRAL,
        "A disc seen from above, with two long blue arms of young stars around a yellow centre.",
        Expected.SPIRAL,
    ),
    Sample(
        "barred-spiral",
        "Barred spiral",
        SampleKind.SPIRAL,
        "A spiral whose arms start at the ends of a straight bar of old stars.",
        Expected.SPIRAL,
    ),
    Sample(
        "edge-on-spiral",
        "Edge-on spiral",
        SampleKind.SPIRAL,
        "A spiral seen from the side: a thin disc, split by a dark lane of dust.",
        Expected.SPIRAL,
    ),
    Sample(
        "flocculent-spiral",
        "Flocculent spiral",
        SampleKind.SPIRAL,
        "A spiral whose arms are broken into many short, woolly pieces.",
        Expected.SPIRAL,
    ),
    Sample(
        "ring-galaxy",
        "Ring galaxy",
        SampleKind.RING,
        "A blue ring of young stars around a yellow core; neither of the two classes fits.",
        Expected.NONE,
    ),
    Sample(
        "merger",
        "Merging galaxies",
        SampleKind.MERGER,
        "Two galaxies in collision, which tear long tails of stars out of each other.",
        Expected.NONE,
    ),
    Sample(
        "lenticular",
        "Lenticular galaxy",
        SampleKind.LENTICULAR,
        "A disc without arms, between the two classes: even astronomers disagree on such ones.",
        Expected.NONE,
    ),
    Sample(
        "star-field",
        "Star field",
        SampleKind.STAR_FIELD,
        "Stars of our own Milky Way and no galaxy to classify; a good network should say so.",
        Expected.NONE,
    ),
)
