"""Pillow's door: the bytes of a JPEG, PNG, GIF, WebP, TIFF or BMP -> colour in [0, 1].

TIFF with colour in floats, which Pillow does not read, goes to ``float_tiff``. Colour profiles
are not applied; FITS is read elsewhere (``fits``). Nothing is decoded before the header's
dimensions were checked, and no setting of Pillow's is changed.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import ExifTags, Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TILELENGTH, TILEWIDTH, TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import DamagedImage, TooLarge, UnsupportedImage
from galaxy_core.intake.float_tiff import read_float_colour
from galaxy_core.intake.limits import MAX_PICTURE_PIXELS, check_pixels, reduction
from galaxy_core.intake.measured import measured_to_colour
from galaxy_core.intake.shrink import block_mean
from galaxy_core.intake.sniff import Kind

# Image.open is not called: above 89 megapixels it warns through Python's process-wide
# warning filters, which threads cannot set apart. The readers themselves do not.
_READERS: dict[Kind, type[ImageFile]] = {
    Kind.JPEG: JpegImageFile,
    Kind.PNG: PngImageFile,
    Kind.GIF: GifImageFile,
    Kind.WEBP: WebPImageFile,
    Kind.TIFF: TiffImageFile,
    Kind.BMP: BmpImageFile,
}
# A progressive JPEG may ask for one pass over all pixels in every few bytes; honest files
# have about ten passes. Passes × pixels beyond this would take minutes.
_MAX_JPEG_WORK = 5_000_000_000
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_MEASURED = frozenset({"I", "F"})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(data: bytes, kind: Kind, *, name: str) -> tuple[FloatImage, tuple[str, ...]]:
    """Return the colour pixels of a picture, and sentences on what was repaired.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : Kind
        One of ``sniff.PICTURES``, as sniffed from the data.
    name : str
        What error sentences call it.

    Returns
    -------
    pixels : ndarray, shape (H, W, 3), float32
        In [0, 1], row 0 at the top after EXIF orientation. Grey is repeated in three
        channels, transparency composed on black. 16-bit grey keeps its 16 bits; 16-bit
        colour comes with the 8 bits that Pillow reads. Integers of 32 bits and floats have
        no brightness by convention: unless they lie in [0, 1], they get the same asinh
        stretch as FITS. NaN becomes sky. Above 16.8 megapixels, blocks are averaged.
    warnings : tuple of str
        Empty if nothing had to be repaired or guessed.

    Raises
    ------
    IntakeError
        ``TooLarge``, ``UnsupportedImage`` (animated, too small, an unusual kind of pixel)
        or ``DamagedImage``.
    """
    if kind is Kind.TIFF and (found := read_float_colour(data, name=name)) is not None:
        coloured, guessed = measured_to_colour(found[0], name=name)
        return coloured, (*found[1], *guessed)
    warnings: list[str] = []
    image = _open(data, kind, name=name)
    _check_still(image, kind, name=name, warnings=warnings)
    check_pixels(*image.size, name=name)
    _check_work(image, data, name=name)
    stored_pixels = image.width * image.height
    decoded = _load(image, name=name)
    pixels, repaired = _to_colour(decoded, name=name)
    if pixels.shape[0] * pixels.shape[1] < stored_pixels:
        warnings.append(
            f"Averaged down to {pixels.shape[1]} × {pixels.shape[0]} pixels, "
            f"for it has {stored_pixels / 1e6:.0f} million."
        )
    return pixels, (*warnings, *repaired)


def _open(data: bytes, kind: Kind, *, name: str) -> ImageFile:
    """Read the header; no pixel is decoded, save WebP's, whose reader limits itself."""
    try:
        return _READERS[kind](io.BytesIO(data))
    except Image.DecompressionBombError as cause:
        raise TooLarge(
            f"{name} states more than the {MAX_PICTURE_PIXELS / 1e6:.0f} million pixels "
            "that are read. Crop it to the galaxy first."
        ) from cause
    except Exception as cause:
        # Pillow names no closed list of what a hostile file can raise (fuzzing met OSError,
        # SyntaxError, ValueError, struct.error, OverflowError, RuntimeError and more).
        if "pixel mode" in str(cause) or "data organization" in str(cause):
            raise UnsupportedImage(
                f"{name} is {kind.value} with a kind of pixel that is not read here. "
                "Save it with 8 or 16 bits a channel, or as FITS."
            ) from cause
        raise _damaged(kind.value, name=name) from cause


