"""Bytes -> ``Cutout``: the one way in for files, whoever they come from.

The type is read from the content, limits are checked before anything is decoded, and only
``IntakeError`` leaves. ``picture`` is Pillow's door, ``fits`` that of ``astropy.io.fits``;
choosing a FITS file's bands and stretch by hand goes through ``fits_reader`` and ``compose``.
What a page shows of a file's name goes through ``display_name``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.errors import IntakeError
from galaxy_core.intake.limits import MAX_FITS_BYTES, MAX_PICTURE_BYTES, check_bytes
from galaxy_core.intake.naming import display_name
from galaxy_core.intake.picture import read_picture
from galaxy_core.intake.sniff import FITS_KINDS, PICTURES, SNIFFED_BYTES, Kind, refusal, sniff

if TYPE_CHECKING:
    from galaxy_core.intake.fits_reader import FitsReader

__all__ = ["read_cutout", "read_file", "display_name"]


def read_cutout(
    data: bytes,
    *,
    name: str,
    origin: Origin = Origin.UPLOAD,
    fits_reader: FitsReader | None = None,
) -> Cutout:
    """Return the cutout that a file's bytes hold.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What its owner calls it; shown through ``display_name``, never used as a path and
        never to tell the type.
    origin : Origin
        The way in, kept in the provenance with the bytes' SHA-256.
    fits_reader : FitsReader or None
        Reads FITS, in a process that stays warm. None starts one for this file alone, which
        takes about a second; for pictures it does not matter.

    Returns
    -------
    Cutout
        Without WCS for pictures; of FITS, the bands and stretch that ``default_choice`` and
        ``suggest_stretch`` guess. All black is a cutout like any other.

    Raises
    ------
    IntakeError
        ``NotAnImage``, ``UnsupportedImage``, ``DamagedImage`` or ``TooLarge``, each with one
        sentence for the user. Nothing else leaves, whatever the bytes.
    """
    shown = display_name(name)
    kind = sniff(data)
    check_bytes(len(data), name=shown, limit_bytes=_limit(kind))
    if kind in FITS_KINDS:
        return _read_fits(data, name=shown, origin=origin, fits_reader=fits_reader)
    if kind not in PICTURES:
        raise refusal(kind, name=shown)
    pixels, warnings = read_picture(data, kind, name=shown)
    provenance = Provenance(origin=origin, name=shown, sha256=hashlib.sha256(data).hexdigest())
    return Cutout(pixels=pixels, provenance=provenance, warnings=warnings)


def read_file(path: Path, *, fits_reader: FitsReader | None = None) -> Cutout:
    """Return the cutout in a file on this machine; see ``read_cutout``.

    FITS of up to 1 GB is read from where it lies, never loaded as a whole.

    Raises
    ------
    IntakeError
        Also if the path names no readable regular file. A pipe or device is not waited for.
    """
    shown = display_name(str(path))
    data = _read_bounded(path, name=shown)
    if data is None:
        return _read_fits(path, name=shown, origin=Origin.FILE, fits_reader=fits_reader)
    return read_cutout(data, name=shown, origin=Origin.FILE)


def _read_fits(
    source: bytes | Path, *, name: str, origin: Origin, fits_reader: FitsReader | None
) -> Cutout:
    """Read the bands and the stretch that are guessed."""
    # Imported here: astropy's coordinates cost half a second that pictures need not pay.
    from galaxy_core.intake.compose import compose
    from galaxy_core.intake.fits_contents import default_choice
    from galaxy_core.intake.fits_reader import FitsReader

    if fits_reader is None:
        with FitsReader() as reader:
            return _read_fits(source, name=name, origin=origin, fits_reader=reader)
    contents = fits_reader.open(source, name=name)
    return compose(fits_reader.read(contents, default_choice(contents)), origin=origin)


def _read_bounded(path: Path, *, name: str) -> bytes | None:
    """Return a regular file's bytes, never more than the limit; None for FITS."""
    try:
        # Opening a pipe without O_NONBLOCK would wait for a writer for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
                raise IntakeError(f"{name} is {what}; a picture or FITS file is expected.")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                head = file.read(SNIFFED_BYTES)
                kind = sniff(head)
                check_bytes(status.st_size, name=name, limit_bytes=_limit(kind))
                if kind in FITS_KINDS:
                    return None
                data = head + file.read(MAX_PICTURE_BYTES + 1 - len(head))
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as cause:  # ValueError: a zero byte in the path
        raise IntakeError(f"{name} cannot be read: {_reason(cause)}.") from cause
    check_bytes(len(data), name=name)  # it may have grown since
    return data


def _limit(kind: Kind) -> int:
    return MAX_FITS_BYTES if kind in FITS_KINDS else MAX_PICTURE_BYTES


def _reason(cause: OSError | ValueError) -> str:
    """Say the usual failures in plain words."""
    if not isinstance(cause, OSError):
        return "its path is not valid"
    known = {
        errno.ENOENT: "there is no such file",
        errno.EACCES: "permission denied",
        errno.EISDIR: "it is a folder",
        errno.ENAMETOOLONG: "its name is too long",
    }
    return known.get(cause.errno or 0, (cause.strerror or "input/output error").lower())
