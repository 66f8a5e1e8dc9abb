"""Archives lie politely: every fault becomes a typed error, and nothing of it is kept."""

import asyncio
import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
from PIL import Image, ImageDraw

from galaxy_core.archives import Patience
from galaxy_core.archives.cache import DiskCache
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import (
    ArchiveBusy,
    ArchiveError,
    ArchiveUnavailable,
    DamagedResponse,
    NotInFootprint,
)
from tests.archives.conftest import QUICK
from tests.archives.fake_archives import (
    FakeArchive,
    answer,
    blank_jpeg,
    cut_in_the_middle,
    drip,
    endless,
    galaxy_jpeg,
    galaxy_pixels,
    jpeg,
    json_answer,
    legacy_survey,
    message_jpeg,
    ps1_images,
    raw,
    redirect,
)

HERE = SkyPosition(180.0, 30.0)
# For what has to send or unpack many bytes: on a busy machine that takes its time.
UNHURRIED = Patience()
GALAXY = galaxy_jpeg()
HTML = b"<!DOCTYPE html><html><head><title>Down for maintenance</title></head></html>"


def half_blank() -> bytes:
    pixels = galaxy_pixels()
    pixels[:, :90] = 0
    return jpeg(pixels)


def blank_in_the_middle(grey: int = 0) -> bytes:
    pixels = galaxy_pixels()
    pixels[60:200] = grey
    return jpeg(pixels)


def icon_jpeg() -> bytes:
    """A frame with a hill in it, as browsers draw where a picture is missing."""
    image = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 60, 216, 196), outline=(120, 120, 120), width=6)
    pen.polygon([(60, 180), (110, 100), (150, 180)], fill=(120, 120, 120))
    return jpeg(image)


