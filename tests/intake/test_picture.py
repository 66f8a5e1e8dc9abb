"""Pictures of every kind become a cutout, or one clear sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from galaxy_core.cutout import Origin
from galaxy_core.errors import (
    DamagedImage,
    IntakeError,
    NotAnImage,
    TooLarge,
    UnsupportedImage,
)
from galaxy_core.intake import read_cutout

SIDE = 24


def encoded(image, fmt, **options):
    buffer = io.BytesIO()
    image.save(buffer, fmt, **options)
    return buffer.getvalue()


def smooth(shape=(SIDE, SIDE + 8)):
    y, x = np.indices(shape)
    return (x * 5 + y * 4).astype(np.uint8)


def colour_image(shape=(SIDE, SIDE + 8)):
    grey = smooth(shape)
    return Image.fromarray(np.dstack([grey, grey // 2, 255 - grey]))


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, *, bits=8, colour=2, rows=b"", extra=b""):
    """Return a PNG written by hand, so that it can say what no library would write."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("fmt", ["PNG", "TIFF", "BMP"])
def test_lossless_colour_comes_back_exactly(fmt):
    cutout = read_cutout(encoded(colour_image(), fmt), name="galaxy")
    np.testing.assert_array_equal(
        cutout.pixels, np.asarray(colour_image(), dtype=np.float32) / np.float32(255)
    )
    assert cutout.warnings == ()
    assert cutout.provenance.origin is Origin.UPLOAD
    assert len(cutout.provenance.sha256) == 64


@pytest.mark.parametrize(
    ("fmt", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"quality": 95}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "jpeg", "quality": 95}),
    ],
)
def test_compressed_colour_comes_back_closely(fmt, options):
    cutout = read_cutout(encoded(colour_image(), fmt, **options), name="galaxy")
    truth = np.asarray(colour_image(), dtype=np.float32) / 255
    assert np.abs(cutout.pixels - truth).mean() < 0.03


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(smooth()),
        Image.fromarray(smooth()).convert("P"),
        Image.fromarray(np.where(smooth() > 100, 255, 0).astype(np.uint8)).convert("1"),
    ],
    ids=["grey", "palette", "one bit"],
)
def test_grey_is_repeated_in_three_channels(image):
    cutout = read_cutout(encoded(image, "PNG"), name="grey.png")
    truth = np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255)
    np.testing.assert_array_equal(cutout.pixels, np.repeat(truth[..., None], 3, axis=2))


def test_sixteen_bit_grey_keeps_its_sixteen_bits():
    values = (np.arange(SIDE * SIDE, dtype=np.uint16) * 7).reshape(SIDE, SIDE)
    for fmt in ("PNG", "TIFF"):
        cutout = read_cutout(encoded(Image.fromarray(values), fmt), name="deep")
        np.testing.assert_allclose(cutout.pixels[..., 0], values / 65535.0, rtol=1e-6)


def test_sixteen_bit_big_endian_tiff_is_read_in_its_byte_order():
    values = (np.arange(SIDE * SIDE, dtype=np.uint16) * 7).reshape(SIDE, SIDE)
    big = encoded(Image.fromarray(values.astype(">u2")), "TIFF")
    assert big.startswith(b"MM")
    np.testing.assert_allclose(
        read_cutout(big, name="deep").pixels[..., 2], values / 65535.0, rtol=1e-6
    )


def test_sixteen_bit_colour_png_keeps_the_upper_eight_bits():
    rows = b"".join(b"\0" + struct.pack(">HHH", 65535, 32768, 255) * 10 for _ in range(10))
    cutout = read_cutout(png(10, 10, bits=16, rows=rows), name="deep.png")
    np.testing.assert_allclose(cutout.pixels[4, 4], [1.0, 128 / 255, 0.0], atol=1e-6)


