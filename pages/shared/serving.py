"""What happens around the pages: the network wakes as the server starts; dark is the default.

Streamlit runs ``app.py`` as a script only once a visitor is there. As an ASGI app it also
says when the server starts, and lets the document it serves be amended.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from galaxy_core.errors import GalaxyError
from pages.shared import memory

# With a light and a dark theme in config.toml Streamlit follows the visitor's system, and has
# no option for another default (1.67). Its frontend keeps the choice under this key; where
# there is none yet, dark is put there. If the key changes, the system's theme is what is left.
_DARK_BY_DEFAULT = b"""<script>
  try {
    const key = `stActiveTheme-${window.location.pathname}-v2`;
    if (localStorage.getItem(key) === null) localStorage.setItem(key, '"Dark"');
    const chosen = localStorage.getItem(key);
    if (chosen === '"Dark"') document.documentElement.style.background = "#0F1420";
  } catch {}
</script>
"""
# A visitor who is there already asks for the network after the title is on the screen. Importing
# TensorFlow before would hold up the page's own files: 3.4 s to the first paint, 1.8 s without.
_UNVISITED_S = 3.0
_BEFORE = b'<meta charset="UTF-8" />'


@asynccontextmanager
async def while_serving(_app: object) -> AsyncIterator[None]:
    """Wake the network where no visitor has done so; the server does not wait for it."""
    # Until a first visitor has run app.py, Streamlit (1.67) takes the folder "pages" for its
    # old kind of app and would run the page of a link alone, without app.py around it.
    PagesManager.uses_pages_directory = False
    memory.share_arenas()
    timer = threading.Timer(_UNVISITED_S, _wake)
    timer.daemon = True
    timer.start()
    tidying = asyncio.create_task(memory.give_back_now_and_then())
    yield
    tidying.cancel()
    timer.cancel()


def _wake() -> None:
    from pages.shared import caches  # imports half of science; the server listens meanwhile

    try:
        caches.wake_default_network()
    except GalaxyError:
        return  # the page says what is wrong, to whoever comes


class DarkByDefault:
    """Middleware that makes the dark theme the one that a first visit sees."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; amend the answer if it is the page's document."""
        headers = dict(scope.get("headers", ())) if scope["type"] == "http" else {}
        if b"text/html" not in headers.get(b"accept", b""):
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, _Amending(send))


class _Amending:
    """Send an HTML document with the script in its head; anything else as it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = dict(message["headers"]).get(b"content-type", b"")
            if message["status"] == 200 and kind.startswith(b"text/html"):
                self._start = message
                return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            body = self._body.replace(_BEFORE, _BEFORE + _DARK_BY_DEFAULT, 1)
            size = (b"content-length", str(len(body)).encode())
            kept = [(n, v) for n, v in self._start["headers"] if n != b"content-length"]
            await self._send({**self._start, "headers": [*kept, size]})
            await self._send({"type": "http.response.body", "body": body})


MIDDLEWARE = (Middleware(DarkByDefault),)
