"""Maps as files: PNG to look at, NPZ to compute with. FITS stands in ``export_fits``.

Pure functions from an explanation to bytes.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Explanation
from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.legend import reason_strip, scale_strip
from galaxy_core.explain.paint import blend, paint_activation, paint_evidence

_READ_ME = """\
All arrays begin with the galaxy (N); rows count from the top of the picture.
inputs            (N, S, S, 3) what the network saw: sky 0, the galaxy's peak 1
maps              (N, h, w) on the cells that the method works on; > 0 speaks for spiral, < 0 for
                  elliptical; a magnitude without sign for methods that know none
spiral            (N, h, w) the method's conventional map of the class alone, at least 0
elliptical        (N, h, w) the same for the other class
*_on_input        (N, S, S) the same three, interpolated to the pixels of inputs
method, layer     which method, and the layer it was taken at (empty where it needs none)
reasons           (N,) why a map is blank; empty where it is not
"""


def map_png(
    explanation: Explanation,
    index: int,
    picture: FloatImage,
    *,
    scale: float,
    target: TargetClass | None = None,
    enlarge: int = 6,
    unit: str = "logit",
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

    unit : str
        Of the values.

    Below the map stands its scale; below a blank one its reason, which is the picture's
    comment as well.
    """
    planes, reasons = explanation.shown_for(target)
    plane, reason = planes[index], reasons[index]
    top = scale or float(np.abs(plane).max()) or 1.0
    if explanation.signed:
        painted = blend(picture, paint_evidence(plane, scale=top))
    else:
        painted = paint_activation(plane, top=top)
    large = painted.repeat(enlarge, axis=0).repeat(enlarge, axis=1)
    if reason:
        below = reason_strip(large.shape[1], reason)
    else:
        below = scale_strip(
            large.shape[1], top=top, signed=explanation.signed, target=target, unit=unit
        )
    return picture_png(np.concatenate([large, below]), comment=reason)


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
    ``layer``, ``reasons`` and ``read_me``, which says this, as text.
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
        read_me=np.array(_READ_ME),
        **arrays,
    )
    return buffer.getvalue()
