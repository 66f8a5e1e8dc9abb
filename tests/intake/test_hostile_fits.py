"""FITS files that lie, break off or blow up: one sentence each, and the next file is read."""

import gzip
import io
import os
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from astropy.io import fits

from galaxy_core.errors import DamagedImage, IntakeError, TooLarge, UnsupportedImage
from galaxy_core.intake import read_cutout
from galaxy_core.intake.fits_layout import read_layout
from galaxy_core.intake.fits_reader import FitsLimits, FitsReader


def header(*cards, end=True):
    """Return a header written by hand, so that it can say what no library would write."""
    lines = [card.ljust(80) for card in cards] + (["END".ljust(80)] if end else [])
    text = "".join(lines)
    return text.ljust(-(-len(text) // 2880) * 2880).encode()


def card(key, value):
    return f"{key:<8}= {value:>20}"


def image_header(bitpix=-32, axes=(16, 16), **more):
    return header(
        card("SIMPLE", "T"),
        card("BITPIX", bitpix),
        card("NAXIS", len(axes)),
        *(card(f"NAXIS{n + 1}", axis) for n, axis in enumerate(axes)),
        *(card(key, value) for key, value in more.items()),
    )


def sound():
    rng = np.random.default_rng(9)
    buffer = io.BytesIO()
    image = fits.PrimaryHDU(rng.normal(size=(16, 16)).astype(np.float32))
    image.header["FILTER"] = "r"
    packed = fits.CompImageHDU(rng.integers(0, 99, (16, 16)).astype(np.int16), name="SCI")
    fits.HDUList([image, packed]).writeto(buffer)
    return buffer.getvalue()


PIXELS = bytes(2880)
CUT, LARGE = DamagedImage, TooLarge
BINTABLE = (
    "XTENSION= 'BINTABLE'", card("BITPIX", 8), card("NAXIS", 2), card("NAXIS1", 8),
    card("NAXIS2", 1), card("PCOUNT", 16), card("GCOUNT", 1), card("TFIELDS", 1),
    "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB(8)'",
)  # fmt: skip


def zimage(axes=(16, 16), tile=(16, 16), bitpix=16, how="RICE_1"):
    """Return a tile-compressed image whose table's pointer points at itself."""
    cards = [
        *BINTABLE, card("ZIMAGE", "T"), card("ZBITPIX", bitpix), card("ZNAXIS", len(axes)),
        *(card(f"ZNAXIS{n + 1}", axis) for n, axis in enumerate(axes)),
        *(card(f"ZTILE{n + 1}", side) for n, side in enumerate(tile)), f"ZCMPTYPE= '{how}'",
    ]  # fmt: skip
    # The descriptor says: 2**31 - 1 bytes, beginning at the descriptor itself.
    body = b"\x7f\xff\xff\xff\x00\x00\x00\x00" + bytes(16)
    return image_header(axes=()) + header(*cards) + body.ljust(2880, b"\0")


HOSTILE = {
    "more stated than held": (image_header(axes=(4000, 4000)) + PIXELS, CUT, "breaks off"),
    "huge": (image_header(axes=(10**9, 10**9)) + PIXELS, LARGE, "states a plane of"),
    "overflowing": (image_header(axes=(2**62, 2**62)) + PIXELS, CUT, "no readable NAXIS1"),
    "overflowing product": (
        image_header(axes=(10**4, 10**4, 10**17)) + PIXELS, CUT, "breaks off"),
    "negative": (image_header(axes=(-16, 16)) + PIXELS, CUT, "a negative size"),
    "negative count": (
        image_header(PCOUNT=-2000) + PIXELS, CUT, "a negative PCOUNT or GCOUNT"),
    "many axes": (image_header(axes=(1,) * 99) + PIXELS, CUT, "99 axes"),
    "no such pixel": (image_header(bitpix=7) + PIXELS, CUT, "BITPIX = 7"),
    "words for numbers": (image_header(axes=("'a'", 16)) + PIXELS, CUT, "no readable NAXIS1"),
    "no sizes": (header(card("SIMPLE", "T")) + PIXELS, CUT, "no readable BITPIX"),
    "cut in the header": (image_header()[:1000], CUT, "breaks off inside a FITS header"),
    "cut in the data": (image_header(axes=(64, 64)) + PIXELS, CUT, "the file holds 2,880"),
    "endless header": (
        header(card("SIMPLE", "T"), *["COMMENT again"] * 36_000, end=False), LARGE, "without end"),
    "no end": (image_header().replace(b"END", b"   "), CUT, "breaks off inside"),
    "many units": (
        image_header() + PIXELS
        + header("XTENSION= 'IMAGE   '", card("BITPIX", 8), card("NAXIS", 0),
                 card("PCOUNT", 0), card("GCOUNT", 1)) * 400,
        LARGE, "more than 300 FITS units"),
    "no pixels": (image_header(axes=(0, 16)), UnsupportedImage, "without an image"),
    "one pixel": (image_header(axes=(1, 1)) + PIXELS, UnsupportedImage, "at least 8 × 8"),
    "random groups": (
        image_header(axes=(0, 16, 16), GROUPS="T", PCOUNT=0, GCOUNT=1) + PIXELS,
        UnsupportedImage, "without an image"),
    "recursive table": (zimage(), CUT, "damaged"),
    "recursive table, gzip": (zimage(how="GZIP_1"), CUT, "damaged"),
    "recursive table, hcompress": (zimage(how="HCOMPRESS_1"), CUT, "damaged"),
    "huge compressed": (zimage(axes=(10**6, 10**6)), LARGE, "states a plane of"),
    "huge tile": (zimage(tile=(10**6, 10**6)), LARGE, "states a plane of"),
    "negative tile": (zimage(tile=(-1, 16)), CUT, "an impossible tile size"),
    "unknown compression": (zimage(how="MAGIC"), IntakeError, "damaged|without"),
    "broken gzip": (gzip.compress(sound())[:-900], CUT, "breaks off inside its gzip"),
    "gzip of noise": (
        gzip.compress(image_header() + os.urandom(5))[:60] + os.urandom(500), IntakeError, "."),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_one_sentence(reader, kind):
    data, error, words = HOSTILE[kind]
    with pytest.raises(error, match=words) as caught:
        read_cutout(data, name="hostile.fits", fits_reader=reader)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("hostile.fits ")


def test_a_lying_size_is_refused_by_its_header_alone():
    data = image_header(axes=(10**4, 10**4)) + PIXELS
    with pytest.raises(
        DamagedImage, match=r"states 400,000,000 bytes of data, the file holds 2,880"
    ):
        read_layout(io.BytesIO(data), name="liar")


def test_missing_padding_is_no_damage(reader):
    data = (image_header() + bytes(16 * 16 * 4))[: 2880 + 1024]
    assert read_cutout(data, name="short.fits", fits_reader=reader).pixels.shape == (16, 16, 3)


def test_what_follows_the_last_unit_is_ignored(reader):
    data = image_header() + bytes(2880) + b"\0" * 5000
    assert read_cutout(data, name="long.fits", fits_reader=reader).pixels.shape == (16, 16, 3)


@pytest.fixture
def tight():
    with FitsReader(
        FitsLimits(memory_bytes=700 * 2**20, wall_s=60, file_bytes=64 * 2**20)
    ) as reader:
        yield reader


def test_a_deflate_bomb_is_stopped_at_the_limit(tight):
    bomb = gzip.compress(image_header(axes=(9000, 9000)) + bytes(9000 * 9000 * 4), 9)
    assert len(bomb) < 2**20
    with pytest.raises(TooLarge, match="unpacks to more than 64 MB"):
        read_cutout(bomb, name="bomb.fits.gz", fits_reader=tight)


def test_a_bomb_inside_a_tile_meets_the_memory_limit(tight):
    buffer = io.BytesIO()
    flat = np.zeros((13_000, 13_000), dtype=np.uint8)
    tile = fits.CompImageHDU(flat, compression_type="GZIP_1", tile_shape=flat.shape)
    fits.HDUList([fits.PrimaryHDU(), tile]).writeto(buffer)
    assert len(buffer.getvalue()) < 2**20
    # Said to hold 64-bit numbers, it needs 1.4 GB for its one tile.
    data = buffer.getvalue().replace(
        b"ZBITPIX =                    8", b"ZBITPIX =                   64"
    )
    with pytest.raises(IntakeError, match=r"memory|damaged"):
        read_cutout(data, name="tile.fits.fz", fits_reader=tight)
    assert read_cutout(sound(), name="next.fits", fits_reader=tight).pixels.shape == (16, 16, 3)


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read():
    with FitsReader(FitsLimits(wall_s=0.05)) as hurried:  # starting alone takes longer
        started = time.monotonic()
        with pytest.raises(
            TooLarge, match=r"^slow\.fits took longer than 0\.05 s to read; given up"
        ):
            read_cutout(sound(), name="slow.fits", fits_reader=hurried)
        assert time.monotonic() - started < 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_tighter_limit_of_the_operator_is_kept_and_files_are_still_read(tmp_path):
    path = tmp_path / "sound.fits"
    path.write_bytes(sound())
    script = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1500 * 2**20,) * 2)\n"
        "from galaxy_core.intake import read_file\n"
        "print(read_file(Path(sys.argv[1])).pixels.shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "(16, 16, 3)\n", done.stderr


def test_many_threads_share_a_reader(reader):
    data, sizes = sound(), []

    def read():
        for _ in range(5):
            sizes.append(read_cutout(data, name="a.fits", fits_reader=reader).pixels.shape)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [(16, 16, 3)] * 30


def test_nothing_of_ours_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with FitsReader() as reader:
        read_cutout(sound(), name="a.fits", fits_reader=reader)
        left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
        assert left == []
    assert list(tmp_path.iterdir()) == []


def test_no_secret_reaches_the_process(monkeypatch):
    from galaxy_core.limited_process import bare_environment

    monkeypatch.setenv("SDSS_API_KEY", "hush")
    monkeypatch.setenv("GALAXY_DATABASE_URL", "postgresql://a:hush@b/c")
    assert "hush" not in str(bare_environment())


def test_only_intake_errors_leave_a_mutated_file(reader):
    data = sound()
    rng = np.random.default_rng(77)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(300):
        mutated = np.frombuffer(data, np.uint8).copy()
        headers = rng.random() < 0.7  # the two headers' filled cards, else anywhere
        places = rng.integers(0, 800, 4) if headers else rng.integers(0, len(data), 4)
        if headers and rng.random() < 0.6:
            places = places % 1700 + 5760  # the compressed table's header
        mutated[places] = rng.integers(32, 127, 4) if headers else rng.integers(0, 256, 4)
        cut = len(data) if rng.random() < 0.7 else int(rng.integers(1, len(data)))
        try:
            cutout = read_cutout(mutated.tobytes()[:cut], name="fuzzed.fits", fits_reader=reader)
        except IntakeError:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            assert np.isfinite(cutout.pixels).all()
    assert min(outcomes.values()) > 30


def processes():
    """Return the processes of ours that read FITS, by id."""
    children = psutil.Process().children()
    return {one.pid for one in children if "galaxy_core.intake.fits" in " ".join(one.cmdline())}


def test_reader_closed_while_it_reads_leaves_no_process():
    before = processes()
    reader = FitsReader()
    found = []
    thread = threading.Thread(target=lambda: found.append(reader.open(sound(), name="a.fits")))
    thread.start()
    while not processes() - before and thread.is_alive():
        time.sleep(0.01)
    reader.close()
    thread.join()
    assert len(found) == 1
    assert processes() <= before


def test_reader_keeps_one_process_for_the_next_file_until_it_is_closed():
    before = processes()
    with FitsReader() as reader:
        reader.open(sound(), name="a.fits")
        (kept,) = processes() - before
        reader.open(sound(), name="b.fits")
        assert processes() - before == {kept}
    assert processes() <= before