def checkerboard_jpeg() -> bytes:
    y, x = np.mgrid[:256, :256] // 16
    return jpeg(np.repeat(((x + y) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8))


def gradient_jpeg() -> bytes:
    x = np.linspace(20, 220, 256)[np.newaxis, :, np.newaxis]
    return jpeg(np.broadcast_to(x, (256, 256, 3)).astype(np.uint8))


def glow_jpeg() -> bytes:
    y, x = np.mgrid[:256, :256] - 128.0
    glow = 200 * np.exp(-(x**2 + y**2) / (2 * 200**2))
    return jpeg(np.repeat(glow[..., np.newaxis], 3, axis=2).astype(np.uint8))


def labelled_jpeg(ink: str) -> bytes:
    image = Image.fromarray(galaxy_pixels())
    ImageDraw.Draw(image).text((10, 10), "SDSS J1234 z=0.05", ink)
    return jpeg(image)


async def slow_headers(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_headers(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


async def endless_trailers(writer):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"%x\r\n" % len(GALAXY) + GALAXY + b"\r\n0\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


FAULTS = {
    "a gradient": (answer(gradient_jpeg()), NotInFootprint, "an even run of colour"),
    "a glow": (answer(glow_jpeg()), NotInFootprint, "an even run of colour"),
    "a lime label": (answer(labelled_jpeg("lime")), DamagedResponse, "lettering drawn over"),
    "a red label": (answer(labelled_jpeg("red")), DamagedResponse, "lettering drawn over"),
    "dripping headers": (slow_headers, ArchiveUnavailable, "did not answer in time"),
    "endless headers": (endless_headers, DamagedResponse, "broke off in the middle"),
    "endless trailers": (endless_trailers, ArchiveUnavailable, "did not answer in time"),
    "no content": (answer(b"", status="204 No Content"), ArchiveUnavailable, "status 204"),
    "a redirect to another port": (
        redirect("http://127.0.0.1:1/x"),
        ArchiveUnavailable,
        "redirects to another host",
    ),
    "gzip in gzip": (
        answer(gzip.compress(gzip.compress(GALAXY)), headers={"Content-Encoding": "gzip, gzip"}),
        DamagedResponse,
        "in a way that was not asked for",
    ),
    "text drawn on a JPEG": (answer(message_jpeg()), NotInFootprint, "a message drawn into"),
    "blank": (answer(blank_jpeg()), NotInFootprint, "sent a blank picture"),
    "black": (answer(blank_jpeg(grey=0)), NotInFootprint, "sent a blank picture"),
    "blank in the middle": (answer(blank_in_the_middle()), NotInFootprint, "blank in the middle"),
    "white and blank in the middle": (
        answer(blank_in_the_middle(255)),
        NotInFootprint,
        "blank in the middle",
    ),
    "a coloured message on grey": (
        answer(message_jpeg(ground="#808080", ink="#c4ca33", text="NO IMAGE", quality=75)),
        NotInFootprint,
        "SDSS sent a",
    ),
    "an icon": (answer(icon_jpeg()), NotInFootprint, "most of which is flat"),
    "a pattern": (answer(checkerboard_jpeg()), NotInFootprint, "most of which is flat"),
    "one pixel too many": (answer(galaxy_jpeg(257)), DamagedResponse, "257 × 257 pixels"),
    "half a picture with success": (
        answer(GALAXY[:4000], status="206 Partial Content"),
        ArchiveUnavailable,
        "status 206. It said: “Partial Content”",
    ),
    "XML with success": (
        answer(b"<?xml version='1.0'?><A><B>Out of tea</B></A>", "text/xml"),
        DamagedResponse,
        "which says: “Out of tea”",
    ),
    "another size": (answer(galaxy_jpeg(64)), DamagedResponse, "64 × 64 pixels where 256 × 256"),
    "HTML with success": (
        answer(HTML, "text/html"),
        DamagedResponse,
        "an HTML page in place of a JPEG cutout, which says: “Down for maintenance”",
    ),
    "HTML declared as JPEG": (answer(HTML), DamagedResponse, "an HTML page in place of"),
    "JPEG declared as HTML": (answer(GALAXY, "text/html"), DamagedResponse, "declared its JPEG"),
    "plain text": (
        answer(b"no such layer", "text/plain"),
        DamagedResponse,
        "which says: “no such layer”",
    ),
    "JSON with success": (
        json_answer({"ErrorCode": 1, "ErrorMessage": "Bad scale"}),
        DamagedResponse,
        "a JSON document in place of a JPEG cutout, which says: “Bad scale”",
    ),
    "JSON error": (
        json_answer({"Error Code": 500, "Error Message": "Deadlock"}, status="500 Oops"),
        ArchiveUnavailable,
        "status 500. It said: “Deadlock”",
    ),
    "404 outside the footprint": (
        answer(b"", "text/plain", status="404 Requested (ra, dec) is outside the SDSS footprint."),
        NotInFootprint,
        "no picture of this position",
    ),
    "wrong type": (answer(b"%PDF-1.7 ..."), DamagedResponse, "sent a PDF document in place"),
    "another picture type": (
        answer(b"GIF89a" + bytes(100)),
        DamagedResponse,
        "sent a GIF picture in place",
    ),
    "empty": (answer(b""), DamagedResponse, "sent an empty answer"),
    "a broken picture": (answer(GALAXY[:3000]), DamagedResponse, "sent a damaged picture"),
    "not allowed": (answer(b"", status="403 No"), ArchiveUnavailable, "Check SDSS_API_KEY"),
    "cut in the middle": (cut_in_the_middle(GALAXY), DamagedResponse, "broke off in the middle"),
    "cut before the answer": (raw(b"HTTP/1."), DamagedResponse, "broke off in the middle"),
    "no HTTP at all": (raw(b"SSH-2.0-OpenSSH\r\n\r\n"), ArchiveError, "127.0.0.1"),
    "a lie about the length": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + GALAXY),
        DamagedResponse,
        "sent more than 20 MB",
    ),
    "an absurd length": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n"),
        ArchiveError,
        "127.0.0.1",
    ),
    "a gzip bomb": (
        answer(gzip.compress(bytes(60 * 2**20)), headers={"Content-Encoding": "gzip"}),
        DamagedResponse,
        "sent more than 20 MB",
    ),
    "an unknown compression": (
        answer(GALAXY, headers={"Content-Encoding": "br"}),
        DamagedResponse,
        "in a way that was not asked for",
    ),
    "broken gzip": (
        answer(GALAXY, headers={"Content-Encoding": "gzip"}),
        DamagedResponse,
        "a broken compressed answer",
    ),
    "a circle of redirects": (redirect("?again=1"), ArchiveUnavailable, "redirects in a circle"),
    "a redirect to a file": (redirect("file:///etc/passwd"), ArchiveUnavailable, "not followed"),
    "a redirect to nowhere": (redirect(""), ArchiveUnavailable, "not followed"),
}


