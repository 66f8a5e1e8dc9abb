"""Folders as people keep them: where the pictures are, and which class a folder is."""

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.training.labelled_rows import has_labels, read_labelled_rows


def keep(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def found(root, labels=None):
    rows = read_labelled_rows(root, labels)
    return [(row["file"], spiral) for row, spiral in zip(rows.rows, rows.spirals)]


def test_pictures_named_by_object_are_found_below_the_folder(tmp_path):
    keep(tmp_path, "images/5877.jpg", "images/more/5878.png")
    (tmp_path / "labels.csv").write_text("objid,class\n5877,S\n5878,E\n5879,E\n")
    assert found(tmp_path) == [("images/5877.jpg", 1), ("images/more/5878.png", 0), ("5879", 0)]


def test_paths_of_another_computer_lead_to_the_pictures_of_that_name(tmp_path):
    keep(tmp_path, "one/a.jpg", "two/a.jpg", "two/b.jpg")
    table = tmp_path / "elsewhere.csv"
    table.write_text("path,label\n/home/ann/two/b.jpg,S\nC:\\pics\\a.jpg,E\nmy/two/a.jpg,E\n")
    assert found(tmp_path, table)[0] == ("two/b.jpg", 1)
    assert found(tmp_path, table)[1][0] == "C:/pics/a.jpg"  # two of that name: neither is taken
    (tmp_path / "labels.csv").write_text("path,label\ntwo/a.jpg,S\n")
    assert found(tmp_path) == [("two/a.jpg", 1)]


def test_the_only_table_of_a_folder_is_taken_whatever_its_name(tmp_path):
    keep(tmp_path, "a.jpg")
    (tmp_path / "galaxies.tsv").write_text("image\ttype\na.jpg\tSc\n")
    assert has_labels(tmp_path)
    assert found(tmp_path) == [("a.jpg", 1)]
    (tmp_path / "other.csv").write_text("file,label\na.jpg,E\n")
    assert not has_labels(tmp_path)


@pytest.mark.parametrize(
    ("spiral", "elliptical"),
    [
        ("spiral", "elliptical"), ("Spirals", "Ellipticals"), ("S", "E"), ("1", "0"),
        ("train/spiral", "test/elliptical"),
    ],
)  # fmt: skip
def test_folders_of_classes_are_known_by_their_names(tmp_path, spiral, elliptical):
    keep(tmp_path, f"{spiral}/a.png", f"{elliptical}/deep/b.png", f"{spiral}/notes.txt", "c.png")
    assert has_labels(tmp_path)
    assert found(tmp_path) == [(f"{elliptical}/deep/b.png", 0), (f"{spiral}/a.png", 1)]
    assert read_labelled_rows(tmp_path).understood == (
        f"Folders: 1 pictures are spirals (in {spiral}), 1 ellipticals (in {elliptical})."
    )


def test_one_letter_alone_is_no_class(tmp_path):
    keep(tmp_path, "E/a.png", "other/spiral/b.png")
    assert not has_labels(tmp_path)
    with pytest.raises(DatasetError, match="neither a labels"):
        read_labelled_rows(tmp_path)
