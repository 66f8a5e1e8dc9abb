"""The command line keeps its contract (DESIGN.md, section 5)."""

import io
import json
import shutil
import struct
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from galaxy_core import cli
from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.card import write_card
from galaxy_core.cnn.store import SHIPPED_FOLDER
from tests.cards import some_card

CARD = some_card(parameters=822_337)
FIELDS = ["path", "probability_spiral", "logit", "verdict", "model", "warnings", "error"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "model.keras"
    build_network("teaching", seed=1).save(path)
    return path


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch, weights):
    monkeypatch.setenv("GALAXY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("GALAXY_SAMPLES_DIR", raising=False)
    folder = tmp_path / "data" / "models" / "tiny"
    folder.mkdir(parents=True)
    shutil.copy(weights, folder / "model.keras")
    write_card(CARD, folder / "card.json")
    return tmp_path / "data"


@pytest.fixture
def galaxy(tmp_path):
    def make(name, seed=0):
        y, x = np.indices((120, 120)) - 59.5
        light = 200 * np.exp(-np.hypot(y, x * (1 + seed)) / 9)
        path = tmp_path / name
        Image.fromarray(np.repeat(light[..., None], 3, axis=2).astype(np.uint8)).save(
            path, format="PNG"
        )
        return str(path)

    return make


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_classify_prints_one_object_a_line_in_input_order(galaxy, capsys):
    paths = [galaxy(f"g{k}.png", k) for k in range(5)]
    assert cli.main(["classify", *paths, "--model", "tiny", "--json"]) == 0
    found = lines(capsys)
    assert [line["path"] for line in found] == paths
    for line in found:
        assert list(line) == FIELDS
        assert 0 <= line["probability_spiral"] <= 1
        assert line["probability_spiral"] == pytest.approx(1 / (1 + np.exp(-line["logit"])))
        assert line["verdict"] in {"Spiral", "Elliptical", "Uncertain", "Not trusted"}
        assert line["model"] == "tiny"
        assert line["error"] is None


def test_a_bad_file_costs_its_own_line_only(galaxy, tmp_path, capsys):
    page = tmp_path / "page.jpg"
    page.write_text("<!doctype html><title>404</title>")
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    paths = [galaxy("a.png"), str(page), str(empty), str(tmp_path / "none.png"), galaxy("b.png")]
    assert cli.main(["classify", *paths, "--model", "tiny", "--json"]) == 1
    found = lines(capsys)
    assert [line["path"] for line in found] == paths
    assert [line["error"] is None for line in found] == [True, False, False, False, True]
    for line in found[1:4]:
        assert line["probability_spiral"] is None
        assert line["verdict"] is None
        assert set(line["error"]) == {"type", "message"}
        assert line["error"]["message"]
    assert found[1]["error"]["type"] == "NotAnImage"
    assert "HTML" in found[1]["error"]["message"]


def test_dash_reads_paths_from_standard_input(galaxy, capsys, monkeypatch):
    paths = [galaxy("a.png"), galaxy("with space.png")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(paths) + "\n\n"))
    assert cli.main(["classify", "-", "--model", "tiny", "--json"]) == 0
    assert [line["path"] for line in lines(capsys)] == paths


def test_without_json_a_person_can_read_it(galaxy, capsys):
    path = galaxy("a.png")
    cli.main(["classify", path, "--model", "tiny"])
    out = capsys.readouterr().out
    assert out.startswith(f"{path}: ")
    assert "over rotations and flips" in out