@pytest.mark.parametrize("fmt", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_composed_on_black(fmt):
    rgba = np.full((16, 16, 4), 200, dtype=np.uint8)
    rgba[:, :8, 3] = 0
    rgba[:, 8:, 3] = 128
    options = {"lossless": True} if fmt == "WEBP" else {}
    cutout = read_cutout(encoded(Image.fromarray(rgba), fmt, **options), name="a")
    assert cutout.pixels[:, :8].max() == 0.0
    np.testing.assert_allclose(cutout.pixels[:, 8:], 200 / 255 * 128 / 255, atol=2 / 255)


def test_transparent_palette_colour_is_black():
    image = Image.fromarray(smooth()).convert("P")
    for fmt in ("GIF", "PNG"):
        data = encoded(image, fmt, transparency=image.getpixel((3, 3)))
        assert read_cutout(data, name="p").pixels[3, 3].max() == 0.0


def test_grey_with_alpha_is_composed_on_black():
    image = Image.merge("LA", [Image.new("L", (9, 9), 255), Image.new("L", (9, 9), 51)])
    np.testing.assert_allclose(
        read_cutout(encoded(image, "PNG"), name="la").pixels, 0.2, atol=0.01
    )


def test_cmyk_jpeg_becomes_colour():
    cutout = read_cutout(encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG"), name="c")
    np.testing.assert_allclose(cutout.pixels[16, 16], [1.0, 0.0, 0.0], atol=0.03)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied_once(fmt, orientation):
    # A bright corner that each orientation puts elsewhere; "upright" is at the top left.
    upright = np.zeros((32, 48), dtype=np.uint8)
    upright[:16, :16] = 255
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: upright.T[::-1],
        7: upright.T[::-1, ::-1],
        8: upright.T[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)).convert("RGB"), fmt, exif=exif)
    cutout = read_cutout(data, name="turned")
    assert cutout.pixels.shape == (32, 48, 3)
    assert cutout.pixels[:14, :14].min() > 0.9
    assert cutout.pixels[:, 20:].max() < 0.1


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_broken_exif_does_not_cost_the_picture():
    data = encoded(colour_image(), "JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 60)
    assert read_cutout(data, name="e").pixels.shape == (SIDE, SIDE + 8, 3)


def float_tiff(values):
    return encoded(Image.fromarray(np.asarray(values, dtype=np.float32)), "TIFF")


def test_float_tiff_in_the_unit_range_is_taken_as_brightness():
    values = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    cutout = read_cutout(float_tiff(values), name="f.tif")
    np.testing.assert_array_equal(cutout.pixels[..., 1], values)
    assert cutout.warnings == ()


def test_nan_in_a_float_tiff_becomes_sky_and_is_counted(rng_field):
    values = rng_field * 1000.0
    values[2, 3] = np.nan
    values[4, 5] = np.inf
    cutout = read_cutout(float_tiff(values), name="f.tif")
    assert cutout.pixels[2, 3].max() == cutout.pixels[4, 5].max() == 0.0
    assert cutout.pixels.max() > 0.9
    assert "Pixels without a number, taken as sky: 2." in cutout.warnings
    assert any("stretch was guessed" in warning for warning in cutout.warnings)


@pytest.fixture
def rng_field():
    rng = np.random.default_rng(5)
    y, x = np.indices((40, 40)) - 20
    return (rng.normal(1.0, 0.01, (40, 40)) + np.exp(-(x**2 + y**2) / 50)).astype(np.float32)


def test_a_float_tiff_without_any_number_says_so():
    with pytest.raises(DamagedImage, match="holds no finite number in any of its pixels"):
        read_cutout(float_tiff(np.full((20, 20), np.nan)), name="f.tif")


@pytest.mark.parametrize("value", [-5.0, 0.0, 1e38, -3e38])
def test_a_constant_float_tiff_is_finite(value):
    cutout = read_cutout(float_tiff(np.full((20, 20), value)), name="f.tif")
    assert np.isfinite(cutout.pixels).all()


def test_wild_floats_stay_finite():
    values = np.tile(np.array([3e38, -3e38, 1e-40, np.nan, np.inf, 1.0], np.float32), (12, 2))
    assert np.isfinite(read_cutout(float_tiff(values), name="f.tif").pixels).all()


def test_integer_tiff_is_stretched_and_says_so(rng_field):
    data = encoded(Image.fromarray((rng_field * 1e6).astype(np.int32)), "TIFF")
    cutout = read_cutout(data, name="i.tif")
    assert any("stretch was guessed" in warning for warning in cutout.warnings)
    assert cutout.pixels[20, 20, 0] > 0.9 > cutout.pixels[0, 0, 0] + 0.7


def test_all_black_is_a_cutout_without_complaint():
    cutout = read_cutout(encoded(Image.new("RGB", (64, 64)), "PNG"), name="black.png")
    assert cutout.pixels.max() == 0.0
    assert cutout.warnings == ()


@pytest.mark.parametrize("fmt", ["GIF", "WEBP", "PNG"])
def test_animated_pictures_are_refused(fmt):
    frames = [Image.fromarray(np.full((16, 16), 40 * i, np.uint8)) for i in range(3)]
    data = encoded(frames[0], fmt, save_all=True, append_images=frames[1:])
    with pytest.raises(UnsupportedImage, match=r"^m is animated; save the frame"):
        read_cutout(data, name="m")


def test_a_still_gif_is_read():
    assert read_cutout(encoded(Image.fromarray(smooth()), "GIF"), name="s").pixels.max() > 0.5


def test_a_tiff_of_pages_gives_its_first_and_says_so():
    pages = [Image.fromarray(np.full((16, 16), value, np.uint8)) for value in (255, 0)]
    cutout = read_cutout(
        encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]), name="t"
    )
    assert cutout.pixels.min() == 1.0
    assert cutout.warnings == ("The file has several pages; only the first is used.",)


