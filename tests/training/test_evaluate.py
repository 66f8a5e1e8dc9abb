"""Evaluation: the command line finds again what stands on the card, in bounded memory."""

import json
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxy_core import cli
from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.card import write_card
from galaxy_core.cnn.classifier import load_classifier
from galaxy_core.cnn.store import StoredModel
from galaxy_core.framing import find_framing
from galaxy_core.training.dataset import LabelledImage, Part, read_labelled_images, select
from galaxy_core.training.evaluate import evaluate_images, measure
from galaxy_core.training.report import evaluation_text, measuring_options, metrics_table
from galaxy_core.training.squares import Square
from tests.cards import some_card

CARD = some_card(parameters=822_337, temperature=1.7)


def blob(path, seed, side=48):
    y, x = np.indices((side, side)) - side / 2
    light = np.exp(-np.hypot(y, x * (1 + seed % 3)) / (3 + seed % 4))
    noise = np.random.default_rng(seed).normal(0, 0.01, light.shape)
    Image.fromarray((np.clip(light + noise + 0.05, 0, 1) * 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Forty pictures, one of them no picture at all, from two sources."""
    root = tmp_path_factory.mktemp("labelled")
    rows = ["file,spiral,source,hubble_type"]
    for index in range(40):
        blob(root / f"{index:02}.png", index)
        rows.append(
            f"{index:02}.png,{index % 2},{'ab'[index % 4 < 2]},{'E' if index % 2 else 'Sb'}"
        )
    (root / "07.png").write_text("no picture")
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "models" / "tiny"
    folder.mkdir(parents=True)
    build_network("teaching", seed=1).save(folder / "model.keras")
    write_card(CARD, folder / "card.json")
    return StoredModel(CARD, folder, shipped=False)


@pytest.fixture(autouse=True)
def data_dir(monkeypatch, stored):
    monkeypatch.setenv("GALAXY_DATA_DIR", str(stored.folder.parents[1]))
    monkeypatch.delenv("GALAXY_SAMPLES_DIR", raising=False)


def test_evaluate_finds_every_number_of_the_card_again(labelled, stored, tmp_path, capsys):
    tested = select(read_labelled_images(labelled), part=Part.TEST)
    metrics, _ = evaluate_images(tested, load_classifier(stored))
    write_card(replace(CARD, metrics=metrics), stored.folder / "card.json")
    on_card = json.loads((stored.folder / "card.json").read_text())["metrics"]
    file = tmp_path / "metrics.json"
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--json", str(file)]
    assert cli.main(command) == 0
    found = json.loads(file.read_text())
    assert found["metrics"] == on_card
    assert found["measured_as_on_card"] is True
    assert "These are the galaxies" in capsys.readouterr().out


def test_the_card_is_written_on_request_and_keeps_what_other_commands_measured(
    labelled, stored, tmp_path
):
    card_path, file = stored.folder / "card.json", tmp_path / "again.json"
    write_card(replace(CARD, metrics={"baselines": {"Forest": {}}, "auc": 0}), card_path)
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--sources", "a"]
    more = ["--robustness", "2", "--strangers", "4"]
    assert cli.main([*command, "--write-card", *more]) == 0
    on_card = json.loads(card_path.read_text())["metrics"]
    assert on_card.pop("baselines") == {"Forest": {}}
    assert on_card["chosen"] == {"sources": ["a"], "tiers": [], "parts": ["test"]}
    assert on_card["robustness"]["Rotation"]["points"]
    assert on_card["strangeness"]["catch"]["count"] == 4
    assert cli.main([*command, *more, "--json", str(file)]) == 0
    assert json.loads(file.read_text())["metrics"] == on_card


def test_other_galaxies_than_the_cards_are_said_to_be_with_how_to_choose_its_own():
    chosen = {"sources": ["ngc"], "tiers": ["A"], "parts": ["test"]}
    card = replace(CARD, metrics={"data_sha256": "a", "chosen": chosen})
    counts = {"galaxies": 0, "spirals": 0, "data_sha256": "b"}
    text = evaluation_text(card, counts, part="test")
    assert "those are chosen by --part test --sources ngc --tiers A." in text
    rotated = {"Rotation": {"points": [{"count": 199}, {"count": 200}]}}
    refused = {"catch": {"count": 700}}
    more = {"robustness": rotated, "strangeness": refused}
    measured = replace(card, metrics={**card.metrics, **more})
    assert measuring_options(measured) == (
        "--part test --sources ngc --tiers A --robustness 200 --strangers 700"
    )
    assert measuring_options(replace(card, metrics=more)) == ""


def test_all_galaxies_are_measured_and_those_unreadable_are_named(labelled, capsys):
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--part", "all"]
    assert cli.main([*command, "--json", "-"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["metrics"]["galaxies"] == 39
    assert found["metrics"]["unreadable"] == 1
    assert len(found["unreadable"]) == 1
    assert "07.png" in found["unreadable"][0]
    assert found["unreadable"][0] in captured.err
    assert set(found["metrics"]["groups"]["source"]) == {"a", "b"}
    assert 0 <= found["metrics"]["calibration_error"]["value"] <= 1


def test_the_table_is_aligned_and_holds_intervals_groups_and_calibration(labelled, capsys):
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--part", "all"]
    assert cli.main([*command, "--sources", "a"]) == 0
    out = capsys.readouterr().out
    assert "Tiny (tiny) on all galaxies" in out
    for block in out.split("\n\n")[2:]:
        lines = block.rstrip().splitlines()
        assert len({len(line) for line in lines}) == 1, block
    for words in ("Balanced accuracy", "95% interval", "Calibration", "Hubble type", "Source"):
        assert words in out


def test_a_folder_without_galaxies_is_status_1(labelled, capsys):
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--sources", "nowhere"]
    assert cli.main(command) == 1
    assert "0 galaxies" in capsys.readouterr().out


def test_missing_folder_is_one_sentence(tmp_path, capsys):
    assert cli.main(["evaluate", "--data", str(tmp_path), "--model", "tiny"]) == 1
    captured = capsys.readouterr()
    assert "has neither a labels.csv" in captured.err
    assert "Traceback" not in captured.err


class Coin:
    """Answers without looking."""

    card = CARD

    def orientation_logits(self, inputs, *, orientations):
        return np.ones((len(inputs), orientations))


def drawn_one_by_one(count):
    framing = find_framing(np.zeros((64, 64, 3), dtype=np.float32))
    for index in range(count):
        image = LabelledImage(Path("x"), index % 2, str(index), str(index), {"file": "x"})
        yield Square(image, framing, np.full((64, 64, 3), 0.5, dtype=np.float32))


def test_memory_does_not_grow_with_the_number_of_pictures():
    peaks = {}
    for count in (300, 900):
        tracemalloc.start()
        measured, _ = measure(drawn_one_by_one(count), Coin())
        peaks[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(measured) == count
    # Kept squares would be 600 × 64 × 64 × 3 × 4 bytes = 29 MB more; what stays is 1 kB each.
    assert peaks[900] - peaks[300] < 1_500_000


def test_a_value_that_could_not_be_measured_is_a_dash():
    nothing = {"value": None, "low": None, "high": None, "count": 0}
    text = metrics_table({"galaxies": 0, "spirals": 0, "auc": nothing})
    assert text.splitlines()[-1].split() == [
        *["Area", "under", "the", "ROC", "curve"],
        "–",
        "–",
        "0",
    ]


@pytest.fixture(scope="module", autouse=True)
def clean(stored):
    yield
    shutil.rmtree(stored.folder.parents[1], ignore_errors=True)


def test_galaxies_beside_stand_by_source_and_in_no_other_number(labelled, stored, tmp_path):
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--sources", "a"]
    files = [tmp_path / name for name in ("alone.json", "beside.json")]
    assert cli.main([*command, "--json", str(files[0])]) == 0
    assert cli.main([*command, "--json", str(files[1]), "--beside", "b"]) == 0
    alone, beside = (json.loads(file.read_text())["metrics"] for file in files)
    rows = beside["groups"]["source"]
    others = select(read_labelled_images(labelled), part=Part.TEST, sources=["b"])
    assert sum(row["accuracy"]["count"] for name, row in rows.items() if name[0] == "b") == len(
        [image for image in others if image.path.name != "07.png"]
    )
    assert beside["chosen"].pop("beside") == ["b"]
    beside["groups"]["source"] = {"a": rows["a"]}
    assert beside == alone


def test_a_source_beside_that_has_no_galaxies_adds_no_row(labelled, stored, tmp_path):
    file = tmp_path / "out.json"
    command = ["evaluate", "--data", str(labelled), "--model", "tiny", "--sources", "a"]
    assert cli.main([*command, "--json", str(file), "--beside", "nowhere"]) == 0
    assert list(json.loads(file.read_text())["metrics"]["groups"]["source"]) == ["a"]