def test_unknown_model_is_one_sentence_and_status_1(galaxy, capsys):
    assert cli.main(["classify", galaxy("a.png"), "--model", "nope"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "There is no model named 'nope'" in captured.err
    assert "Traceback" not in captured.err


def test_wrong_usage_is_status_2():
    with pytest.raises(SystemExit) as stop:
        cli.main(["classify"])
    assert stop.value.code == 2


def test_models_lists_the_store(capsys):
    assert cli.main(["models", "--json"]) == 0
    names = [line["name"] for line in lines(capsys)]
    shipped = [path.parent.name for path in SHIPPED_FOLDER.glob("*/card.json")]
    assert set(names) == {"tiny", *shipped}


def test_inspect_writes_pictures_and_numbers(galaxy, tmp_path, capsys):
    (tmp_path / "other").mkdir()
    paths = [galaxy("a.png"), galaxy("other/a.png", 1), str(tmp_path / "none.png")]
    out = tmp_path / "out"
    assert cli.main(["inspect", *paths, "--model", "tiny", "--out", str(out)]) == 1
    assert [line["error"] is None for line in lines(capsys)] == [True, True, False]
    assert sorted(path.name for path in out.iterdir()) == ["a", "a-2"]
    assert sorted(path.name for path in (out / "a").iterdir()) == [
        "evidence_Conv1_Edges.png",
        "evidence_Conv2_Shapes.png",
        "feature_maps_Conv1_Edges.png",
        "feature_maps_Conv2_Shapes.png",
        "input.png",
        "maps.npz",
    ]
    with np.load(out / "a" / "maps.npz") as maps:
        assert maps["input"].shape == (64, 64, 3)
        assert maps["Conv2_Shapes/feature_maps"].shape == (29, 29, 64)
        signed = maps["Conv1_Edges/grad_cam_spiral"] - maps["Conv1_Edges/grad_cam_elliptical"]
        np.testing.assert_allclose(signed, maps["Conv1_Edges/evidence"])
    with Image.open(out / "a" / "evidence_Conv2_Shapes.png") as picture:
        assert picture.size == (384, 384)


def test_a_hostile_name_stays_in_the_output_folder(galaxy, tmp_path):
    out = tmp_path / "deep" / "out"
    cli.main(["inspect", galaxy("..png"), "--model", "tiny", "--out", str(out)])
    written = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("maps.npz")}
    assert written == {"deep"}


def test_damaged_weights_are_one_sentence(data_dir, galaxy, capsys):
    card = replace(CARD, weights_sha256="0" * 64)
    write_card(card, data_dir / "models" / "tiny" / "card.json")
    assert cli.main(["classify", galaxy("a.png"), "--model", "tiny"]) == 1
    assert "is not the file that its card describes" in capsys.readouterr().err


def test_a_name_with_a_newline_stays_on_its_line(galaxy, capsys):
    path = galaxy("two\nlines.png")
    cli.main(["classify", path, "--model", "tiny"])
    assert len(capsys.readouterr().out.splitlines()) == 1
    cli.main(["classify", path, "--model", "tiny", "--json"])
    assert [line["path"] for line in lines(capsys)] == [path]


@pytest.mark.parametrize("encoding", ["ascii:strict", "utf-8:strict"])
def test_no_name_or_encoding_ends_a_command(data_dir, galaxy, tmp_path, encoding):
    good = galaxy("good.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "tiny.png")  # its sentence holds a times sign
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_core", "classify", "-", "--model", "tiny"],
        input=f"{tmp_path}/".encode()
        + b"\xff\xfe.png\n"
        + f"{tmp_path}/tiny.png\n{good}\n".encode(),
        env={"PYTHONIOENCODING": encoding, "GALAXY_DATA_DIR": str(data_dir)},
        cwd=SHIPPED_FOLDER.parents[1],
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    missing, tiny, last = done.stdout.decode().splitlines()
    assert missing.endswith("cannot be read: there is no such file.")
    assert "1 pixels small" in tiny
    assert last.startswith(good)
    assert done.returncode == 1


def test_broken_notes_in_a_picture_are_no_output(tmp_path, capfd):
    entry = struct.pack("<HHII", 0x112, 3, 0x7FFFFFFF, 8)
    notes = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)
    Image.new("RGB", (64, 64)).save(tmp_path / "notes.jpg", exif=notes)
    assert cli.main(["classify", str(tmp_path / "notes.jpg"), "--model", "tiny"]) == 0
    assert capfd.readouterr().err == ""
