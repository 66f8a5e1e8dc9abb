"""One contract over every explanation method, and each method's own known values."""

import warnings

import keras
import numpy as np
import pytest

from galaxy_core.cnn.architecture import build_teaching_network
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.attribution.integrated_gradients import integrate
from galaxy_core.explain.attribution.occlusion import CELLS
from galaxy_core.explain.attribution.rise import masks_of, random_cells
from galaxy_core.explain.inspection import Inspector, TargetClass
from galaxy_core.explain.methods import METHODS, explain
from galaxy_core.explain.receptive import on_input_grid
from tests.explain.networks import (
    galaxies,
    network_of,
    residual_network,
    small_network,
    softmax_network,
    weighted_sum_network,
)

NETWORKS = {
    "teaching": lambda: network_of(build_teaching_network(seed=3)),
    "softmax": softmax_network,
    "residual": residual_network,
}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    return NETWORKS[request.param]()


@pytest.fixture(scope="module")
def teaching():
    return NETWORKS["teaching"]()


@pytest.fixture(scope="module")
def small():
    return small_network()


@pytest.fixture(scope="module")
def pushed():
    networks = {}
    for push in (45.0, -45.0):
        networks[push] = small_network()
        *weights, bias = networks[push].model.get_weights()
        networks[push].model.set_weights([*weights, bias + push])
    return networks


@pytest.fixture(scope="module")
def indifferent_network():
    network = small_network()
    *weights, kernel, bias = network.model.get_weights()
    network.model.set_weights([*weights, 0 * kernel, bias])
    return network


def assert_equal_maps(first, second):
    np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("key", METHODS)
def test_every_method_keeps_the_contract(network, key):
    method = METHODS[key]
    inputs = galaxies(3, network.size_px)
    layers = network.layer_names if method.needs_layer else (None,)
    for layer in layers:
        whole = explain(method, network, inputs, layer=layer, seed=1)
        assert whole.maps.dtype == np.float32
        assert whole.maps.shape[0] == 3
        assert np.isfinite(whole.maps).all()
        assert whole.on_input().shape == (3, network.size_px, network.size_px)
        assert whole.reasons == ("", "", "")
        for target in TargetClass:
            assert whole.for_class(target).shape == whole.maps.shape
            assert whole.for_class(target).min() >= 0
        if not method.signed:
            assert whole.maps.min() >= 0
        # One galaxy alone, and the same seed again, give the same map.
        alone = explain(method, network, inputs[1:2], layer=layer, seed=1)
        scale = np.abs(whole.maps).max()
        np.testing.assert_allclose(alone.maps[0], whole.maps[1], atol=2e-3 * scale)
        assert explain(method, network, inputs[:0], layer=layer, seed=1).reasons == ()


@pytest.mark.parametrize("key", METHODS)
def test_every_method_explains_itself(key):
    method = METHODS[key]
    for text in (method.title, method.shows, method.cannot_show, method.source):
        assert text.strip() == text
        assert text
    assert method.shows.endswith(".")
    assert method.cannot_show.endswith(".")
    assert method.url.startswith("https://") or method.is_control


@pytest.mark.parametrize("key", METHODS)
@pytest.mark.parametrize("push", [45.0, -45.0])
def test_saturation_changes_no_map(small, pushed, key, push):
    """A bias of ±45 makes p = 0 or 1 to the last float32 digit and moves no evidence."""
    saturated = pushed[push]
    inputs = galaxies(1, 32)
    probability = float(saturated.model.predict(inputs, verbose=0)[0, 0])
    assert min(probability, 1 - probability) < 1e-9
    expected = explain(key, small, inputs).maps
    found = explain(key, saturated, inputs).maps
    np.testing.assert_allclose(found, expected, atol=5e-3 * np.abs(expected).max())


@pytest.mark.parametrize("key", [k for k, m in METHODS.items() if not m.is_control])
def test_blank_map_carries_its_reason(indifferent_network, key):
    """A network that says the same of everything; and empty sky."""
    indifferent = explain(key, indifferent_network, galaxies(1, 32))
    assert not indifferent.maps.any()
    assert "The logit does not respond to" in indifferent.reasons[0]
    assert indifferent.class_reason(TargetClass.SPIRAL, 0) == indifferent.reasons[0]
    empty = explain(key, indifferent_network, galaxies(1, 32) * 0)
    assert empty.reasons[0].startswith("The network was given empty sky")


