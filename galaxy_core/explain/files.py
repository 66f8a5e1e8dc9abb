"""``inspect``: the evidence and feature maps of each file, as pictures and as numbers.

For each file a folder of its own name with

- ``input.png``, the square the network sees, and ``evidence_<layer>.png``, the signed evidence
  laid over it, enlarged;
- ``feature_maps_<layer>.png``, every map of the layer on a common scale;
- ``maps.npz``: input, feature maps, evidence, Grad-CAM of both classes, contributions, logits.

Draws with ``paint``; knows no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from galaxy_core.cnn.answer import Answer
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.pipeline import FileAnswer, answers_to, every_warning, frame_files
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.inspection import Inspection, Inspector, TargetClass
from galaxy_core.explain.paint import blend, paint_activation, paint_evidence, tile
from galaxy_core.explain.receptive import layer_geometry, on_input_grid
from galaxy_core.intake import display_name

ENLARGE = 6
MAPS_FILE = "maps.npz"


def inspect_paths(paths: Iterable[str], classifier: Classifier, out: Path) -> Iterator[FileAnswer]:
    """Write each file's maps to a folder below ``out`` and yield its answer, in order.

    A bad file costs its own line only. Two files of one name get folders ``x`` and ``x-2``.

    Raises
    ------
    ExplanationError
        If ``out`` cannot be written to.
    """
    inspector = Inspector(classifier)
    size_px = classifier.card.input_size_px
    used: set[str] = set()
    for file in frame_files(paths, size_px=size_px, ahead=8):
        name = classifier.card.name
        if file.framed is None:
            yield FileAnswer(file.path, name, None, error=file.error)
            continue
        pixels = file.framed.pixels
        (answer,) = answers_to([file.framed], classifier)
        folder = out / _folder_name(file.path, used)
        try:
            _write(pixels, answer, inspector.inspect(pixels[None]), classifier, folder)
        except OSError as cause:
            raise ExplanationError(f"{folder} cannot be written: {cause}") from cause
        yield FileAnswer(file.path, name, answer, every_warning(file.warnings, answer))


def inspection_arrays(
    inputs: FloatImage, inspection: Inspection, answer: Answer
) -> dict[str, Any]:
    """Return what ``maps.npz`` holds, for one galaxy.

    Parameters
    ----------
    inputs : ndarray, shape (S, S, 3), float32
        The network's input.
    inspection : Inspection
        Of that one galaxy.
    answer : Answer
        Of that one galaxy.

    Returns
    -------
    dict
        ``input``; ``logit`` (orientation as given), ``mean_logit``, ``probability_spiral``,
        ``orientation_probabilities``; per layer L ``L/feature_maps`` (h, w, K), ``L/evidence``
        (h, w), ``L/grad_cam_spiral``, ``L/grad_cam_elliptical`` and ``L/contributions`` (K,).
    """
    arrays: dict[str, Any] = {
        "input": inputs,
        "logit": inspection.logits[0:1],
        "mean_logit": np.array([answer.logit]),
        "probability_spiral": np.array([answer.probability_spiral]),
        "orientation_probabilities": np.array(answer.orientation_probabilities),
    }
    for name, layer in inspection.layers.items():
        arrays[f"{name}/feature_maps"] = layer.feature_maps[0]
        arrays[f"{name}/evidence"] = layer.evidence[0]
        arrays[f"{name}/contributions"] = layer.contributions[0]
        for target in TargetClass:
            arrays[f"{name}/grad_cam_{target}"] = layer.grad_cam(target)[0]
    return arrays


def _write(
    pixels: FloatImage,
    answer: Answer,
    inspection: Inspection,
    classifier: Classifier,
    folder: Path,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / MAPS_FILE, **inspection_arrays(pixels, inspection, answer))
    _enlarged((pixels * 255).round().astype(np.uint8)).save(folder / "input.png")
    for name, layer in inspection.layers.items():
        evidence = on_input_grid(layer.evidence[0], layer_geometry(classifier.model, name))
        overlay = paint_evidence(evidence, scale=classifier.card.evidence_scale.get(name, 1.0))
        _enlarged(blend(pixels, overlay)).save(folder / f"evidence_{name}.png")
        maps = np.moveaxis(layer.feature_maps[0], -1, 0)
        top = float(maps.max())
        painted = np.stack([paint_activation(single, top=top) for single in maps])
        sheet = Image.fromarray(tile(painted, columns=8))
        sheet.save(folder / f"feature_maps_{name}.png")


def _enlarged(picture: npt.NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(picture)
    size = (image.width * ENLARGE, image.height * ENLARGE)
    return image.resize(size, Image.Resampling.NEAREST)


def _folder_name(path: str, used: set[str]) -> str:
    """Name the folder after the file: what is shown of a name is safe as a folder."""
    stem = Path(display_name(path)).stem or "unnamed"
    name, number = stem, 2
    while name.casefold() in used:
        name, number = f"{stem}-{number}", number + 1
    used.add(name.casefold())
    return name