@pytest.mark.parametrize(
    "words",
    [
        "position is outside the survey",
        "No data available at this position",
        "No imaging at this location",
        "Position out of bounds",
        "the requested region is not covered by our data",
        "Coordinates are not in the survey area",
        "Sorry, no image found here",
    ],
)
def test_an_archive_says_in_many_ways_that_it_never_looked_there(words, fetch):
    for reply in (
        json_answer({"detail": words}),
        json_answer({"error": words}, status="404 Not Found"),
        answer(f"<x><y>{words}</y></x>".encode(), "text/xml"),
    ):
        refused = pytest.raises(NotInFootprint, match=words)
        with FakeArchive(lambda _, reply=reply: reply) as server, refused:
            fetch("sdss", HERE, skyserver=server.url)


@pytest.mark.parametrize("words", ["Bad scale", "no such layer", "no data base", "Please sign in"])
def test_other_complaints_are_not_taken_for_the_footprint(words, fetch):
    refused = pytest.raises(DamagedResponse, match=words)
    with FakeArchive(lambda _: json_answer({"error": words})) as server, refused:
        fetch("sdss", HERE, skyserver=server.url)


@pytest.mark.parametrize("scale_px", [8, 15, 25])
def test_a_galaxy_on_a_sky_without_noise_is_no_placeholder(scale_px, fetch):
    y, x = np.mgrid[:256, :256] - 127.5
    light = 230 * np.exp(-np.hypot(x, y) / scale_px) + 150 * np.exp(-np.hypot(x - 70, y - 60) / 4)
    picture = jpeg(np.repeat(np.minimum(light, 255)[..., None], 3, axis=2).astype(np.uint8))
    with FakeArchive(lambda _: answer(picture)) as server:
        assert fetch("sdss", HERE, skyserver=server.url).pixels.shape == (256, 256, 3)


@pytest.mark.parametrize("scale_px", [10, 32, 50])
def test_a_smooth_blob_without_any_noise_is_no_run_of_colour(scale_px, fetch):
    y, x = np.mgrid[:256, :256] - 127.5
    light = 20 + 200 * np.exp(-(x**2 + y**2) / (2 * scale_px**2))
    picture = jpeg(np.repeat(light[..., np.newaxis], 3, axis=2).astype(np.uint8))
    with FakeArchive(lambda _: answer(picture)) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_a_typed_error_and_never_kept(fault, fetch, tmp_path):
    reply, error, words = FAULTS[fault]
    cache = DiskCache(tmp_path / "cache")
    with FakeArchive(lambda _: reply) as server:
        patience = UNHURRIED if fault == "a gzip bomb" else QUICK
        with pytest.raises(error) as raised:
            fetch(
                "sdss",
                HERE,
                skyserver=server.url,
                options={"cache": cache, "patience": patience},
            )
        assert server.client_sockets() == 0
    assert words in str(raised.value)
    assert cache.size_bytes() == 0


def test_honest_gzip_is_unpacked(fetch):
    packed = answer(gzip.compress(GALAXY), headers={"Content-Encoding": "gzip"})
    with FakeArchive(lambda _: packed) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256


@pytest.mark.parametrize("declared", ["image/jpg", "application/octet-stream", "IMAGE/JPEG; q=1"])
def test_loosely_declared_jpegs_are_taken(declared, fetch):
    with FakeArchive(lambda _: answer(GALAXY, declared)) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256


def test_a_picture_at_the_edge_carries_a_warning(fetch):
    with FakeArchive(lambda _: answer(half_blank())) as server:
        (warning,) = fetch("sdss", HERE, skyserver=server.url).warnings
    assert "of the picture is blank: at the edge of SDSS" in warning


