"""Starts loading the default network as the server starts, before any visitor."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from galaxy_core.errors import GalaxyError
from pages.shared import caches


@asynccontextmanager
async def while_serving(_app: object) -> AsyncIterator[None]:
    """Wake the network; the server does not wait for it."""
    threading.Thread(target=_wake, name="wake the network", daemon=True).start()
    yield


def _wake() -> None:
    try:
        caches.wake_default_network()
    except GalaxyError:
        return  # the page says what is wrong, to whoever comes
