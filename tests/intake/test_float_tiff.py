"""TIFF with colour in floats, which astrophotography programs save and Pillow does not read."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile

from galaxy_core.errors import DamagedImage, IntakeError, TooLarge, UnsupportedImage
from galaxy_core.intake import read_cutout

HEIGHT, WIDTH = 20, 28
KINDS = [(3, np.float32), (4, np.float32), (3, np.float64)]


def colours(channels=3, dtype=np.float32):
    """Channels that no swap of rows, columns or colours leaves alike."""
    rng = np.random.default_rng(5)
    values = rng.uniform(0.0, 1.0, (HEIGHT, WIDTH, channels))
    return values.astype(dtype)


def tiff(image, *, order="<", rows=7, deflated=False, planar=False, **tags):
    """Return a TIFF 6.0 file of an (H, W, C) image; given tags replace the true ones."""
    height, width, channels = image.shape
    stored = image.astype(image.dtype.newbyteorder(order))
    bands = [stored[:, :, n] for n in range(channels)] if planar else [stored]
    strips = [
        np.ascontiguousarray(band[first : first + rows]).tobytes()
        for band in bands
        for first in range(0, height, rows)
    ]
    strips = [zlib.compress(one) if deflated else one for one in strips]
    offsets = list(8 + np.cumsum([0, *map(len, strips[:-1])]))
    facts = {
        256: (width,), 257: (height,), 258: (image.dtype.itemsize * 8,) * channels,
        259: (8 if deflated else 1,), 262: (2,), 273: tuple(offsets), 277: (channels,),
        278: (rows,), 279: tuple(map(len, strips)), 284: (2 if planar else 1,),
        339: (3,) * channels,
    }  # fmt: skip
    facts |= {int(tag.removeprefix("tag_")): value for tag, value in tags.items()}
    body = b"".join(strips)
    start = 8 + len(body)
    extra_at, extra, entries = start + 2 + 12 * len(facts) + 4, b"", b""
    for tag, values in sorted(facts.items()):
        packed = struct.pack(f"{order}{len(values)}I", *map(int, values))
        if len(packed) > 4:
            field = struct.pack(f"{order}I", extra_at + len(extra))
            extra += packed
        else:
            field = packed
        entries += struct.pack(f"{order}HHI", tag, 4, len(values)) + field
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, start)
    directory = struct.pack(f"{order}H", len(facts)) + entries + struct.pack(f"{order}I", 0)
    return head + body + directory + extra


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize(
    ("channels", "dtype"), [(3, np.float32), (4, np.float32), (3, np.float64)]
)
def test_every_plain_kind_is_read_exactly(order, deflated, planar, channels, dtype):
    image = colours(channels, dtype)
    data = tiff(image, order=order, deflated=deflated, planar=planar)
    cutout = read_cutout(data, name="m31.tif")
    np.testing.assert_array_equal(cutout.pixels, image[:, :, :3].astype(np.float32))
    assert cutout.warnings == ()


@pytest.mark.parametrize(
    "layout",
    [{}, {"compression": "zlib"}, {"rowsperstrip": 3}, {"planarconfig": "separate"}],
    ids=str,
)
def test_what_tifffile_writes_is_read_exactly(layout):
    image = colours()
    stored = np.moveaxis(image, -1, 0) if "planarconfig" in layout else image
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.ascontiguousarray(stored), photometric="rgb", **layout)
    np.testing.assert_array_equal(read_cutout(buffer.getvalue(), name="m.tif").pixels, image)


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (4, lambda a: a[::-1]),
        (5, lambda a: a.transpose(1, 0, 2)),
        (6, lambda a: np.rot90(a, -1)),
        (7, lambda a: np.rot90(a, 2).transpose(1, 0, 2)),
        (8, lambda a: np.rot90(a)),
    ],
)
def test_orientation_is_undone(orientation, upright):
    image = colours()
    cutout = read_cutout(tiff(image, tag_274=(orientation,)), name="m31.tif")
    np.testing.assert_array_equal(cutout.pixels, upright(image))


def test_linear_flux_is_stretched_and_says_so():
    y, x = np.mgrid[-20:20, -20:20]
    galaxy = 1e-3 * np.exp(-np.hypot(x, y) / 5)
    image = np.stack([galaxy * 2, galaxy, galaxy / 2], axis=-1).astype(np.float32)
    image += np.random.default_rng(1).normal(0.01, 1e-5, image.shape).astype(np.float32)
    cutout = read_cutout(tiff(image), name="m31.tif")
    assert "the stretch was guessed" in cutout.warnings[0]
    red, _, blue = cutout.pixels[22, 22]
    assert red > blue > 0.02


def test_pixel_without_a_number_in_one_channel_is_black_and_counted():
    image = colours()
    image[3, 4, 1] = np.nan
    cutout = read_cutout(tiff(image), name="m31.tif")
    assert cutout.warnings == ("Pixels without a number, shown black: 1.",)
    assert (cutout.pixels[3, 4] == 0).all()


def test_doubles_beyond_float32_are_no_numbers():
    image = colours(dtype=np.float64)
    image[0, 0, 0] = 1e300
    assert "without a number" in read_cutout(tiff(image), name="m.tif").warnings[0]


@pytest.mark.parametrize(
    "tags",
    [
        {"tag_317": (3,)},  # floating-point predictor
        {"tag_259": (5,)},  # LZW
        {"tag_322": (16,)},  # tiles
        {"tag_258": (16, 16, 16)},  # half floats
    ],
)
def test_other_kinds_are_refused_in_words(tags):
    with pytest.raises(UnsupportedImage, match="kind of pixel that is not read here"):
        read_cutout(tiff(colours(), **tags), name="m31.tif")


HOSTILE = {
    "cut in the middle of the strips": tiff(colours(), tag_279=(10, 10, 10)),
    "fewer strips than rows": tiff(colours(), tag_273=(8,), tag_279=(100,)),
    "strips beyond the file": tiff(colours(), tag_273=(2**31, 2**31, 2**31)),
    "the same bytes again and again": tiff(
        colours(), tag_278=(1,), tag_273=(8,) * HEIGHT, tag_279=(5000,) * HEIGHT
    ),
    "no deflate": tiff(colours(), tag_259=(8,)),
    "no row in a strip": tiff(colours(), tag_278=(0,)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_damage_is_said(kind):
    with pytest.raises(DamagedImage, match=r"m31\.tif begins as TIFF but is damaged"):
        read_cutout(HOSTILE[kind], name="m31.tif")


@pytest.mark.parametrize(
    "tags",
    [{"tag_256": (2**31,)}, {"tag_256": (4000,), "tag_257": (4000,), "tag_277": (16,)}],
)
def test_too_large_is_said_before_anything_is_read(tags):
    with pytest.raises(TooLarge):
        read_cutout(tiff(colours(), **tags), name="m31.tif")


def test_every_cut_and_every_changed_byte_ends_in_a_cutout_or_a_sentence():
    good = tiff(colours()[:9, :9], rows=3)
    rng = np.random.default_rng(2)
    broken = [good[:length] for length in range(0, len(good), 37)]
    for _ in range(400):
        changed = bytearray(good)
        at = rng.integers(len(good) - 220, len(good)) if rng.random() < 0.8 else 4
        changed[at] = rng.integers(256)
        broken.append(bytes(changed))
    for data in broken:
        try:
            pixels = read_cutout(data, name="m31.tif").pixels
        except IntakeError:
            continue
        assert np.isfinite(pixels).all()
