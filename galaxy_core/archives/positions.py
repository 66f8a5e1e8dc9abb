"""Text -> ``SkyPosition``, in any usual spelling, or a clear word on why not.

Pairs of decimal degrees, sexagesimal with colons, spaces, letters or signs, names that carry
their position (``SDSS J132952.70+471142.6``), with or without RA and Dec labels. ICRS or J2000
only. What has letters that are no units is a name, and not this module's matter; nothing is
looked up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import NameNotResolved

MOST_CHARACTERS = 200
_EXAMPLE = "Write it as 13:29:52.7 +47:11:43 or 202.4696 +47.1952."
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("−–—‒‐﹣－", "-"),
        **dict.fromkeys("′’‘´`ʹ", "'"),
        **dict.fromkeys("″“”ʺ", '"'),
        **dict.fromkeys("°º˚", "d"),
        **dict.fromkeys("αΑ", "\x01"),
        **dict.fromkeys("δΔ", "\x02"),
    }
)
_BRACKETS = str.maketrans("()[]", "    ")
_RA_LABEL = re.compile(r"(?:right\s+ascension|\br\.?\s?a\.?(?![a-z])|\x01)\s*[:=]?", re.IGNORECASE)
_DEC_LABEL = re.compile(r"(?:declination|\bdecl?\.?(?![a-z])|\x02)\s*[:=]?", re.IGNORECASE)
_FRAME = re.compile(r"\b(?:j2000(?:\.0)?|icrs|fk5|equinox|epoch|eq\.?)(?![\w.+-])", re.IGNORECASE)
_OTHER_FRAME = re.compile(r"\b(?:b1950(?:\.0)?|fk4|gal(?:actic)?|ecl(?:iptic)?|[lb]\s*=)", re.I)
_UNITS = (
    (re.compile(r"hours?|hrs?"), "h"),
    (re.compile(r"degrees?|degs?"), "d"),
    (re.compile(r"(?:arc)?min(?:utes?)?"), "m"),
    (re.compile(r"(?:arc)?sec(?:onds?)?"), "s"),
)
# A letter in front makes it a name: "M 82" is no minutes.
_ALPHABET = re.compile(r"\s*[\d.+-][\d\s.,;|:+\-hdms'\"]*")
_J_NAME = re.compile(
    r"(?:(?:[a-z0-9]+[\s-]*)?\bj\s*)?(\d{6})(\.?\d*)\s*([+-])\s*(\d{6})(\.?\d*)|"
    r"[a-z0-9]*?j(\d{6})(\.?\d*)([+-])(\d{6})(\.?\d*)"
)
_FIELD = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([hdm]|s|''|'|\"|:)?\s*")
_MINUTE_MARKS = ("m", "'", ":", "")
_SECOND_MARKS = ("s", '"', "''", ":", "")


@dataclass(frozen=True, slots=True)
class _Field:
    """One number of an angle and the mark behind it."""

    digits: str
    mark: str

    @property
    def value(self) -> float:
        return float(self.digits)


def parse_position(text: str) -> SkyPosition | None:
    """Return the position that a text spells out, or None where it is rather a name.

    Two plain numbers are degrees. Right ascension of two or three fields is in hours unless
    marked with ``d`` or ``°``.

    Parameters
    ----------
    text : str
        What a person typed; at most 200 characters.

    Raises
    ------
    NameNotResolved
        If the text is meant as a position but is ambiguous, out of range or in another frame.
    """
    if len(text) > MOST_CHARACTERS:
        raise NameNotResolved(f"A position has at most {MOST_CHARACTERS} characters. {_EXAMPLE}")
    plain = _normalised(text)
    named = _from_j_name(plain)
    if named is not None:
        return named
    bare = _FRAME.sub(" ", plain)
    labels = bool(_RA_LABEL.search(bare)) and bool(_DEC_LABEL.search(bare))
    unlabelled = _DEC_LABEL.sub(" ", _RA_LABEL.sub(" ", bare)) if labels else bare
    other = _OTHER_FRAME.search(unlabelled)
    if other and _ALPHABET.fullmatch(_in_units(_OTHER_FRAME.sub(" ", unlabelled))):
        raise NameNotResolved(
            f"“{text.strip()}” is not in ICRS (J2000), the only frame read here. {_EXAMPLE}"
        )
    if not _ALPHABET.fullmatch(_strip_labels(_in_units(unlabelled))):
        return None
    ra_text, dec_text = _by_label(bare, text) if labels else _by_shape(_in_units(bare), text)
    return SkyPosition(_right_ascension(ra_text, text), _declination(dec_text, text))


def parse_objid(text: str) -> int | None:
    """Return the SDSS objid that a text is, or None: 17 to 19 digits that fit in 63 bits."""
    plain = text.strip()
    if re.fullmatch(r"[0-9]{17,19}", plain) and int(plain) < 2**63:
        return int(plain)
    return None


def _normalised(text: str) -> str:
    """Fold typographic spellings into ASCII, lower case."""
    folded = unicodedata.normalize("NFKC", text.translate(_SPELLINGS)).translate(_SPELLINGS)
    return " ".join(folded.lower().translate(_BRACKETS).split())


def _in_units(text: str) -> str:
    for spelling, unit in _UNITS:
        text = spelling.sub(unit, text)
    return text


def _strip_labels(text: str) -> str:
    return re.sub(r"[=()\[\]]", " ", text)


def _from_j_name(plain: str) -> SkyPosition | None:
    """Read names such as ``sdss j132952.70+471142.6`` and ``2masx j13295269+4711429``."""
    match = _J_NAME.fullmatch(plain)
    if not match:
        return None
    ra, ra_rest, sign, dec, dec_rest = [group for group in match.groups() if group is not None]
    fields = [
        ":".join((whole[:2], whole[2:4], f"{whole[4:]}.{rest.lstrip('.')}"))
        for whole, rest in ((ra, ra_rest), (dec, dec_rest))
    ]
    return SkyPosition(_right_ascension(fields[0], plain), _declination(sign + fields[1], plain))


def _by_label(bare: str, text: str) -> tuple[str, str]:
    """Cut at the labels, whichever comes first."""
    ra, dec = _RA_LABEL.search(bare), _DEC_LABEL.search(bare)
    if ra is None or dec is None:
        raise _unclear(text, "it names RA or Dec, but not both")
    first, second = (ra, dec) if ra.start() < dec.start() else (dec, ra)
    pieces = [bare[first.end() : second.start()], bare[second.end() :]]
    if bare[: first.start()].strip():
        raise _unclear(text, "there is something before the first label")
    pieces = [_in_units(re.sub(r"^[\s=:]+|[\s,;|=]+$", "", piece)) for piece in pieces]
    return (pieces[0], pieces[1]) if first is ra else (pieces[1], pieces[0])


def _by_shape(bare: str, text: str) -> tuple[str, str]:
    """Cut at a comma, at a sign, at a space, or after half of the numbers."""
    halves = [half.strip() for half in re.split(r"[,;|]", bare) if half.strip()]
    if len(halves) == 2:
        return halves[0], halves[1]
    if len(halves) > 2:
        raise _unclear(text, "more than one comma; write decimals with a point")
    signs = [match.start() for match in re.finditer(r"[+-]", bare) if match.start() > 0]
    if len(signs) > 1:
        raise _unclear(text, "more than one sign between the numbers")
    if signs:
        return bare[: signs[0]], bare[signs[0] :]
    words = bare.split()
    if len(words) == 2:
        return words[0], words[1]
    numbers = list(re.finditer(r"\d+(?:\.\d*)?|\.\d+", bare))
    if len(numbers) == 1:
        raise _unclear(text, "one number alone; a position has two")
    if len(numbers) not in (2, 4, 6):
        raise _unclear(text, f"{len(numbers)} numbers cannot be halved into RA and Dec")
    cut = numbers[len(numbers) // 2].start()
    return bare[:cut], bare[cut:]


def _right_ascension(piece: str, text: str) -> float:
    """Degrees in [0, 360) of one half."""
    sign, fields = _fields(piece, text, "right ascension")
    if sign < 0:
        raise _unclear(text, "right ascension is negative; are RA and Dec swapped?")
    in_hours = fields[0].mark == "h" or (fields[0].mark != "d" and len(fields) > 1)
    value = _combined(fields, text)
    if in_hours and value >= 24:
        raise _unclear(
            text,
            f"right ascension {fields[0].digits} h is not below 24 h; mark degrees with d or °",
        )
    degrees = value * 15 if in_hours else value
    if degrees > 360:
        raise _unclear(text, f"right ascension {degrees:g}° is not within 0 to 360")
    return degrees % 360.0


def _declination(piece: str, text: str) -> float:
    """Degrees in [-90, 90] of one half."""
    sign, fields = _fields(piece, text, "declination")
    if fields[0].mark == "h":
        raise _unclear(text, "declination is in degrees, not in hours")
    value = sign * _combined(fields, text)
    if abs(value) > 90:
        raise _unclear(
            text, f"declination {value:g}° is not within -90 to +90; are RA and Dec swapped?"
        )
    return value


def _fields(piece: str, text: str, what: str) -> tuple[int, list[_Field]]:
    """Sign and one to three numbers with their marks."""
    body = piece.strip().strip(":")
    sign = -1 if body.startswith("-") else 1
    body = body.lstrip("+-").strip()
    fields, at = [], 0
    while at < len(body):
        match = _FIELD.match(body, at)
        if match is None:
            raise _unclear(text, f"the {what} “{piece.strip()}” has a sign or mark out of place")
        fields.append(_Field(match[1], match[2] or ""))
        at = match.end()
    if not 1 <= len(fields) <= 3:
        raise _unclear(text, f"the {what} “{piece.strip()}” has {len(fields)} numbers, not 1 to 3")
    marks = [("h", "d", ":", ""), _MINUTE_MARKS, _SECOND_MARKS]
    if any(field.mark not in allowed for field, allowed in zip(fields, marks, strict=False)):
        raise _unclear(text, f"the marks of the {what} “{piece.strip()}” are out of order")
    return sign, fields


def _combined(fields: list[_Field], text: str) -> float:
    """Hours or degrees of whole, minutes and seconds."""
    if any("." in field.digits for field in fields[:-1]):
        raise _unclear(text, "only the last number of an angle can have decimals")
    if any(field.value >= 60 for field in fields[1:]):
        raise _unclear(text, "minutes and seconds are below 60")
    return sum(field.value / 60**power for power, field in enumerate(fields))


def _unclear(text: str, why: str) -> NameNotResolved:
    stop = "" if why.endswith("?") else "."
    return NameNotResolved(f"“{text.strip()}” is no clear position: {why}{stop} {_EXAMPLE}")