@pytest.mark.parametrize("size", [(1, 1), (7, 400), (400, 3)])
def test_pictures_too_small_for_a_galaxy_are_refused(size):
    with pytest.raises(UnsupportedImage, match="at least 8 × 8 are needed"):
        read_cutout(encoded(Image.new("RGB", size), "PNG"), name="tiny")


def patched(data, old, new):
    assert data.count(old) == 1
    return data.replace(old, new)


def lying_tiff(side):
    data = encoded(Image.new("L", (300, 301)), "TIFF", compression="raw")
    header = struct.pack("<HHI", 256, 4, 1)  # ImageWidth, LONG, one value
    data = data.replace(header + struct.pack("<I", 300), header + struct.pack("<I", side))
    header = struct.pack("<HHI", 257, 4, 1)
    return data.replace(header + struct.pack("<I", 301), header + struct.pack("<I", side))


def webp_canvas(side):
    body = b"\x10\0\0\0" + (side - 1).to_bytes(3, "little") * 2
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    pixels = encoded(Image.new("RGB", (16, 16)), "WEBP", lossless=True)[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(chunk) + len(pixels)) + b"WEBP" + chunk + pixels


HUGE = {
    "png 100000": lambda: png(100_000, 100_000, rows=b"\0" * 1000),
    "png just over": lambda: png(7072, 7072, bits=1, colour=0, rows=b"\0" * 885 * 7072),
    "gif": lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0"
    b",\0\0\0\0" + struct.pack("<HH", 65535, 65535) + b"\0\x02\x02L\x01\0;",
    "bmp": lambda: b"BM" + struct.pack("<IIII", 500, 0, 54, 40)
    + struct.pack("<iiHHIIiiII", 99999, 99999, 1, 24, 0, 0, 0, 0, 0, 0) + b"\0" * 446,
    "jpeg": lambda: patched(
        encoded(Image.new("RGB", (640, 481)), "JPEG"),
        struct.pack(">HH", 481, 640),
        struct.pack(">HH", 65535, 65535),
    ),
    "tiff": lambda: lying_tiff(100_000),
    "webp 16383": lambda: webp_canvas(16383),
    "webp 12000": lambda: webp_canvas(12000),
}  # fmt: skip


@pytest.mark.parametrize("kind", HUGE)
def test_dimensions_are_checked_before_anything_is_decoded(kind):
    data = HUGE[kind]()
    assert len(data) < 800_000
    with pytest.raises((TooLarge, DamagedImage)) as caught:
        read_cutout(data, name="huge")
    if not kind.startswith("webp 12000"):  # libwebp itself may refuse the contradiction
        assert caught.type is TooLarge, caught.value


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(TooLarge, match=r"^big is 51 MB large; at most 50 MB are read"):
        read_cutout(bytes(51 * 2**20), name="big")


def test_a_jpeg_of_endless_passes_is_refused():
    data = encoded(Image.new("RGB", (4000, 4000)), "JPEG", progressive=True)
    with pytest.raises(TooLarge, match="too many passes over its pixels"):
        read_cutout(data + b"\xff\xda" * 400, name="slow")


def tag(number, value=None):
    """Return the beginning of a TIFF directory entry of one value, SHORT or LONG."""
    return struct.pack("<HHI", number, 3 if value is None or value < 65536 else 4, 1) + (
        b"" if value is None else struct.pack("<I", value)
    )


def test_a_tiff_of_giant_tiles_is_refused():
    # Rows a strip and planar configuration are turned into the sides of a tile.
    data = encoded(Image.new("L", (64, 64)), "TIFF", compression="tiff_lzw")
    data = patched(data, tag(278, 64), tag(322, 60_000))
    data = patched(data, tag(284, 1), tag(323, 60_000))
    with pytest.raises(TooLarge, match="is stored in tiles larger than are read"):
        read_cutout(data, name="tiles")


def test_a_bomb_in_a_text_chunk_is_refused():
    bomb = b"a\0\0" + zlib.compress(bytes(80 * 2**20))
    with pytest.raises(DamagedImage):
        read_cutout(png(16, 16, rows=b"\0" * 49 * 16, extra=png_chunk(b"zTXt", bomb)), name="t")


