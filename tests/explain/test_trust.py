"""Trust measures on networks whose truth is known, and verdicts that cannot be fooled."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from galaxy_core.cnn.architecture import build_teaching_network
from galaxy_core.explain.methods import METHODS, explain
from galaxy_core.explain.trust.agreement import measure_agreement
from galaxy_core.explain.trust.assess import Case, assess, trust_card
from galaxy_core.explain.trust.card import Belief
from galaxy_core.explain.trust.drawn import drawn_galaxies
from galaxy_core.explain.trust.faithfulness import (
    FRACTIONS,
    RANDOM_PAIRS,
    Baseline,
    area,
    centre_order,
    measure_faithfulness,
    measure_reference,
    removal_order,
)
from galaxy_core.explain.trust.grades import Grade, grade_faithfulness, grade_learning
from galaxy_core.explain.trust.learning import Learning, measure_learning
from galaxy_core.explain.trust.place import (
    Regions,
    find_regions,
    mask_on_input,
    measure_place,
    regions_from_masks,
)
from galaxy_core.explain.trust.ranks import agreement_matrix, spearman
from galaxy_core.explain.trust.reliance import Reliance, logit_scale, measure_reliance
from galaxy_core.explain.trust.sanity import Sanity, cascade, randomise, weights_of
from galaxy_core.explain.trust.stability import THOROUGH, Kind, measure_stability
from galaxy_core.framing import Framing, cut_out, find_framing, galaxy_mask
from tests.explain.networks import (
    galaxies,
    residual_network,
    small_network,
    softmax_network,
    weighted_sum_network,
)

OWN_METHODS = [key for key, method in METHODS.items() if not method.is_control]


def central_disc(size_px: int = 64, radius_px: float = 20.0) -> np.ndarray:
    axis = np.arange(size_px) - (size_px - 1) / 2
    return np.hypot(axis[:, None], axis[None]) < radius_px


# --- ranks ---------------------------------------------------------------------------------


def test_spearman_is_one_for_any_rising_function_and_shares_ties():
    values = np.random.default_rng(0).random((8, 8))
    assert spearman(values, np.exp(3 * values)) == pytest.approx(1)
    assert spearman(values, -values) == pytest.approx(-1)
    assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(0.9486832980505138)


def test_a_flat_map_agrees_with_nothing():
    assert spearman(np.zeros((4, 4)), np.arange(16)) == 0


def test_agreement_is_symmetric_with_ones_on_the_diagonal():
    maps = np.random.default_rng(0).random((3, 6, 6)).astype("f4")
    matrix = agreement_matrix(maps)
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1)
    assert matrix[0, 2] == pytest.approx(spearman(maps[0], maps[2]))


# --- faithfulness: a network that only sums a region ----------------------------------------

REGION = np.zeros((20, 20), bool)
REGION[4:8, 4:14] = True  # 40 pixels of 400: a tenth
REGION_32 = np.pad(REGION, 6).astype("f4")


def summing(picture_sum: float = 4.0):
    """Logits of a network that sums brightness over REGION, `picture_sum` for a white one."""
    return lambda x: (x.mean(-1) * REGION).sum((1, 2)).astype("f4") * picture_sum / 40


def test_true_evidence_has_its_known_curves():
    white = np.ones((20, 20, 3), np.float32)
    found = measure_faithfulness(summing(), white, REGION.astype("f4"), seed=0)
    fractions = np.array(FRACTIONS)
    np.testing.assert_allclose(
        found.deletion[Baseline.SKY], 4 * np.clip(1 - fractions / 0.1, 0, 1), atol=1e-5
    )
    np.testing.assert_allclose(
        found.insertion[Baseline.SKY], 4 * np.clip(fractions / 0.1, 0, 1), atol=1e-5
    )
    assert area(found.deletion[Baseline.SKY]) == pytest.approx(0.2)  # triangle 4 × 0.1 / 2
    assert found.gap(Baseline.SKY) == pytest.approx(3.8 - 0.2)
    own, by_chance = found.removal_effect(Baseline.SKY)
    assert own == pytest.approx(-4, abs=1e-5)
    assert by_chance == pytest.approx(-0.4, abs=0.4)  # a tenth of the region, give or take


def test_random_order_is_a_straight_line_with_no_gap():
    white = np.ones((20, 20, 3), np.float32)
    found = measure_faithfulness(summing(), white, REGION.astype("f4"), seed=0)
    mean = found.reference.random[Baseline.SKY].mean(axis=0)
    np.testing.assert_allclose(mean, 4 * (1 - np.array(FRACTIONS)), atol=0.5)
    assert found.random_spread(Baseline.SKY) < 0.5
    # Reversed pairs: over all of them insertion and deletion areas are the same.
    curves = found.reference.random[Baseline.SKY]
    np.testing.assert_allclose(curves[0] + curves[RANDOM_PAIRS][::-1], 4, atol=1e-5)


def test_a_map_of_the_wrong_region_is_worse_than_random():
    white = np.ones((20, 20, 3), np.float32)
    found = measure_faithfulness(summing(), white, (~REGION).astype("f4"), seed=0)
    assert found.gap(Baseline.SKY) < -found.random_spread(Baseline.SKY)
    assert found.removal_effect(Baseline.SKY)[0] == pytest.approx(0, abs=1e-5)


def test_evidence_for_elliptical_counts_towards_an_elliptical_answer():
    white = np.ones((20, 20, 3), np.float32)
    found = measure_faithfulness(summing(-4.0), white, REGION.astype("f4"), seed=0)
    assert found.reference.logit == pytest.approx(-4)
    assert found.gap(Baseline.SKY) == pytest.approx(3.6, abs=1e-4)
    assert found.removal_effect(Baseline.SKY)[0] == pytest.approx(4, abs=1e-5)


def test_mean_and_blur_remove_nothing_from_a_flat_picture():
    grey = np.full((20, 20, 3), 0.5, np.float32)
    found = measure_faithfulness(summing(), grey, REGION.astype("f4"), seed=0)
    for baseline in (Baseline.MEAN, Baseline.BLUR):
        np.testing.assert_allclose(found.deletion[baseline], 2, atol=1e-5)


def test_the_sentence_says_the_number_in_words():
    picture = np.zeros((20, 20, 3), np.float32)
    picture[REGION] = 1
    found = measure_faithfulness(summing(), picture, REGION.astype("f4"), seed=0)
    assert found.sentence().startswith("Blurring away the hottest 10% moves the logit by −")
    assert "; a random 10% by −" in found.sentence()


def test_the_spread_of_random_orders_is_that_of_many():
    """One pixel decides: the gap of a random order is even between -1 and 1 of its logit."""
    pixel = np.zeros((40, 40, 3), np.float32)
    pixel[7, 9] = 1

    def logits(pictures):
        return pictures[:, 7, 9].mean(-1) * 6

    spreads = [
        measure_reference(logits, pixel, seed=seed).random[Baseline.SKY] for seed in range(40)
    ]
    own = [measure_faithfulness(logits, pixel, pixel[..., 0], seed=seed) for seed in range(40)]
    assert all(len(curves) == 2 * RANDOM_PAIRS for curves in spreads)
    found = np.array([one.random_spread(Baseline.SKY) for one in own])
    assert found.mean() == pytest.approx(6 / np.sqrt(3), rel=0.1)
    assert found.std() < 0.25 * found.mean()


def test_many_orders_are_asked_in_batches_that_fit_into_memory():
    sizes = []

    def logits(pictures):
        sizes.append(len(pictures))
        return pictures.mean((1, 2, 3))

    measure_faithfulness(logits, galaxies(1, 32)[0], REGION_32, seed=0)
    assert max(sizes) <= 64


def test_ties_are_not_removed_from_the_top():
    order = removal_order(np.zeros((40, 40), np.float32), seed=0)
    assert 500 < order[:200].mean() < 1100
    assert sorted(order) == list(range(1600))


def test_centre_order_starts_in_the_middle_and_ends_in_the_corners():
    order = centre_order(8, seed=0)
    assert set(order[:4]) == {27, 28, 35, 36}
    assert set(order[-4:]) == {0, 7, 56, 63}


# --- place ----------------------------------------------------------------------------------


def test_place_counts_shares_of_absolute_evidence():
    galaxy = np.zeros((8, 8), bool)
    galaxy[2:6, 2:6] = True
    others = np.zeros((8, 8), bool)
    others[0, 0] = True
    evidence = np.zeros((8, 8), np.float32)
    evidence[3, 3], evidence[0, 0], evidence[7, 7] = -5, 3, 2
    place = measure_place(evidence, regions_from_masks(galaxy, others))
    assert (place.galaxy, place.others, place.sky) == pytest.approx((0.5, 0.3, 0.2))
    assert place.galaxy_area == pytest.approx(0.25)
    assert place.peak_on == "galaxy"
    assert place.hottest_on_galaxy == 1
    assert not place.off_galaxy
    corner = evidence.copy()
    corner[7, 0] = 6
    assert measure_place(corner, regions_from_masks(galaxy, others)).off_galaxy
    assert "50% of the evidence lies on the galaxy, which covers 25%" in place.sentence()


def test_masks_fall_on_the_input_as_framing_puts_them():
    pixels = np.zeros((100, 120, 3), np.float32)
    y, x = np.mgrid[:100, :120]
    pixels[:] = np.exp(-np.hypot(y - 50, x - 70) / 8)[..., None]
    pixels[10:14, 75:79] = 0.8
    framing = find_framing(pixels)
    regions = find_regions(pixels, framing)
    np.testing.assert_array_equal(regions.galaxy, galaxy_mask(pixels, framing))
    assert not (regions.galaxy & regions.others).any()
    seen = cut_out(pixels, framing).mean(-1)
    bright_others = seen[regions.others]
    assert bright_others.size == 0 or bright_others.mean() > seen[regions.sky].mean()
    whole = Framing(49.5, 49.5, 50, (0, 0, 0), 30)
    mask = np.zeros((100, 100), bool)
    mask[:50, :50] = True
    laid = mask_on_input(mask, (100, 100), whole, size_px=10)
    np.testing.assert_array_equal(laid, np.outer(np.arange(10) < 5, np.arange(10) < 5))


def test_regions_are_none_without_a_galaxy():
    empty = np.zeros((64, 64, 3), np.float32)
    assert find_regions(empty, find_framing(empty)) is None


# --- stability ------------------------------------------------------------------------------


def test_a_map_that_goes_with_the_picture_is_perfectly_stable_under_turns_and_shifts():
    picture = galaxies(1)[0]

    def brightness(pictures):
        return pictures.mean(-1), np.zeros(len(pictures))

    found = measure_stability(brightness, picture, picture.mean(-1), seed=0)
    assert found.correlations[Kind.ORIENTATION] == pytest.approx(1)
    assert found.correlations[Kind.SHIFT] == pytest.approx(1, abs=0.01)
    assert found.correlations[Kind.STRETCH] > 0.95
    assert {variation.kind for variation in THOROUGH} == set(Kind)


def test_a_map_fixed_to_the_frame_is_unstable_under_turns():
    fixed = np.random.default_rng(0).random((64, 64)).astype("f4")

    def frame(pictures):
        return np.repeat(fixed[None], len(pictures), 0), np.zeros(len(pictures))

    found = measure_stability(frame, galaxies(1)[0], fixed, seed=0)
    assert abs(found.correlations[Kind.ORIENTATION]) < 0.05
    assert found.correlations[Kind.NOISE] == pytest.approx(1)


# --- reliance: networks that look at one place only --------------------------------------------


def measured_reliance(network, picture, galaxy) -> Reliance:
    gradient = network.input_gradients(picture[None])[1][0]
    return measure_reliance(network.logits, picture, galaxy, gradient)


def test_one_lit_pixel_of_the_sky_is_found_where_it_would_turn_the_answer():
    corner = np.zeros((64, 64), np.float32)
    corner[63, 5] = 8
    dark = galaxies(1)[0]
    dark[63, 5] = 0
    found = measured_reliance(weighted_sum_network(corner, bias=-4.0), dark, central_disc())
    assert found.one_pixel == pytest.approx(8, abs=1e-4)
    assert (found.galaxy, found.surroundings) == pytest.approx((0, 0), abs=1e-4)
    assert found.off_galaxy
    assert "Lighting a single pixel of the sky takes 8.00 away." in found.sentence()
    bright = central_disc(64, 8).astype("f4")
    assert measured_reliance(weighted_sum_network(bright), dark, central_disc()).one_pixel < 1e-3


def test_a_galaxy_that_fills_the_frame_leaves_no_sky_to_light():
    everywhere = np.ones((64, 64), bool)
    network = weighted_sum_network(np.ones((64, 64), np.float32))
    found = measured_reliance(network, galaxies(1)[0], everywhere)
    assert (found.surroundings, found.one_pixel) == pytest.approx((0, 0), abs=1e-3)


def test_an_answer_hangs_on_what_the_network_weighs():
    on_galaxy = central_disc(64, 8).astype("f4") / 10
    corner = np.zeros((64, 64), np.float32)
    corner[0, 0] = 8
    picture = galaxies(1)[0]
    picture[0, 0] = 1.0
    galaxy = central_disc(64, 20)
    inside = weighted_sum_network(on_galaxy)
    outside = weighted_sum_network(corner, bias=-4.0)
    first = measured_reliance(inside, picture, galaxy)
    assert first.galaxy == pytest.approx(inside.logits(picture[None])[0], rel=1e-3)
    assert first.surroundings == pytest.approx(0, abs=1e-4)
    assert not first.off_galaxy
    second = measured_reliance(outside, picture, galaxy)
    assert (second.galaxy, second.surroundings) == pytest.approx((0, 8), abs=1e-4)
    assert second.off_galaxy


def test_what_speaks_for_elliptical_counts_towards_an_elliptical_answer():
    corner = np.zeros((64, 64), np.float32)
    corner[0, 0] = -8
    picture = galaxies(1)[0]
    picture[0, 0] = 1.0
    found = measured_reliance(weighted_sum_network(corner), picture, central_disc())
    assert found.surroundings == pytest.approx(8, abs=1e-4)


@pytest.mark.parametrize(
    ("galaxy", "surroundings", "off"),
    [(6, 0.2, False), (6, 1.5, True), (0.1, 0.9, True), (0.95, 0.9, False), (0.1, 0.5, False)],
)
def test_surroundings_count_from_a_logit_or_from_less_of_one_beyond_the_galaxy(
    galaxy, surroundings, off
):
    assert Reliance(galaxy, surroundings).off_galaxy is off


@pytest.mark.parametrize("factor", [0.25, 1, 12])
def test_how_sure_a_network_is_changes_nothing_about_what_its_answer_hangs_on(factor):
    sound, shortcut = (92 / 12, 1.75 / 12, 0.5), (0.5, 7, 2.1)
    scale = logit_scale(factor * 3.13)
    for measured, off in ((sound, False), (shortcut, True)):
        assert Reliance(*(factor * value for value in measured), scale).off_galaxy is off


def test_a_network_that_hardly_varies_is_not_judged_by_its_noise():
    assert not Reliance(0.0, 0.1, 0.1, logit_scale(0.0)).off_galaxy
    assert Reliance(0.0, 0.8, 0.1, logit_scale(0.0)).off_galaxy


def test_an_answer_that_empty_sky_would_get_as_well_says_so():
    assert "empty sky would get much the same" in Reliance(0.1, -0.2).sentence()
    assert "takes 3.00 of the logit away" in Reliance(3, 0).sentence()


# --- learning ----------------------------------------------------------------------------------


def test_drawn_galaxies_are_the_same_for_ever_and_fill_their_frame_alike():
    drawn = drawn_galaxies(64)
    np.testing.assert_array_equal(drawn, drawn_galaxies(64))
    assert drawn.shape == (8, 64, 64, 3)
    assert 0 <= drawn[:, 0].max() < 0.1  # sky at the edge
    assert 0.9 < drawn.max() <= 1
    spirals, ellipticals = drawn[::2], drawn[1::2]
    half_turned = ellipticals[:, ::-1, ::-1]
    np.testing.assert_allclose(ellipticals, half_turned, atol=1e-5)
    ring = central_disc(64, 16) & ~central_disc(64, 8)
    assert spirals[:, ring].std(axis=1).mean() > 2 * ellipticals[:, ring].std(axis=1).mean()


def test_a_network_without_weights_is_moved_by_nothing():
    found = measure_learning(
        weighted_sum_network(np.zeros((64, 64), np.float32)), galaxies(1)[0], seed=0
    )
    assert (found.swing, found.spread, found.over_noise) == (0, 0, 0)


def test_either_way_of_being_moved_is_enough():
    assert Learning(8, 1, 1, 1).over_noise == 8
    assert Learning(0.5, 1, 6, 1).over_noise == 6


# --- agreement ---------------------------------------------------------------------------------


def test_agreement_is_with_other_methods_and_blind_to_sign_and_to_blank_maps():
    plane = galaxies(1)[0].mean(-1)
    others = {"same": plane, "turned": -plane, "own": 1 - plane, "blank": np.zeros_like(plane)}
    found = measure_agreement("own", plane, others)
    assert found.correlations == {"same": pytest.approx(1), "turned": pytest.approx(1)}
    assert found.middle == pytest.approx(1)
    assert measure_agreement("own", plane, {}).middle == 0


# --- sanity ---------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [softmax_network, residual_network])
def test_cascade_runs_from_the_output_down_through_every_weight(build):
    model = build().model
    groups = cascade(model, steps=4)
    names = [layer.name for group in groups for layer in group]
    weighted = [layer.name for layer in model.layers if layer.get_weights()]
    assert names == weighted[::-1]
    assert len(cascade(model, steps=2)) == 2


def test_randomised_kernels_keep_their_scale():
    model = build_teaching_network(seed=0)
    layers = [model.get_layer("Dense_Decision")]
    before = layers[0].get_weights()[0]
    randomise(layers, weights_of(layers), np.random.default_rng(0))
    after = model.get_layer("Dense_Decision").get_weights()[0]
    assert after.std() == pytest.approx(before.std(), rel=0.01)
    assert abs(np.corrcoef(before.ravel(), after.ravel())[0, 1]) < 0.01


def test_the_scale_of_noise_does_not_walk_off_over_many_draws():
    """A layer of 12 weights, drawn from its last draw each time, ends at a third of its scale."""
    layer = keras.layers.Dense(2, use_bias=False)
    layer.build((None, 6))
    layer.set_weights([np.ones((6, 2), np.float32)])
    true, rng = weights_of([layer]), np.random.default_rng(0)
    scales = []
    for _ in range(400):
        randomise([layer], true, rng)
        scales.append(np.sqrt(np.mean(layer.get_weights()[0] ** 2)))
    assert np.mean(scales[-100:]) == pytest.approx(1, abs=0.1)


def test_what_is_left_is_the_mean_over_networks_of_noise_whatever_their_signs():
    found = Sanity(("all",), (0.9,), (0.8,), (-0.5, 0.1), (0.2, -0.2))
    assert found.left_over == pytest.approx(0.5)
    assert found.shape_left_over == pytest.approx(0.4)
    assert "(mean of 3 draws)" in found.sentence()
    assert "draws" not in replace(found, repeats=(), magnitude_repeats=()).sentence()


def test_the_card_asks_more_than_one_network_of_noise():
    for key in OWN_METHODS:
        card = trust_card(METHODS[key], Case(small_network(), galaxies(1, 32)[0]))
        assert card.sanity is not None
        assert len(card.sanity.repeats) == len(card.sanity.magnitude_repeats) >= 1
        assert len(set(card.sanity.repeats)) == len(card.sanity.repeats)


def test_the_network_itself_is_never_changed():
    network = small_network()
    before = [values.copy() for values in network.model.get_weights()]
    trust_card(METHODS["grad_cam"], Case(network, galaxies(1, 32)[0]))
    for old, new in zip(before, network.model.get_weights()):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("key", ["edges", "chance"])
def test_controls_do_not_notice_and_never_stand_up(key):
    weights = central_disc().astype("f4") / 100
    card = trust_card(METHODS[key], Case(weighted_sum_network(weights), galaxies(1)[0]))
    assert card.sanity.correlations[-1] == pytest.approx(1)
    assert card.belief is Belief.DOES_NOT_STAND_UP
    assert "control" in card.headline()


# --- the whole card -------------------------------------------------------------------------


def test_the_card_fills_in_step_by_step():
    case = Case(
        small_network(), galaxies(1, 32)[0], regions=regions_from_masks(central_disc(32, 10))
    )
    cards = list(assess(METHODS["grad_cam"], case))
    assert [
        (c.place is not None, c.faithfulness is not None, c.sanity is not None, c.is_complete)
        for c in cards
    ] == [
        (True, False, False, False),
        (True, True, False, False),
        (True, True, True, False),
        (True, True, True, True),
    ]
    assert cards[0].belief is None
    assert cards[-1].belief is not None
    assert cards[-1].headline()
    again = trust_card(METHODS["grad_cam"], case.with_common())
    assert again.findings == cards[-1].findings


@pytest.fixture(scope="module", params=["untrained", "loud noise"])
def random_network(request):
    network = small_network(seed=11)
    if request.param == "loud noise":  # p saturates, as a sure network's does
        rng = np.random.default_rng(1)
        weights = network.model.get_weights()
        network.model.set_weights([rng.normal(0, 1, w.shape).astype("f4") for w in weights])
        assert abs(network.logits(galaxies(1, 32))[0]) > 20
    return network


def test_a_fresh_network_that_is_moved_far_by_chance_is_no_more_than_noise():
    """The furthest of 40 fresh research networks: seven times as far as its noise."""
    assert grade_learning(Learning(6.9, 1, 4.5, 1)).grade is Grade.BAD
    assert grade_learning(Learning(23, 1, 1, 1)).grade is Grade.GOOD  # the shipped ones


@pytest.mark.parametrize("key", OWN_METHODS)
def test_no_method_looks_trustworthy_on_random_weights(random_network, key):
    card = trust_card(METHODS[key], Case(random_network, galaxies(1, 32)[0]))
    assert card.belief is Belief.DOES_NOT_STAND_UP
    if not card.blank_reason:
        graded = {finding.name: finding.grade for finding in card.findings}
        assert graded["More than noise"] is Grade.BAD


def shortcut_network() -> tuple:
    """logit = 8 × brightness of the top left pixel − 4: the galaxy is never looked at."""
    weights = np.zeros((64, 64), np.float32)
    weights[0, 0] = 8
    return weighted_sum_network(weights, bias=-4.0)


@pytest.mark.parametrize(
    "key", ["saliency", "smooth_grad", "integrated_gradients", "occlusion", "layer_cam"]
)
def test_a_planted_shortcut_is_given_away(key):
    picture = galaxies(1)[0]
    picture[0, 0] = 1.0
    case = Case(shortcut_network(), picture, regions=regions_from_masks(central_disc()))
    card = trust_card(METHODS[key], case)
    assert card.logit == pytest.approx(4, abs=0.01)
    assert card.place.peak_on == "sky"
    assert card.gives_network_away
    assert "the answer hangs on what lies off the galaxy" in card.headline()
    assert card.place_verdict() == "off the galaxy"


def test_a_map_off_the_galaxy_is_told_from_an_answer_off_it():
    half = np.zeros((64, 64), np.float32)
    half[24:40, 24:40] = 1
    regions = regions_from_masks(central_disc())
    case = Case(weighted_sum_network(half / 50), galaxies(1)[0], regions=regions)
    card = trust_card(METHODS["grad_cam"], case)
    assert not card.gives_network_away
    assert card.place_verdict() == "on the galaxy"
    beside = np.roll(half, (24, 24), axis=(0, 1))
    card = replace(card, place=measure_place(beside, regions))
    assert card.place_verdict() == "map off the galaxy"
    assert "Careful" not in card.headline()


@pytest.fixture(scope="module")
def trained_shortcut():
    """A network trained on galaxies whose class is told by a lit corner pixel alone."""
    pictures = galaxies(96, 32, seed=2)
    lit = np.random.default_rng(0).integers(0, 2, 96).astype("f4")
    pictures[:, 0, 0] = lit[:, None]
    network = small_network(seed=5)
    network.model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy")
    network.model.fit(pictures, lit, epochs=60, batch_size=16, verbose=0)
    assert (np.abs(network.logits(pictures)) > 0.5).all()
    assert ((network.logits(pictures) > 0) == (lit > 0)).all()
    return network


@pytest.mark.parametrize("key", OWN_METHODS)
def test_a_shortcut_that_was_learnt_is_given_away_by_every_method(trained_shortcut, key):
    picture = galaxies(1, 32, seed=9)[0]
    picture[0, 0] = 1.0
    regions = regions_from_masks(central_disc(32, 10))
    card = trust_card(METHODS[key], Case(trained_shortcut, picture, regions=regions))
    assert card.logit > 2
    assert card.gives_network_away
    assert "Careful: the answer hangs on what lies off the galaxy." in card.headline()
    assert card.reliance.surroundings > 2 > abs(card.reliance.galaxy)


@pytest.mark.parametrize("key", OWN_METHODS)
def test_a_shortcut_that_waits_for_a_dark_pixel_is_given_away_as_well(trained_shortcut, key):
    """Nothing of the shortcut is in this picture; lighting the sky brings it out."""
    picture = galaxies(1, 32, seed=9)[0]
    picture[0, 0] = 0.0
    regions = regions_from_masks(central_disc(32, 10))
    card = trust_card(METHODS[key], Case(trained_shortcut, picture, regions=regions))
    assert card.logit < 0
    assert card.reliance.one_pixel > 2
    assert card.gives_network_away
    assert "Careful" in card.headline()
    assert "Lighting a single pixel of the sky" in card.headline()


def test_true_evidence_of_a_simple_network_stands_up():
    """The network weighs a lopsided patch of the galaxy; Integrated Gradients shows that."""
    weights = np.zeros((64, 64), np.float32)
    weights[20:30, 34:48] = 0.1
    case = Case(
        weighted_sum_network(weights),
        galaxies(1)[0],
        regions=regions_from_masks(central_disc(radius_px=26)),
    )
    card = trust_card(METHODS["integrated_gradients"], case)
    graded = {finding.name: finding.grade for finding in card.findings}
    assert graded["Faithfulness"] is Grade.GOOD
    assert card.faithfulness is not None
    sentence = grade_faithfulness(card.faithfulness).sentence  # ten per cent alone can mislead
    assert "Over the whole curves its order is worth +" in sentence
    assert graded["More than noise"] is Grade.GOOD
    assert not card.gives_network_away


@pytest.mark.parametrize("push", [30.0, -30.0])
def test_saturated_networks_get_the_same_card(push):
    weights = central_disc().astype("f4") / 100
    plain, sure = weighted_sum_network(weights), weighted_sum_network(weights, bias=push)
    picture = galaxies(1)[0]
    first, second = (
        trust_card(METHODS["integrated_gradients"], Case(network, picture))
        for network in (plain, sure)
    )
    assert second.logit - first.logit == pytest.approx(push, abs=1e-3)
    assert second.learning.swing == pytest.approx(first.learning.swing, rel=1e-3)
    assert second.learning.over_noise == pytest.approx(first.learning.over_noise, rel=1e-2)
    own = [card.faithfulness.removal_effect(Baseline.SKY)[0] for card in (first, second)]
    if push > 0:  # towards the same answer, so the same pixels go first
        assert own[1] == pytest.approx(own[0], rel=1e-2)
    assert np.isfinite(second.stability.lowest)


def test_a_blank_map_ends_the_card_with_its_reason():
    network = weighted_sum_network(np.zeros((64, 64), np.float32))
    (card,) = assess(METHODS["grad_cam"], Case(network, galaxies(1)[0]))
    assert card.is_complete
    assert card.belief is Belief.DOES_NOT_STAND_UP
    assert card.headline().startswith("There is no map: The logit does not respond")


def test_softmax_and_residual_networks_get_cards_for_every_layer():
    for network in (softmax_network(), residual_network()):
        for layer in network.layer_names:
            case = Case(network, galaxies(1, network.size_px)[0], layer=layer)
            assert trust_card(METHODS["grad_cam"], case).is_complete


def test_regions_sky_is_the_rest():
    galaxy = central_disc(16, 4)
    regions = Regions(galaxy, galaxy, np.zeros_like(galaxy))
    assert (regions.sky == ~galaxy).all()


def test_occlusion_map_blames_what_it_covers():
    picture = galaxies(1)
    picture[0, 0, 0] = 1.0
    found = explain("occlusion", shortcut_network(), picture)
    assert found.on_input()[0].argmax() == 0