def test_one_sided_evidence_says_so_for_the_other_class():
    network = weighted_sum_network(np.ones((8, 8)))
    found = explain("grad_cam", network, np.full((1, 8, 8, 3), 0.5, np.float32))
    assert found.class_reason(TargetClass.SPIRAL, 0) == ""
    assert found.class_reason(TargetClass.ELLIPTICAL, 0).startswith("No evidence for elliptical")


@pytest.mark.parametrize(("logit", "answer"), [(2.0, "spiral"), (-2.0, "elliptical")])
def test_methods_of_one_class_say_which_map_is_judged(logit, answer):
    network = weighted_sum_network(np.ones((8, 8)))
    inputs = np.full((1, 8, 8, 3), 0.5, np.float32)
    assert f"the map for {answer} alone" in explain("layer_cam", network, inputs).judged(logit)
    assert explain("grad_cam", network, inputs).judged(logit) == ""


def test_the_map_of_a_class_is_shown_in_its_colour_and_says_why_it_is_blank():
    network = weighted_sum_network(-np.ones((8, 8)))
    found = explain("grad_cam", network, np.full((1, 8, 8, 3), 0.5, np.float32))
    planes, reasons = found.shown_for(TargetClass.ELLIPTICAL)
    assert planes.min() < 0
    assert planes.max() <= 0
    assert reasons == ("",)
    planes, reasons = found.shown_for(TargetClass.SPIRAL)
    assert not planes.any()
    assert reasons[0].startswith("No evidence for spiral")
    np.testing.assert_array_equal(found.shown_for(None)[0], found.on_input())


def test_linear_network_has_its_evidence_known_by_hand():
    """z = sum w x: every attribution is w x, w, or w times what is covered."""
    weights = np.zeros((24, 24), np.float32)
    weights[2, 3], weights[20, 10] = 2.0, -1.0
    network = weighted_sum_network(weights, bias=0.3)
    picture = np.full((1, 24, 24, 3), 0.5, np.float32)

    def of(key):
        return explain(key, network, picture).maps[0]

    np.testing.assert_allclose(of("integrated_gradients"), weights * 0.5, atol=1e-5)
    np.testing.assert_allclose(of("saliency"), np.abs(weights) / 3, atol=1e-6)
    np.testing.assert_allclose(of("smooth_grad"), np.abs(weights) / 3, atol=1e-6)
    np.testing.assert_allclose(of("layer_cam"), weights * 0.5, atol=1e-6)
    np.testing.assert_allclose(of("grad_cam"), weights.mean() * 0.5, atol=1e-6)
    covered = of("occlusion")
    assert covered.shape == (CELLS, CELLS)
    assert covered[1, 1] == pytest.approx(1.0, abs=1e-5)  # 2.0 × 0.5 under the window
    assert covered[10, 5] == pytest.approx(-0.5, abs=1e-5)
    assert covered[5, 10] == pytest.approx(0.0, abs=1e-5)


def test_score_cam_weighs_a_filter_by_the_logit_it_lets_through():
    """Two 1×1 filters, red and green; z = sum red − 2 sum green, as tiny as can be."""
    inputs = keras.Input((2, 2, 3))
    maps = keras.layers.Conv2D(2, 1, use_bias=False, activation="relu", name="Conv")(inputs)
    flat = keras.layers.Flatten()(maps)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", use_bias=False)(flat))
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[0, 0, 0, 0] = kernel[0, 0, 1, 1] = 1
    model.set_weights([kernel, np.array([[1], [-2]] * 4, np.float32)])
    galaxy = np.zeros((1, 2, 2, 3), np.float32)
    galaxy[0, 0, 0, 0] = 1.0
    galaxy[0, 1, 1, 1] = 0.5
    found = explain("score_cam", network_of(model, 2), galaxy)
    # red map scaled: 1 at (0, 0): lets red 1 through, z = 1. green: 1 at (1, 1): z = −1.
    np.testing.assert_allclose(found.maps[0], [[1.0, 0.0], [0.0, -0.5]], atol=1e-6)