def test_sizes_that_sdss_would_clamp_are_never_asked_for(fetch):
    with FakeArchive(lambda _: answer(GALAXY)) as server:
        with pytest.raises(ArchiveError, match="SDSS gives 64 to 2048 pixels a side"):
            fetch("sdss", HERE, size_px=32, skyserver=server.url)
        assert server.heard == []


def test_legacy_outside_its_footprint_is_not_in_footprint(fetch):
    blank = pytest.raises(NotInFootprint, match="DESI Legacy Surveys sent a blank picture")
    with FakeArchive(legacy_survey) as server, blank:
        fetch("legacy", SkyPosition(10.0, 82.0), legacysurvey=server.url)


def test_pan_starrs_without_files_is_not_in_footprint(fetch):
    with FakeArchive(ps1_images) as server:
        with pytest.raises(NotInFootprint, match="has no stack at this position"):
            fetch("panstarrs", SkyPosition(10.0, -30.5), ps1images=server.url)
        assert len(server.heard) == 1


# --- time ----------------------------------------------------------------------------------


def test_a_slow_drip_is_given_up_as_a_whole(fetch):
    impatient = Patience(read_s=5, attempt_s=0.4, total_s=5, attempts=1)
    with FakeArchive(lambda _: drip(GALAXY)) as server:
        began = time.monotonic()
        with pytest.raises(ArchiveUnavailable, match="did not answer in time"):
            fetch("sdss", HERE, skyserver=server.url, options={"patience": impatient})
        assert time.monotonic() - began < 3
        assert server.client_sockets() == 0


def test_all_attempts_together_have_an_end(fetch):
    patience = Patience(attempt_s=0.5, total_s=0.8, attempts=50, backoff_s=0.01)
    given_up = pytest.raises(ArchiveUnavailable, match=r"did not answer within 0\.8 s in all")
    with FakeArchive(lambda _: drip(GALAXY)) as server, given_up:
        fetch("sdss", HERE, skyserver=server.url, options={"patience": patience})


def test_an_endless_body_is_cut_off(fetch):
    sent = [0]
    refused = pytest.raises(DamagedResponse, match="sent more than 20 MB")
    with FakeArchive(lambda _: endless(sent)) as server, refused:
        fetch("sdss", HERE, skyserver=server.url, options={"patience": UNHURRIED})
    assert sent[0] < 40 * 2**20


def test_what_passes_is_tried_again(fetch):
    def script(heard):
        return answer(GALAXY) if heard.number == 3 else answer(HTML, status="502 Bad Gateway")

    with FakeArchive(script) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256
        assert len(server.heard) == 3


def test_what_does_not_pass_is_not_tried_again(fetch):
    with FakeArchive(lambda _: answer(b"", status="400 Bad Request")) as server:
        with pytest.raises(ArchiveUnavailable, match="status 400"):
            fetch("sdss", HERE, skyserver=server.url)
        assert len(server.heard) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for(form, fetch):
    def script(heard):
        moment = datetime.now(UTC) + timedelta(seconds=2)
        after = "1" if form == "seconds" else format_datetime(moment, usegmt=True)
        busy = answer(b"", status="429 Too Many", headers={"Retry-After": after})
        return busy if heard.number == 1 else answer(GALAXY)

    with FakeArchive(script) as server:
        began = time.monotonic()
        fetch("sdss", HERE, skyserver=server.url)
        assert time.monotonic() - began >= 0.9


def test_a_long_retry_after_is_said_and_not_waited_for(fetch):
    busy = answer(HTML, "text/html", status="503 Busy", headers={"Retry-After": "3600"})
    with FakeArchive(lambda _: busy) as server:
        with pytest.raises(ArchiveBusy, match=r"try again in 3600 s\. It said: “Down for"):
            fetch("sdss", HERE, skyserver=server.url)
        assert len(server.heard) == 1


