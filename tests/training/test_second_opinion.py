"""Doubted labels: weighed against networks that never saw them, for training and nothing else."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from galaxy_core.errors import DatasetError
from galaxy_core.training.cross_fit import FOLDS, cross_fitted_targets, fold_of
from galaxy_core.training.dataset import Part, dataset_hash, read_labelled_images
from galaxy_core.training.gather import gather_squares
from galaxy_core.training.plan import plan_for
from galaxy_core.training.run import TrainingData
from galaxy_core.training.second_opinion import (
    label_of,
    read_targets,
    target_of,
    with_targets,
    write_targets,
)

LABELS = [
    ("red", "gz", "elliptical", "0", "B"),
    ("arms", "gz", "spiral, clockwise", "1", "A"),
    ("edge", "gz", "edge-on disc", "", "A"),
    ("unsure", "gz", "star / don't know", "", "C"),
    ("typed", "ngc", "elliptical", "0", "A"),
]


def write_labels(folder, rows):
    with (folder / "labels.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "source", "label", "spiral", "tier"])
        writer.writerows((f"{name}.png", *rest) for name, *rest in rows)


@pytest.fixture
def labelled(tmp_path):
    write_labels(tmp_path, LABELS)
    return {image.path.stem: image for image in read_labelled_images(tmp_path)}


@pytest.mark.parametrize(
    ("name", "opinion", "target"),
    [
        ("arms", 1.0, 1.0),
        ("arms", 0.0, 0.5),  # trusted: doubted at most as much as believed
        ("typed", 0.9, 0.45),
        ("edge", 0.8, 0.9),  # a disc seen edge-on is a spiral
        ("red", 0.3, 0.3),  # a volunteer's elliptical is worth what the networks say
        ("red", 0.7, None),
        ("red", float("nan"), None),
        ("unsure", 0.9, None),
    ],
)
def test_a_target_lies_between_label_and_opinion_as_the_tier_is_worth(
    labelled, name, opinion, target
):
    assert target_of(labelled[name], opinion) == (target and pytest.approx(target))


def test_a_picture_of_neither_class_has_no_label(labelled):
    assert label_of(labelled["unsure"]) is None
    assert label_of(labelled["edge"]) == 1


def test_the_list_is_read_as_it_was_written(tmp_path):
    write_targets({"b.png": 0.25, "a.png": 1.0}, tmp_path / "list.csv")
    assert read_targets(tmp_path / "list.csv") == {"a.png": 1.0, "b.png": 0.25}


@pytest.mark.parametrize(
    "text", ["", "file,target\n", "file,target\na.png,2\n", "file,target\na.png,x\n", "name\na\n"]
)
def test_what_is_no_such_list_is_refused(tmp_path, text):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(DatasetError, match=r"list\.csv needs the columns"):
        read_targets(tmp_path / "list.csv")


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        read_targets(tmp_path / "list.csv")


def test_listed_pictures_are_what_is_trained_on_and_nothing_is_measured_on_them(tmp_path):
    rows = [
        (f"{kind}{k}", kind, "", str(k % 2), "") for kind in ("own", "other") for k in range(60)
    ]
    write_labels(tmp_path, rows)
    listed = {f"{name}.png": 0.75 for name, kind, *_ in rows if kind == "other"}
    write_targets(listed, tmp_path / "list.csv")
    plain = TrainingData(tmp_path, sources=["own"])
    other = replace(plain, second_opinion=tmp_path / "list.csv")
    parts = other.parts()
    assert parts[Part.TEST] == plain.parts()[Part.TEST]
    assert parts[Part.VALIDATION] == plain.parts()[Part.VALIDATION]
    train = parts[Part.TRAIN]
    assert len(train) > 30
    assert {(i.source, i.part, i.spiral, i.target) for i in train} == {
        ("other", Part.TRAIN, 1, 0.75)
    }
    assert len(other.provenance()["second_opinion"]["sha256"]) == 64


def test_another_target_is_another_data_set(labelled):
    images = list(labelled.values())
    doubted = list(with_targets(images, {"typed.png": 0.1}))
    assert dataset_hash(doubted) != dataset_hash([labelled["typed"]])


def paint(path, *, blue, seed):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:48, :48] - 23.5
    light = np.exp(-np.hypot(y, x) / rng.uniform(4, 6))[..., None]
    colour = (60, 60, 220) if blue else (220, 60, 60)
    Image.fromarray((light * colour + 8).clip(0, 255).astype(np.uint8)).save(path)


def test_targets_are_what_training_aims_at(tmp_path):
    write_labels(tmp_path, LABELS[:2])
    for name, *_ in LABELS[:2]:
        paint(tmp_path / f"{name}.png", blue=name == "arms", seed=1)
    images = with_targets(read_labelled_images(tmp_path), {"red.png": 0.25, "arms.png": 0.875})
    kept, squares = gather_squares(list(images), "Reading", on_stage=lambda *_: None)
    assert [image.path.stem for image in kept] == ["red", "arms"]
    assert squares.labels.tolist() == [0.25, 0.875]


@pytest.mark.slow
def test_a_wrong_label_is_doubted_by_networks_that_did_not_learn_it(tmp_path):
    rows = [(f"t{k}", "typed", "", str(k % 2), "A") for k in range(120)]
    rows += [(f"v{k}", "voted", "elliptical", "0", "B") for k in range(12)]
    write_labels(tmp_path, rows)
    data = TrainingData(tmp_path, sources=["typed"])
    wrong = next(image for image in data.parts()[Part.TRAIN] if image.spiral == 0)
    for k, (name, *_) in enumerate(rows):
        blue = k % 2 == 1 or f"{name}.png" == wrong.path.name
        paint(tmp_path / f"{name}.png", blue=blue, seed=k)
    plan = replace(plan_for("teaching", name="x", epochs=8), batch_size=16)
    targets = cross_fitted_targets(
        data, ["voted"], plan, tmp_path / "run", on_stage=lambda *_: None
    )
    mine = {i.path.name: targets[i.path.name] for i in data.parts()[Part.TRAIN]}
    assert mine[wrong.path.name] > 0.3
    assert np.median([t for name, t in mine.items() if t < 0.5]) < 0.15
    held_out = {i.path.name for i in read_labelled_images(tmp_path) if i.part is not Part.TRAIN}
    assert not held_out & targets.keys()
    # Blue "ellipticals" of volunteers are left out, red ones are kept.
    voted = {name: t for name, t in targets.items() if name.startswith("v")}
    assert voted
    assert all(int(name[1:-4]) % 2 == 0 and t < 0.5 for name, t in voted.items())


def test_pictures_of_one_object_are_in_one_fold(labelled):
    image = labelled["red"]
    again = replace(image, path=image.path.with_name("other.png"))
    assert fold_of(image) == fold_of(again)
    folds = {fold_of(replace(image, group=str(k))) for k in range(50)}
    assert folds == set(range(FOLDS))