def _check_still(image: ImageFile, kind: Kind, *, name: str, warnings: list[str]) -> None:
    """Refuse moving pictures; of a TIFF with several pages the first is taken."""
    try:
        several = bool(getattr(image, "is_animated", False))
    except Exception as cause:  # GIF looks for the second frame here
        raise _damaged(kind.value, name=name) from cause
    if several and kind is Kind.TIFF:
        warnings.append("The file has several pages; only the first is used.")
    elif several:
        raise UnsupportedImage(f"{name} is animated; save the frame to classify as its own file.")


def _check_work(image: ImageFile, data: bytes, *, name: str) -> None:
    """Refuse files that are small in pixels but not in work or in memory."""
    width, height = image.size
    if isinstance(image, JpegImageFile):
        # 0xFFDA starts a scan; inside compressed data 0xFF is always followed by 0x00.
        if data.count(b"\xff\xda") * width * height > _MAX_JPEG_WORK:
            raise TooLarge(f"{name} asks for too many passes over its pixels. Save it anew.")
    elif isinstance(image, TiffImageFile):
        tile = [image.tag_v2.get(tag, 1) for tag in (TILEWIDTH, TILELENGTH)]
        if not all(isinstance(side, int) for side in tile):
            raise _damaged(Kind.TIFF.value, name=name)
        if tile[0] * tile[1] > MAX_PICTURE_PIXELS:
            raise TooLarge(f"{name} is stored in tiles larger than are read. Save it anew.")


def _load(image: ImageFile, *, name: str) -> Image.Image:
    """Decode, turn upright, and bring to RGB, 16-bit grey, integer or float."""
    shrink = reduction(*image.size)
    try:
        if shrink > 1:  # only JPEG can be decoded small; the others ignore this
            image.draft(image.mode, (image.width // shrink, image.height // shrink))
        image.load()
    except Image.DecompressionBombError as cause:
        raise TooLarge(f"{name} unpacks to more pixels than are read.") from cause
    except MemoryError as cause:
        raise TooLarge(f"{name} needs more memory than there is.") from cause
    except Exception as cause:  # see _open
        raise _damaged(f"a {image.format} picture", name=name) from cause
    try:
        return _upright(_in_shown_mode(image))
    except MemoryError as cause:
        raise TooLarge(f"{name} needs more memory than there is.") from cause
    except Exception as cause:  # see _open
        raise UnsupportedImage(
            f"{name} has pixels of the kind {image.mode}, which cannot be shown as colour."
        ) from cause


def _in_shown_mode(image: Image.Image) -> Image.Image:
    """Colour with transparency composed on black; grey of 16 or 32 bits stays as it is."""
    if image.mode in _SIXTEEN_BIT | _MEASURED:
        return image
    shown = image
    if image.mode == "La":
        shown = image.convert("LA")
    if image.has_transparency_data:
        # Premultiplied colour is colour composed on black.
        shown = shown.convert("RGBA").convert("RGBa")
    elif image.mode != "RGB":
        shown = image.convert("RGB")
    shrink = reduction(*image.size)
    return shown.reduce(shrink) if shrink > 1 else shown


def _upright(image: Image.Image) -> Image.Image:
    """Apply the orientation that a camera noted (Pillow itself does so for TIFF)."""
    if image.info.keys().isdisjoint({"exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"}):
        return image
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a camera's broken note must not cost the picture; see _open
        return image
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _to_colour(decoded: Image.Image, *, name: str) -> tuple[FloatImage, tuple[str, ...]]:
    """Scale to [0, 1] and three channels."""
    if decoded.mode in _SIXTEEN_BIT:
        grey = block_mean(np.asarray(decoded), reduction(*decoded.size))
        return _in_three_channels(grey / np.float32(65535.0)), ()
    if decoded.mode in _MEASURED:
        plane = block_mean(np.asarray(decoded), reduction(*decoded.size))
        return measured_to_colour((plane, plane, plane), name=name)
    eight_bit = np.asarray(decoded)[..., :3]
    return np.true_divide(eight_bit, np.float32(255.0), dtype=np.float32), ()


def _in_three_channels(grey: FloatImage) -> FloatImage:
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


def _damaged(kind: str, *, name: str) -> DamagedImage:
    return DamagedImage(
        f"{name} begins as {kind} but is damaged: it breaks off or contradicts itself. "
        "Fetch or save it anew."
    )
