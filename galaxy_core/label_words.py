"""What people write for spiral and for elliptical -> 1, 0, or None for neither.

Words, flags, Hubble types (de Vaucouleurs 1959), T types (de Vaucouleurs 1977), Galaxy Zoo 2
classes (Willett et al. 2013) and vote fractions. Lenticulars, irregulars, edge-on discs that
are called no more than that, and mergers are neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_FLAGS = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "0": 0, "0.0": 0, "false": 0, "no": 0}
_SPIRAL_WORDS = re.compile(
    r"((un)?barred |(anti)?clockwise |edge on )?spirals?( galax(y|ies))?|late( type)?"
)
_ELLIPTICAL_WORDS = re.compile(r"ellipticals?( galax(y|ies))?|ell?|early( type)?")
# (R)SAB(rs)bc and Galaxy Zoo's SBc2m; also S, SA, SB alone. Not S0, S0-a, S?, Ser (edge-on).
_SPIRAL_TYPE = re.compile(
    r"(\(R'?\))?S(A|B|AB|X)?(\([rs]+\))?((ab|bc|cd|dm|[abcdm])([1-4+?]?[tml])?(\([a-z]\))?)?:?"
)
_ELLIPTICAL_TYPE = re.compile(r"c?E([+-]|\d([.,]\d)?)?:?|E[ric](\([a-z]\))?")
_FLAG_COLUMNS = frozenset({"spiral", "is_spiral"})
_OPPOSITE_COLUMNS = frozenset({"elliptical", "is_elliptical"})
_T_ELLIPTICAL, _T_SPIRAL_FROM, _T_SPIRAL_BELOW, _T_LEAST = -3.5, 0.5, 9.5, -7.0
_CLEAN = 0.8  # share of votes, as in Lintott et al. (2008)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the classes of a table are read.

    Parameters
    ----------
    column : str
        From which column.
    spiral_of : callable
        Row -> 1, 0 or None.
    how : str
        A sentence on what was assumed; empty where nothing was.
    """

    column: str
    spiral_of: Callable[[Mapping[str, str]], int | None]
    how: str = ""


def read_words(
    column: str, name: str, rows: Sequence[Mapping[str, str]], *, elliptical: str | None = None
) -> Reading:
    """Return how a column of classes is to be read, by its name and all that stands in it.

    Parameters
    ----------
    column, name : str
        What the table calls it, and the same in small letters.
    rows : sequence of mappings
        The table.
    elliptical : str, optional
        A column of flags beside it: what is flagged in neither is neither (Galaxy Zoo 1).
    """
    if name in _OPPOSITE_COLUMNS:
        return Reading(column, lambda row: _opposite(row[column]), "There 1 means elliptical.")
    if name in _FLAG_COLUMNS and elliptical is not None:
        return Reading(
            column,
            lambda row: _one_of_two(row[column], row[elliptical]),
            f"An elliptical is what the column {elliptical!r} flags.",
        )
    numbers = [number for number in (_number(row[column]) for row in rows) if number is not None]
    if set(numbers) <= {0.0, 1.0}:
        how = "1 is taken for spiral, 0 for elliptical." if numbers else ""
        return Reading(column, lambda row: spiral_of_word(row[column]), how)
    if name in _FLAG_COLUMNS and min(numbers) >= 0 and max(numbers) <= 1:
        how = f"Its numbers are taken for shares of votes: {_CLEAN} and more is clear."
        return Reading(column, lambda row: spiral_of_share(row[column]), how)
    if min(numbers) < 0 or name in ("t", "ttype", "t_type"):
        how = "Its numbers are taken for T types: -4 and below is elliptical, 1 to 9 spiral."
        return Reading(column, lambda row: spiral_of_t_type(row[column]), how)
    how = (
        f"Its numbers go up to {max(numbers):g}, and what they stand for is not known; 1 for "
        "spiral and 0 for elliptical would be."
    )
    return Reading(column, lambda row: None, how)


def spiral_of_word(word: str) -> int | None:
    """Return 1 for what means a spiral, 0 for what means an elliptical, None for the rest."""
    plain = " ".join(re.split(r"[\s_-]+", word.strip().lower()))
    if plain in _FLAGS:
        return _FLAGS[plain]
    if _SPIRAL_WORDS.fullmatch(plain):
        return 1
    if _ELLIPTICAL_WORDS.fullmatch(plain):
        return 0
    own = plain.upper() if plain in ("s", "e") else word.strip().partition(" ")[0]
    if _ELLIPTICAL_TYPE.fullmatch(own):
        return 0
    return 1 if _SPIRAL_TYPE.fullmatch(own) else None


def spiral_of_t_type(word: str) -> int | None:
    """Return 1 for T types 1 (Sa) to 9 (Sm), 0 for -4 and below, None between and beyond."""
    stage = _number(word)
    if stage is None:
        return None
    if _T_LEAST < stage <= _T_ELLIPTICAL:
        return 0
    return 1 if _T_SPIRAL_FROM <= stage < _T_SPIRAL_BELOW else None


def spiral_of_share(word: str) -> int | None:
    """Return 1 or 0 where at least 80% of the votes agree on it, else None."""
    share = _number(word)
    if share is None or max(share, round(1 - share, 9)) < _CLEAN:
        return None
    return int(share >= _CLEAN)


def _opposite(word: str) -> int | None:
    flag = _FLAGS.get(word.lower())
    return None if flag is None else 1 - flag


def _one_of_two(spiral: str, elliptical: str) -> int | None:
    flags = _FLAGS.get(spiral.lower()), _FLAGS.get(elliptical.lower())
    return {(1, 0): 1, (0, 1): 0, (1, None): 1, (None, 1): 0}.get(flags)


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