def test_rise_finds_where_a_linear_network_looks():
    weights = np.zeros((32, 32), np.float32)
    weights[4:8, 20:24] = 1.0
    found = explain("rise", weighted_sum_network(weights), np.full((1, 32, 32, 3), 1, np.float32))
    row, column = np.unravel_index(found.on_input()[0].argmax(), (32, 32))
    assert 2 <= row <= 9
    assert 18 <= column <= 25


def test_rise_is_exact_where_cells_add_up_and_sums_to_the_difference_from_sky():
    weights = np.random.default_rng(0).normal(size=(32, 32)).astype("f4")
    network = weighted_sum_network(weights, bias=0.7)
    picture = galaxies(1, 32)
    found = explain("rise", network, picture, seed=3).maps[0]
    np.testing.assert_allclose(found, explain("rise", network, picture, seed=4).maps[0], atol=1e-3)
    shown = masks_of(np.eye(36, dtype="f4").reshape(36, 6, 6), 32)  # one cell each
    expected = (shown * weights * picture[0].mean(-1)).sum((1, 2)).reshape(6, 6)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    sky = network.logits(np.zeros_like(picture))
    assert found.sum() == pytest.approx((network.logits(picture) - sky)[0], abs=1e-2)


def test_masks_of_rise_are_balanced():
    """Each cell is shown by half of them, and each pair of cells is told apart."""
    signs = 2 * random_cells(seed=1).reshape(-1, 36) - 1
    np.testing.assert_array_equal(signs.sum(axis=0), 0)
    np.testing.assert_array_equal(signs.T @ signs, 128 * np.eye(36))
    assert not np.array_equal(random_cells(seed=1), random_cells(seed=2))


def test_integrated_gradients_sum_to_the_difference_of_the_logits(network):
    inputs = galaxies(6, network.size_px)
    sums = explain("integrated_gradients", network, inputs).maps.sum(axis=(1, 2))
    sky = network.logits(np.zeros_like(inputs[:1]))
    np.testing.assert_allclose(sums, network.logits(inputs) - sky, rtol=0.01)


def test_thirty_two_steps_suffice_for_the_teaching_network(teaching):
    inputs = galaxies(4)
    sky = teaching.logits(np.zeros_like(inputs[:1]))
    sums = [integrate(teaching, picture, steps=32).sum() for picture in inputs]
    np.testing.assert_allclose(sums, teaching.logits(inputs) - sky, rtol=0.01)


def test_grad_cam_is_the_inspections(teaching):
    inputs = galaxies(3)
    inspection = Inspector(teaching.classifier).inspect(inputs)
    for layer in teaching.layer_names:
        found = explain("grad_cam", teaching, inputs, layer=layer)
        assert_equal_maps(found.maps, inspection.layer(layer).evidence)


