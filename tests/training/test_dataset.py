"""Labelled folders: read, split by object, never by row."""

import csv
import hashlib

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.training import dataset
from galaxy_core.training.dataset import Part, dataset_hash, read_labelled_images, select


def write(folder, rows, name="labels.csv"):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / name).open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def many(count, **fields):
    return [{"file": f"g{k}.jpg", "spiral": str(k % 2), **fields} for k in range(count)]


def test_csv_is_read_in_its_order(tmp_path):
    write(tmp_path, [{"file": "b.jpg", "spiral": "1"}, {"file": "a.jpg", "spiral": "0"}])
    images = read_labelled_images(tmp_path)
    assert [(image.path.name, image.spiral) for image in images] == [("b.jpg", 1), ("a.jpg", 0)]


@pytest.mark.parametrize(
    ("row", "spiral"),
    [
        ({"spiral": "1"}, 1),
        ({"spiral": "0"}, 0),
        ({"spiral": "", "label": "spiral"}, None),
        ({"label": "Spiral"}, 1),
        ({"label": "elliptical"}, 0),
        ({"label": "irregular"}, None),
    ],
)
def test_labels_in_words_or_numbers(tmp_path, row, spiral):
    write(tmp_path, [{"file": "a.jpg", **row}, {"file": "b.jpg", **dict.fromkeys(row, "0")}])
    image, _ = read_labelled_images(tmp_path)
    assert image.spiral == spiral


def test_two_subfolders_are_enough(tmp_path):
    for label in ("spiral", "elliptical"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "a.png").write_bytes(b"")
        (tmp_path / label / "notes.txt").write_bytes(b"")
    images = read_labelled_images(tmp_path)
    assert [(i.attributes["file"], i.spiral) for i in images] == [
        ("elliptical/a.png", 0),
        ("spiral/a.png", 1),
    ]


def test_split_has_the_stated_shares_and_ignores_order(tmp_path):
    write(tmp_path, many(4000))
    images = read_labelled_images(tmp_path)
    shares = {part: len(select(images, part=part)) / 4000 for part in Part}
    assert shares[Part.TRAIN] == pytest.approx(0.68, abs=0.03)
    assert shares[Part.VALIDATION] == pytest.approx(0.12, abs=0.02)
    assert shares[Part.TEST] == pytest.approx(0.20, abs=0.03)
    write(tmp_path, many(4000)[::-1])
    again = {image.path.name: image.part for image in read_labelled_images(tmp_path)}
    assert all(again[image.path.name] is image.part for image in images)


def test_pictures_of_one_object_fall_on_one_side(tmp_path):
    near = {"ra_deg": "10.0", "dec_deg": "20.0"}
    rows = [
        {"file": "a1.jpg", "source_id": "A"},
        {"file": "a2.jpg", "source_id": "A", "near_duplicate_group": "7"},
        {"file": "b.jpg", "source_id": "B", "near_duplicate_group": "7", **near},
        {"file": "c.jpg", "source_id": "C", "ra_deg": "10.001", "dec_deg": "20.001"},
        {"file": "d.jpg", "source_id": "D", "ra_deg": "10.1", "dec_deg": "20.0"},
    ]
    write(tmp_path, [{"spiral": "1", **row} for row in rows])
    images = read_labelled_images(tmp_path)
    assert [image.group for image in images] == ["A", "A", "A", "A", "D"]


def test_sources_and_tiers_are_chosen(tmp_path):
    rows = [
        {"file": "a.jpg", "spiral": "1", "source": "x", "tier": "A"},
        {"file": "b.jpg", "spiral": "0", "source": "y", "tier": "B"},
        {"file": "c.jpg", "spiral": "", "source": "x", "tier": "A"},
    ]
    write(tmp_path, rows)
    images = read_labelled_images(tmp_path)
    assert [i.path.name for i in select(images)] == ["a.jpg", "b.jpg"]
    assert [i.path.name for i in select(images, sources=["y"])] == ["b.jpg"]
    assert [i.path.name for i in select(images, tiers=["A"])] == ["a.jpg"]


def test_hash_changes_with_a_label(tmp_path):
    write(tmp_path, many(3))
    before = dataset_hash(read_labelled_images(tmp_path))
    write(tmp_path, [*many(2), {"file": "g2.jpg", "spiral": "1"}])
    assert dataset_hash(read_labelled_images(tmp_path)) != before


def test_a_message_from_skyserver_is_no_galaxy_but_a_picture_of_that_name_is(
    tmp_path, monkeypatch
):
    message, galaxy = b"drawn message", b"a galaxy"
    for folder, data in (("bad", message), ("good", galaxy)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "IC0896.jpg").write_bytes(data)
    known = {"IC0896.jpg": hashlib.sha256(message).hexdigest()}
    monkeypatch.setattr(dataset, "NO_GALAXY_SHA256", known)
    rows = [{"file": f"{name}/IC0896.jpg", "spiral": "1"} for name in ("bad", "good", "missing")]
    write(tmp_path, rows)
    assert [image.spiral for image in read_labelled_images(tmp_path)] == [None, 1, 1]


def test_unreadable_folders_are_refused_in_words(tmp_path):
    with pytest.raises(DatasetError, match=r"neither a labels\.csv .* nor the folders"):
        read_labelled_images(tmp_path)
    (tmp_path / "labels.csv").write_text("word,kind\na,b\n")
    with pytest.raises(DatasetError, match=r"needs a column that names .* it has word, kind"):
        read_labelled_images(tmp_path)
    (tmp_path / "labels.csv").write_text("file,spiral\n")
    with pytest.raises(DatasetError, match="names no pictures"):
        read_labelled_images(tmp_path)
    (tmp_path / "labels.csv").write_bytes(b"file,spiral\n\xff\xfe,1\n")
    with pytest.raises(DatasetError, match="cannot be read as CSV"):
        read_labelled_images(tmp_path)


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "a/../../b.jpg"])
def test_pictures_outside_the_folder_are_refused(tmp_path, name):
    write(tmp_path, [{"file": name, "spiral": "1"}])
    with pytest.raises(DatasetError, match="lies outside"):
        read_labelled_images(tmp_path)
