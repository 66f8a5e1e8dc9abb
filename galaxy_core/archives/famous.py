"""Forty famous galaxies across the Hubble sequence, ready to be named without a network.

They stand in ``famous.csv``. Positions (J2000), major axes at 25 mag/arcsec² and types: OpenNGC
(M. Verga, CC BY-SA 4.0; from NED, HyperLEDA and Simbad), except Hoag's Object (Schweizer et al.
1987) and where a type was refined after the RC3 (de Vaucouleurs et al. 1991). Which surveys cover
one follows from the surveys' own footprints (``surveys_covering``); nothing is repeated here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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


def read_famous(path: Path) -> tuple[FamousGalaxy, ...]:
    """Return the galaxies of a table; `` = `` parts names, the first is what we say."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_galaxy(row) for row in csv.DictReader(file))


def _galaxy(row: Mapping[str, str]) -> FamousGalaxy:
    first, *others = row["names"].split(" = ")
    return FamousGalaxy(
        first,
        tuple(others),
        SkyPosition(float(row["ra_deg"]), float(row["dec_deg"])),
        row["hubble_type"],
        float(row["major_axis_arcmin"]),
        row["sentence"],
    )


FAMOUS = read_famous(Path(__file__).with_suffix(".csv"))


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
