"""Answers: calibrated, averaged over orientations, worded."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from galaxy_core.cnn.answer import answer_from_logits
from galaxy_core.cnn.architecture import build_network
from galaxy_core.cnn.calibration import (
    calibrated_probability,
    calibration_error,
    fit_temperature,
)
from galaxy_core.cnn.classifier import (
    Classifier,
    eight_orientations,
    load_classifier,
)
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.cnn.pipeline import every_warning
from galaxy_core.cnn.reference import FAR_SENTENCE, ReferenceGalaxies, Surroundings
from galaxy_core.cnn.store import StoredModel
from galaxy_core.cnn.verdict import Verdict
from galaxy_core.errors import ModelNotFound, ModelRefused
from galaxy_core.framing import FLAG_SENTENCES, FramingFlag
from galaxy_core.morphology.plausibility import Plausibility
from tests.cards import some_card

CARD = some_card(temperature=2.0, uncertain_band=(0.4, 0.6))


@pytest.fixture(scope="module")
def classifier():
    return Classifier(build_network("teaching", seed=1), CARD)


@pytest.fixture(scope="module")
def galaxies():
    return np.random.default_rng(0).random((5, 64, 64, 3), dtype=np.float32)


def test_answer_is_the_mean_over_eight_orientations(classifier, galaxies):
    (answer,) = classifier.answer(galaxies[:1])
    each = [classifier.logits(view)[0] for view in eight_orientations(galaxies[:1])]
    assert answer.logit == pytest.approx(np.mean(each), abs=1e-6)
    assert answer.probability_spiral == pytest.approx(1 / (1 + np.exp(-np.mean(each) / 2)))
    assert answer.orientation_probabilities == pytest.approx(1 / (1 + np.exp(-np.array(each) / 2)))
    assert answer.probability_range == (
        min(answer.orientation_probabilities),
        max(answer.orientation_probabilities),
    )


@pytest.mark.parametrize("index", range(8))
def test_answer_does_not_depend_on_orientation(classifier, galaxies, index):
    turned = np.ascontiguousarray(eight_orientations(galaxies)[index])
    for a, b in zip(classifier.answer(galaxies), classifier.answer(turned)):
        assert a.logit == pytest.approx(b.logit, abs=1e-5)


def test_eight_orientations_are_all_different(galaxies):
    views = [np.ascontiguousarray(v).tobytes() for v in eight_orientations(galaxies[:1])]
    assert len(set(views)) == 8
    assert views[0] == galaxies[:1].tobytes()


def test_logits_of_many_equal_logits_one_by_one(classifier):
    many = np.random.default_rng(1).random((300, 64, 64, 3), dtype=np.float32)
    together = classifier.logits(many)
    assert together.shape == (300,)
    np.testing.assert_allclose(together[290:], classifier.logits(many[290:]), atol=1e-5)
    assert classifier.logits(many[:0]).shape == (0,)


@pytest.mark.parametrize(
    ("logits", "flags", "verdict"),
    [
        ([4.0] * 8, (), Verdict.SPIRAL),
        ([-4.0] * 8, (), Verdict.ELLIPTICAL),
        ([0.1] * 8, (), Verdict.UNCERTAIN),
        ([9.0] * 8, (FramingFlag.NO_GALAXY,), Verdict.NOT_TRUSTED),
        ([9.0] * 8, (FramingFlag.MANY_OBJECTS,), Verdict.NOT_TRUSTED),
    ],
)
def test_verdict_in_one_word(logits, flags, verdict):
    assert answer_from_logits(np.array(logits), CARD, flags=flags).verdict is verdict


STRANGE = Plausibility(1.0, "The colours are not those of starlight.")
FAR = Surroundings(0.5, ())


@pytest.mark.parametrize(
    ("signals", "reasons"),
    [
        ({}, ()),
        ({"plausibility": Plausibility(-1.0, "")}, ()),
        ({"around": Surroundings(-0.5, ())}, ()),
        ({"plausibility": STRANGE}, (STRANGE.reason,)),
        ({"around": FAR}, (FAR_SENTENCE,)),
        ({"plausibility": STRANGE, "around": FAR}, (STRANGE.reason, FAR_SENTENCE)),
        (
            {"flags": (FramingFlag.NO_GALAXY,), "plausibility": STRANGE},
            (FLAG_SENTENCES[FramingFlag.NO_GALAXY],),
        ),
    ],
)
def test_any_signal_takes_trust_away_and_leaves_the_probability(signals, reasons):
    answer = answer_from_logits(np.full(8, 4.0), CARD, **signals)
    assert answer.verdict is (Verdict.NOT_TRUSTED if reasons else Verdict.SPIRAL)
    assert answer.warnings == reasons
    assert answer.probability_spiral == pytest.approx(calibrated_probability(4.0, 2.0))


def test_reason_comes_before_other_warnings():
    answer = answer_from_logits(
        np.full(8, 4.0), CARD, flags=(FramingFlag.SMALL,), plausibility=STRANGE
    )
    assert answer.warnings == (STRANGE.reason, FLAG_SENTENCES[FramingFlag.SMALL])


def test_intake_warnings_give_way_to_the_reason_only():
    intake = ("The picture was turned upright.",)
    plain, strange = (
        answer_from_logits(np.full(8, 4.0), CARD, plausibility=p, flags=(FramingFlag.SMALL,))
        for p in (None, STRANGE)
    )
    assert every_warning(intake, plain) == intake + plain.warnings
    assert every_warning(intake, strange) == strange.warnings + intake


def test_features_are_those_of_all_orientations(classifier, galaxies):
    turned = np.ascontiguousarray(eight_orientations(galaxies)[3])
    assert classifier.features(galaxies).shape == (5, 64)
    np.testing.assert_allclose(
        classifier.features(turned), classifier.features(galaxies), atol=1e-5
    )


def test_galaxy_of_the_reference_is_trusted_and_what_is_unlike_it_is_not(classifier, galaxies):
    features = classifier.features(galaxies)
    reference = ReferenceGalaxies(
        identifiers=tuple("abcde"),
        files=("",) * 5,
        sources=("made",) * 5,
        hubble_types=("",) * 5,
        spiral=np.zeros(5, bool),
        places=features.astype(np.float16),
        centre=np.zeros(64, np.float32),
        directions=np.eye(64, dtype=np.float32),
        spacing=np.full(5, 0.1, np.float32),
        threshold=2.0 * float(np.abs(features).max()),
        weights_sha256="",
    )
    knowing = Classifier(classifier.model, CARD, reference=reference)
    near, far = knowing.answer(np.stack([galaxies[2], 60 * galaxies[2]]))
    assert near.verdict is not Verdict.NOT_TRUSTED
    assert near.nearest[0].identifier == "c"
    assert far.verdict is Verdict.NOT_TRUSTED
    assert far.warnings[0] == FAR_SENTENCE
    assert knowing.far_away(np.stack([galaxies[2], 60 * galaxies[2]])).tolist() == [False, True]
    assert classifier.answer(galaxies[:1])[0].nearest == ()


def test_warnings_say_why_to_be_careful():
    answer = answer_from_logits(np.array([3.0] * 7 + [-1.0]), CARD, flags=(FramingFlag.CUT_OFF,))
    assert answer.warnings == (
        "The galaxy is cut off by the edge of the picture.",
        "The answer changes when the picture is rotated or mirrored.",
    )


def test_one_orientation_where_the_card_says_so():
    answer = answer_from_logits(np.array([2.0, -8.0]), replace(CARD, orientations=1))
    assert answer.logit == 2.0


def test_temperature_is_recovered():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, 20_000)
    labels = (rng.random(20_000) < calibrated_probability(logits, 2.5)).astype(float)
    assert fit_temperature(logits, labels) == pytest.approx(2.5, rel=0.05)


def test_calibration_error_of_calibrated_and_of_overconfident_answers():
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 2, 50_000)
    labels = (rng.random(50_000) < calibrated_probability(logits, 1)).astype(float)
    assert calibration_error(calibrated_probability(logits, 1), labels) < 0.01
    assert calibration_error(calibrated_probability(logits, 0.2), labels) > 0.1
    assert np.isnan(calibration_error(np.empty(0), np.empty(0)))


@pytest.fixture
def stored(tmp_path):
    build_network("teaching", seed=1).save(tmp_path / "model.keras")
    return StoredModel(CARD, tmp_path, shipped=False)


def test_a_network_comes_back_from_the_store(stored, classifier, galaxies):
    np.testing.assert_allclose(
        load_classifier(stored).logits(galaxies), classifier.logits(galaxies), atol=1e-6
    )


def test_changed_weights_are_refused(stored):
    other = StoredModel(replace(CARD, weights_sha256="00"), stored.folder, shipped=False)
    with pytest.raises(ModelRefused, match="is not the file that its card describes"):
        load_classifier(other)


def test_damaged_or_missing_weights_are_refused(stored):
    stored.weights_path.write_bytes(stored.weights_path.read_bytes()[:5000])
    with pytest.raises(ModelRefused, match="cannot be loaded") as refused:
        load_classifier(stored)
    stored.weights_path.unlink()
    with pytest.raises(ModelRefused, match="cannot be loaded") as refused:
        load_classifier(stored)
    assert str(stored.folder.parent) not in str(refused.value)  # where the server keeps them


def test_research_network_is_within_its_budget_and_named_alike():
    network = build_network("research")
    assert network.count_params() < 5_000_000
    assert convolution_layers(network)[:2] == ("Conv1_Edges", "Conv2_Shapes")
    assert isinstance(network, keras.Model)


def test_unknown_architecture_is_named():
    with pytest.raises(ModelNotFound, match="'vgg'; there are teaching, research"):
        build_network("vgg")
