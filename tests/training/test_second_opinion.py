"""Noisy labels: taken into training where every network agrees, into nothing else."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.errors import DatasetError
from galaxy_core.training.dataset import Part, read_labelled_images
from galaxy_core.training.run import TrainingData
from galaxy_core.training.second_opinion import (
    agreed_labels,
    read_second_opinion,
    write_second_opinion,
)

LABELS = [
    ("red.png", "gz", "elliptical", "0", "B", (200, 60, 60)),
    ("blue.png", "gz", "elliptical", "0", "B", (60, 60, 200)),
    ("arms.png", "gz", "spiral, clockwise", "1", "A", (60, 60, 200)),
    ("edge.png", "gz", "edge-on disc", "", "A", (200, 60, 60)),
    ("none.png", "gz", "star / don't know", "", "C", (60, 60, 200)),
]


class ReadsColour(Classifier):
    """A network that calls what is blue a spiral, as sure as told."""

    card = SimpleNamespace(input_size_px=64, temperature=1.0)

    def __init__(self, sureness: float) -> None:
        self.sureness = sureness

    def orientation_logits(self, inputs):
        blueness = inputs[..., 2].sum((1, 2)) - inputs[..., 0].sum((1, 2))
        return self.sureness * np.sign(blueness)[:, None]


@pytest.fixture
def noisy(tmp_path):
    y, x = np.mgrid[:48, :48] - 23.5
    light = np.exp(-np.hypot(y, x) / 5)[..., None]
    with (tmp_path / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "source", "label", "spiral", "tier"])
        for name, source, label, spiral, tier, colour in LABELS:
            writer.writerow([name, source, label, spiral, tier])
            pixels = (light * colour + 8).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / name)
    return tmp_path


def test_only_labels_that_every_network_is_confident_of_are_taken(noisy):
    told = []
    agreed = agreed_labels(
        read_labelled_images(noisy),
        [ReadsColour(4.0), ReadsColour(2.0)],
        on_picture=lambda done, total: told.append((done, total)),
    )
    # The tier A spiral and the edge-on disc are not asked about; "don't know" is no label.
    assert agreed == {"red.png": 0, "arms.png": 1, "edge.png": 1}
    assert told[-1] == (2, 2)


def test_one_doubtful_network_is_enough_to_leave_a_label_out(noisy):
    agreed = agreed_labels(read_labelled_images(noisy), [ReadsColour(4.0), ReadsColour(0.5)])
    assert "red.png" not in agreed


def test_the_list_is_read_as_it_was_written(tmp_path):
    write_second_opinion({"b.png": 0, "a.png": 1}, tmp_path / "list.csv")
    assert read_second_opinion(tmp_path / "list.csv") == {"a.png": 1, "b.png": 0}


@pytest.mark.parametrize("text", ["", "file,spiral\n", "file,spiral\na.png,2\n", "name\na.png\n"])
def test_what_is_no_such_list_is_refused(tmp_path, text):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(DatasetError, match=r"list\.csv needs the columns"):
        read_second_opinion(tmp_path / "list.csv")


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        read_second_opinion(tmp_path / "list.csv")


def test_listed_pictures_are_trained_on_and_never_measured_on(tmp_path):
    rows = [(f"{kind}{k}.png", kind, str(k % 2)) for kind in ("own", "other") for k in range(60)]
    with (tmp_path / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "source", "spiral"])
        writer.writerows(rows)
    listed = {name: 1 for name, kind, _ in rows if kind == "other"}
    write_second_opinion({**listed, "own1.png": 1}, tmp_path / "list.csv")
    plain = TrainingData(tmp_path, sources=["own"])
    wider = TrainingData(tmp_path, sources=["own"], second_opinion=tmp_path / "list.csv")
    parts = wider.parts()
    assert parts[Part.TEST] == plain.parts()[Part.TEST]
    assert parts[Part.VALIDATION] == plain.parts()[Part.VALIDATION]
    added = [image for image in parts[Part.TRAIN] if image.source == "other"]
    assert len(added) > 30
    assert all(image.part is Part.TRAIN and image.spiral == 1 for image in added)
    assert len(parts[Part.TRAIN]) == len(plain.parts()[Part.TRAIN]) + len(added)
    assert len(wider.provenance()["second_opinion"]["sha256"]) == 64