def tf_keras_vis(kind: str, model, inputs, target, **options):
    """Maps of tf-keras-vis on the logit (its Sequential fault does not touch this model)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it touches deprecated SciPy and Keras names
        from tf_keras_vis.layercam import Layercam
        from tf_keras_vis.saliency import Saliency
        from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

        sign = 1 if target is TargetClass.SPIRAL else -1
        engines = {"saliency": Saliency, "layer": Layercam}
        engine = engines[kind](model, model_modifier=ReplaceToLinear(), clone=True)
        score = lambda output: [sign * output[i, 0] for i in range(len(inputs))]  # noqa: E731
        return np.asarray(engine(score, inputs, **options))


@pytest.mark.parametrize("target", TargetClass)
@pytest.mark.parametrize("layer", ["Conv1_Edges", "Conv2_Shapes"])
def test_layer_cam_equals_tf_keras_vis(teaching, layer, target):
    inputs = galaxies(3)
    options = {"penultimate_layer": layer, "expand_cam": False, "normalize_cam": False}
    theirs = tf_keras_vis("layer", teaching.model, inputs, target, **options)
    ours = explain("layer_cam", teaching, inputs, layer=layer).for_class(target)
    assert theirs.max() > 0
    assert_equal_maps(ours, theirs)


@pytest.mark.parametrize("target", TargetClass)
@pytest.mark.parametrize("layer", ["Conv1_Edges", "Conv2_Shapes"])
def test_grad_cam_plus_plus_is_the_papers_equations_10_and_19(teaching, layer, target):
    tap = teaching.tap(galaxies(1), layer)
    maps, gradients = (part[0].astype(float) for part in (tap.feature_maps, tap.gradients))
    gradients = gradients if target is TargetClass.SPIRAL else -gradients
    expected = np.zeros(maps.shape[:2])
    for k in range(maps.shape[2]):
        g, weight = gradients[..., k], 0.0
        for y, x in np.argwhere(g > 0):
            alpha = g[y, x] ** 2 / (2 * g[y, x] ** 2 + maps[..., k].sum() * g[y, x] ** 3)
            weight += alpha * g[y, x]
        expected += weight * maps[..., k]
    found = explain("grad_cam_plus_plus", teaching, galaxies(1), layer=layer)
    assert found.for_class(target).max() > 0
    assert_equal_maps(found.for_class(target)[0], np.maximum(expected, 0))


@pytest.mark.parametrize("key", ["grad_cam_plus_plus", "layer_cam"])
def test_evidence_of_a_one_class_method_is_the_map_of_the_answers_class(teaching, key):
    found = explain(key, teaching, galaxies(2))
    towards = found.towards(np.array([3.0, -3.0], dtype=np.float32))
    spiral, elliptical = (found.for_class(target) for target in TargetClass)
    expected = on_input_grid(np.stack([spiral[0], elliptical[1]]), found.geometry)
    np.testing.assert_array_equal(towards, expected)
    assert towards.min() >= 0


def test_evidence_of_a_signed_method_turns_with_the_answer(teaching):
    found = explain("grad_cam", teaching, galaxies(2))
    towards = found.towards(np.array([3.0, -3.0], dtype=np.float32))
    np.testing.assert_array_equal(towards, found.on_input() * np.array([1, -1])[:, None, None])


def test_saliency_equals_tf_keras_vis(teaching):
    inputs = galaxies(3)
    theirs = tf_keras_vis(
        "saliency", teaching.model, inputs, TargetClass.SPIRAL, normalize_map=False
    )
    assert_equal_maps(explain("saliency", teaching, inputs).maps, theirs)


def test_smooth_grad_agrees_with_tf_keras_vis_within_its_noise(teaching):
    """Two seeds of ours differ as much from one another as from theirs."""
    inputs = galaxies(1)
    np.random.seed(0)  # noqa: NPY002 - the library draws from NumPy's global state
    gradients = tf_keras_vis(
        "saliency",
        teaching.model,
        inputs,
        TargetClass.SPIRAL,
        smooth_samples=25,
        smooth_noise=0.15,
        keepdims=True,
        gradient_modifier=None,
        normalize_map=False,
    )
    theirs = np.abs(gradients).max(axis=-1)[0]
    first, second = (
        explain("smooth_grad", teaching, inputs, seed=seed).maps[0] for seed in (1, 2)
    )
    between = np.sqrt(((first - second) ** 2).mean())
    assert np.sqrt(((first - theirs) ** 2).mean()) < 1.3 * between
    assert between < 0.5 * theirs.max()


def test_wrong_requests_are_refused_in_words(teaching):
    inputs = galaxies(1)
    with pytest.raises(ExplanationError, match="no explanation method 'tea leaves'; there are"):
        explain("tea leaves", teaching, inputs)
    with pytest.raises(ExplanationError, match="no convolution layer 'Pool1'; this network has"):
        explain("grad_cam", teaching, inputs, layer="Pool1")
    with pytest.raises(ExplanationError, match=r"takes inputs of shape \(N, 64, 64, 3\), got"):
        explain("saliency", teaching, inputs[:, :32])
    with pytest.raises(ExplanationError, match="not finite"):
        explain("saliency", teaching, inputs * np.float32("nan"))
