"""The reference of a network, and how often it refuses: from a labelled folder, by part."""

import json
import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from galaxy_core import cli
from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.reference import MOST_GALAXIES, read_reference
from galaxy_core.cnn.store import ModelStore, StoredModel
from galaxy_core.errors import TrainingError
from galaxy_core.training import refer as refer_module
from galaxy_core.training.dataset import Part, read_labelled_images, select
from galaxy_core.training.domain import SIGNALS, measure_strangeness
from galaxy_core.training.refer import build_reference
from galaxy_core.training.refit import load_without_kinds
from tests.cards import some_card
from tests.training.folders import write_folder

CARD = some_card(orientations=1, metrics={"auc": {"value": 0.5}})


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    root = write_folder(tmp_path_factory.mktemp("galaxies"), 60)
    return read_labelled_images(root)


@pytest.fixture(scope="module")
def classifier():
    return Classifier(build_network("teaching", seed=1), CARD)


@pytest.fixture(scope="module")
def reference(images, classifier):
    return build_reference(
        select(images, part=Part.TRAIN), select(images, part=Part.VALIDATION), classifier
    )


def test_reference_holds_the_training_part_and_nothing_else(images, reference):
    train = select(images, part=Part.TRAIN)
    assert reference.identifiers == tuple(image.object_id for image in train)
    assert reference.hubble_types == tuple(image.attributes["hubble_type"] for image in train)
    assert reference.spiral.tolist() == [image.spiral == 1 for image in train]
    assert reference.places.dtype == np.float16


def test_places_vary_alike_in_every_direction(reference):
    np.testing.assert_allclose(reference.places.astype(float).std(axis=0), 1, atol=0.01)


def test_threshold_lets_through_the_galaxies_it_was_set_on(images, reference, classifier):
    nearby = select(images, part=Part.VALIDATION)
    _, features = refer_module._features(nearby, classifier, "", lambda *_: None)
    assert (reference.distances(features) <= reference.threshold).all()


def test_a_galaxy_of_the_reference_finds_itself_first(images, reference, classifier):
    train = select(images, part=Part.TRAIN)[:3]
    _, features = refer_module._features(train, classifier, "", lambda *_: None)
    for image, found in zip(train, reference.surroundings(features)):
        assert found.nearest[0].identifier == image.object_id
        assert found.nearest[0].similarity > 0.9


def test_a_network_that_flattens_thousands_of_numbers_has_a_reference(images):
    layers = keras.layers
    inputs = keras.Input((64, 64, 3))
    last = layers.Flatten()(layers.MaxPooling2D(2)(layers.Conv2D(6, 3, name="only")(inputs)))
    network = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(last))
    wide = Classifier(network, replace(CARD, convolution_layers=("only",)))
    train = select(images, part=Part.TRAIN)
    reference = build_reference(train, select(images, part=Part.VALIDATION), wide)
    assert reference.centre.shape == (5766,)
    np.testing.assert_allclose(reference.places.astype(float).std(axis=0), 1, atol=0.01)


@pytest.mark.parametrize("shape", [(30, 6), (12, 40)], ids=["many galaxies", "many numbers"])
def test_directions_are_those_of_the_singular_values(shape):
    features = np.random.default_rng(0).normal(size=shape) * np.arange(1, shape[1] + 1)
    centre, directions = refer_module._directions(features)
    places = (features - centre) @ directions
    count = min(shape[0] - 1, shape[1])
    assert places.shape == (shape[0], count)
    np.testing.assert_allclose(places.T @ places / shape[0], np.eye(count), atol=1e-4)


def test_too_few_galaxies_are_refused(images, classifier):
    few = select(images, part=Part.TRAIN)[:2]
    with pytest.raises(TrainingError, match=r"more than 3 training galaxies .*; 2 and 1 could"):
        build_reference(few, few[:1], classifier)


def test_too_many_are_thinned_evenly():
    thinned = refer_module._spread([None] * (3 * MOST_GALAXIES))
    assert len(thinned) == MOST_GALAXIES


