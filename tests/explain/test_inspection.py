"""Inspection: maps worked out by hand, and equality with tf-keras-vis on the logit."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from galaxy_core.cnn.architecture import build_teaching_network
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.logit import convolution_layers, split_at_logit
from galaxy_core.errors import ExplanationError, ModelRefused
from galaxy_core.explain.inspection import Inspector, TargetClass


def card_of(model: keras.Model, size_px: int = 64) -> ModelCard:
    return ModelCard(
        name="t",
        title="t",
        summary="",
        architecture="",
        parameters=model.count_params(),
        input_size_px=size_px,
        convolution_layers=convolution_layers(model),
        framing="",
    )


def inspector_of(model: keras.Model, size_px: int = 64) -> Inspector:
    return Inspector(Classifier(model, card_of(model, size_px)))


@pytest.fixture(scope="module")
def network():
    return build_teaching_network(seed=3)


@pytest.fixture(scope="module")
def galaxies():
    return np.random.default_rng(5).random((6, 64, 64, 3), dtype=np.float32)


def test_teaching_network_is_the_fixed_one(network):
    assert network.count_params() == 822_337
    assert [layer.name for layer in network.layers][1:] == [
        "Conv1_Edges",
        "Pool1",
        "Conv2_Shapes",
        "Pool2",
        "Flatten",
        "Dense_Decision",
        "Output_Probability",
    ]


def test_logit_and_feature_maps_are_the_networks_own(network, galaxies):
    inspection = inspector_of(network).inspect(galaxies)
    probability = network.predict(galaxies, verbose=0)[:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-inspection.logits)), probability, atol=1e-6)
    for name, shape in (("Conv1_Edges", (6, 62, 62, 32)), ("Conv2_Shapes", (6, 29, 29, 64))):
        maps = keras.Model(network.input, network.get_layer(name).output)(galaxies)
        assert inspection.layer(name).feature_maps.shape == shape
        np.testing.assert_allclose(inspection.layer(name).feature_maps, maps, atol=1e-5)


def tiny_network(sign: float) -> keras.Model:
    """2×2 input, two 1×1 filters (red, green), logit = sign × (sum of red − 2 × sum of green)."""
    inputs = keras.Input((2, 2, 3))
    maps = keras.layers.Conv2D(2, 1, use_bias=False, activation="relu", name="Conv")(inputs)
    flat = keras.layers.Flatten()(maps)
    outputs = keras.layers.Dense(1, activation="sigmoid", use_bias=False)(flat)
    model = keras.Model(inputs, outputs)
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[0, 0, 0, 0] = kernel[0, 0, 1, 1] = 1
    model.set_weights([kernel, sign * np.array([[1], [-2]] * 4, np.float32)])
    return model


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_maps_worked_out_by_hand(sign):
    galaxy = np.zeros((1, 2, 2, 3), np.float32)
    galaxy[0, 0, 0] = (1.0, 0.0, 0.7)  # red only: evidence 1
    galaxy[0, 1, 1] = (0.5, 1.0, 0.0)  # 0.5 − 2 × 1
    found = inspector_of(tiny_network(sign), 2).inspect(galaxy)
    layer = found.layer("Conv")
    assert found.logits == pytest.approx([sign * (1.0 + 0.5 - 2.0)])
    np.testing.assert_allclose(layer.evidence[0], sign * np.array([[1.0, 0.0], [0.0, -1.5]]))
    np.testing.assert_allclose(layer.contributions[0], sign * np.array([1.5, -2.0]))
    spiral, elliptical = layer.grad_cam(TargetClass.SPIRAL), layer.grad_cam(TargetClass.ELLIPTICAL)
    np.testing.assert_allclose(spiral - elliptical, layer.evidence)
    assert (np.minimum(spiral, elliptical) == 0).all()


def tf_keras_vis_grad_cam(model, galaxies, layer, target):
    """Ordinary Grad-CAM through tf-keras-vis, on the logit, not normalised or enlarged."""
    with warnings.catch_warnings():
        # tf-keras-vis 0.8.7 touches deprecated SciPy and Keras names on import.
        warnings.simplefilter("ignore")
        from tf_keras_vis.gradcam import Gradcam
        from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

        sign = 1 if target is TargetClass.SPIRAL else -1
        engine = Gradcam(model, model_modifier=ReplaceToLinear(), clone=True)
        return engine(
            lambda output: [sign * output[i, 0] for i in range(len(galaxies))],
            galaxies,
            penultimate_layer=layer,
            expand_cam=False,
            normalize_cam=False,
        )


@pytest.mark.parametrize("target", TargetClass)
@pytest.mark.parametrize("layer", ["Conv1_Edges", "Conv2_Shapes"])
def test_conventional_map_equals_tf_keras_vis(network, galaxies, layer, target):
    ours = inspector_of(network).inspect(galaxies).layer(layer).grad_cam(target)
    theirs = np.asarray(tf_keras_vis_grad_cam(network, galaxies, layer, target))
    assert theirs.max() > 0
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_evidence_does_not_fade_when_the_sigmoid_saturates(network, galaxies):
    sure = build_teaching_network(seed=3)
    *weights, kernel, bias = network.get_weights()
    sure.set_weights([*weights, kernel, bias + 40])  # p = 1 to the last float32 digit
    assert sure.predict(galaxies[:1], verbose=0)[0, 0] == 1.0
    expected = inspector_of(network).inspect(galaxies[:1]).layer("Conv2_Shapes").evidence
    found = inspector_of(sure).inspect(galaxies[:1]).layer("Conv2_Shapes").evidence
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_one_galaxy_and_a_batch_agree(network, galaxies):
    inspector = inspector_of(network)
    whole = inspector.inspect(galaxies)
    one = inspector.inspect(galaxies[2:3])
    np.testing.assert_allclose(
        one.layer("Conv1_Edges").evidence[0], whole.layer("Conv1_Edges").evidence[2], atol=1e-6
    )
    streamed = np.concatenate([part.logits for part in inspector.stream(galaxies)])
    np.testing.assert_allclose(streamed, whole.logits, atol=1e-6)


def test_sequential_and_two_class_softmax_networks_work_alike(galaxies):
    model = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            keras.layers.Conv2D(4, 3, name="First"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
            keras.layers.Softmax(),
        ]
    )
    inspection = inspector_of(model).inspect(galaxies)
    probability = model.predict(galaxies, verbose=0)[:, 1]
    np.testing.assert_allclose(1 / (1 + np.exp(-inspection.logits)), probability, atol=1e-6)
    assert list(inspection.layers) == ["First"]


def test_networks_that_cannot_be_inspected_are_refused_in_words(galaxies, network):
    inputs = keras.Input((64, 64, 3))
    three = keras.Model(
        inputs, keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(inputs))
    )
    with pytest.raises(ModelRefused, match="one sigmoid unit or a softmax over two classes"):
        Classifier(three, card_of(three))
    dense = keras.Model(
        inputs, keras.layers.Dense(1, activation="sigmoid")(keras.layers.Flatten()(inputs))
    )
    with pytest.raises(ExplanationError, match="has no convolution layer"):
        inspector_of(dense)
    with pytest.raises(ExplanationError, match="no convolution layer 'Conv9'; this network has"):
        inspector_of(network).inspect(galaxies[:1]).layer("Conv9")


@pytest.mark.parametrize(("padding", "window"), [("valid", 2), ("same", 2), ("valid", 3)])
def test_maps_before_a_pooling_layer_have_the_gradient_of_the_maps(galaxies, padding, window):
    """Taken behind the pooling, the weights are those taken at the maps, ties and edges too."""
    inputs = keras.Input((64, 64, 3))
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="maps")(inputs)
    pooled = keras.layers.MaxPooling2D(window, strides=2, padding=padding)(maps)
    logit = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Flatten()(pooled))
    model = keras.Model(inputs, logit)
    found = inspector_of(model).inspect(galaxies).layer("maps")
    trunk, logit_of = split_at_logit(model, ["maps"])

    @tf.function
    def gradient(x):
        at, before = trunk(x)
        return at, tf.gradients(logit_of(before), at)[0]

    at, slope = (each.numpy() for each in gradient(galaxies))
    weights = slope.mean(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found.evidence, (weights * at).sum(-1), atol=1e-6)
    np.testing.assert_allclose(found.contributions, (slope * at).sum((1, 2)), atol=1e-5)


def test_maps_used_twice_keep_the_gradient_of_both_uses(galaxies):
    inputs = keras.Input((64, 64, 3))
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="maps")(inputs)
    pooled = keras.layers.Flatten()(keras.layers.MaxPooling2D(2)(maps))
    beside = keras.layers.GlobalAveragePooling2D()(maps)
    logit = keras.layers.Dense(1, activation="sigmoid")(keras.layers.concatenate([pooled, beside]))
    model = keras.Model(inputs, logit)
    seen = inspector_of(model).inspect(galaxies)
    # Behind the maps all is of the first degree and without bias, so their shares make it up.
    np.testing.assert_allclose(seen.layer("maps").contributions.sum(1), seen.logits, rtol=1e-3)
