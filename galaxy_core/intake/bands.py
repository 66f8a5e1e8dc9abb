"""Which filter a plane was taken through, and which planes make red, green and blue.

Works on words from headers and file names only; reads no files. What it cannot tell it
leaves open (``None``): a guess that is wrong shows a galaxy in false colours.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

# Effective wavelengths in nanometres: SDSS and Pan-STARRS (Fukugita et al. 1996; Tonry et
# al. 2012), Johnson-Cousins and JHK (Bessell 2005), GALEX, WISE and IRAC handbooks.
_WAVELENGTH_NM = {
    "FUV": 154.0, "NUV": 232.0,
    "u": 354.0, "g": 477.0, "r": 623.0, "i": 763.0, "z": 913.0, "y": 1004.0,
    "U": 365.0, "B": 445.0, "V": 551.0, "R": 658.0, "I": 806.0, "Y": 1020.0,
    "G": 477.0, "Z": 913.0,  # EXTNAME is written in capitals
    "J": 1235.0, "H": 1662.0, "K": 2190.0, "Ks": 2159.0,
    "j": 1235.0, "h": 1662.0, "k": 2159.0,  # as 2MASS writes them
    "W1": 3350.0, "W2": 4600.0, "W3": 11560.0, "W4": 22090.0,
    "IRAC1": 3550.0, "IRAC2": 4490.0, "IRAC3": 5730.0, "IRAC4": 7870.0,
    "blue": 445.0, "green": 551.0, "red": 658.0,
}  # fmt: skip
# HST and JWST name filters by wavelength: F814W.
_SPACE_FILTER = re.compile(r"F(\d{3,4})(?:W2|LP|[WMNX])$", re.IGNORECASE)
_EMPTY = re.compile(
    r"(?:CLEAR\w*|OPEN|NONE|N/?A|EMPTY|UNKNOWN|AIR|GRISM.*|PUPIL.*)$", re.IGNORECASE
)
# As in "HSC-I", "SDSS r", "g DECam", "r.MP9602", "SLOAN_R", "PS1_y"; and "Bessell R".
_SLOAN_LIKE = re.compile(r"sdss|sloan|decam|hsc|ps1|panstarrs|pan-starrs|megacam|mp9|lsst", re.I)
_BESSELL_LIKE = re.compile(r"bessell?|johnson|cousins|harris|kron", re.I)
_LETTERS_IN_ORDER = "ugrizy"
# Who numbers its filters; DESI, Pan-STARRS and others write a name in the same card.
_NUMBERED = {
    "GALEX": ("NUV", "FUV"),
    "WISE": ("W1", "W2", "W3", "W4"),
    "IRAC": ("IRAC1", "IRAC2", "IRAC3", "IRAC4"),
}
# What red, green and blue would ideally be (i, r, g): an optical picture as surveys show it.
_IDEAL_NM = (763.0, 623.0, 477.0)


def wavelength_nm(filter_name: str) -> float | None:
    """Return the effective wavelength of a filter in nanometres; None if it is not known.

    Takes the spellings of headers: ``r``, ``SDSS-R``, ``HSC-I``, ``r.MP9602``, ``g DECam
    SDSS c0001 4720.0 1520.0``, ``F814W``, ``F444W``, ``Ks``, ``IRAC1``.
    """
    for word in re.split(r"[\s,;:_.\-/()]+", filter_name.strip()):
        found = _of_word(word.rstrip("'′"), filter_name)
        if found is not None:
            return found
    return None


def is_filter(text: str) -> bool:
    """Say whether a header's filter entry names a filter at all, rather than an open slot."""
    return bool(text.strip()) and not _EMPTY.match(text.strip())


def numbered_band(taken_by: str, text: str) -> str:
    """Return the filter's name where a telescope or instrument gives its number; else the text."""
    for who, names in _NUMBERED.items():
        if who in taken_by.upper() and text.isdigit() and 1 <= int(text) <= len(names):
            return names[int(text) - 1]
    return text


def band_of_file(name: str, planes: int) -> tuple[str, ...]:
    """Return the bands that a file's name announces, one a plane; empty if it announces none.

    ``m51_grizy.fits`` with five planes gives ``("g", "r", "i", "z", "y")``;
    ``hst4784.r.fits`` with one gives ``("r",)``; ``ngc1300_F814W.fits`` gives ``("F814W",)``.
    """
    words = [word for word in re.split(r"[\s_.\-]+", name.rsplit(".fit", 1)[0]) if word]
    for word in reversed(words):
        in_order = re.fullmatch(f"[{_LETTERS_IN_ORDER}]+", word)
        if planes > 1 and len(word) == planes and in_order and len(set(word)) == planes:
            return tuple(word)
        if planes == 1 and (word in _WAVELENGTH_NM or _SPACE_FILTER.match(word)):
            return (word,)
    return ()


def choose_colours(wavelengths_nm: Sequence[float | None]) -> tuple[int, int | None, int] | None:
    """Return which entries to show as red, green, blue; None if no two differ.

    Longer waves are redder. Of more than three bands those nearest to i, r, g are taken.
    With two, green is None: the mean of both.
    """
    known: dict[float, int] = {}
    for index, wavelength in enumerate(wavelengths_nm):
        if wavelength is not None:
            known.setdefault(wavelength, index)
    ordered = sorted(known, reverse=True)[:24]
    if len(ordered) < 2:
        return None
    if len(ordered) == 2:
        return known[ordered[0]], None, known[ordered[1]]
    best = min(itertools.combinations(ordered, 3), key=_distance_from_ideal)
    return known[best[0]], known[best[1]], known[best[2]]


def _distance_from_ideal(trio: tuple[float, ...]) -> float:
    """Sum how many e-foldings each wavelength lies from its ideal."""
    return sum(abs(math.log(one / ideal)) for one, ideal in zip(trio, _IDEAL_NM))


def _of_word(word: str, whole: str) -> float | None:
    """Look one word up, with the whole entry as context."""
    space = _SPACE_FILTER.match(word)
    if space:
        number = float(space.group(1))
        # JWST (F070W to F2550W) and HST's infrared filters (F098M to F167N) count in 10 nm;
        # HST's optical ones start at F200LP.
        in_ten_nm = "JWST" in whole.upper() or number < 170.0 or number >= 1000.0
        return number * 10.0 if in_ten_nm else number
    if word in ("up", "gp", "rp", "ip", "zp", "zs", "gs", "rs", "is", "us"):
        return _WAVELENGTH_NM[word[0]]
    if len(word) == 1 and word.upper() == word and _SLOAN_LIKE.search(whole):
        return _WAVELENGTH_NM.get(word.lower())
    if len(word) == 1 and _BESSELL_LIKE.search(whole):
        return _WAVELENGTH_NM.get(word.upper())
    if word in _WAVELENGTH_NM:
        return _WAVELENGTH_NM[word]
    for key, value in _WAVELENGTH_NM.items():
        if len(key) > 1 and key.lower() == word.lower():
            return value
    return None
