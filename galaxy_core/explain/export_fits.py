"""A map as a FITS image, to be laid on the sky.

Written out by hand: one header and one array need no library, and the door of
``astropy.io.fits`` runs in another process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from astropy.wcs import WCS

from galaxy_core.explain.inspection import TargetClass
from galaxy_core.framing import Framing

_CARD = 80
_BLOCK = 2880

Card = tuple[str, str | float | int | bool]


@dataclass(frozen=True, slots=True)
class MapLabels:
    """What a FITS header says of a map.

    Parameters
    ----------
    method, layer, model : str
        Key of the method, the layer it was taken at, name of the network; may be empty. Characters
        beyond ASCII become "?", and at most 33 are kept.
    target : TargetClass or None
        Whose one-class map it is; None: of both, elliptical below 0, or a magnitude.
    reason : str
        Why the map is blank, if it is.
    unit : str
        Of the values.
    galaxy : str
        Its name.
    signed : bool
        Whether the sign tells the class.
    """

    method: str = ""
    layer: str = ""
    model: str = ""
    target: TargetClass | None = None
    reason: str = ""
    unit: str = "logit"
    galaxy: str = ""
    signed: bool = True

    def sentence(self) -> str:
        """Return what the numbers mean."""
        if self.target is not None and self.signed:
            return f"What speaks for {self.target} alone, at least 0."
        if self.signed:
            return "Above 0: speaks for spiral. Below 0: speaks for elliptical."
        return "A magnitude: how much it matters, not for which class."


def map_fits(
    plane: npt.NDArray[np.float32],
    framing: Framing,
    *,
    wcs: WCS | None = None,
    labels: MapLabels = MapLabels(),
) -> bytes:
    """Return a map on the input's pixels as a FITS image, placed on the sky if that is known.

    Parameters
    ----------
    plane : ndarray, shape (S, S), float32
        ``Explanation.on_input()`` or ``on_input_for`` a class, of one galaxy. Written bottom
        row first, so that viewers show it upright.
    framing : Framing
        Which square of the cutout the input is.
    wcs : astropy.wcs.WCS, optional
        Of the cutout (``Cutout.wcs``: zero-based x, y, row 0 at the top). The map gets a
        tangential projection of its own about its centre; a distorted WCS is followed there
        to first order.
    labels : MapLabels
        Written into the header: OBJECT, BUNIT, METHOD, LAYER, CLASS, MODEL, and as COMMENT what
        the numbers mean and a reason.
    """
    size = plane.shape[0]
    cards: list[Card] = [("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2)]
    cards += [("NAXIS1", plane.shape[1]), ("NAXIS2", size), ("BUNIT", labels.unit)]
    cards += [
        ("OBJECT", labels.galaxy),
        ("METHOD", labels.method),
        ("LAYER", labels.layer),
        ("MODEL", labels.model),
    ]
    cards += [("CLASS", str(labels.target or "both")), *_sky_cards(wcs, framing, size)]
    said = _comments(labels.sentence()) + _comments(labels.reason)
    header = "".join(map(_card_text, cards)) + said + "END".ljust(_CARD)
    head = header.ljust(-(-len(header) // _BLOCK) * _BLOCK).encode("ascii")
    body = plane[::-1].astype(">f4").tobytes()
    return head + body + bytes(-len(body) % _BLOCK)


def _sky_cards(wcs: WCS | None, framing: Framing, size: int) -> list[Card]:
    """World coordinates of the map: none where the cutout has none."""
    if wcs is None or not wcs.has_celestial:
        return []
    step = 2 * framing.half_size_px / size  # cutout pixels a map pixel
    centre_x, centre_y = framing.centre_x_px, framing.centre_y_px
    # Centre, one map pixel to the right, one up (up is towards smaller rows).
    x = np.array([centre_x, centre_x + step, centre_x])
    y = np.array([centre_y, centre_y, centre_y - step])
    ra, dec = wcs.celestial.pixel_to_world_values(x, y)
    if not (np.isfinite(ra).all() and np.isfinite(dec).all()):
        return []
    along, up = (_tangent_offset(ra[0], dec[0], ra[i], dec[i]) for i in (1, 2))
    middle = (size + 1) / 2
    longitude, latitude = (text.ljust(4, "-")[:4] for text in _axis_names(wcs))
    return [
        ("CTYPE1", f"{longitude}-TAN"), ("CTYPE2", f"{latitude}-TAN"),
        ("CUNIT1", "deg"), ("CUNIT2", "deg"),
        ("CRPIX1", middle), ("CRPIX2", middle),
        ("CRVAL1", float(ra[0])), ("CRVAL2", float(dec[0])),
        ("CD1_1", along[0]), ("CD1_2", up[0]), ("CD2_1", along[1]), ("CD2_2", up[1]),
        ("RADESYS", str(wcs.wcs.radesys or "ICRS")), *_equinox(wcs),
    ]  # fmt: skip


def _equinox(wcs: WCS) -> list[Card]:
    year = float(wcs.wcs.equinox)
    return [("EQUINOX", year)] if math.isfinite(year) else []


def _axis_names(wcs: WCS) -> tuple[str, str]:
    celestial = wcs.celestial.wcs.ctype
    return str(celestial[0])[:4].rstrip("-"), str(celestial[1])[:4].rstrip("-")


def _tangent_offset(ra0: float, dec0: float, ra: float, dec: float) -> tuple[float, float]:
    """Gnomonic standard coordinates (ξ, η) of a position about a centre, all in degrees."""
    a, d, d0 = math.radians(ra - ra0), math.radians(dec), math.radians(dec0)
    depth = math.sin(d0) * math.sin(d) + math.cos(d0) * math.cos(d) * math.cos(a)
    xi = math.cos(d) * math.sin(a) / depth
    eta = (math.cos(d0) * math.sin(d) - math.sin(d0) * math.cos(d) * math.cos(a)) / depth
    return math.degrees(xi), math.degrees(eta)


def _comments(text: str) -> str:
    """COMMENT cards with a text, 70 characters each."""
    plain = text.encode("ascii", "replace").decode().replace("\n", " ")
    pieces = (plain[start : start + 70] for start in range(0, len(plain), 70))
    return "".join(f"COMMENT {piece}".ljust(_CARD) for piece in pieces)


def _card_text(card: Card) -> str:
    """One header card of 80 characters."""
    key, value = card
    if isinstance(value, bool):
        text = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        plain = value.encode("ascii", "replace").decode().replace("\n", " ")
        # A quote is doubled; 68 characters fit a card, and none may end on half of a pair.
        text = f"'{plain[:33].replace(chr(39), chr(39) * 2):<8}'"
    else:
        text = f"{value:>20}" if isinstance(value, int) else f"{value:>20.12E}"
    return f"{key:<8}= {text}".ljust(_CARD)
