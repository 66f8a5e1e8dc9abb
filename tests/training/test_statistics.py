"""Statistics against values worked out by hand, scikit-learn, and their own limits."""

import json

import numpy as np
import pytest
from sklearn import metrics

from galaxy_core.training import curves
from galaxy_core.training import statistics as s


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(7)
    probabilities = rng.beta(0.6, 0.6, 800).round(3)  # rounded: ties occur
    return probabilities, rng.random(800) < probabilities


def test_wilson_gives_the_textbook_interval():
    """Newcombe 1998, Statistics in Medicine 17, 857: 81 of 263 is 0.2553 to 0.3662."""
    found = s.wilson(81, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_wilson_stays_within_zero_and_one_and_nan_for_nothing():
    assert s.wilson(0, 10).low == 0.0
    assert s.wilson(10, 10).high == pytest.approx(1.0)
    assert np.isnan(s.wilson(0, 0).value)
    assert s.wilson(0, 0).to_json() == {"value": None, "low": None, "high": None, "count": 0}


def test_auc_equals_scikit_learn_with_ties(answers):
    assert s.auc(*answers) == pytest.approx(metrics.roc_auc_score(answers[1], answers[0]))


def test_balanced_accuracy_equals_scikit_learn(answers):
    probabilities, truth = answers
    expected = metrics.balanced_accuracy_score(truth, probabilities >= 0.5)
    assert s.balanced_accuracy(probabilities, truth) == pytest.approx(expected)


@pytest.mark.parametrize("truth", [np.ones(4, bool), np.zeros(4, bool)])
def test_one_class_has_no_auc(truth):
    assert np.isnan(s.auc(np.arange(4.0), truth))
    assert np.isnan(s.balanced_accuracy(np.arange(4.0), truth))


def test_bootstrap_interval_holds_the_value_and_narrows(answers):
    probabilities, truth = answers
    few = s.bootstrap(s.auc, probabilities[:80], truth[:80], resamples=300)
    many = s.bootstrap(s.auc, probabilities, truth, resamples=300)
    for found in (few, many):
        assert found.low < found.value < found.high
    assert many.high - many.low < few.high - few.low
    assert many == s.bootstrap(s.auc, probabilities, truth, resamples=300)


def test_bootstrap_of_nothing_is_nan():
    assert np.isnan(s.bootstrap(s.auc, np.empty(0), np.empty(0, bool)).value)


def test_curves_end_in_their_corners_and_hold_the_area(answers):
    roc = curves.roc_curve(*answers)
    x, y = np.array(roc["false_positive_rate"]), np.array(roc["true_positive_rate"])
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert len(x) <= 200
    assert np.trapezoid(y, x) == pytest.approx(s.auc(*answers), abs=0.005)
    recall = curves.precision_recall_curve(*answers)["recall"]
    assert (recall[0], recall[-1]) == (0, 1)


def test_confusion_counts_everyone_once(answers):
    assert sum(s.confusion(*answers).values()) == 800


def test_reliability_of_honest_probabilities_lies_on_the_diagonal(answers):
    rows = curves.reliability(*answers)
    assert sum(row["count"] for row in rows) == 800
    assert 350 < answers[1].sum() < 450  # odds are nearly equal, so weighting changes little
    inside = [row["low"] <= row["mean_probability"] <= row["high"] for row in rows]
    assert sum(inside) >= len(rows) - 1


def test_an_unequal_mix_of_classes_is_no_miscalibration_at_equal_odds(answers):
    """Three spirals to an elliptical: said at equal odds, true at equal odds."""
    probabilities, truth = answers
    more = np.concatenate([probabilities, np.tile(probabilities[truth], 2)])
    labels = np.concatenate([truth, np.ones(2 * truth.sum(), dtype=bool)])
    assert s.expected_calibration_error(more, labels) == pytest.approx(
        s.expected_calibration_error(probabilities, truth), abs=0.02
    )
    assert s.calibration_error_as_mixed(more, labels) > 0.1


def test_risk_falls_as_only_the_surest_are_taken(answers):
    curve = curves.risk_coverage(*answers)
    assert curve["coverage"][-1] == 1
    assert curve["risk"][-1] == pytest.approx(1 - s.accuracy(*answers))
    assert curve["risk"][len(curve["risk"]) // 4] < curve["risk"][-1]
    assert curves.risk_coverage(np.empty(0), np.empty(0, bool))["risk"] == []


def test_uncertain_band_covers_the_coin_flips_and_no_more_than_allowed():
    rng = np.random.default_rng(1)
    sure = rng.choice([0.01, 0.99], 960)
    unsure = rng.uniform(0.36, 0.64, 40)
    probabilities = np.concatenate([sure, unsure])
    truth = np.concatenate([sure > 0.5, rng.random(40) < 0.5])
    low, high = s.choose_uncertain_band(probabilities, truth)
    assert (low, high) == pytest.approx((0.5 - (high - 0.5), high))
    assert 0.6 <= high <= 0.9
    assert (np.abs(probabilities - 0.5) < high - 0.5).mean() <= 0.05
    assert s.choose_uncertain_band(sure, sure > 0.5) == (0.5, 0.5)


def test_groups_are_counted_and_nameless_galaxies_left_out(answers):
    probabilities, truth = answers
    names = ["b"] * 300 + ["a"] * 400 + [""] * 100
    found = s.by_group(names, probabilities, truth)
    assert list(found) == ["a", "b"]
    assert found["b"]["accuracy"]["count"] == 300
    assert json.dumps(found)


def test_calibration_error_by_chance_is_what_true_probabilities_measure():
    rng = np.random.default_rng(3)
    probabilities = rng.beta(0.4, 0.4, 600)
    truth = rng.random(600) < probabilities  # true at equal odds: as many of each class
    chance = s.calibration_error_by_chance(probabilities, truth)
    assert chance.low < s.expected_calibration_error(probabilities, truth) < chance.high
    assert 0.01 < chance.value < 0.05
    overconfident = np.clip((probabilities - 0.5) * 3 + 0.5, 0.001, 0.999)
    assert s.expected_calibration_error(overconfident, truth) > 2 * chance.high


def test_calibration_error_by_chance_falls_with_the_number_of_galaxies():
    rng = np.random.default_rng(4)
    few, many = rng.beta(0.4, 0.4, 200), rng.beta(0.4, 0.4, 20_000)
    found = [s.calibration_error_by_chance(p, rng.random(p.size) < p) for p in (few, many)]
    assert found[0].value > 5 * found[1].value


def test_calibration_error_by_chance_of_one_class_is_not_defined():
    assert np.isnan(s.calibration_error_by_chance(np.full(9, 0.9), np.ones(9, bool)).value)
