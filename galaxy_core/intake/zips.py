"""What must hold before a stranger's ZIP file is read: names, kinds, numbers, sizes.

Reads the list of members only, and that only if it is small; unpacks nothing.
"""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_END_BYTES = 22 + 65_535  # the end record and its longest comment
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_SMALL_BYTES = 1_000_000  # what compresses well is suspicious only if it becomes large


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What a ZIP file may be.

    Parameters
    ----------
    file_bytes, total_bytes : int
        Of the file, and of all members unpacked.
    members : int
        Most members.
    ratio : float
        Most that a large member may grow when unpacked.
    """

    file_bytes: int
    total_bytes: int
    members: int
    ratio: float = 100.0


def zip_problem(path: Path, limits: ZipLimits) -> str:
    """Return why a file is no ZIP that may be unpacked, as the end of a sentence; else empty."""
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            return f"it is over {limits.file_bytes // 10**6} MB"
        with path.open("rb") as file:
            file.seek(max(0, size - _END_BYTES))
            problem = _directory_problem(file.read(), limits)
        if problem:
            return problem
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return "it is no complete ZIP file"
    return _members_problem(members, limits, size)


def _directory_problem(tail: bytes, limits: ZipLimits) -> str:
    """Judge the list of members by its announced size, before it is read into memory."""
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        return "it is no complete ZIP file"
    if _END_64 in tail:
        return "it is a ZIP64 file, which only giant ones need"
    if int.from_bytes(tail[end + 12 : end + 16], "little") > 1000 * limits.members:
        return f"it lists more than {limits.members:,} members"
    return ""


def _members_problem(members: list[zipfile.ZipInfo], limits: ZipLimits, size: int) -> str:
    if len(members) > limits.members:
        return f"it holds {len(members):,} members; {limits.members:,} are the most"
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        return "two of its members have the same name"
    for member in members:
        if not _is_inside(member):
            return "one of its members would be written outside its folder"
        if member.flag_bits & 1:
            return "it is encrypted"
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return "it is packed by an unusual method"
        large = member.file_size > _SMALL_BYTES
        if large and member.file_size > limits.ratio * max(member.compress_size, 1):
            return "one of its members is a ZIP bomb: it would grow over a hundredfold"
    if sum(member.compress_size for member in members) > size:
        return "its members overlap, as in a ZIP bomb"
    if sum(member.file_size for member in members) > limits.total_bytes:
        return f"it would unpack to over {limits.total_bytes // 10**6} MB"
    return ""


def _is_inside(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    plain = not any(c in name for c in "\\:\0") and not name.startswith("/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    return plain and not link and ".." not in PurePosixPath(name).parts
