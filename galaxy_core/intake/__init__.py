"""Bytes -> ``Cutout``: the one way in for files, whoever they come from.

The type is read from the content, limits are checked before anything is decoded, and only
``IntakeError`` leaves. ``picture`` is Pillow's door. What a page shows of a file's name
goes through ``display_name``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.errors import IntakeError
from galaxy_core.intake.limits import MAX_PICTURE_BYTES, check_bytes
from galaxy_core.intake.naming import display_name
from galaxy_core.intake.picture import read_picture
from galaxy_core.intake.sniff import PICTURES, refusal, sniff

__all__ = ["read_cutout", "read_file", "display_name"]


def read_cutout(data: bytes, *, name: str, origin: Origin = Origin.UPLOAD) -> Cutout:
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

    Returns
    -------
    Cutout
        Without WCS for pictures. All black is a cutout like any other.

    Raises
    ------
    IntakeError
        ``NotAnImage``, ``UnsupportedImage``, ``DamagedImage`` or ``TooLarge``, each with one
        sentence for the user. Nothing else leaves, whatever the bytes.
    """
    shown = display_name(name)
    check_bytes(len(data), name=shown)
    kind = sniff(data)
    if kind not in PICTURES:
        raise refusal(kind, name=shown)
    pixels, warnings = read_picture(data, kind, name=shown)
    provenance = Provenance(origin=origin, name=shown, sha256=hashlib.sha256(data).hexdigest())
    return Cutout(pixels=pixels, provenance=provenance, warnings=warnings)


def read_file(path: Path) -> Cutout:
    """Return the cutout in a file on this machine; see ``read_cutout``.

    Raises
    ------
    IntakeError
        Also if the path names no readable regular file. A pipe or device is not waited for.
    """
    shown = display_name(str(path))
    return read_cutout(_read_bounded(path, name=shown), name=shown, origin=Origin.FILE)


def _read_bounded(path: Path, *, name: str) -> bytes:
    """Bytes of a regular file, never more than the limit."""
    try:
        # Opening a pipe without O_NONBLOCK would wait for a writer for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
                raise IntakeError(f"{name} is {what}; a picture or FITS file is expected.")
            check_bytes(status.st_size, name=name)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(MAX_PICTURE_BYTES + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as cause:  # ValueError: a zero byte in the path
        raise IntakeError(f"{name} cannot be read: {_reason(cause)}.") from cause
    check_bytes(len(data), name=name)  # it may have grown since
    return data


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
