"""Bring your own network: what fits works like ours; what is hostile costs one sentence."""

import hashlib
import json
import pickle
import zipfile
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest

from galaxy_core import cli
from galaxy_core.adoption.adopt import TrialLimits, adopt
from galaxy_core.adoption.keras_file import check_keras_file
from galaxy_core.adoption.trial import check_answers, check_weights, layers_to_look_into
from galaxy_core.cnn.card import write_card
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.flat import flat_network
from galaxy_core.cnn.logit import functional, split_at_logit
from galaxy_core.cnn.store import MOST_DELETED, ModelStore
from galaxy_core.errors import ModelNotFound, ModelRefused
from galaxy_core.explain.inspection import Inspector
from tests.cards import some_card


@pytest.fixture(scope="module")
def softmax_file(tmp_path_factory):
    """A Sequential for 96 × 96 pixels with a two-class softmax, compiled with its own loss."""
    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((96, 96, 3)),
            layers.Conv2D(4, 5, strides=2, activation="relu", name="First"),
            layers.BatchNormalization(),
            layers.Conv2D(4, 3, activation="relu", name="Second"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", loss="categorical_crossentropy")
    path = tmp_path_factory.mktemp("own") / "mine.keras"
    model.save(path)
    return path


@pytest.fixture
def rewritten(softmax_file, tmp_path):
    """Return a function that writes the file anew with some members changed."""

    def write(**members):
        path = tmp_path / "mine.keras"
        with zipfile.ZipFile(softmax_file) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                content = members.pop(name.partition(".")[0], source.read(name))
                if content is not None:
                    target.writestr(name, content)
            for name, content in members.items():
                target.writestr(name, content)
        return path

    return write


@pytest.fixture
def config(softmax_file):
    with zipfile.ZipFile(softmax_file) as archive:
        return json.loads(archive.read("config.json"))


@pytest.fixture(scope="module")
def adopted(softmax_file, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    store = ModelStore(data / "shipped", data / "models")
    return store, adopt(softmax_file, name="mine", store=store)


def test_an_adopted_network_has_a_card_that_claims_nothing_unmeasured(adopted, softmax_file):
    store, card = adopted
    assert store.find("mine").card == card
    digest = hashlib.sha256(softmax_file.read_bytes()).hexdigest()
    assert card.training["file_sha256"] == digest
    assert card.input_size_px == 96
    assert card.convolution_layers == ("First", "Second")
    assert (card.temperature, card.orientations) == (1.0, 8)
    assert card.metrics == {}
    assert set(card.evidence_scale) == {"First", "Second"}
    assert all(0 < value < 1e3 for value in card.evidence_scale.values())
    assert "not measured" in card.summary


def test_it_answers_and_shows_evidence_as_the_file_would(adopted, softmax_file):
    classifier = load_classifier(adopted[0].find("mine"))
    inputs = np.random.default_rng(0).random((2, 96, 96, 3), dtype=np.float32)
    own = keras.saving.load_model(softmax_file, compile=False)(inputs).numpy()
    np.testing.assert_allclose(
        classifier.logits(inputs), np.log(own[:, 1] / own[:, 0]), rtol=1e-3, atol=1e-5
    )
    inspection = Inspector(classifier).inspect(inputs)
    assert np.abs(inspection.layer("Second").evidence).max() > 0


def test_a_sequential_from_a_file_has_one_graph(softmax_file):
    """Keras calls each layer of a loaded Sequential many times; gradients then lead nowhere."""
    loaded = keras.saving.load_model(softmax_file, compile=False)
    trunk, _ = split_at_logit(functional(loaded), ["First"])
    inputs = np.random.default_rng(1).random((1, 96, 96, 3), dtype=np.float32)
    deeper = keras.Model(trunk.outputs[0], trunk.outputs[1])
    first, last = trunk(inputs)
    np.testing.assert_allclose(deeper(first), last, rtol=1e-5)


def test_it_works_on_the_command_line(adopted, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GALAXY_DATA_DIR", str(adopted[0].trained.parent))
    picture = tmp_path / "galaxy.png"
    from PIL import Image

    Image.fromarray(np.full((80, 80, 3), 40, dtype=np.uint8)).save(picture)
    assert cli.main(["classify", str(picture), "--model", "mine", "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["model"] == "mine"
    assert 0 <= line["probability_spiral"] <= 1


def grey_for_bytes():
    """As Keras's beginners' tutorials build it: 0 to 255 in, networks nested in one another."""
    layers = keras.layers
    changes = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)], name="changes")
    return keras.Sequential(
        [
            keras.Input((None, None, 1)),
            changes,
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu", name="Kanten (grob)"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def with_calculations():
    layers = keras.layers
    picture = keras.Input((48, 48, 3))
    x = picture * 2.0 - 1.0
    x = layers.Conv2D(4, 3, padding="same", activation=layers.LeakyReLU(), name="First")(x)
    x = keras.ops.relu(x + layers.Conv2D(4, 3, padding="same", dtype="mixed_float16")(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(picture, layers.Dense(1, activation="sigmoid", dtype="float32")(x))


@pytest.mark.parametrize(
    ("build", "side", "takes"),
    [
        (grey_for_bytes, 64, lambda x: 255 * x @ np.array([[0.2989], [0.587], [0.114]])),
        (with_calculations, 48, lambda x: x),
    ],
)
def test_a_network_of_another_build_answers_as_its_file_would(tmp_path, build, side, takes):
    keras.utils.set_random_seed(4)
    model = build()
    path = tmp_path / "other.keras"
    model.save(path)
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    card = adopt(path, name="other", store=store)
    assert card.input_size_px == side
    inputs = np.random.default_rng(0).random((2, side, side, 3), dtype=np.float32)
    own = model(takes(inputs).astype(np.float32), training=False).numpy()[:, 0]
    classifier = load_classifier(store.find("other"))
    np.testing.assert_allclose(classifier.logits(inputs), np.log(own / (1 - own)), atol=2e-3)
    assert ("0 to 255" in card.framing) == (build is grey_for_bytes)
    inspection = Inspector(classifier).inspect(inputs)
    assert set(inspection.layers) == set(card.convolution_layers)
    assert not classifier.model.get_layer(card.convolution_layers[0]).name.count(" ")


@pytest.mark.parametrize("units", [1, 2])
def test_layers_that_hand_the_answer_on_may_follow_it(units):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.AveragePooling2D(30),
            layers.Dense(units, activation="sigmoid" if units == 1 else "softmax"),
            layers.Flatten(),
            layers.Activation("linear"),
        ]
    )
    flat = flat_network(model, size_px=32)
    assert isinstance(flat.layers[-1], layers.Dense)
    trunk, logit_of = split_at_logit(flat, ())
    inputs = np.random.default_rng(0).random((3, 32, 32, 3), dtype=np.float32)
    spiral = model(inputs, training=False).numpy()[:, -1]
    before = trunk(inputs, training=False)
    np.testing.assert_allclose(logit_of(before), np.log(spiral / (1 - spiral)), atol=1e-4)


def test_weights_that_are_no_numbers_are_refused_though_answers_are():
    picture = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu")(picture)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(picture, keras.layers.Dense(1, activation="sigmoid")(x))
    weights = model.get_weights()
    weights[0][0, 0, 0, 0] = np.nan
    model.set_weights(weights)
    with pytest.raises(ModelRefused, match=r"nan\.keras .* some of its weights are no numbers"):
        check_answers(Classifier(model, replace(passing_card("x"), input_size_px=32)), "nan.keras")


def test_an_answer_a_place_is_refused():
    layers = keras.layers
    body = [keras.Input((32, 32, 3)), layers.Conv2D(4, 3)]
    many = keras.Sequential([*body, layers.Dense(1, activation="sigmoid"), layers.Flatten()])
    with pytest.raises(ModelRefused, match=r"ends in Dense .* of width 900\."):
        split_at_logit(flat_network(many, size_px=32), ())


def test_many_layers_are_shown_from_the_last_one_back(tmp_path):
    layers = keras.layers
    model = keras.Sequential([keras.Input((64, 64, 3))])
    for index in range(30):
        model.add(layers.Conv2D(2, 3, padding="same", name=f"conv{index}"))
    for layer in (layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")):
        model.add(layer)
    shown = layers_to_look_into(Classifier(model, passing_card("deep")))
    assert shown == tuple(f"conv{index}" for index in range(6, 30))


def passing_card(name):
    return some_card(name=name, title=name, convolution_layers=())


def test_a_calculation_at_the_end_is_refused():
    layers = keras.layers
    picture = keras.Input((32, 32, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(picture))
    ended = 1.0 - layers.Dense(1, activation="sigmoid")(x)
    with pytest.raises(ModelRefused, match="last step is a calculation"):
        flat_network(keras.Model(picture, ended), size_px=32)


def test_a_taken_or_impossible_name_is_refused(adopted, softmax_file):
    store, _ = adopted
    with pytest.raises(ModelRefused, match="There is a network named 'mine' already"):
        adopt(softmax_file, name="mine", store=store)
    for name in ("", "../evil", "a/b", "x" * 65, "spaced name"):
        with pytest.raises(ModelRefused, match="A model's name is"):
            adopt(softmax_file, name=name, store=store)


def refused(path, pattern):
    with pytest.raises(ModelRefused, match=pattern) as error:
        check_keras_file(path, shown="mine.keras")
    sentence = str(error.value)
    assert sentence.startswith("mine.keras is refused: ")
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert sentence.endswith(".")


def set_layer(config, index, **changes):
    config["config"]["layers"][index].update(changes)
    return json.dumps(config)


def test_a_lambda_layer_is_refused(rewritten, config):
    text = set_layer(config, 1, class_name="Lambda")
    refused(rewritten(config=text), "a layer of the kind 'Lambda'")


@pytest.mark.parametrize("module", ["my_code", "keras.src.utils", "builtins", None])
def test_a_layer_from_elsewhere_is_refused(rewritten, config, module):
    refused(rewritten(config=set_layer(config, 1, module=module)), "a layer of the kind 'Conv2D'")


def test_a_registered_class_is_refused(rewritten, config):
    text = set_layer(config, 1, registered_name="mine>Conv2D")
    refused(rewritten(config=text), "can hold code of its own")


@pytest.mark.parametrize(
    "part",
    [
        {"module": "builtins", "class_name": "function", "config": "system"},
        {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://x"}},
        {"class_name": "__lambda__", "config": {"value": "gASV"}},
        {"module": "os", "class_name": "system", "config": {}},
    ],
)
@pytest.mark.parametrize("place", ["kernel_initializer", "activation", "kernel_regularizer"])
def test_code_in_a_part_of_a_layer_is_refused(rewritten, config, part, place):
    config["config"]["layers"][1]["config"][place] = part
    refused(rewritten(config=json.dumps(config)), "can be code of its own")


def test_code_outside_the_layers_is_refused(rewritten, config):
    config["config"]["layers"][1]["inbound_nodes"] = [{"args": [{"class_name": "__lambda__"}]}]
    refused(rewritten(config=json.dumps(config)), "can be code of its own")


def test_code_in_a_nested_network_is_refused(rewritten, config):
    layers = config["config"]["layers"]
    inner = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "x"}}
    nested = {"class_name": "Sequential", "module": "keras", "config": {"layers": [inner]}}
    layers.insert(1, nested)
    refused(rewritten(config=json.dumps(config)), "a layer of the kind 'Lambda'")
    for _ in range(6):
        nested = {"class_name": "Sequential", "module": "keras", "config": {"layers": [nested]}}
    layers[1] = nested
    refused(rewritten(config=json.dumps(config)), "nested in it more than 4 deep")
    layers[1] = {**inner, "class_name": "Custom", "module": "keras.src.ops.numpy"}
    refused(rewritten(config=json.dumps(config)), "a layer of the kind 'Custom'")


def test_custom_model_class_is_refused(rewritten, config):
    refused(rewritten(config=json.dumps({**config, "class_name": "Mine"})), "custom code")


def test_huge_dimensions_are_refused_before_anything_is_built(rewritten, config):
    config["config"]["layers"][5]["config"]["units"] = 10**9
    refused(rewritten(config=json.dumps(config)), "asks for units = 1e\\+09")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ([None, 96, 64, 3], "96, 64"),
        ([None, None, 96, 3], "None, 96"),
        ([None, 96, 96, 4], "grey"),
        ([None, 8, 8, 3], "16 to 512"),
        ([None, 1024, 1024, 3], "16 to 512"),
        ([None, 10], "16 to 512"),
    ],
)
def test_another_input_is_refused(rewritten, config, shape, words):
    config["config"]["layers"][0]["config"]["batch_shape"] = shape
    refused(rewritten(config=json.dumps(config)), words)


def test_deep_and_endless_descriptions_are_refused(rewritten, config):
    config["config"]["layers"] *= 60
    refused(rewritten(config=json.dumps(config)), "layers; 300 are the most")
    refused(rewritten(config="[" * 100_000), "damaged")
    refused(rewritten(config=b"{" + b" " * 2_100_000), "over 2 MB")
    refused(rewritten(config="[]"), "does not describe a Keras 3 network")


def test_extra_missing_and_wandering_members_are_refused(rewritten):
    refused(rewritten(**{"evil.py": "print()"}), "members; 3 are the most")
    refused(rewritten(**{"config": None, "../config.json": "{}"}), "outside its folder")
    refused(rewritten(**{"config": None, "/etc/passwd": "{}"}), "outside its folder")
    refused(rewritten(**{"config": None}), "'config.json' is missing")


def test_zip_bombs_are_refused(softmax_file, tmp_path):
    path = tmp_path / "mine.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        with archive.open("model.weights.h5", "w") as member:
            for _ in range(64):
                member.write(bytes(1_000_000))
    refused(path, "ZIP bomb")


def test_truncated_and_foreign_files_are_refused(softmax_file, tmp_path):
    path = tmp_path / "mine.keras"
    whole = softmax_file.read_bytes()
    for content in (
        b"",
        whole[:500],
        whole[:-30],
        whole[5000:],
        pickle.dumps({"a": 1}),
        b"\x89HDF\r\n\x1a\n" + bytes(5000),
        b"PK\x05\x06" + bytes(18),
    ):
        path.write_bytes(content)
        refused(path, "complete ZIP file|damaged|is missing|outside|bomb")


def test_a_damaged_byte_is_noticed(softmax_file, tmp_path):
    path = tmp_path / "mine.keras"
    content = bytearray(softmax_file.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    refused(path, "damaged")


def with_weights(tmp_path, fill):
    path = tmp_path / "mine.keras"
    weights = tmp_path / "model.weights.h5"
    with h5py.File(weights, "w") as file:
        fill(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(weights, "model.weights.h5")
    return path


def test_weights_that_point_to_other_files_are_refused(tmp_path):
    def link(file):
        file["stolen"] = h5py.ExternalLink("/etc/secret.h5", "/x")

    def outside(file):
        file.create_dataset("x", (8,), "u1", external=[("/etc/hostname", 0, 8)])

    for fill in (link, outside):
        with pytest.raises(ModelRefused, match="its weights lie in other files"):
            check_weights(with_weights(tmp_path, fill), shown="mine.keras")


def test_weights_that_lead_in_a_circle_are_refused_at_once(tmp_path):
    def fill(file):
        file["a/b"] = file["/"]

    with pytest.raises(ModelRefused, match="its weights hold themselves"):
        check_weights(with_weights(tmp_path, fill), shown="x.keras")


def test_weights_larger_than_allowed_are_refused_unread(tmp_path):
    def fill(file):
        file.create_dataset("x", (10**6, 10**6), "f4", chunks=(1000, 1000), compression="gzip")

    with pytest.raises(ModelRefused, match="has over 30,000,000 weights"):
        check_weights(with_weights(tmp_path, fill), shown="mine.keras")


def test_weights_that_are_none_are_refused(tmp_path):
    path = tmp_path / "mine.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.weights.h5", pickle.dumps(np.zeros(3)))
    with pytest.raises(ModelRefused, match="its weights are damaged"):
        check_weights(path, shown="mine.keras")


@pytest.mark.slow
def test_a_network_that_needs_too_much_memory_costs_its_process_only(rewritten, config, tmp_path):
    layers = config["config"]["layers"]
    layers[4] = {
        "module": "keras.layers",
        "class_name": "Flatten",
        "config": {"name": "flat"},
        "registered_name": None,
    }
    layers[5]["config"]["units"] = 65_536
    layers[5].pop("build_config")
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    with pytest.raises(ModelRefused, match=r"mine\.keras is refused"):
        adopt(rewritten(config=json.dumps(config)), name="big", store=store)
    assert list(store.trained.iterdir()) == []


@pytest.mark.slow
def test_three_classes_are_refused_by_trying(rewritten, config, tmp_path):
    path = tmp_path / "three.keras"
    layers = keras.layers
    keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(2, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    ).save(path)
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    with pytest.raises(ModelRefused, match=r"three\.keras is refused: .* of width 3"):
        adopt(path, name="three", store=store)


def test_a_trial_that_takes_too_long_is_given_up(softmax_file, tmp_path):
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    with pytest.raises(ModelRefused, match=r"took over 1 s"):
        adopt(softmax_file, name="slow", store=store, limits=TrialLimits(wall_s=1.0))


def test_networks_can_be_deleted_but_not_shipped_ones(softmax_file, tmp_path):
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")
    for root in (store.shipped, store.trained):
        folder = root / root.name
        folder.mkdir(parents=True)
        write_card(some_card(name=root.name), folder / "card.json")
    with pytest.raises(ModelRefused, match="came with the app and stays"):
        store.delete("shipped")
    store.delete("models")
    with pytest.raises(ModelNotFound):
        store.delete("models")
    assert store.deleted() == ("models",)
    assert [entry.card.name for entry in store.models()] == ["shipped"]


def test_the_last_deleted_networks_can_be_brought_back(tmp_path):
    store = ModelStore(tmp_path / "shipped", tmp_path / "models")

    def put(name):
        folder = store.trained / name
        folder.mkdir(parents=True)
        write_card(replace(passing_card(name), convolution_layers=("c",)), folder / "card.json")

    for index in range(MOST_DELETED + 1):
        put(f"net{index}")
        store.delete(f"net{index}")
    assert store.deleted() == tuple(f"net{index}" for index in range(MOST_DELETED, 0, -1))
    store.restore("net1")
    assert store.find("net1").card.name == "net1"
    put("net2")
    with pytest.raises(ModelRefused, match="There is a network named 'net2' already"):
        store.restore("net2")
    for name in ("net0", "../models", ""):
        with pytest.raises(ModelNotFound, match="can be brought back"):
            store.restore(name)