@pytest.mark.parametrize("header", ["9" * 14, "Fri, 31 Dec 2999 23:59:59 GMT", "-5", "soon"])
def test_an_absurd_retry_after_is_not_repeated(header, fetch):
    busy = answer(b"", status="503 Busy", headers={"Retry-After": header})
    later = pytest.raises(ArchiveBusy, match=r"is busy; try again later\.")
    with FakeArchive(lambda _: busy) as server, later:
        fetch("sdss", HERE, skyserver=server.url)


def test_a_busy_hips_server_is_helped_out_by_its_mirror(fetch):
    busy = answer(HTML, "text/html", status="503 Service Unavailable")
    with FakeArchive(lambda _: busy) as first, FakeArchive(lambda _: answer(GALAXY)) as mirror:
        cutout = fetch("hips-dss", HERE, hips2fits=[first.url, mirror.url])
        assert len(first.heard) == 1
    assert cutout.provenance.url.startswith(mirror.url)


@pytest.mark.parametrize(
    "first_says",
    [answer(HTML, "text/html"), answer(HTML), answer(b""), answer(b"", status="403 No"),
     answer(b"<?xml version='1.0'?><Error>busy</Error>", "text/xml"),
     redirect("http://localhost:1/elsewhere"), json_answer({"error": "x"}, status="500 Oops")],
    ids=["a page", "a page as JPEG", "nothing", "no", "XML", "go elsewhere", "JSON error"],
)  # fmt: skip
def test_the_mirror_is_heard_before_a_page_or_a_refusal_is_believed(first_says, fetch):
    with FakeArchive(lambda _: first_says) as first, FakeArchive(lambda _: answer(GALAXY)) as two:
        cutout = fetch("hips-dss", HERE, hips2fits=[first.url, two.url])
        assert (len(first.heard), len(two.heard)) == (1, 1)
    assert cutout.provenance.url.startswith(two.url)


def test_where_both_send_a_page_the_first_ones_words_are_quoted(fetch, tmp_path):
    pages = [answer(HTML, "text/html"), answer(b"<html>other</html>", "text/html")]
    with FakeArchive(lambda _: pages[0]) as first, FakeArchive(lambda _: pages[1]) as two:
        with pytest.raises(DamagedResponse, match="which says: “Down for maintenance”"):
            fetch("hips-dss", HERE, hips2fits=[first.url, two.url])
        assert (len(first.heard), len(two.heard)) == (1, 1)


def test_a_host_that_is_down_is_unavailable(fetch):
    with FakeArchive(lambda _: answer(GALAXY)) as server:
        url = server.url
    with pytest.raises(ArchiveUnavailable, match=r"could not be reached\. Check the network"):
        fetch("sdss", HERE, skyserver=url)


# --- redirects and addresses ---------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_another_host_never_hears_a_word(status, fetch):
    with FakeArchive(lambda _: answer(GALAXY)) as other:
        refused = pytest.raises(ArchiveUnavailable, match="redirects to another host")
        with FakeArchive(lambda _: redirect(f"{other.url}/x", status)) as server, refused:
            fetch("sdss", HERE, skyserver=server.url)
        assert (other.heard, other.connections) == ([], 0)


def test_a_redirect_within_the_host_is_followed(fetch):
    def script(heard):
        return answer(GALAXY) if heard.path == "/there" else redirect("/there")

    with FakeArchive(script) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256


def archive_at(base, addresses, *, operated, tmp_path):
    """Open SDSS at a host name that resolves as told."""
    from galaxy_core.archives import Endpoints, Network, open_archive
    from galaxy_core.archives.endpoints import Endpoint
    from galaxy_core.settings import Settings

    asked = []

    async def resolve(host, port):
        asked.append(host)
        return addresses

    endpoints = Endpoints({"skyserver": Endpoint((base,), operated=operated)})
    patience = Patience(connect_s=1, attempt_s=2, total_s=3, attempts=1)
    network = Network(endpoints, patience, resolve)
    return open_archive("sdss", settings=Settings(tmp_path), network=network), asked


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["8.8.8.8", "::1"]],
)
def test_names_of_private_addresses_are_refused_before_any_connection(addresses, tmp_path):
    with FakeArchive(lambda _: answer(GALAXY)) as server:
        base = f"http://sky.example.org:{server.port}"
        opened, _ = archive_at(base, addresses, operated=False, tmp_path=tmp_path)

        async def main():
            async with opened as archive:
                await archive.fetch(HERE)

        with pytest.raises(ArchiveUnavailable, match="which is no public address; nothing was"):
            asyncio.run(main())
        assert server.connections == 0


