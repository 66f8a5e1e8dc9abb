"""Drawn messages, labels and overlays are seen; galaxies are not taken for them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from galaxy_core.archives.lettering import Drawing, find_drawing
from tests.archives.fake_archives import blank_jpeg, galaxy_pixels, jpeg, message_jpeg

REAL = Path(__file__).parents[3] / "shared" / "galaxies" / "images"


def pixels_of(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32) / 255


@pytest.mark.parametrize("size_px", [64, 128, 256, 512, 1024])
@pytest.mark.parametrize("font_px", [9, 11, 16])
def test_a_message_on_black(size_px, font_px):
    data = message_jpeg(size_px, font_px=font_px)
    assert find_drawing(pixels_of(data)) is Drawing.MESSAGE


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("red", "black"), ("yellow", "black"), ("#c8c8c8", "black"), ("black", "white"),
     ("white", "#1e1e3c"), ("lime", "black"), ("#0000c8", "white"), ("black", "#808080")],
)  # fmt: skip
@pytest.mark.parametrize("at", [(2, 2), (20, 120), (5, 230)])
def test_a_message_in_any_colour_and_place(ink, ground, at):
    data = message_jpeg(256, "No data here: error 404", ink=ink, ground=ground, at=at, quality=70)
    assert find_drawing(pixels_of(data)) is Drawing.MESSAGE


@pytest.mark.parametrize("text", ["404", "ERROR", "Timeout expired.\nThe query did not finish."])
def test_short_and_long_messages(text):
    assert find_drawing(pixels_of(message_jpeg(256, text))) is Drawing.MESSAGE


def drawn_on_galaxy(draw) -> np.ndarray:
    image = Image.fromarray(galaxy_pixels(256))
    draw(ImageDraw.Draw(image))
    return pixels_of(jpeg(image, quality=85))


# SkyServer draws its grid and ruler in light green, never a circle.
SHAPES = [
    (shape, colour)
    for shape in ("box", "circle", "grid", "cross")
    for colour in ("lime", "cyan", "red", "fuchsia", "orange", "lightgreen", "grey", "white")
    if shape in ("grid", "cross") or colour not in ("lightgreen", "grey", "white")
]


@pytest.mark.parametrize(("shape", "colour"), SHAPES)
def test_overlays(shape, colour):
    def draw(pen):
        if shape == "box":
            pen.rectangle((60, 60, 196, 196), outline=colour, width=2)
        elif shape == "circle":
            pen.ellipse((60, 60, 196, 196), outline=colour, width=2)
        elif shape == "grid":
            for at in (64, 128, 192):
                pen.line((0, at, 256, at), fill=colour)
                pen.line((at, 0, at, 256), fill=colour)
        else:
            pen.line((128, 0, 128, 256), fill=colour)
            pen.line((0, 128, 256, 128), fill=colour)

    assert find_drawing(drawn_on_galaxy(draw)) is Drawing.OVERLAY


def test_a_white_label_over_the_picture():
    font = ImageFont.load_default(13)
    drawn = drawn_on_galaxy(lambda pen: pen.text((8, 10), "RA 187.70 Dec 12.39", "white", font))
    assert find_drawing(drawn) is Drawing.LABEL


@pytest.mark.parametrize(("ink", "font_px"), [("white", 9), ((180, 180, 180), 13)])
def test_a_label_that_is_small_or_grey(ink, font_px):
    font = ImageFont.load_default(font_px)
    drawn = drawn_on_galaxy(lambda pen: pen.text((8, 230), "(c) Some Survey 2021", ink, font))
    assert find_drawing(drawn) is Drawing.LABEL


def test_a_white_box_is_an_overlay():
    drawn = drawn_on_galaxy(lambda pen: pen.rectangle((80, 80, 176, 176), outline="white"))
    assert find_drawing(drawn) is Drawing.OVERLAY


def test_a_satellite_trail_is_a_streak_and_no_overlay():
    drawn = drawn_on_galaxy(lambda pen: pen.line((0, 40, 255, 90), fill="lime", width=3))
    assert find_drawing(drawn) is Drawing.STREAK


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size_px", [64, 128, 256, 512])
def test_galaxies_are_no_drawings(size_px, seed):
    assert find_drawing(pixels_of(jpeg(galaxy_pixels(size_px, seed=seed)))) is None


@pytest.mark.parametrize("scale_px", [6, 12, 30])
def test_a_galaxy_without_any_noise_is_no_message(scale_px):
    y, x = np.mgrid[:256, :256] - 127.5
    light = np.exp(-np.hypot(x, y) / scale_px)[..., None] * np.float32([1, 0.9, 0.8])
    assert find_drawing(light.astype(np.float32)) is None


def test_a_blank_picture_is_no_drawing():
    assert find_drawing(pixels_of(blank_jpeg())) is None


@pytest.mark.skipif(not REAL.exists(), reason="the real galaxies are not on this machine")
def test_real_galaxies_raise_no_alarm():
    """The full count, 0 galaxies of 10,565, is in the module's docstring; here every 60th."""
    files = sorted((REAL / "ngc").glob("*.jpg"))[::60] + sorted((REAL / "gz1").glob("*.jpg"))[::60]
    refused = {Drawing.MESSAGE, Drawing.LABEL, Drawing.OVERLAY}
    assert [
        file.name for file in files if find_drawing(pixels_of(file.read_bytes())) in refused
    ] == []


@pytest.mark.skipif(not REAL.exists(), reason="the real galaxies are not on this machine")
@pytest.mark.parametrize("file", ["ngc/IC0896.jpg", "gz1/587729387686002878.jpg"])
def test_two_real_messages_among_the_labelled_galaxies_are_found(file):
    assert find_drawing(pixels_of((REAL / file).read_bytes())) is Drawing.MESSAGE
