"""Refitting the model of strange pictures from a labelled folder, and its file.

Only galaxies of the training part are looked at, so that the test part can say how often real
galaxies are refused; and only strangers of the kinds that are for fitting, so that the others
can say how often what nobody thought of is. The fit itself is ``strangeness``. No TensorFlow here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError, ModelRefused
from galaxy_core.intake import read_file
from galaxy_core.morphology.plausibility import StrangenessModel
from galaxy_core.strangers import Family
from galaxy_core.training.appearances import look_at_galaxies, look_at_strangers
from galaxy_core.training.dataset import LabelledImage, Part, dataset_hash
from galaxy_core.training.strangeness import FittedStrangeness, fit_strangeness


def refit_strangeness(
    images: Sequence[LabelledImage],
    path: Path,
    *,
    most_per_class: int,
    strangers: int,
    seed: int,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> FittedStrangeness:
    """Look at galaxies of the training part and at strangers, fit, save; return the fit.

    Parameters
    ----------
    images : sequence of LabelledImage
        Of all kinds of galaxies; those of the validation and test parts are left alone.
    path : Path
        The JSON file to write; `morphology.plausibility.SHIPPED` to replace the shipped one.
    most_per_class : int
        At most this many galaxies of each source and morphology.
    strangers, seed : int
        How many strangers to draw; the seed of everything.
    on_picture : callable
        Told (done, total) after each galaxy.
    """
    chosen = _drawn_by_class(images, most_per_class, seed)

    def pictures() -> Iterator[tuple[str, FloatImage]]:
        for done, image in enumerate(chosen, 1):
            with suppress(GalaxyError):  # nothing to learn from a picture that cannot be read
                yield f"{morphology_of(image)}:{image.group}", read_file(image.path).pixels
            on_picture(done, len(chosen))

    galaxies = look_at_galaxies(pictures(), seed=seed)
    others = look_at_strangers(seed=seed, count=strangers, family=Family.FIT)
    fitted = fit_strangeness(galaxies, others, seed=seed)
    source = {
        "galaxies": f"{len(chosen)} of the training part, at most {most_per_class} of each "
        "source and morphology",
        "data_sha256": dataset_hash(chosen),
        "strangers": strangers,
        "seed": seed,
    }
    save_strangeness(path, fitted, source=source)
    return fitted


def save_strangeness(path: Path, fitted: FittedStrangeness, *, source: Mapping[str, Any]) -> None:
    """Write the models with their report and where their pictures came from, as JSON."""
    content = {
        "source": dict(source),
        "report": dict(fitted.report),
        "model": fitted.model.to_json(),
        "without": [
            {"kinds": list(kinds), "model": model.to_json()} for kinds, model in fitted.without
        ],
    }
    path.write_text(json.dumps(content) + "\n")


def load_without_kinds(path: Path) -> dict[str, StrangenessModel]:
    """Return, for each kind of stranger that the shipped model has seen, one fitted without it.

    Raises
    ------
    ModelRefused
        If the file cannot be read or holds no such models.
    """
    try:
        content = json.loads(path.read_text())
        return {
            str(kind): StrangenessModel.from_json(entry["model"])
            for entry in content["without"]
            for kind in entry["kinds"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{path.name} holds no held-out models: {error!r}.") from error


def morphology_of(image: LabelledImage) -> str:
    """Return the source and morphology of a galaxy, as its class."""
    return f"{image.source} {image.attributes.get('morphology') or image.spiral}".strip()


def _drawn_by_class(images: Sequence[LabelledImage], most: int, seed: int) -> list[LabelledImage]:
    by_class: dict[str, list[LabelledImage]] = defaultdict(list)
    for image in images:
        if image.part is Part.TRAIN and image.attributes.get("morphology") != "unknown":
            by_class[morphology_of(image)].append(image)
    rng = np.random.default_rng(seed)
    return [
        by_class[name][index]
        for name in sorted(by_class)
        for index in rng.permutation(len(by_class[name]))[:most]
    ]
