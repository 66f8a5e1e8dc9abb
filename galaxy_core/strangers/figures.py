"""Figures that people make: charts, maps, screens, codes, faces, ornaments and spirals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.drawn import drawing, inks, some_words
from galaxy_core.strangers.nebulae import turbulence

Plane = npt.NDArray[np.float64]

_MAPS = np.array(  # dark to bright: fire, ice, viridis, rainbow
    [
        [[0, 0, 0], [0.5, 0.05, 0.4], [0.95, 0.4, 0.15], [1, 1, 0.7]],
        [[0, 0, 0.2], [0, 0.3, 0.7], [0.3, 0.8, 0.9], [1, 1, 1]],
        [[0.27, 0, 0.33], [0.2, 0.4, 0.55], [0.2, 0.7, 0.45], [0.99, 0.9, 0.15]],
        [[0, 0, 1], [0, 1, 0.6], [1, 1, 0], [1, 0, 0]],
    ]
)


def _mapped(values: Plane, rng: np.random.Generator) -> FloatImage:
    """Show values in [0, 1] by a colour map."""
    colours = _MAPS[int(rng.integers(len(_MAPS)))]
    steps = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(values, steps, colours[:, c]) for c in range(3)], axis=-1)


def _polar(size_px: int, at: tuple[float, float]) -> tuple[Plane, Plane]:
    axis = np.linspace(-1, 1, size_px)
    y, x = axis[:, None] - at[0], axis[None, :] - at[1]
    return np.asarray(np.hypot(y, x)), np.asarray(np.arctan2(y, x))


def _unit(values: Plane) -> Plane:
    return np.asarray((values - values.min()) / (np.ptp(values) + 1e-9))


def heat_map(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a matrix or a smooth function as a coloured chart, perhaps within a frame."""
    values = _unit(turbulence(rng, size_px, slope=rng.uniform(2.5, 4)))
    if rng.random() < 0.5:
        cells = int(rng.integers(4, 24))
        index = np.arange(size_px) * cells // size_px
        values = rng.random((cells, cells))[np.ix_(index, index)]
    pixels = _mapped(values, rng)
    if rng.random() < 0.5:
        paper = float(rng.choice([0.0, 1.0]))
        edge = int(size_px * rng.uniform(0.08, 0.2))
        frame = np.full_like(pixels, paper)
        frame[edge:-edge, edge:-edge] = pixels[edge:-edge, edge:-edge]
        pixels = frame
    return pixels.astype(np.float32)


def pie_chart(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a pie or a ring of coloured sectors."""
    away, angle = _polar(size_px, (rng.normal(0, 0.05), rng.normal(0, 0.05)))
    ends = np.sort(rng.uniform(-np.pi, np.pi, int(rng.integers(2, 8))))
    colours = rng.random((len(ends) + 1, 3))
    hole = rng.uniform(0.2, 0.4) if rng.random() < 0.3 else 0.0
    inside = (away < rng.uniform(0.5, 0.9)) & (away >= hole)
    paper = rng.choice([0.0, 1.0])
    return np.where(inside[..., None], colours[np.searchsorted(ends, angle)], paper).astype(
        np.float32
    )


def scatter_plot(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a cloud of points on dark or white paper, with or without axes."""
    paper, ink = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    draw = ImageDraw.Draw(image)
    spread, radius = rng.uniform(0.08, 0.25) * size_px, rng.uniform(1, 4) * size_px / 250
    colour = ink if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(0, 256, 3))
    for y, x in rng.normal(size_px / 2, spread, (int(rng.integers(20, 500)), 2)):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    if rng.random() < 0.6:
        low, high = 0.1 * size_px, 0.94 * size_px
        draw.line((low, 0.06 * size_px, low, high, high, high), fill=ink, width=2)
    return drawing(image)


