"""A small labelled folder of simulated galaxies, as tests of training need it."""

import csv

import numpy as np
from PIL import Image


def write_folder(root, count):
    """Write smooth discs and rounds with a ``labels.csv``; every part of the split has some."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:96, :96] - 47.5
    with (root / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "source", "source_id", "spiral", "morphology", "hubble_type"])
        for number in range(count):
            spiral = number % 2
            turn = rng.uniform(0, np.pi)
            u = x * np.cos(turn) + y * np.sin(turn)
            v = (y * np.cos(turn) - x * np.sin(turn)) * rng.uniform(1.0, 2.5)
            light = np.exp(-np.hypot(u, v) / rng.uniform(7, 12))
            grey = np.clip(light + rng.normal(0, 0.01, light.shape) + 0.05, 0, 1)
            name = f"g{number}.png"
            Image.fromarray((grey * 255).astype(np.uint8)).convert("RGB").save(root / name)
            kind = "spiral" if spiral else "elliptical"
            writer.writerow([name, "made", f"G{number}", spiral, kind, "Sb" if spiral else "E"])
    return root
