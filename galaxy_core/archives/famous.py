"""Forty famous galaxies across the Hubble sequence, ready to be named without a network.

Positions (J2000), major axes at 25 mag/arcsec² and types: OpenNGC (M. Verga, CC BY-SA 4.0; from
NED, HyperLEDA and Simbad), except Hoag's Object (Schweizer et al. 1987) and where a type was
refined after the RC3 (de Vaucouleurs et al. 1991). Which surveys cover one follows from the
surveys' own footprints (``surveys_covering``); nothing is repeated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from galaxy_core.cutout import SkyPosition


@dataclass(frozen=True, slots=True)
class FamousGalaxy:
    """One galaxy worth fetching.

    Parameters
    ----------
    name : str
        What most people call it; ``M51``, ``NGC 1300``.
    also : tuple of str
        Other names.
    position : SkyPosition
        Of its nucleus.
    hubble_type : str
        Revised Hubble type.
    major_axis_arcmin : float
        D25, arcminutes.
    sentence : str
        What there is to see, for everybody.
    """

    name: str
    also: tuple[str, ...]
    position: SkyPosition
    hubble_type: str
    major_axis_arcmin: float
    sentence: str


def _entry(
    names: str, where: tuple[float, float], hubble_type: str, axis: float, sentence: str
) -> FamousGalaxy:
    first, *others = names.split(" = ")
    return FamousGalaxy(first, tuple(others), SkyPosition(*where), hubble_type, axis, sentence)


FAMOUS: tuple[FamousGalaxy, ...] = (
    _entry(
        "M32 = NGC 221",
        (10.6743, 40.8653),
        "cE2",
        7.74,
        "A small, dense elliptical beside the Andromeda Galaxy.",
    ),
    _entry(
        "M105 = NGC 3379",
        (161.9566, 12.5816),
        "E1",
        4.89,
        "The textbook elliptical: smooth light and nothing else.",
    ),
    _entry(
        "M87 = NGC 4486 = Virgo A",
        (187.7059, 12.3911),
        "E0",
        7.11,
        "A giant elliptical with a jet; its black hole was the first to be pictured.",
    ),
    _entry(
        "M49 = NGC 4472",
        (187.4448, 8.0005),
        "E2",
        10.21,
        "The brightest galaxy of the Virgo Cluster.",
    ),
    _entry(
        "M60 = NGC 4649",
        (190.9166, 11.5527),
        "E2",
        6.78,
        "A giant elliptical that seems to touch a small spiral, NGC 4647.",
    ),
    _entry(
        "M84 = NGC 4374",
        (186.2656, 12.8870),
        "E1",
        7.41,
        "An elliptical in the heart of the Virgo Cluster, with a thin dust lane inside.",
    ),
    _entry(
        "M59 = NGC 4621",
        (190.5093, 11.6470),
        "E5",
        4.55,
        "An elongated elliptical that hides a faint disc.",
    ),
    _entry(
        "M89 = NGC 4552", (188.9159, 12.5563), "E0", 8.13, "An almost perfectly round elliptical."
    ),
    _entry(
        "NGC 4889 = Caldwell 35",
        (195.0339, 27.9770),
        "E4",
        2.59,
        "One of the two giants in the middle of the Coma Cluster.",
    ),
    _entry(
        "M110 = NGC 205",
        (10.0920, 41.6853),
        "E5 pec",
        16.22,
        "A dwarf companion of the Andromeda Galaxy, with young stars and dust inside.",
    ),
    _entry(
        "NGC 3115 = Spindle Galaxy in Sextans",
        (151.3083, -7.7186),
        "S0",
        7.10,
        "A lenticular seen edge-on: a disc like a spiral's, but no arms and no gas.",
    ),
    _entry(
        "NGC 5866 = Spindle Galaxy in Draco",
        (226.6229, 55.7632),
        "S0",
        6.31,
        "A lenticular with a razor-thin dust lane across it.",
    ),
    _entry(
        "M104 = NGC 4594 = Sombrero Galaxy",
        (189.9976, -11.6231),
        "Sa",
        8.45,
        "A huge bulge with a dark rim of dust, like a hat seen from the side.",
    ),
    _entry(
        "M94 = NGC 4736",
        (192.7211, 41.1204),
        "SAab",
        7.74,
        "A tight ring of newborn stars around a bright middle.",
    ),
    _entry(
        "M64 = NGC 4826 = Black Eye Galaxy",
        (194.1818, 21.6830),
        "SAab",
        10.52,
        "A dark band of dust lies across its bright middle.",
    ),
    _entry(
        "M81 = NGC 3031 = Bode's Galaxy",
        (148.8882, 69.0653),
        "SAab",
        21.63,
        "A grand spiral with smooth, regular arms.",
    ),
    _entry(
        "M31 = NGC 224 = Andromeda Galaxy",
        (10.6848, 41.2691),
        "SAb",
        177.83,
        "Our large neighbour, six times as wide on the sky as the full Moon.",
    ),
    _entry(
        "M77 = NGC 1068",
        (40.6696, -0.0133),
        "SAb",
        6.11,
        "A spiral with a feeding black hole, the prototype of the Seyfert galaxies.",
    ),
    _entry(
        "NGC 2841",
        (140.5110, 50.9765),
        "SAb",
        6.90,
        "Its arms are many short pieces: a flocculent spiral.",
    ),
    _entry(
        "NGC 891",
        (35.6392, 42.3491),
        "SAb, edge-on",
        13.03,
        "A spiral exactly from the side: the arms cannot be seen, the dust can.",
    ),
    _entry(
        "NGC 4565 = Needle Galaxy",
        (189.0866, 25.9877),
        "SAb, edge-on",
        16.75,
        "A needle of light with a small bulge: a spiral from the side.",
    ),
    _entry(
        "M51 = NGC 5194 = Whirlpool Galaxy",
        (202.4696, 47.1952),
        "SAbc pec",
        13.71,
        "Two grand arms, one of them reaching for a companion.",
    ),
    _entry(
        "M63 = NGC 5055 = Sunflower Galaxy",
        (198.9555, 42.0293),
        "SAbc",
        11.83,
        "Patchy arms all around, like the seeds of a sunflower.",
    ),
    _entry(
        "M100 = NGC 4321",
        (185.7285, 15.8218),
        "SABbc",
        6.10,
        "Two clear arms, seen from above, in the Virgo Cluster.",
    ),
    _entry(
        "M106 = NGC 4258",
        (184.7396, 47.3040),
        "SABbc",
        16.98,
        "A spiral with two extra arms of gas, driven by its black hole.",
    ),
    _entry(
        "M61 = NGC 4303",
        (185.4788, 4.4736),
        "SABbc",
        6.89,
        "Arms with sharp bends, full of newborn stars.",
    ),
    _entry(
        "NGC 7331",
        (339.2667, 34.4155),
        "SAb",
        9.27,
        "A tilted spiral often called a twin of the Milky Way.",
    ),
    _entry(
        "M95 = NGC 3351",
        (160.9904, 11.7038),
        "SBb",
        7.23,
        "A bar inside a ring inside faint arms.",
    ),
    _entry(
        "M109 = NGC 3992", (179.3999, 53.3745), "SBbc", 8.07, "A bar with arms from both its ends."
    ),
    _entry(
        "NGC 1300",
        (49.9212, -19.4114),
        "SBbc",
        5.96,
        "The textbook barred spiral: a long bar and an arm from each end.",
    ),
    _entry(
        "NGC 1365",
        (53.4015, -36.1404),
        "SBb",
        12.02,
        "A giant barred spiral in the Fornax Cluster.",
    ),
    _entry(
        "M74 = NGC 628",
        (24.1740, 15.7837),
        "SAc",
        9.89,
        "The perfect spiral, seen exactly from above.",
    ),
    _entry(
        "M33 = NGC 598 = Triangulum Galaxy",
        (23.4620, 30.6602),
        "SAcd",
        62.09,
        "A neighbour with loose, ragged arms.",
    ),
    _entry(
        "M83 = NGC 5236",
        (204.2540, -29.8654),
        "SABc",
        13.61,
        "A bright southern spiral with a short bar.",
    ),
    _entry(
        "M101 = NGC 5457 = Pinwheel Galaxy",
        (210.8023, 54.3489),
        "SABcd",
        23.99,
        "A huge, lopsided spiral with pink knots of newborn stars.",
    ),
    _entry("NGC 4414", (186.6129, 31.2235), "SAc", 1.95, "A fluffy spiral without long arms."),
    _entry(
        "NGC 4449",
        (187.0463, 44.0936),
        "IBm",
        4.66,
        "A small irregular galaxy with newborn stars everywhere.",
    ),
    _entry(
        "M82 = NGC 3034 = Cigar Galaxy",
        (148.9697, 69.6794),
        "I0, edge-on",
        10.99,
        "So many stars are born at once that gas is blown out of it.",
    ),
    _entry(
        "Antennae Galaxies = NGC 4038 = NGC 4039",
        (180.4710, -18.8770),
        "SBm pec",
        5.42,
        "Two spirals in collision: what would you call that?",
    ),
    _entry(
        "Hoag's Object = PGC 54559",
        (229.3106, 21.5856),
        "ring",
        0.55,
        "A ring of young stars around a round ball of old ones, with nothing in between.",
    ),
)


def find_famous(name: str) -> FamousGalaxy | None:
    """Return the famous galaxy of a name, or None. Case and spaces do not matter."""
    wanted = _folded(name)
    for galaxy in FAMOUS:
        if wanted in {_folded(known) for known in (galaxy.name, *galaxy.also)}:
            return galaxy
    return None


def _folded(name: str) -> str:
    """Lower case without spaces; ``Messier 51`` is ``m51``."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower().replace("messier", "m"))
    return re.sub(r"^(m|ngc|ic|pgc)0+", r"\1", plain)
