"""A labelled folder of small drawn galaxies in two collections, as the comparison wants them."""

import csv

import numpy as np
import pytest
from PIL import Image

COLUMNS = ("file", "source", "source_id", "spiral", "tier", "label", "gz2_class")
KINDS = (
    ("ngc", "1", "A", "spiral", ""),
    ("ngc", "0", "A", "elliptical", ""),
    ("gz1", "1", "A", "spiral, clockwise", ""),
    ("gz1", "0", "B", "elliptical", ""),
    ("gz1", "0", "B", "elliptical", "Er"),
    ("gz1", "", "A", "edge-on disc", ""),
)
EACH = 16


def draw(path, kind, seed, side=48):
    """A flat blue disc for discs, a peaked red ball for the rest; a little noise."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((side, side)) - (side - 1) / 2
    disc = kind != "elliptical"
    radius = np.hypot(y, x / (0.6 if disc else 0.95))
    light = np.exp(-((radius / 9) ** 2)) if disc else np.exp(-radius / 4)
    colour = (0.5, 0.7, 1.0) if disc else (1.0, 0.7, 0.45)
    pixels = 0.05 + 0.8 * light[..., None] * colour + rng.normal(0, 0.01, (side, side, 3))
    Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8)).save(path)


def write_labels(folder, kinds=KINDS, each=EACH):
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number, (source, *rest) in enumerate(kinds):
            for index in range(each):
                name = f"{source}{number}-{index}"
                writer.writerow([f"{name}.png", source, name, *rest])
    return folder


@pytest.fixture(scope="session")
def two_collections(tmp_path_factory):
    folder = write_labels(tmp_path_factory.mktemp("collections"))
    with (folder / "labels.csv").open(newline="") as stream:
        for index, row in enumerate(csv.DictReader(stream)):
            draw(folder / row["file"], row["label"], index)
    return folder
