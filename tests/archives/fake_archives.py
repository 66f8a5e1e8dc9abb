"""Loopback servers that play survey archives, with their manners and their faults.

A ``FakeArchive`` is a real HTTP server in a thread of its own. It notes every request and
answers with what a script returns: a ``Reply`` writes whatever bytes it likes, lies included.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import psutil
from PIL import Image, ImageDraw, ImageFont

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Heard:
    """One request that the server heard."""

    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    number: int
    query: str = ""


Script = Callable[[Heard], Reply]


@dataclass
class FakeArchive:
    """A server on loopback; ``with FakeArchive(script) as archive: archive.url``."""

    script: Script
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    most_at_once: int = 0
    _answering: int = 0

    def __enter__(self) -> FakeArchive:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client_sockets(self) -> int:
        """Sockets of this process that are connected to the server: what a client left open."""
        connections = psutil.Process().net_connections(kind="tcp")
        return sum(bool(c.raddr) and c.raddr.port == self.port for c in connections)

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main(started))
        self._loop.close()

    async def _main(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(asyncio.current_task())
        self.connections += 1
        self.open_now += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                target = head[0].split(" ")[1]
                headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                parts = urlsplit(target)
                parameters = dict(parse_qsl(parts.query))
                number = len(self.heard) + 1
                heard = Heard(parts.path, parameters, headers, number, parts.query)
                self.heard.append(heard)
                self._answering += 1
                self.most_at_once = max(self.most_at_once, self._answering)
                try:
                    # A client that goes away in the middle ends the answer.
                    await self.script(heard)(writer)
                    await writer.drain()
                finally:
                    self._answering -= 1
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            self._talks.discard(asyncio.current_task())
            writer.close()
            with suppress(Exception):
                await writer.wait_closed()


# --- replies -------------------------------------------------------------------------------


def answer(
    body: bytes,
    content_type: str = "image/jpeg",
    *,
    status: str = "200 OK",
    headers: dict[str, str] | None = None,
    after_s: float = 0.0,
) -> Reply:
    """An honest answer."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(after_s)
        lines = {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    return reply


def json_answer(value: object, *, status: str = "200 OK") -> Reply:
    return answer(json.dumps(value).encode(), "application/json", status=status)


def redirect(location: str, status: str = "302 Found") -> Reply:
    return answer(b"", "text/plain", status=status, headers={"Location": location})


def raw(*pieces: bytes, every_s: float = 0.0, then_close: bool = True) -> Reply:
    """Pieces as they are, with pauses."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_s)
        if then_close:
            writer.close()

    return reply


def cut_in_the_middle(body: bytes) -> Reply:
    """Half of what was promised, then nothing more."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    return raw(head.encode() + body[: len(body) // 2])


def drip(body: bytes, every_s: float = 0.05) -> Reply:
    """One byte at a time, for ever in effect."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    return raw(head.encode(), *(body[i : i + 1] for i in range(len(body))), every_s=every_s)


def endless(sent: list[int] | None = None) -> Reply:
    """A body without length and without end; counts what it got rid of in ``sent[0]``."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff")
        while not writer.is_closing():
            writer.write(bytes(65536))
            if sent is not None:
                sent[0] += 65536
            await writer.drain()

    return reply


# --- pictures ------------------------------------------------------------------------------


def galaxy_pixels(size_px: int = 256, *, seed: int = 0) -> np.ndarray:
    """A noisy round galaxy, uint8 (H, W, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size_px, :size_px] - (size_px - 1) / 2
    light = np.exp(-np.hypot(x, y) / (size_px / 10))[..., None] * [230, 210, 180]
    return np.clip(light + rng.normal(14, 6, (size_px, size_px, 3)), 0, 255).astype(np.uint8)


def jpeg(pixels: np.ndarray | Image.Image, *, quality: int = 90) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def galaxy_jpeg(size_px: int = 256, *, seed: int = 0) -> bytes:
    return jpeg(galaxy_pixels(size_px, seed=seed))


def blank_jpeg(size_px: int = 256, grey: int = 32) -> bytes:
    return jpeg(np.full((size_px, size_px, 3), grey, np.uint8))


def message_jpeg(
    size_px: int = 256,
    text: str = "Requested (ra, dec) is outside the SDSS footprint.",
    *,
    ink: str = "white",
    ground: str = "black",
    font_px: int = 11,
    at: tuple[int, int] = (20, 15),
    quality: int = 90,
) -> bytes:
    """What SkyServer draws outside its footprint: a line of lettering on black."""
    image = Image.new("RGB", (size_px, size_px), ground)
    ImageDraw.Draw(image).multiline_text(at, text, fill=ink, font=ImageFont.load_default(font_px))
    return jpeg(image, quality=quality)


# --- archives as documented ----------------------------------------------------------------


def sky_server(heard: Heard) -> Reply:
    """SkyServer: clamps sizes silently, draws its errors, answers SQL in JSON."""
    if heard.path.endswith("/SearchTools/SqlSearch"):
        row = {"objID": 1237648720693755918, "ra": 202.5, "dec": 47.2, "petroR90_r": 12.5}
        return json_answer([{"TableName": "Table1", "Rows": [row]}])
    try:
        dec = float(heard.parameters["dec"])
        size = min(2048, max(64, int(heard.parameters["width"])))
    except (KeyError, ValueError):
        error = {"ErrorCode": 400, "ErrorMessage": "Enter parameters properly."}
        return json_answer(error, status="400 Bad Request")
    return answer(message_jpeg(size) if dec < -20 else galaxy_jpeg(size))


def legacy_survey(heard: Heard) -> Reply:
    """The Legacy Surveys: text for an unknown layer, blank outside the footprint."""
    if heard.parameters.get("layer") != "ls-dr10":
        return answer(b"no such layer", "text/html")
    size = min(3000, int(heard.parameters["size"]))
    inside = abs(float(heard.parameters["dec"])) < 80
    return answer(galaxy_jpeg(size) if inside else blank_jpeg(size))


def ps1_images(heard: Heard) -> Reply:
    """Pan-STARRS: a table of files first, then the cutout."""
    if heard.path.endswith("ps1filenames.py"):
        head = "projcell subcell ra dec filter mjd type filename shortname badflag\n"
        rows = "".join(
            f"2311 053 1.0 2.0 {band} 0 stack /rings.v3/x.stk.{band}.fits x.{band} 0\n"
            for band in "gri"
        )
        outside = float(heard.parameters["dec"]) < -30
        return answer((head + ("" if outside else rows)).encode(), "text/plain")
    return answer(galaxy_jpeg(int(heard.parameters["output_size"])))


def hips2fits(heard: Heard) -> Reply:
    """hips2fits: any map, any size."""
    return answer(galaxy_jpeg(int(heard.parameters["width"])))


def sesame(heard: Heard) -> Reply:
    """Sesame: one galaxy known."""
    if heard.query == "NGC%205195":
        text = "# NGC 5195\n#=S=Simbad\n%J 202.4982940 +47.2661300 = 13:29:59.6 +47:15:58\n#====\n"
    else:
        text = "# Nowhere\n#!SIMBAD: No known catalog found\n#!Nothing found\n"
    return answer(text.encode(), "text/plain")


PLAYED_BY = {
    "skyserver": sky_server,
    "legacysurvey": legacy_survey,
    "ps1images": ps1_images,
    "hips2fits": hips2fits,
}
