"""What may be trained on, and the traps in it."""

import io
import zipfile

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.settings import Settings
from galaxy_core.training.dataset import read_labelled_images
from galaxy_core.training.labelled import (
    allowed_roots,
    labelled_folders,
    open_labelled,
    unpack_labelled,
)
from galaxy_core.training.traps import (
    balance_of_parts,
    find_traps,
    source_class_association,
)


def folder(root, rows):
    root.mkdir(parents=True, exist_ok=True)
    lines = ["file,spiral,source"]
    for index, (spiral, source) in enumerate(rows):
        (root / f"{index}.png").write_bytes(f"{index:05}".encode())
        lines.append(f"{index}.png,{spiral},{source}")
    (root / "labels.csv").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture
def settings(tmp_path):
    samples = folder(tmp_path / "samples", [(1, "a"), (0, "a")])
    return Settings(data_dir=tmp_path / "data", samples_dir=samples)


def test_only_folders_of_the_operator_are_opened(settings, tmp_path):
    roots = allowed_roots(settings)
    folder(settings.data_dir / "labelled" / "mine", [(1, "a")])
    folder(tmp_path / "secret", [(1, "a")])
    (settings.samples_dir / "way-out").symlink_to(tmp_path / "secret")
    assert open_labelled("mine", roots).name == "mine"
    assert open_labelled(str(settings.samples_dir), roots) == settings.samples_dir
    for text in ("/etc", "..", "../secret", str(tmp_path / "secret"), "way-out", "", "a\0b", "no"):
        with pytest.raises(DatasetError, match="Only labelled folders inside"):
            open_labelled(text, roots)
    assert [path.name for path in labelled_folders(roots)][:1] == ["samples"]


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_is_unpacked_pictures_and_labels_only(settings):
    data = zipped({"set/labels.csv": "file,spiral\na.png,1\n", "set/a.png": "x", "set/run.py": ""})
    root = unpack_labelled(data, shown="set.zip", settings=settings)
    assert sorted(path.name for path in root.iterdir()) == ["a.png", "labels.csv"]
    assert unpack_labelled(data, shown="set.zip", settings=settings) == root
    assert open_labelled(root.name, allowed_roots(settings)) == root
    assert len(list(root.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no complete ZIP"),
        (b"PK\x03\x04 half", "no complete ZIP"),
        (zipped({"../labels.csv": "file,spiral\n"}), "outside its folder"),
        (zipped({"/labels.csv": "file,spiral\n"}), "outside its folder"),
        (zipped({"labels.csv": b"0" * 30_000_000}), "ZIP bomb"),
        (zipped({"a.png": "x"}), "holds neither a table of labels"),
    ],
)
def test_a_hostile_zip_is_refused_in_one_sentence(settings, data, words):
    with pytest.raises(DatasetError, match=words):
        unpack_labelled(data, shown="set.zip", settings=settings)
    assert list((settings.data_dir / "labelled").iterdir()) == []


def test_old_uploads_go(settings):
    for index in range(10):
        data = zipped({"labels.csv": f"file,spiral\n{index}.png,1\n"})
        unpack_labelled(data, shown="x", settings=settings)
    assert len(list((settings.data_dir / "labelled").iterdir())) == 8


def test_a_clean_folder_has_no_traps(tmp_path):
    rows = [(index % 2, "ab"[index // 2 % 2]) for index in range(1200)]
    images = read_labelled_images(folder(tmp_path, rows))
    assert find_traps(images) == ()
    assert [b.name for b in balance_of_parts(images)] == ["train", "validation", "test"]
    assert sum(b.total for b in balance_of_parts(images)) == 1200


def test_a_source_that_gives_the_class_away_is_pointed_out(tmp_path):
    images = read_labelled_images(folder(tmp_path, [(i % 2, "ab"[i % 2]) for i in range(1200)]))
    assert source_class_association(images) == pytest.approx(1.0)
    assert any(trap.startswith("Confounded") for trap in find_traps(images))


def test_association_is_zero_for_one_source_or_independent_ones(tmp_path):
    one = read_labelled_images(folder(tmp_path / "one", [(i % 2, "a") for i in range(40)]))
    two = [(i % 2, "ab"[i // 2 % 2]) for i in range(40)]
    assert source_class_association(one) == 0.0
    found = source_class_association(read_labelled_images(folder(tmp_path / "two", two)))
    assert found == pytest.approx(0.0, abs=1e-9)


def test_too_few_one_class_and_missing_pictures_are_pointed_out(tmp_path):
    root = folder(tmp_path, [(1, "a") for _ in range(40)])
    (root / "3.png").unlink()
    traps = find_traps(read_labelled_images(root))
    assert any("lacks a class" in trap for trap in traps)
    assert any(trap.startswith("1 labelled pictures are missing") for trap in traps)
    few = folder(tmp_path / "few", [(i % 2, "a") for i in range(60)])
    assert any(trap.startswith("Too few") for trap in find_traps(read_labelled_images(few)))
