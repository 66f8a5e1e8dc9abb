"""Ranking: order, intervals, comparison with the edge detector, and the JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from galaxy_core.errors import ExplanationError
from galaxy_core.explain.ranking import bootstrap, measure_truth, rank_methods
from galaxy_core.explain.ranking_samples import RankingSample, real_samples, simulated_samples
from galaxy_core.explain.ranking_scores import MEASURES, ranking_from_json
from tests.explain.networks import galaxies, small_network, weighted_sum_network


@pytest.fixture(scope="module")
def truth():
    mask = np.zeros((32, 32), bool)
    mask[8:14, 18:25] = True
    return mask


@pytest.fixture(scope="module")
def ranking(truth):
    """The network weighs only the true component; half the sample has no truth."""
    network = weighted_sum_network(truth.astype("f4"))
    pictures = galaxies(10, 32)
    pictures[:, truth] = 0.9  # bright, so that blurring it away takes light
    samples = [
        RankingSample(f"g{i}", picture, True, truth if i % 2 else None)
        for i, picture in enumerate(pictures)
    ]
    seen = []
    found = rank_methods(
        network,
        samples,
        methods=("integrated_gradients", "grad_cam", "chance"),
        progress=lambda done, total, what: seen.append((done, total)),
    )
    assert seen == [(n, 40) for n in range(1, 41)]
    return found


def test_the_true_method_leads_and_beats_the_edge_detector(ranking):
    first = ranking.scores[0]
    assert first.method == "integrated_gradients"
    assert first.beats_edges
    assert first.sentence() == "Integrated Gradients is more faithful than an edge detector."
    assert first.measures["mass"].mean == pytest.approx(1, abs=1e-3)
    assert first.measures["pointing"].mean == 1
    assert first.measures["mass"].count == 5
    gaps = [score.measures["gap"].mean for score in ranking.scores]
    assert gaps == sorted(gaps, reverse=True)


def test_chance_and_edges_say_what_they_are(ranking):
    by_key = {score.method: score for score in ranking.scores}
    assert not by_key["chance"].beats_edges
    assert "no more faithful than an edge detector" in by_key["chance"].sentence()
    assert by_key["edges"].over_edges.mean == 0
    assert by_key["edges"].measures["stands_up"].mean == 0


def test_ranking_survives_json(ranking):
    text = ranking.to_json()
    assert ranking_from_json(text) == ranking
    fields = json.loads(text)
    assert fields["measures"] == dict(MEASURES)
    assert fields["scores"][0]["sentence"]
    for broken in ("", "[]", "{}", '{"scores": [{}]}', "null"):
        with pytest.raises(ExplanationError, match="no ranking of methods"):
            ranking_from_json(broken)


def test_bootstrap_interval_holds_the_mean_and_shrinks():
    rng = np.random.default_rng(0)
    few, many = bootstrap(rng.normal(3, 1, 20), seed=0), bootstrap(rng.normal(3, 1, 2000), seed=0)
    for estimate in (few, many):
        assert estimate.low < estimate.mean < estimate.high
    assert many.high - many.low == pytest.approx(4 * 1 / np.sqrt(2000), rel=0.15)
    assert many.high - many.low < few.high - few.low


def test_truth_measures_have_their_known_values(truth):
    area = truth.mean()
    on = measure_truth(truth.astype("f4"), truth)
    assert on == {"pointing": 1.0, "mass": 1.0, "enrichment": pytest.approx(1 / area)}
    flat = measure_truth(np.ones((32, 32), "f4"), truth)
    assert flat["enrichment"] == pytest.approx(1)
    against = measure_truth(-truth.astype("f4"), truth)
    assert against == {"pointing": 0.0, "mass": 0.0, "enrichment": 0.0}


def test_simulated_samples_bring_their_truth_along():
    network = small_network(64)
    samples = simulated_samples(network, count=4, seed=2)
    assert [sample.is_spiral for sample in samples] == [True, False, True, False]
    for sample in samples:
        assert sample.picture.shape == (64, 64, 3)
        assert sample.truth.any()
        light = sample.picture.mean(-1)
        assert light[sample.regions.galaxy].mean() > 3 * light[sample.regions.sky].mean()
        assert sample.regions.galaxy[31:33, 31:33].all()
    again = simulated_samples(network, count=2, seed=2)
    np.testing.assert_array_equal(again[1].picture, samples[1].picture)


def test_real_galaxies_of_a_folder_take_part_without_a_truth(tmp_path):
    light = np.exp(-np.hypot(*np.mgrid[-60:60, -60:60] / 9))[..., None] * [255, 230, 200]
    for name in ("a.png", "b.png"):
        Image.fromarray(light.astype(np.uint8)).save(tmp_path / name)
    Image.fromarray(np.zeros((80, 80, 3), np.uint8)).save(tmp_path / "empty.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "a.png").read_bytes()[:90])
    network = small_network(32)
    real = real_samples(network, tmp_path, count=9)
    assert [(one.truth, one.is_real, one.picture.shape) for one in real] == [
        (None, True, (32, 32, 3))
    ] * 2
    assert real[0].regions.galaxy[15, 15]
    samples = [*simulated_samples(network, count=2, seed=2), *real]
    found = rank_methods(network, samples, methods=("saliency",))
    assert (
        found.sample() == "2 simulated galaxies with known arms, bars and bulges and 2 real ones"
    )
    assert ranking_from_json(found.to_json()) == found
    saliency = next(score for score in found.scores if score.method == "saliency")
    assert (saliency.measures["gap"].count, saliency.measures["pointing"].count) == (4, 2)


def test_a_ranking_says_over_what_it_was_measured(ranking):
    assert ranking.sample() == "10 simulated galaxies with known arms, bars and bulges"
    assert replace(ranking, real=10).sample() == "10 real galaxies"
    older = json.loads(ranking.to_json())
    del older["real"]
    assert ranking_from_json(json.dumps(older)) == ranking


def test_a_folder_without_galaxies_is_said_to_be_one(tmp_path):
    with pytest.raises(ExplanationError, match="There is no picture of a galaxy in"):
        real_samples(small_network(32), tmp_path / "nowhere", count=3)


def test_too_small_a_sample_is_refused(truth):
    with pytest.raises(ExplanationError, match="at least 2 galaxies, got 0"):
        rank_methods(weighted_sum_network(truth.astype("f4")), [])
