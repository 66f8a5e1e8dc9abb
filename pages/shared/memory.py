"""What the C library keeps of freed memory: glibc's malloc, told that many threads come and go.

Streamlit runs each visitor's script in a thread of its own. glibc would make up to eight arenas
a core for them, and what is freed in one is of no use to another: resident memory crept up by
57 MB from 150 to 350 uploads. Other C libraries have neither function; there nothing happens.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Callable

_M_ARENA_MAX = -8  # <malloc.h>
_EVERY_S = 30.0


def share_arenas() -> bool:
    """Let malloc make two arenas instead of eight a core; tell whether it does."""
    mallopt = _of_glibc("mallopt")
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, 2))


async def give_back() -> int | None:
    """Give freed memory back to the system; None where the C library cannot, else its answer."""
    malloc_trim = _of_glibc("malloc_trim")
    return None if malloc_trim is None else int(await asyncio.to_thread(malloc_trim, 0))


async def give_back_now_and_then() -> None:
    """Give freed memory back every half a minute, as long as the server runs."""
    await asyncio.sleep(_EVERY_S)
    while await give_back() is not None:
        await asyncio.sleep(_EVERY_S)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """Return a function of the C library if it is glibc."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
