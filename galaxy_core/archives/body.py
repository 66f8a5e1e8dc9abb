"""A response's body -> bytes, never more than allowed, whatever its headers say.

Compression is not asked for; where a server compresses all the same, gzip and deflate are
unpacked within the same bound, and anything else is refused.
"""

from __future__ import annotations

import zlib

import httpx

from galaxy_core.errors import DamagedResponse

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


async def read_body(response: httpx.Response, *, most_bytes: int) -> bytes:
    """Return the body of a streamed response.

    Parameters
    ----------
    response : httpx.Response
        Opened with ``stream=True``; not closed here.
    most_bytes : int
        Limit on what is received and on what is unpacked from it.

    Raises
    ------
    DamagedResponse
        If the body is longer, or compressed in a way that is broken or not read here.
    """
    declared = response.headers.get("Content-Length", "")
    # Digits beyond eighteen are no length; int() of thousands of them would be slow.
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > most_bytes:
        raise _too_long(response, most_bytes)
    unpack = _unpacker(response)
    received, body = 0, bytearray()
    async for piece in response.aiter_raw():
        received += len(piece)
        # One byte more than allowed tells "exactly full" from "too long".
        room = most_bytes - len(body) + 1
        try:
            body += piece if unpack is None else unpack.decompress(piece, room)
        except zlib.error as cause:
            raise DamagedResponse(f"{_host(response)} sent a broken compressed answer.") from cause
        if received > most_bytes or len(body) > most_bytes:
            raise _too_long(response, most_bytes)
    if unpack is not None and not unpack.eof:
        raise DamagedResponse(f"The answer of {_host(response)} broke off in the middle.")
    return bytes(body)


def _unpacker(response: httpx.Response) -> zlib._Decompress | None:
    """Return a decompressor for the declared encoding; None for none."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in _WINDOW_BITS:
        raise DamagedResponse(
            f"{_host(response)} compressed its answer in a way that was not asked for."
        )
    return zlib.decompressobj(_WINDOW_BITS[encoding])


def _too_long(response: httpx.Response, most_bytes: int) -> DamagedResponse:
    return DamagedResponse(
        f"{_host(response)} sent more than {most_bytes / 2**20:.0f} MB, far more than a cutout "
        "has; the rest was not read."
    )


def _host(response: httpx.Response) -> str:
    return response.request.url.host