def test_measurement_counts_every_galaxy_and_stranger_once(images, reference, classifier):
    knowing = Classifier(classifier.model, CARD, reference=reference)
    test = select(images, part=Part.TEST)
    measured = measure_strangeness(knowing, test, strangers=12, seed=4)
    json.dumps(measured, allow_nan=False)
    assert measured["false_alarms"]["count"] == len(test)
    assert set(measured["false_alarms_by_class"]) == {"made spiral", "made elliptical"}
    assert set(measured["false_alarms_by_signal"]) == set(SIGNALS)
    for name in ("catch", "catch_held_out"):
        assert measured[name]["count"] == 12
    assert len(measured["catch_by_kind"]) == 12
    any_signal = max(share["value"] for share in measured["catch_by_signal"].values())
    assert measured["catch"]["value"] >= any_signal


def test_galaxies_that_may_be_none_are_not_counted(images, classifier):
    unknown = [
        replace(i, attributes={**i.attributes, "morphology": "unknown"}) for i in images[:2]
    ]
    measured = measure_strangeness(classifier, [*unknown, images[3]], strangers=1)
    assert measured["false_alarms"]["count"] == 1


def test_shipped_model_has_seen_no_kind_of_the_test_family():
    """Every other kind has a model fitted without it, so every kind is measured as unseen."""
    from galaxy_core.morphology.plausibility import SHIPPED
    from galaxy_core.strangers import KINDS, Family

    fitted_on = {name for name, kind in KINDS.items() if kind.family is Family.FIT}
    assert set(load_without_kinds(SHIPPED)) == fitted_on


def test_refer_on_the_command_line(images, classifier, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GALAXY_DATA_DIR", str(tmp_path))
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    classifier.model.save(folder / "model.keras")
    write_card(CARD, folder / "card.json")
    root = str(images[0].path.parent)
    arguments = ["refer", "--model", "tiny", "--data", root, "--strangers", "3"]
    assert cli.main(arguments) == 0
    assert "false alarms" in capsys.readouterr().out
    card = read_card(folder / "card.json")
    assert card.metrics["auc"] == {"value": 0.5}
    assert card.metrics["strangeness"]["catch"]["count"] == 3
    stored = ModelStore(tmp_path / "none", tmp_path / "models").find("tiny")
    loaded = load_classifier(stored)
    # The card names no hash, so the reference is of the weights as they lie there.
    assert loaded.reference is not None
    found = loaded.answer(np.zeros((1, 64, 64, 3), np.float32))[0]
    assert len(found.nearest) == 3

    path = str(images[0].path)
    assert cli.main(["classify", path, "--model", "tiny", "--json", "--nearest"]) == 0
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert len(line["nearest"]) == 3
    assert set(line["nearest"][0]) == {
        "identifier",
        "source",
        "hubble_type",
        "label",
        "similarity",
    }
    shutil.rmtree(folder)
    assert read_reference(stored.reference_path, "") is None


def test_weights_that_change_meanwhile_leave_card_and_reference_alone(
    images, classifier, tmp_path, monkeypatch
):
    write_card(CARD, tmp_path / "card.json")
    classifier.model.save(tmp_path / "model.keras")
    stored = StoredModel(CARD, tmp_path, shipped=False)

    def measured(*arguments, **options):
        build_network("teaching", seed=2).save(stored.weights_path)  # a training run ends here
        return {}

    monkeypatch.setattr(refer_module, "measure_strangeness", measured)
    with pytest.raises(TrainingError, match="changed while they were looked at"):
        refer_module.refer(stored, images)
    assert "strangeness" not in read_card(tmp_path / "card.json").metrics
    assert not stored.reference_path.exists()


def test_a_network_with_too_wide_a_last_step_is_refused_before_any_picture_is_read(tmp_path):
    layers = keras.layers
    wide = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(9, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    wide.save(tmp_path / "model.keras")
    write_card(CARD, tmp_path / "card.json")
    with pytest.raises(TrainingError, match=r"takes 34,596 numbers; .* at most 32,768"):
        refer_module.refer(StoredModel(CARD, tmp_path, False), ())
    assert not (tmp_path / "reference.npz").exists()
