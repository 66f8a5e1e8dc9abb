"""What a file is, read from its first bytes and never from its name.

Names what it found, so that an error can say "is an HTML page". Decides nothing about
whether the rest of the file is sound.
"""

from __future__ import annotations

import re
import zlib
from enum import Enum

from galaxy_core.errors import IntakeError, NotAnImage, UnsupportedImage

# As many bytes as are looked at; a FITS header block has 2880.
SNIFFED_BYTES = 2880


class Kind(Enum):
    """What a file can turn out to be; the value is how an error sentence names it."""

    JPEG = "a JPEG picture"
    PNG = "a PNG picture"
    GIF = "a GIF picture"
    WEBP = "a WebP picture"
    TIFF = "a TIFF picture"
    BMP = "a BMP picture"
    FITS = "a FITS file"
    FITS_GZIP = "a FITS file, compressed with gzip"
    # A block of bzip2 must be whole before any of it shows; what is in it, its reader tells.
    BZIP2 = "a bzip2 archive"
    # Images, but not read here.
    JPEG_2000 = "a JPEG 2000 picture"
    JPEG_XL = "a JPEG XL picture"
    HEIF = "a HEIF or AVIF picture"
    SVG = "an SVG drawing"
    PSD = "a Photoshop document"
    XISF = "an XISF picture"
    # No images.
    EMPTY = "empty"
    HTML = "an HTML page"
    XML = "an XML document"
    JSON = "a JSON document"
    PDF = "a PDF document"
    GZIP = "a gzip archive"
    ZIP = "a ZIP archive"
    XZ = "an xz archive"
    HDF5 = "an HDF5 file"
    NUMPY = "a NumPy array"
    VIDEO = "a video"
    TEXT = "a text file"
    UNKNOWN = "of no kind that is known here"


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.WEBP, Kind.TIFF, Kind.BMP})
FITS_KINDS = frozenset({Kind.FITS, Kind.FITS_GZIP, Kind.BZIP2})
_UNREAD_IMAGES = frozenset(
    {Kind.JPEG_2000, Kind.JPEG_XL, Kind.HEIF, Kind.SVG, Kind.PSD, Kind.XISF}
)
_READ = "Give a JPEG, PNG, TIFF, WebP or FITS file."

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
    (b"SIMPLE  =", Kind.FITS),
    (b"\0\0\0\x0cjP  ", Kind.JPEG_2000),
    (b"\xff\x4f\xff\x51", Kind.JPEG_2000),
    (b"\0\0\0\x0cJXL ", Kind.JPEG_XL),
    (b"\xff\x0a", Kind.JPEG_XL),
    (b"8BPS", Kind.PSD),
    (b"XISF0100", Kind.XISF),
    (b"%PDF-", Kind.PDF),
    (b"\x1f\x8b", Kind.GZIP),
    (b"PK\x03\x04", Kind.ZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\0", Kind.XZ),
    (b"\x89HDF\r\n\x1a\n", Kind.HDF5),
    (b"\x93NUMPY", Kind.NUMPY),
)
_HTML = re.compile(rb"<!doctype html|<(?:html|head|body|title|script|meta)[\s>]", re.IGNORECASE)
_HEIF_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1"})


def sniff(data: bytes) -> Kind:
    """Return what the bytes are, by their first ``SNIFFED_BYTES``."""
    head = bytes(data[:SNIFFED_BYTES])
    if not head:
        return Kind.EMPTY
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is Kind.GZIP and _gzip_start(head).startswith(b"SIMPLE  ="):
        return Kind.FITS_GZIP
    return kind or _boxed(head) or _textual(head)


def refusal(kind: Kind, *, name: str) -> IntakeError:
    """Return the error for a file that is read by nobody here, naming what it is."""
    if kind is Kind.EMPTY:
        return NotAnImage(f"{name} is empty: it holds no bytes. {_READ}")
    if kind in _UNREAD_IMAGES:
        return UnsupportedImage(f"{name} is {kind.value}, which is not read here. {_READ}")
    return NotAnImage(f"{name} is {kind.value}, not an image. {_READ}")


def _gzip_start(head: bytes) -> bytes:
    """Return the first bytes inside a gzip stream; none where it is broken."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 80)
    except zlib.error:
        return b""


def _boxed(head: bytes) -> Kind | None:
    """Tell formats whose mark does not stand at byte 0, or is too short to stand alone."""
    if head[:4] == b"RIFF":
        return Kind.WEBP if head[8:12] == b"WEBP" else Kind.VIDEO
    if head[4:8] == b"ftyp":
        return Kind.HEIF if head[8:12] in _HEIF_BRANDS else Kind.VIDEO
    # "BM" alone also begins texts; the four reserved bytes of a bitmap are zero.
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Kind.BMP
    return None


def _textual(head: bytes) -> Kind:
    """Tell kinds of text by how they begin."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"\0" in head or not text:
        return Kind.UNKNOWN
    if _HTML.search(text[:1024]):
        return Kind.HTML
    if re.match(rb"(?:<\?xml.*?)?(?:<!--.*?-->\s*|<!DOCTYPE svg.*?)*<svg\b", text, re.DOTALL):
        return Kind.SVG
    if text.startswith((b"<?xml", b"<")):
        return Kind.XML
    if re.match(rb'\{\s*["}]|\[\s*[\[{"\d\]-]', text):
        return Kind.JSON
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return Kind.TEXT if control == 0 else Kind.UNKNOWN
