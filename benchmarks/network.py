"""Inspection, classification in memory, and classification of files, against the ordinary way."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import psutil
from PIL import Image
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

from benchmarks.table import Row
from galaxy_core.cnn.classifier import Classifier, eight_orientations, load_classifier
from galaxy_core.cnn.pipeline import classify_paths
from galaxy_core.cnn.store import ModelStore
from galaxy_core.explain.inspection import Inspector
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.intake import read_file
from galaxy_core.settings import Settings
from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy


def median_seconds(call: Callable[[], object], *, repeats: int) -> float:
    """Return the median duration of a call, after one to warm up."""
    call()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def inspection(classifier: Classifier) -> Row:
    """One galaxy: logit, both layers' maps and Grad-CAM, in one call and in three."""
    galaxy = np.random.default_rng(0).random((1, 64, 64, 3), dtype=np.float32)
    inspector = Inspector(classifier)
    model = classifier.model
    names = ("Conv1_Edges", "Conv2_Shapes")
    maps = keras.Model(model.input, [model.get_layer(name).output for name in names])
    engine = Gradcam(model, model_modifier=ReplaceToLinear(), clone=True)

    def ordinary() -> None:
        model.predict(galaxy, verbose=0)
        maps.predict(galaxy, verbose=0)
        engine(lambda output: output[:, 0], galaxy, penultimate_layer="Conv2_Shapes")

    ours = median_seconds(lambda: inspector.inspect(galaxy), repeats=50)
    theirs = median_seconds(ordinary, repeats=10)
    return Row(
        "one inspection (logit, maps of two layers, evidence) against predict, a feature-map "
        "model's predict and tf-keras-vis Gradcam",
        f"{ours * 1e3:.1f} ms",
        f"{theirs * 1e3:.0f} ms",
        f"{theirs / ours:.0f} × faster",
        "20 × and at most 5 ms",
        theirs / ours >= 20 and ours <= 0.005,
    )


def in_memory(classifier: Classifier) -> Row:
    """4,096 decoded galaxies, one orientation each, as ``predict`` does."""
    galaxies = np.random.default_rng(1).random((4096, 64, 64, 3), dtype=np.float32)
    ours = median_seconds(lambda: classifier.logits(galaxies), repeats=3)
    theirs = median_seconds(lambda: classifier.model.predict(galaxies, verbose=0), repeats=3)
    process = psutil.Process()
    before = process.memory_info().rss
    for _ in range(4):
        classifier.logits(galaxies)
    growth = (process.memory_info().rss - before) / 2**20
    return Row(
        "4,096 decoded galaxies against model.predict at its default batch",
        f"{4096 / ours:,.0f} galaxies/s",
        f"{4096 / theirs:,.0f} galaxies/s",
        f"{theirs / ours:.2f} × faster",
        "1.3 ×, memory flat",
        theirs / ours >= 1.3 and growth < 40,
        f"four times as many: {growth:+.0f} MiB",
    )


def files(classifier: Classifier, *, count: int = 2000) -> Row:
    """JPEG files from disk to answers, overlapped, against a plain loop over the same steps."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = _galaxies_on_disk(Path(scratch), count)
        list(classify_paths(paths[:64], classifier))
        start = time.perf_counter()
        for _ in classify_paths(paths, classifier):
            pass
        ours = time.perf_counter() - start
        few = paths[: max(1, count // 20)]  # the plain loop's cost is the same for each file
        start = time.perf_counter()
        for path in few:
            _one_by_one(path, classifier)
        theirs = (time.perf_counter() - start) / len(few) * count
        start = time.perf_counter()
        for path in few:
            _framed(path)
        decode = (time.perf_counter() - start) / len(few)
    network = ours / count
    return Row(
        f"{count:,} JPEG files, eight orientations each, against a plain loop with predict",
        f"{count / ours:.0f} files/s",
        f"{count / theirs:.0f} files/s (from {len(few)})",
        f"{theirs / ours:.1f} × faster",
        "2 ×",
        theirs / ours >= 2,
        f"{network * 1e3:.1f} ms a file in all; decoding and framing alone {decode * 1e3:.1f} ms "
        "on one core, so the network's eight passes bound it",
    )


def _galaxies_on_disk(folder: Path, count: int) -> list[str]:
    """Write ``count`` JPEG files of 20 simulated galaxies."""
    kinds = list(GalaxyKind)
    pictures = [
        simulate_galaxy(random_parameters(kinds[k % len(kinds)], seed=k), seed=k).cutout.pixels
        for k in range(20)
    ]
    paths = []
    for index in range(count):
        path = folder / f"{index:05d}.jpg"
        picture = (pictures[index % len(pictures)] * 255).astype(np.uint8)
        Image.fromarray(picture).save(path, quality=92)
        paths.append(str(path))
    return paths


def _framed(path: str) -> np.ndarray:
    pixels = read_file(Path(path)).pixels
    return cut_out(pixels, find_framing(pixels))


def _one_by_one(path: str, classifier: Classifier) -> float:
    views = np.concatenate(eight_orientations(_framed(path)[None]))
    return float(classifier.model.predict(views, verbose=0).mean())


def rows() -> list[Row]:
    """Return every comparison of this file."""
    store = ModelStore.from_settings(Settings.from_environment())
    classifier = load_classifier(store.find("teaching"))
    return [inspection(classifier), in_memory(classifier), files(classifier)]