def test_large_pictures_are_averaged_down_and_say_so():
    image = Image.new("L", (6000, 4000), 128)
    for fmt in ("PNG", "JPEG"):
        cutout = read_cutout(encoded(image, fmt), name="large")
        assert cutout.pixels.shape == (2000, 3000, 3)
        assert cutout.warnings == ("Averaged down to 3000 × 2000 pixels, for it has 24 million.",)
        np.testing.assert_allclose(cutout.pixels[::500, ::500], 128 / 255, atol=2 / 255)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", NotAnImage, "is empty: it holds no bytes"),
        (b"<!DOCTYPE html><html><body>busy", NotAnImage, "is an HTML page, not an image"),
        (b"\n <html lang='en'>", NotAnImage, "is an HTML page"),
        (b"%PDF-1.7 ...", NotAnImage, "is a PDF document"),
        (b"PK\x03\x04abcd", NotAnImage, "is a ZIP archive"),
        (b"\x1f\x8b\x08\0abc", NotAnImage, "is a gzip archive"),
        (b'{"error": 1}', NotAnImage, "is a JSON document"),
        (b"Service busy, try again", NotAnImage, "is a text file"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'>", UnsupportedImage, "is an SVG drawing"),
        (b"<?xml version='1.0'?><VOTABLE>", NotAnImage, "is an XML document"),
        (b"\0\0\0\x1cftypavif....", UnsupportedImage, "is a HEIF or AVIF picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", UnsupportedImage, "is a JPEG 2000 picture"),
        (b"\0\0\0\x1cftypisom....", NotAnImage, "is a video"),
        (b"\x01\x02\x03\x04", NotAnImage, "is of no kind that is known here"),
    ],
)
def test_what_is_no_readable_image_is_named(data, error, words):
    with pytest.raises(error, match=words) as caught:
        read_cutout(data, name="galaxy.jpg")
    assert str(caught.value).startswith("galaxy.jpg is ")
    assert "\n" not in str(caught.value)


def test_the_name_does_not_tell_the_type():
    assert read_cutout(encoded(colour_image(), "PNG"), name="x.jpg").pixels.shape[2] == 3


def test_no_limit_or_setting_of_pillow_is_changed():
    from PIL import ImageFile

    read_cutout(encoded(colour_image(), "PNG"), name="x")
    assert Image.MAX_IMAGE_PIXELS == 1024 * 1024 * 1024 // 4 // 3
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


SOUND = {
    "jpeg": lambda: encoded(colour_image((64, 64)), "JPEG", quality=90),
    "progressive": lambda: encoded(colour_image((64, 64)), "JPEG", progressive=True),
    "png": lambda: encoded(colour_image((64, 64)), "PNG"),
    "palette": lambda: encoded(colour_image((64, 64)).convert("P"), "PNG", transparency=3),
    "gif": lambda: encoded(colour_image((64, 64)), "GIF"),
    "webp": lambda: encoded(colour_image((64, 64)), "WEBP"),
    "lossless webp": lambda: encoded(colour_image((64, 64)), "WEBP", lossless=True),
    "tiff": lambda: encoded(colour_image((64, 64)), "TIFF"),
    "tiff lzw": lambda: encoded(colour_image((64, 64)), "TIFF", compression="tiff_lzw"),
    "tiff deflate": lambda: encoded(colour_image((64, 64)), "TIFF", compression="tiff_deflate"),
    "float tiff": lambda: float_tiff(smooth((64, 64)) * 3.0),
    "bmp": lambda: encoded(colour_image((64, 64)), "BMP"),
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_cut_file_is_damaged_or_whole_but_never_half(kind):
    data = SOUND[kind]()
    whole = read_cutout(data, name="whole").pixels
    refused = 0
    for length in np.linspace(12, len(data) - 1, 60, dtype=int):
        try:
            cut = read_cutout(data[:length], name="cut").pixels
        except IntakeError:
            refused += 1
        else:  # what was lost came after the last pixel
            np.testing.assert_array_equal(cut, whole, err_msg=f"cut at {length}")
    assert refused > 50 or (refused > 0 and "tiff" in kind)  # TIFF may keep its tags last


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of odd TIFF and EXIF tags
@pytest.mark.parametrize("kind", SOUND)
def test_only_intake_errors_leave_a_mutated_file(kind):
    data = SOUND[kind]()
    rng = np.random.default_rng(20240)
    for _ in range(250):
        mutated = np.frombuffer(data, np.uint8).copy()
        head = rng.random() < 0.5  # half of the damage goes to the header
        places = rng.integers(2, min(len(data), 200) if head else len(data), rng.integers(1, 6))
        mutated[places] = rng.integers(0, 256, len(places))
        try:
            cutout = read_cutout(mutated.tobytes(), name="fuzzed")
        except IntakeError:
            continue
        assert np.isfinite(cutout.pixels).all()
