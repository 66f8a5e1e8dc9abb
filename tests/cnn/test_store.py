"""The model store and its cards: what is there is listed, what is damaged is said."""

import json
from dataclasses import replace

import pytest

from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.store import SHIPPED_FOLDER, ModelStore
from galaxy_core.errors import ModelNotFound, ModelRefused
from tests.cards import some_card

CARD = some_card(input_size_px=8, convolution_layers=("Conv",))


@pytest.fixture
def store(tmp_path):
    def add(root, name, **changes):
        folder = tmp_path / root / name
        folder.mkdir(parents=True)
        write_card(replace(CARD, name=name, **changes), folder / "card.json")

    add("shipped", "teaching")
    add("shipped", "research")
    add("trained", "mine")
    add("trained", "teaching", title="An impostor")
    return ModelStore(tmp_path / "shipped", tmp_path / "trained")


def test_a_card_survives_the_disk(tmp_path):
    write_card(CARD, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == CARD


def test_models_are_listed_default_first_then_shipped(store):
    assert [entry.card.name for entry in store.models()] == ["teaching", "research", "mine"]
    assert [entry.shipped for entry in store.models()] == [True, True, False]


def test_a_trained_network_cannot_take_a_shipped_name(store):
    assert store.find("teaching").shipped
    assert store.find("teaching").card.title == "Tiny"


def test_unknown_model_names_those_there_are(store):
    with pytest.raises(ModelNotFound, match=r"'nope'\. In the store: teaching, research, mine\."):
        store.find("nope")


@pytest.mark.parametrize("name", ["", ".", "..", "../shipped/teaching", "/etc", "a/b"])
def test_a_name_is_never_a_path(store, name):
    with pytest.raises(ModelNotFound):
        store.find(name)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": 1}', '{"name": "x", "surprise": 2}'])
def test_damaged_card_costs_only_itself(store, text):
    (store.trained / "mine" / "card.json").write_text(text)
    assert [entry.card.name for entry in store.models()] == ["teaching", "research"]
    with pytest.raises(ModelRefused, match="is not a readable model card"):
        store.find("mine")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "temperature must be positive"),
        ({"temperature": float("nan")}, "temperature must be positive"),
        ({"orientations": 3}, "orientations must be 1 or 8"),
        ({"uncertain_band": (0.6, 0.7)}, "must span 0.5"),
    ],
)
def test_impossible_card_is_refused(changes, message):
    with pytest.raises(ModelRefused, match=message):
        replace(CARD, **changes)


def test_card_never_holds_what_json_cannot(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_card(replace(CARD, metrics={"auc": float("nan")}), tmp_path / "card.json")
    assert list(tmp_path.iterdir()) == []


def test_shipped_cards_are_complete():
    for path in SHIPPED_FOLDER.glob("*/card.json"):
        card = read_card(path)
        assert card.name == path.parent.name
        assert set(card.evidence_scale) == set(card.convolution_layers)
        assert card.metrics
        assert card.weights_sha256
        assert json.loads(path.read_text())["training"]["data_sha256"]