def street_map(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a map of land and water with roads, or its contour lines."""
    height = turbulence(rng, size_px, slope=rng.uniform(2.8, 3.8))
    if rng.random() < 0.4:
        lines = np.abs((height * rng.uniform(2, 6)) % 1 - 0.5) < rng.uniform(0.03, 0.1)
        grey = np.where(lines, 1.0, 0.0) if rng.random() < 0.5 else np.where(lines, 0.3, 1.0)
        return np.repeat(grey[..., None], 3, axis=2).astype(np.float32)
    colours = rng.random((2, 3)) * 0.5 + 0.45
    pixels = np.where((height > 0)[..., None], colours[0], colours[1])
    image = Image.fromarray((pixels * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(3, 20))):
        ends = [tuple(point) for point in rng.uniform(0, size_px, (3, 2))]
        draw.line(ends, fill=(255, 255, 255), width=int(rng.integers(1, 5)))
    return drawing(image)


def screenshot(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a window of a program or of a web page: bars, columns, buttons, lines of text."""
    dark = rng.random() < 0.5
    paper, ink = ((24, 26, 34), (222, 222, 222)) if dark else ((248, 248, 248), (40, 40, 40))
    image = Image.new("RGB", (size_px, size_px), paper)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(max(7, size_px / 24))
    bar = size_px * rng.uniform(0.06, 0.14)
    accent = tuple(int(v) for v in rng.integers(30, 220, 3))
    draw.rectangle((0, 0, size_px, bar), fill=accent)
    draw.text((4, bar / 4), some_words(rng, 2), (255, 255, 255), font=font)
    left = size_px * rng.choice([0.03, 0.28])
    for row in range(int(rng.integers(4, 16))):
        y = bar * 1.3 + row * size_px / 15
        if rng.random() < 0.2:
            wide = rng.uniform(0.1, 0.4) * size_px
            colour = tuple(int(v) for v in rng.integers(40, 240, 3))
            draw.rectangle((left, y, left + wide, y + size_px / 18), fill=colour)
        else:
            draw.text((left, y), some_words(rng, int(rng.integers(2, 9))), ink, font=font)
    return drawing(image)


def square_code(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a QR code or a barcode, dark on bright or bright on dark."""
    if rng.random() < 0.6:
        cells = rng.integers(0, 2, (int(rng.choice([21, 25, 29])),) * 2)
        for y, x in ((0, 0), (0, -7), (-7, 0)):
            rows, columns = slice(y, y + 7 or None), slice(x, x + 7 or None)
            cells[rows, columns] = np.pad(np.pad(np.ones((3, 3)), 1), 1, constant_values=1)
    else:
        cells = np.repeat(rng.integers(0, 2, (1, int(rng.integers(30, 90)))), 30, axis=0)
    cells = np.pad(cells, int(rng.integers(1, 6)))
    cells = cells if rng.random() < 0.3 else 1 - cells
    image = Image.fromarray((cells * 255).astype(np.uint8)).resize((size_px, size_px), 0)
    return drawing(image.convert("RGB"))


def cartoon(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the drawn face of an animal or a person: head, ears, eyes, mouth, whiskers."""
    paper, ink = inks(rng)
    image = Image.new("RGB", (size_px, size_px), paper)
    draw = ImageDraw.Draw(image)
    fur = tuple(int(v) for v in rng.integers(60, 256, 3)) if rng.random() < 0.7 else None
    y, x = rng.normal(0.52, 0.04, 2) * size_px
    high, wide = rng.uniform(0.2, 0.4, 2) * size_px
    line = max(1, int(size_px * rng.uniform(0.005, 0.03)))
    for side in (-1, 1):
        if rng.random() < 0.7:
            tip = (x + side * wide * rng.uniform(0.7, 1.1), y - high * rng.uniform(1.2, 1.7))
            feet = [(x + side * wide * at, y - high * 0.6) for at in (0.2, 0.95)]
            draw.polygon([feet[0], tip, feet[1]], fill=fur, outline=ink)
    draw.ellipse((x - wide, y - high, x + wide, y + high), fill=fur, outline=ink, width=line)
    eye = rng.uniform(0.06, 0.16) * wide
    for side in (-1, 1):
        at = (x + side * wide * 0.4, y - high * 0.2)
        draw.ellipse((at[0] - eye, at[1] - eye, at[0] + eye, at[1] + eye), fill=ink)
        for whisker in (-0.1, 0.05, 0.2):
            ends = (x + side * wide * 0.3, y + high * 0.3, x + side * wide, y + high * whisker * 2)
            draw.line(ends, fill=ink, width=max(1, line // 2))
    mouth = (x - wide * 0.4, y, x + wide * 0.4, y + high * 0.7)
    draw.arc(mouth, 20, 160, fill=ink, width=line)
    return drawing(image)


def drawn_spiral(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a spiral as a line or as stripes: an ornament, no galaxy."""
    away, angle = _polar(size_px, (rng.normal(0, 0.05), rng.normal(0, 0.05)))
    arms = int(rng.integers(1, 7))
    winding = away * rng.uniform(8, 50) if rng.random() < 0.6 else 6 * np.log(away + 0.02)
    wave = np.cos(arms * angle + winding * rng.choice([-1, 1]))
    light = (wave > rng.uniform(-0.3, 0.7)) if rng.random() < 0.7 else 0.5 + 0.5 * wave
    reach = rng.uniform(0.5, 0.95) if rng.random() < 0.6 else 2.0
    paper, ink = (np.array(colour) / 255 for colour in inks(rng))
    light = np.where(away < reach, light, 0.0)
    return np.asarray(paper + light[..., None] * (ink - paper), dtype=np.float32)


def ornament(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a snowflake, a star or a flower: sharp, many-fold, bright on dark or the reverse."""
    away, angle = _polar(size_px, (rng.normal(0, 0.05), rng.normal(0, 0.05)))
    folds = int(rng.integers(3, 13))
    petal = np.abs(np.cos(folds * angle / 2 + rng.uniform(0, np.pi)))
    if rng.random() < 0.5:
        light = (away < 0.2 + rng.uniform(0.2, 0.7) * petal).astype(np.float64)
    else:
        light = np.exp(-(1 - petal) * rng.uniform(30, 200)) * (away < rng.uniform(0.5, 0.95))
    paper, ink = (np.array(colour) / 255 for colour in inks(rng))
    return np.asarray(paper + light[..., None] * (ink - paper), dtype=np.float32)


def fractal(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return part of a Julia set by the steps that its points take to escape."""
    axis = np.linspace(-1.4, 1.4, size_px) * rng.uniform(0.3, 1.0)
    z = axis[None, :] + 1j * axis[:, None]
    turn = rng.uniform(0, 2 * np.pi)
    c = (0.5 * np.exp(1j * turn) - 0.25 * np.exp(2j * turn)) * rng.uniform(1.02, 1.15)
    steps = np.zeros(z.shape)
    for _ in range(40):
        inside = np.abs(z) < 4
        z = np.where(inside, z * z + c, z)
        steps += inside
    values = _unit(np.log(steps))
    return _mapped(values, rng) if rng.random() < 0.7 else np.repeat(values[..., None], 3, 2)
