"""Hand-crafted measures: analytic limits, invariances, hostile input, one contract for all."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize

from galaxy_core.framing import cut_out, find_framing
from galaxy_core.morphology import MEASURES, MeasureFlag, measure_all
from galaxy_core.morphology.gini import gini_coefficient
from galaxy_core.morphology.half_turn import half_turn, least_asymmetric_centre
from galaxy_core.morphology.radial import grow, petrosian_radius
from galaxy_core.simulate import simulate_galaxy
from galaxy_core.simulate.gallery import GALLERY
from galaxy_core.simulate.profiles import sersic_b

SIZE = 65


def grid(size=SIZE, centre=None):
    middle = (size - 1) / 2 if centre is None else centre
    y, x = np.mgrid[:size, :size].astype(float)
    return y - middle, x - middle


def gaussian(size=SIZE, sigma=5.0, ratio=1.0, angle_deg=0.0):
    y, x = grid(size)
    t = math.radians(angle_deg)
    u, v = x * math.cos(t) + y * math.sin(t), -x * math.sin(t) + y * math.cos(t)
    return np.exp(-0.5 * (u**2 + (v / ratio) ** 2) / sigma**2)


def square_of(image, colours=(1.0, 1.0, 1.0)):
    return (image[..., None] * np.asarray(colours)).astype(np.float32)


def two_arms(size=96, turn=1.0):
    """Two logarithmic arms on an exponential disc."""
    y, x = grid(size)
    r, phi = np.hypot(y, x) / size, np.arctan2(y, x)
    pattern = 1 + 0.9 * np.cos(2 * (phi - turn * np.log(r + 1e-3) / np.tan(0.4)))
    return np.exp(-r / 0.12) * np.where(r < 0.05, 1.0, pattern) * (r < 0.48)


@pytest.fixture(scope="module", params=sorted(GALLERY)[:6])
def framed_galaxy(request):
    scene = GALLERY[request.param]
    pixels = simulate_galaxy(scene.parameters, seed=scene.seed).cutout.pixels
    return cut_out(pixels, find_framing(pixels))


def test_table_and_result_name_the_same_measures():
    assert [name for name in measure_all(square_of(gaussian())).__slots__ if name != "flags"] == (
        list(MEASURES)
    )


@pytest.mark.parametrize("name", MEASURES)
def test_measure_of_a_simulated_galaxy_is_in_its_range(name, framed_galaxy):
    entry = MEASURES[name]
    value = getattr(measure_all(framed_galaxy), name)
    assert entry.low <= value <= entry.high
    assert entry.title
    assert entry.source


@pytest.mark.parametrize("name", MEASURES)
def test_measure_does_not_know_up_from_left_or_mirrors(name, framed_galaxy):
    expected = getattr(measure_all(framed_galaxy), name)
    for turned in (np.rot90(framed_galaxy), framed_galaxy[:, ::-1], framed_galaxy[::-1, ::-1]):
        # Centring walks over a grid and may stop one step beside a tie.
        low_hu = name.startswith("hu_") and expected < -5
        tolerance = 1.0 if low_hu else 0.02 * max(1.0, abs(expected))
        assert getattr(measure_all(turned), name) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("name", MEASURES)
def test_measure_does_not_know_brightness(name, framed_galaxy):
    half = measure_all(framed_galaxy * np.float32(0.5))
    expected = getattr(measure_all(framed_galaxy), name)
    assert getattr(half, name) == pytest.approx(expected, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    "square",
    [
        np.zeros((64, 64, 3), np.float32),
        np.full((64, 64, 3), 0.7, np.float32),
        np.full((64, 64, 3), np.nan, np.float32),
        np.zeros((0, 0, 3), np.float32),
        np.zeros((1, 1, 3), np.float32),
        np.zeros((64, 32, 3), np.float32),
        np.zeros((64, 64), np.float32),
    ],
    ids=["black", "grey", "nan", "empty", "one pixel", "oblong", "no channels"],
)
def test_nothing_to_measure_is_all_nan_with_a_flag(square):
    measures = measure_all(square)
    assert np.isnan(measures.as_vector()).all()
    assert measures.flags == (MeasureFlag.NO_LIGHT,)


@pytest.mark.parametrize("seed", range(4))
def test_hostile_squares_never_raise(seed):
    rng = np.random.default_rng(seed)
    noise = rng.random((64, 64, 3)).astype(np.float32)
    spoilt = noise.copy()
    spoilt[rng.random((64, 64)) < 0.3] = np.inf
    speck = np.zeros((64, 64, 3), np.float32)
    speck[rng.integers(64), rng.integers(64)] = 1
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32)[:, None, None], (64, 64, 3))
    checks = (np.indices((64, 64)).sum(0) // (seed + 1) % 2)[..., None].repeat(3, 2)
    for square in (noise, spoilt, speck, ramp, checks.astype(np.float32), -noise, noise[:17, :17]):
        for entry, value in zip(MEASURES.values(), measure_all(square).as_vector()):
            assert math.isnan(value) or entry.low <= value <= entry.high, entry.name


def test_asymmetry_is_zero_for_a_point_symmetric_image():
    assert measure_all(square_of(two_arms(97))).asymmetry == pytest.approx(0, abs=1e-12)


def test_asymmetry_is_zero_about_a_centre_between_pixels():
    y, x = grid(64)  # the centre is the corner of four pixels
    assert measure_all(square_of(np.exp(-(y**2 + x**2) / 80))).asymmetry == pytest.approx(
        0, abs=1e-6
    )


def test_asymmetry_of_light_without_counterpart_is_two_over_its_share():
    image = gaussian(sigma=4)
    clump = np.zeros_like(image)
    y, x = grid()
    clump = 0.5 * np.exp(-0.5 * ((y - 4) ** 2 + (x - 4) ** 2))
    share = clump.sum() / (image + clump).sum()
    assert measure_all(square_of(image + clump)).asymmetry == pytest.approx(2 * share, rel=0.35)


def test_asymmetry_of_pure_noise_on_a_symmetric_galaxy_is_corrected_away():
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.02, (SIZE, SIZE))
    noisy = square_of(gaussian(sigma=7) + noise)
    assert abs(measure_all(noisy).asymmetry) < 0.06


def test_half_turn_about_any_centre_moves_a_point_to_its_counterpart():
    image = np.zeros((9, 9))
    image[2, 3] = 1
    assert half_turn(image, (4.5, 4.0))[7, 5] == 1
    quarter = half_turn(image, (4.25, 4.0))
    assert quarter[6, 5] == pytest.approx(0.5)
    assert quarter[7, 5] == pytest.approx(0.5)
    assert not half_turn(image, (90.0, 4.0)).any()


def test_centre_is_found_from_afar():
    y, x = np.mgrid[:64, :64]
    image = np.exp(-((y - 33.5) ** 2 + (x - 29.0) ** 2) / 60)
    usable = np.ones((64, 64), bool)
    assert least_asymmetric_centre(image, usable, (30.0, 32.0), 20) == (33.5, 29.0)


def test_gini_of_equal_values_is_zero_and_of_a_single_bright_pixel_one():
    assert gini_coefficient(np.full(100, 3.0)) == pytest.approx(0, abs=1e-12)
    assert gini_coefficient(np.eye(1, 100, 7)[0]) == pytest.approx(1)


def test_gini_of_a_ramp_is_a_third():
    # x = i of n: sum (2i - n - 1) i / ((n - 1) sum i) = 1/3 for every n.
    assert gini_coefficient(np.arange(1, 51, dtype=float)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("values", [[], [1.0], [0.0, 0.0]])
def test_gini_of_nothing_is_undefined(values):
    assert math.isnan(gini_coefficient(np.array(values)))


def test_m20_of_a_gaussian_is_the_integral_over_its_brightest_fifth():
    # In units of r²/2σ²: light e^-u, brightest fifth ends at e^-u = 0.8, both moments are
    # integrals of u e^-u; the segment ends at the Petrosian radius.
    square = square_of(gaussian(129, sigma=12))
    radius = petrosian_radius(grow(gaussian(129, sigma=12), np.ones((129, 129), bool), (64, 64)))
    smoothed = math.sqrt(12**2 + (0.2 * radius) ** 2)
    end = 0.5 * (radius / 12) ** 2
    moment = lambda u: 1 - (1 + u) * math.exp(-u)  # noqa: E731
    fifth = -math.log(1 - 0.2 * (1 - math.exp(-end)))
    assert smoothed > 12
    assert measure_all(square).m20 == pytest.approx(
        math.log10(moment(fifth) / moment(end)), abs=0.03
    )


def sersic(n, radius_px, size):
    """Return a Sérsic profile sampled five times finer than pixels."""
    fine = (np.arange(size * 5) + 0.5) / 5 - 0.5 - (size - 1) / 2
    r = np.hypot(fine[:, None], fine[None, :]) / radius_px
    bright = np.exp(-sersic_b(n) * (r ** (1 / n) - 1))
    return bright.reshape(size, 5, size, 5).mean(axis=(1, 3))


def analytic_sersic(n):
    """Return Petrosian radius over half-light radius, and C, by integration."""
    b = sersic_b(n)
    bright = lambda r: math.exp(-b * r ** (1 / n))  # noqa: E731
    within = lambda r: integrate.quad(lambda s: 2 * math.pi * s * bright(s), 0, r)[0]  # noqa: E731
    petrosian = optimize.brentq(
        lambda r: bright(r) / (within(r) / (math.pi * r * r)) - 0.2, 0.3, 10
    )
    total = within(1.5 * petrosian)
    r80, r20 = (
        optimize.brentq(lambda r, f=f: within(r) - f * total, 1e-3, 20) for f in (0.8, 0.2)
    )
    return petrosian, 5 * math.log10(r80 / r20)


@pytest.mark.parametrize(("n", "radius_px"), [(0.5, 24.0), (1.0, 18.0), (2.0, 16.0)])
def test_concentration_and_petrosian_radius_of_a_sersic_profile_are_the_analytic_ones(
    n, radius_px
):
    size = 161
    petrosian, c = analytic_sersic(n)
    measures = measure_all(square_of(sersic(n, radius_px, size)))
    assert measures.petrosian_extent * size / 2 == pytest.approx(petrosian * radius_px, rel=0.02)
    assert measures.concentration == pytest.approx(c, abs=0.06)


def test_concentration_rises_with_the_sersic_index():
    values = [measure_all(square_of(sersic(n, 7.0, 129))).concentration for n in (0.5, 1, 2, 4)]
    assert values == sorted(values)
    assert values[-1] - values[0] > 1


def test_light_that_does_not_fall_off_is_flagged():
    edge = np.ones((64, 64))
    edge[:10, :10] = 0  # a corner of sky, and light everywhere else
    assert MeasureFlag.PETROSIAN_NOT_REACHED in measure_all(square_of(edge)).flags


@pytest.mark.parametrize(("ratio", "angle_deg"), [(1.0, 0), (0.5, 0), (0.5, 30), (0.3, 75)])
def test_axis_ratio_of_an_elliptical_gaussian(ratio, angle_deg):
    measures = measure_all(square_of(gaussian(129, sigma=14, ratio=ratio, angle_deg=angle_deg)))
    # The segment is of smoothed light, which rounds it a little.
    assert measures.axis_ratio == pytest.approx(ratio, abs=0.06)


def test_hu_moments_of_a_uniform_disc():
    y, x = grid(129)
    measures = measure_all(square_of((np.hypot(y, x) < 40).astype(float)))
    assert measures.hu_1 == pytest.approx(math.log10(1 / (2 * math.pi)), abs=0.01)
    assert measures.hu_3 == -8
    assert measures.hu_4 == -8


def test_round_smooth_light_has_no_fourier_amplitudes():
    measures = measure_all(square_of(gaussian(97, sigma=10)))
    amplitudes = [getattr(measures, f"fourier_{m}") for m in (1, 2, 3, 4)]
    np.testing.assert_allclose(amplitudes, 0, atol=0.01)


def pattern(m, size=97):
    y, x = grid(size)
    r, phi = np.hypot(y, x), np.arctan2(y, x)
    return np.exp(-r / 12) * (1 + 0.25 * np.minimum(r / 10, 1) * np.cos(m * phi)) * (r < 46)


@pytest.mark.parametrize("m", [3, 4])
def test_fourier_amplitude_stands_out_at_the_order_of_the_pattern(m):
    measures = measure_all(square_of(pattern(m)))
    amplitudes = {k: getattr(measures, f"fourier_{k}") for k in (1, 2, 3, 4)}
    assert max(amplitudes, key=amplitudes.get) == m
    assert amplitudes[m] == pytest.approx(0.2, abs=0.05)  # 0.25 where the pattern is full


def test_two_fold_pattern_remains_after_the_galaxy_own_elongation_is_taken_out():
    assert measure_all(square_of(pattern(2))).fourier_2 > 0.03


def test_light_on_one_side_is_lopsided():
    y, x = grid(97)
    one_sided = gaussian(97, sigma=8) + 0.3 * np.exp(-(y**2 + (x - 16) ** 2) / 60)
    two_sided = one_sided + one_sided[:, ::-1]
    assert measure_all(square_of(one_sided)).fourier_1 > 0.1
    assert measure_all(square_of(two_sided)).fourier_1 < 0.01


def test_winding_tells_a_spiral_from_a_bar_and_from_an_ellipse():
    spiral = measure_all(square_of(two_arms())).winding
    bar = gaussian(96, sigma=9, ratio=0.3) + gaussian(96, sigma=14)
    assert spiral > 0.7
    assert measure_all(square_of(bar)).winding < 0.2
    assert measure_all(square_of(two_arms()[:, ::-1])).winding == pytest.approx(spiral, abs=0.02)


def test_smooth_light_has_no_clumps_and_clumps_add_their_share():
    smooth, knots = gaussian(97, sigma=12), np.zeros((97, 97))
    rng = np.random.default_rng(0)
    for angle in rng.uniform(0, 2 * np.pi, 14):
        knots[round(48 + 14 * np.sin(angle)), round(48 + 14 * np.cos(angle))] += 3
    assert measure_all(square_of(smooth)).smoothness == pytest.approx(0, abs=0.02)
    share = knots.sum() / (smooth.sum() + knots.sum())
    # Most of a single pixel's light stands above its neighbourhood.
    assert measure_all(square_of(smooth + knots)).smoothness > 0.6 * share


def test_multimode_of_two_equal_peaks_is_near_one_and_of_one_is_zero():
    y, x = grid(96)
    two = np.exp(-(y**2 + (x - 9) ** 2) / 50) + np.exp(-(y**2 + (x + 9) ** 2) / 50)
    assert measure_all(square_of(two)).multimode > 0.9
    assert measure_all(square_of(gaussian(96))).multimode == 0


def test_colour_of_a_grey_galaxy_is_zero_and_of_a_red_one_its_ratio():
    assert measure_all(square_of(gaussian())).colour == pytest.approx(0, abs=1e-9)
    red = measure_all(square_of(gaussian(), (1.0, 0.8, 0.5)))
    assert red.colour == pytest.approx(2.5 * math.log10(2), abs=1e-3)
    assert red.colour_gradient == pytest.approx(0, abs=1e-3)


def test_a_red_bulge_in_a_blue_disc_has_a_positive_colour_gradient():
    bulge, disc = gaussian(97, sigma=4), 0.5 * gaussian(97, sigma=14)
    image = square_of(bulge, (1, 0.8, 0.5)) + square_of(disc, (0.5, 0.8, 1))
    assert measure_all(image).colour_gradient > 0.3


def test_colour_without_blue_light_is_undefined_and_flagged():
    measures = measure_all(square_of(gaussian(), (1.0, 0.5, 0.0)))
    assert math.isnan(measures.colour)
    assert MeasureFlag.UNDEFINED in measures.flags


def test_entropy_is_higher_the_more_evenly_grey_levels_are_used():
    y, x = grid(97)
    cone = np.maximum(1 - np.hypot(y, x) / 45, 0)
    disc = (np.hypot(y, x) < 40) * 1.0
    assert measure_all(square_of(disc)).entropy < 0.2 < measure_all(square_of(cone)).entropy


def test_a_neighbour_is_left_out():
    y, x = grid(96)
    neighbour = 0.8 * np.exp(-((y - 36) ** 2 + (x - 34) ** 2) / 12)
    alone = measure_all(square_of(gaussian(96, sigma=7)))
    crowded = measure_all(square_of(gaussian(96, sigma=7) + neighbour))
    for name in ("concentration", "gini", "m20", "axis_ratio", "petrosian_extent"):
        assert getattr(crowded, name) == pytest.approx(getattr(alone, name), rel=0.05), name
    assert crowded.asymmetry < 0.05
