"""Pictures that somebody or something drew: text, messages, shapes, diagrams."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.starlight import sky

_WORDS = (
    "the", "requested", "position", "is", "outside", "of", "footprint", "no", "such", "layer",
    "error", "service", "busy", "please", "try", "again", "later", "internal", "server", "503",
    "404", "not", "found", "right", "ascension", "declination", "field", "plate", "survey",
    "release", "data", "image", "cutout", "galaxy", "spiral", "elliptical", "your", "query",
)  # fmt: skip

Colour = tuple[int, int, int]


def inks(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Return paper and ink, far enough apart to read."""
    if rng.random() < 0.6:
        paper, ink = (255, 255, 255), (0, 0, 0)
        return (paper, ink) if rng.random() < 0.5 else (ink, paper)
    while True:
        red, green, blue, *others = (int(v) for v in rng.integers(0, 256, 6))
        if abs(red + green + blue - sum(others)) > 250:
            return (red, green, blue), (others[0], others[1], others[2])


def some_words(rng: np.random.Generator, count: int) -> str:
    """Return this many words of error messages and catalogues."""
    words = " ".join(rng.choice(_WORDS, count))
    return words.upper() if rng.random() < 0.15 else words.capitalize()


def _font(
    rng: np.random.Generator, size_px: float
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Pillow's own fonts, so that the same seed gives the same picture on every machine.
    return (
        ImageFont.load_default_imagefont()
        if rng.random() < 0.2
        else ImageFont.load_default(size_px)
    )


def drawing(image: Image.Image) -> FloatImage:
    """Return what Pillow drew, (H, W, 3) float32 in [0, 1]."""
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def page_of_text(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return lines of text on paper or screen, as an error page or a scan."""
    paper, ink = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    draw = ImageDraw.Draw(image)
    height = rng.uniform(8, max(9, size_px / 10))
    font, y = _font(rng, height), rng.uniform(0, size_px / 6)
    for _ in range(int(rng.integers(3, 25))):
        draw.text(
            (rng.uniform(2, 12), y), some_words(rng, int(rng.integers(2, 12))), ink, font=font
        )
        y += height * rng.uniform(1.2, 1.6)
    return drawing(image)


def error_message(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return what a cutout service draws instead of a galaxy: words on black, sky or grey."""
    ground = (
        sky(rng, size_px) if rng.random() < 0.5 else np.zeros((size_px, size_px, 3), np.float32)
    )
    image = Image.fromarray((ground * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    ink = (
        (255, 255, 255) if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(120, 256, 3))
    )
    font = _font(rng, rng.uniform(9, max(10, size_px / 8)))
    for line in range(int(rng.integers(1, 4))):
        y = size_px * (0.35 + 0.13 * line + rng.uniform(-0.1, 0.1))
        draw.text(
            (size_px * rng.uniform(0.02, 0.2), y),
            some_words(rng, int(rng.integers(2, 7))),
            ink,
            font,
        )
    return drawing(image)


def large_letters(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return one word or letter large in the middle, perhaps outlined and turned."""
    paper, ink = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    word = str(rng.choice(_WORDS))[: int(rng.integers(1, 6))].upper()
    ImageDraw.Draw(image).text(
        (size_px / 2, size_px / 2),
        word,
        ink,
        font=ImageFont.load_default(size_px * rng.uniform(0.9, 1.6) / (len(word) + 0.5)),
        anchor="mm",
        stroke_width=int(rng.integers(0, 4)),
    )
    return drawing(
        image.rotate(float(rng.normal(0, 15)), Image.Resampling.BILINEAR, fillcolor=paper)
    )


def shapes(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a few filled or outlined circles, boxes and lines."""
    paper, _ = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 9))):
        ink = tuple(int(v) for v in rng.integers(0, 256, 3))
        y, x = rng.uniform(0.1, 0.9, 2) * size_px
        high, wide = rng.uniform(0.05, 0.4, 2) * size_px
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        match int(rng.integers(4)):
            case 0:
                draw.ellipse(box, fill=ink)
            case 1:
                draw.rectangle(box, fill=ink)
            case 2:
                draw.line(box, fill=ink, width=int(rng.integers(1, 8)))
            case _:
                draw.polygon([tuple(p) for p in rng.uniform(0, size_px, (3, 2))], fill=ink)
    return drawing(image)


def diagram(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a plot with axes: a curve, points or bars."""
    paper, ink = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    draw = ImageDraw.Draw(image)
    low, high = 0.12 * size_px, 0.92 * size_px
    draw.line((low, low, low, high, high, high), fill=ink, width=2)
    x = np.linspace(low, high, 40)
    wave = np.sin(x * rng.uniform(0.01, 0.15)) * rng.uniform(0.1, 0.35) + rng.normal(0, 0.03, 40)
    y = size_px * (0.5 + wave)
    colour = tuple(int(v) for v in rng.integers(0, 256, 3))
    match int(rng.integers(3)):
        case 0:
            draw.line([(float(a), float(b)) for a, b in zip(x, y)], fill=colour, width=3)
        case 1:
            for a, b in zip(x, y):
                draw.ellipse((a - 3, b - 3, a + 3, b + 3), fill=colour)
        case _:
            for a, b in zip(x[::4], y[::4]):
                draw.rectangle((a, min(b, high), a + 0.05 * size_px, high), fill=colour)
    draw.text((low, 2), some_words(rng, 3), ink, font=ImageFont.load_default(max(8, size_px / 16)))
    return drawing(image)