def test_the_operators_host_may_be_private_and_the_checked_address_is_the_one_used(tmp_path):
    with FakeArchive(lambda _: answer(GALAXY)) as server:
        base = f"http://sky.example.org:{server.port}"
        opened, asked = archive_at(base, ["127.0.0.1"], operated=True, tmp_path=tmp_path)

        async def main():
            async with opened as archive:
                await archive.fetch(HERE)
                await archive.fetch(SkyPosition(180.0, 31.0))

        asyncio.run(main())
        # One connection, so one resolution: nothing can change its answer in between.
        assert (asked, server.connections) == (["sky.example.org"], 1)
        assert server.heard[0].headers["host"] == f"sky.example.org:{server.port}"


# --- the key -------------------------------------------------------------------------------

KEY = "very-s3cret-token"


def test_the_key_goes_to_the_archive_host_and_not_after_a_redirect(fetch):
    def script(heard):
        return answer(GALAXY) if heard.path == "/there" else redirect("/there")

    with FakeArchive(script) as server:
        fetch("sdss", HERE, skyserver=server.url, options={"key": KEY})
        first, second = server.heard
    assert first.headers["authorization"] == f"bearer {KEY}"
    assert "authorization" not in second.headers


def test_other_archives_never_see_the_key(fetch):
    with FakeArchive(legacy_survey) as server:
        fetch("legacy", HERE, legacysurvey=server.url, options={"key": KEY})
        assert all("authorization" not in heard.headers for heard in server.heard)


@pytest.mark.parametrize(
    "reply",
    [
        answer(f"<title>token {KEY} refused</title>".encode(), "text/html", status="403 No"),
        json_answer({"message": f"bad token {KEY}"}),
        json_answer({"message": f"bad token {KEY}"}, status="429 Busy"),
        answer(b"", status=f"404 {KEY}"),
        redirect(f"http://{KEY}:{KEY}@elsewhere.example.org/{KEY}"),
        cut_in_the_middle(GALAXY),
    ],
)
def test_the_key_shows_nowhere_even_if_the_server_echoes_it(reply, fetch, caplog, tmp_path):
    import logging
    import traceback

    caplog.set_level(logging.DEBUG)
    with FakeArchive(lambda _: reply) as server, pytest.raises(ArchiveError) as raised:
        fetch("sdss", HERE, skyserver=server.url, options={"key": KEY})
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert KEY not in shown
    ours = [record for record in caplog.records if not record.name.startswith("httpcore")]
    assert KEY not in "".join(record.getMessage() for record in ours)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in kept


def test_no_cookie_is_kept(fetch, on_loopback):
    with FakeArchive(lambda _: answer(GALAXY, headers={"Set-Cookie": "track=1"})) as server:

        async def main():
            async with on_loopback("sdss", skyserver=server.url) as archive:
                for ra_deg in (1.0, 2.0):
                    await archive.fetch(SkyPosition(ra_deg, 30.0))

        asyncio.run(main())
        assert all("cookie" not in heard.headers for heard in server.heard)


def test_proxies_of_the_environment_are_left_out(fetch, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with FakeArchive(lambda _: answer(GALAXY)) as server:
        assert fetch("sdss", HERE, skyserver=server.url).width_px == 256


def test_no_exception_of_a_library_leaks(fetch):
    """Random bytes in place of HTTP, in many shapes: only ArchiveError ever comes out."""
    rng = np.random.default_rng(0)
    shapes = [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02",
    ]
    junk = iter([*shapes, *(rng.bytes(300) for _ in range(8))] * 4)
    once = Patience(read_s=0.5, attempt_s=0.6, total_s=2, attempts=1)
    with FakeArchive(lambda _: raw(next(junk))) as server:
        for _ in range(12):
            with pytest.raises(ArchiveError):
                fetch("sdss", HERE, skyserver=server.url, options={"patience": once})
