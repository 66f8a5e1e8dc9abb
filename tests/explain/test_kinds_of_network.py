"""Every method on every kind of network that people bring along, and on none at all like ours."""

import keras
import numpy as np
import pytest

from galaxy_core.cnn.flat import flat_network
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.methods import METHODS, explain
from galaxy_core.explain.trust.assess import Case, trust_card
from galaxy_core.explain.trust.card import Belief
from tests.explain.networks import galaxies, network_of

SIZE = 32
layers = keras.layers


def sequential(*own, channels=3):
    return keras.Sequential([keras.Input((SIZE, SIZE, channels)), *own])


def residual():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
    x = first = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(4, 3, padding="same")(x)
    return keras.Model(inputs, layers.ReLU()(layers.Add()([x, first])), name="backbone")


def separable():
    return sequential(
        layers.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.BatchNormalization(),
        layers.SeparableConv2D(6, 3, strides=2, activation="swish"),
        layers.Conv2D(6, 1, activation="elu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(1, activation="sigmoid"),
    )


KINDS = {
    "nested, softmax": lambda: sequential(
        residual(), layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")
    ),
    "grey": lambda: sequential(
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(1),
        layers.Activation("sigmoid"),
        channels=1,
    ),
    "0 to 255": lambda: sequential(
        layers.Rescaling(1 / 255),
        layers.RandomFlip(),
        layers.Conv2D(4, 3, dilation_rate=2, activation="leaky_relu"),
        layers.Flatten(),
        layers.Dense(1, activation="sigmoid"),
    ),
    "separable": separable,
}


@pytest.fixture(scope="module", params=KINDS)
def pair(request):
    """A network as its owner built it, laid open, and the one that answers the opposite."""
    keras.utils.set_random_seed(1)
    plain = flat_network(KINDS[request.param](), size_px=SIZE)
    opposite = keras.models.clone_model(plain)
    opposite.set_weights(plain.get_weights())
    last = [layer for layer in opposite.layers if layer.get_weights()][-1]
    last.set_weights([-values for values in last.get_weights()])
    return network_of(plain, SIZE), network_of(opposite, SIZE)


@pytest.mark.parametrize("key", [key for key, one in METHODS.items() if not one.is_control])
def test_every_layer_is_explained_for_both_classes_and_the_opposite_answer_turns_the_map(
    pair, key
):
    network, opposite = pair
    inputs = galaxies(2, SIZE)
    for layer in network.layer_names if METHODS[key].needs_layer else (None,):
        found = explain(key, network, inputs, layer=layer)
        turned = explain(key, opposite, inputs, layer=layer)
        assert np.isfinite(found.maps).all()
        for plane, reason in zip(found.maps, found.reasons):
            assert bool(plane.any()) is (reason == "")
        tolerance = 2e-3 * np.abs(found.maps).max()
        sign = -1 if METHODS[key].signed else 1
        np.testing.assert_allclose(turned.maps, sign * found.maps, atol=tolerance)
        for own, other in ((TargetClass.SPIRAL, TargetClass.ELLIPTICAL), tuple(TargetClass)[::-1]):
            np.testing.assert_allclose(
                turned.for_class(own), found.for_class(other), atol=tolerance
            )


def test_integrated_gradients_are_complete(pair):
    network, _ = pair
    inputs = galaxies(3, SIZE)
    target = network.logits(inputs) - network.logits(np.zeros_like(inputs[:1]))
    sums = explain("integrated_gradients", network, inputs).maps.sum(axis=(1, 2))
    np.testing.assert_allclose(sums, target, rtol=0.01)


def test_no_map_of_a_fresh_network_stands_up(pair):
    network, _ = pair
    card = trust_card(METHODS["saliency"], Case(network, galaxies(1, SIZE)[0]))
    assert card.belief is Belief.DOES_NOT_STAND_UP


def test_a_network_without_convolutions_is_explained_where_no_layer_is_needed():
    keras.utils.set_random_seed(0)
    model = sequential(layers.Flatten(), layers.Dense(8, activation="relu"), layers.Dense(1))
    network = network_of(
        keras.Model(model.inputs, layers.Activation("sigmoid")(model.outputs[0])), SIZE
    )
    picture = galaxies(1, SIZE)
    for key, method in METHODS.items():
        if method.needs_layer:
            with pytest.raises(ExplanationError, match="has no convolution layer"):
                explain(key, network, picture)
        else:
            assert explain(key, network, picture).maps.any()
    assert trust_card(METHODS["rise"], Case(network, picture[0])).is_complete
