"""The galaxies that are there before anyone uploads one: simulated, and from a folder.

``embedded_samples`` and ``folder_samples`` list them, ``load_sample`` gives the picture.
Keys stand in deep links: they are URL-safe and stay. Nothing is cached here, and nothing
is classified.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from galaxy_core.cutout import Cutout, Origin
from galaxy_core.errors import SampleNotFound
from galaxy_core.intake import display_name, read_file
from galaxy_core.samples.folder import KEY_PREFIX, FolderSamples, find_in_folder, folder_samples
from galaxy_core.samples.table import EMBEDDED, Expected, Sample, SampleKind
from galaxy_core.simulate import GALLERY, simulate_galaxy

__all__ = [
    "Expected",
    "FolderSamples",
    "Sample",
    "SampleKind",
    "embedded_samples",
    "folder_samples",
    "load_sample",
]


def embedded_samples() -> tuple[Sample, ...]:
    """Return the simulated samples, in the order in which to show them."""
    return EMBEDDED


def load_sample(key: str, *, samples_dir: Path | None = None) -> Cutout:
    """Return the picture of a sample.

    Parameters
    ----------
    key : str
        Of an embedded sample, or of a picture in the folder; may come from a link.
    samples_dir : Path or None
        The folder of pictures, if the operator named one.

    Returns
    -------
    Cutout
        Of origin SIMULATED, or SAMPLE for a picture of the folder.

    Raises
    ------
    SampleNotFound
        If no sample has this key.
    IntakeError
        If the picture cannot be read.
    """
    for sample in EMBEDDED:
        if sample.key == key:
            scene = GALLERY[key]
            return simulate_galaxy(scene.parameters, seed=scene.seed, name=sample.title).cutout
    if samples_dir is not None and key.startswith(KEY_PREFIX):
        path = find_in_folder(key, samples_dir)
        if path is not None:
            cutout = read_file(path)
            return replace(cutout, provenance=replace(cutout.provenance, origin=Origin.SAMPLE))
    raise SampleNotFound(
        f"There is no sample called {display_name(key)}; choose one of those shown."
    )
