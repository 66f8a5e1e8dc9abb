"""Explanation methods against tf-keras-vis, and the trust card.

Both explain the logit of the same network. tf-keras-vis has Grad-CAM, saliency and SmoothGrad;
Integrated Gradients it has not, so ours is set against 32 of its saliency calls on the same
steps, which is how one would build it there.
"""

import time
import warnings
from collections.abc import Callable

import numpy as np
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

from benchmarks.table import Row
from galaxy_core.cnn.classifier import load_classifier
from galaxy_core.cnn.store import ModelStore
from galaxy_core.explain.methods import METHODS, explain
from galaxy_core.explain.network import Network
from galaxy_core.explain.ranking_samples import simulated_samples
from galaxy_core.explain.trust.assess import Case, trust_card
from galaxy_core.settings import Settings

STEPS = 32
LAYER = "Conv2_Shapes"
MANY = 256
BUDGET_S = 1.5
PASSES = {"smooth_grad": 25, "integrated_gradients": STEPS}


def best_seconds(call: Callable[[], object], *, repeats: int) -> float:
    """Return the shortest duration: what the machine can do when nobody else uses it."""
    if repeats > 1:
        call()  # to warm up
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def comparisons(network: Network) -> dict[str, Callable[[np.ndarray], object]]:
    """Return the tf-keras-vis way of each method, by our key."""
    cam = Gradcam(network.model, model_modifier=ReplaceToLinear(), clone=True)
    gradients = Saliency(network.model, model_modifier=ReplaceToLinear(), clone=True)

    def score(output: np.ndarray) -> np.ndarray:
        return output[:, 0]

    def integrated(inputs: np.ndarray) -> None:
        for alpha in (np.arange(STEPS) + 0.5) / STEPS:
            gradients(score, inputs * np.float32(alpha), keepdims=True, gradient_modifier=None)

    return {
        "grad_cam": lambda inputs: cam(score, inputs, penultimate_layer=LAYER),
        "saliency": lambda inputs: gradients(score, inputs),
        "smooth_grad": lambda inputs: gradients(score, inputs, smooth_samples=25),
        "integrated_gradients": integrated,
    }


def method_rows(network: Network, galaxies: np.ndarray) -> list[Row]:
    """One galaxy and 256, each method."""
    warnings.filterwarnings("ignore", message="The structure of `inputs`")  # tf-keras-vis
    rows = []
    for key, theirs in comparisons(network).items():
        for count, repeats in ((1, 40), (MANY, 2)):
            some = np.resize(galaxies, (count, *galaxies.shape[1:]))
            rows.append(method_row(network, key, theirs, some, repeats))
    return rows


def method_row(
    network: Network,
    key: str,
    theirs_of: Callable[[np.ndarray], object],
    inputs: np.ndarray,
    repeats: int,
) -> Row:
    """One method over some galaxies."""
    method = METHODS[key]
    layer = LAYER if method.needs_layer else None
    ours = best_seconds(lambda: explain(method, network, inputs, layer=layer), repeats=repeats)
    theirs = best_seconds(lambda: theirs_of(inputs), repeats=max(repeats // 2, 1))
    many = "one galaxy" if len(inputs) == 1 else f"{len(inputs)} galaxies"
    return Row(
        f"{method.title}, {many}, tf-keras-vis",
        f"{ours * 1e3:.1f} ms",
        f"{theirs * 1e3:.0f} ms",
        f"{theirs / ours:.1f} × faster",
        "5 ×",
        theirs / ours >= 5,
        "" if theirs / ours >= 5 else floor(network, key, inputs, theirs),
    )


def floor(network: Network, key: str, inputs: np.ndarray, theirs: float) -> str:
    """Return what bounds a method: the forward passes it cannot do without, gradients aside."""
    forward = PASSES.get(key, 1) * best_seconds(lambda: network.logits(inputs), repeats=5)
    return (
        f"its forward passes alone, without any gradient, take {forward * 1e3:.0f} ms of the "
        f"{theirs / 5 * 1e3:.0f} ms that five times would leave"
    )


def card_rows(network: Network, galaxies: np.ndarray) -> list[Row]:
    """The trust card of one galaxy, every method."""
    rows = []
    for method in METHODS.values():
        if method.is_control:
            continue
        case = Case(network, galaxies[0], LAYER if method.needs_layer else None)
        taken = best_seconds(lambda: trust_card(method, case), repeats=3)  # noqa: B023
        rows.append(
            Row(
                f"trust card of one galaxy, {method.title}",
                f"{taken:.2f} s",
                "—",
                "",
                f"{BUDGET_S} s",
                taken <= BUDGET_S,
            )
        )
    return rows


def rows() -> list[Row]:
    """Return every row."""
    store = ModelStore.from_settings(Settings.from_environment({}))
    network = Network(load_classifier(store.find("teaching")))
    samples = simulated_samples(network, count=8, seed=1)
    galaxies = np.stack([sample.picture for sample in samples])
    return [*method_rows(network, galaxies), *card_rows(network, galaxies)]
