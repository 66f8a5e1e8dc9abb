"""Maps as files: PNG to look at, NPZ to compute with, FITS to lay on the sky.

Pure functions from an explanation to bytes. The FITS image is written out by hand: one header
and one array need no library, and the door of ``astropy.io.fits`` runs in another process.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from astropy.wcs import WCS
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Explanation
from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.paint import blend, paint_activation, paint_evidence
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
    """

    method: str = ""
    layer: str = ""
    model: str = ""
    target: TargetClass | None = None
    reason: str = ""


def map_png(
    explanation: Explanation,
    index: int,
    picture: FloatImage,
    *,
    scale: float,
    target: TargetClass | None = None,
    enlarge: int = 6,
) -> bytes:
    """Return the map of one galaxy over the network's input, as PNG.

    Parameters
    ----------
    explanation : Explanation
        Holds the map.
    index : int
        Which galaxy of it.
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy.
    scale : float
        Evidence painted fully opaque; the largest magnitude of the map if 0. A magnitude
        without sign is painted on the scale of activations.
    target : TargetClass, optional
        Whose conventional map; that of both classes if there is none.
    enlarge : int
        Screen pixels a pixel.

    A blank map carries its reason as the picture's comment.
    """
    planes, reasons = explanation.shown_for(target)
    plane = planes[index]
    top = scale or float(np.abs(plane).max()) or 1.0
    if explanation.signed:
        painted = blend(picture, paint_evidence(plane, scale=top))
    else:
        painted = paint_activation(plane, top=top)
    return picture_png(painted, enlarge=enlarge, comment=reasons[index])


def picture_png(
    picture: FloatImage | npt.NDArray[np.uint8], *, enlarge: int = 1, comment: str = ""
) -> bytes:
    """Return a picture (H, W, 3), float32 in [0, 1] or uint8, as PNG; a comment goes with it."""
    if picture.dtype == np.uint8:
        levels = picture
    else:
        levels = np.round(np.clip(picture.astype(np.float32), 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(levels)
    if enlarge > 1:
        size = (image.width * enlarge, image.height * enlarge)
        image = image.resize(size, Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    said = PngInfo()
    if comment:
        said.add_text("Comment", comment)
    image.save(buffer, "PNG", pnginfo=said)
    return buffer.getvalue()


def maps_npz(explanation: Explanation, inputs: FloatImage) -> bytes:
    """Return the maps of an explanation with its inputs, as compressed NPZ.

    Arrays: ``maps`` and ``maps_on_input`` (signed, > 0 = spiral, or a magnitude),
    ``spiral``, ``elliptical``, each also with ``_on_input``, ``inputs``, and ``method``,
    ``layer``, ``reasons`` as text.
    """
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {}
    for target in TargetClass:
        arrays[str(target)] = explanation.for_class(target)
        arrays[f"{target}_on_input"], _ = explanation.on_input_for(target)
    np.savez_compressed(
        buffer,
        maps=explanation.maps,
        maps_on_input=explanation.on_input(),
        inputs=inputs,
        method=np.array(explanation.method),
        layer=np.array(explanation.layer),
        reasons=np.array(explanation.reasons),
        **arrays,
    )
    return buffer.getvalue()


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
        Written into the header: METHOD, LAYER, CLASS, MODEL, and a reason as COMMENT.
    """
    size = plane.shape[0]
    cards: list[Card] = [("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2)]
    cards += [("NAXIS1", plane.shape[1]), ("NAXIS2", size), ("BUNIT", "logit")]
    cards += [("METHOD", labels.method), ("LAYER", labels.layer), ("MODEL", labels.model)]
    cards += [("CLASS", str(labels.target or "both")), *_sky_cards(wcs, framing, size)]
    header = "".join(map(_card_text, cards)) + _comments(labels.reason) + "END".ljust(_CARD)
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
        ("RADESYS", str(wcs.wcs.radesys or "ICRS")),
    ]  # fmt: skip


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
