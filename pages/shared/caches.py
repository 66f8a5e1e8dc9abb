"""Every cache of the app, each bounded. Nothing here draws.

Cached resources are shared by all visitors: they are safe for threads and never changed.
Nothing a visitor uploads can be found here without holding the file itself (keys are
hashes of the bytes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from galaxy_core.cnn.store import ModelStore, StoredModel
from galaxy_core.cutout import Cutout
from galaxy_core.framing import Framing, find_framing
from galaxy_core.intake import read_cutout
from galaxy_core.morphology.plausibility import judge_plausibility
from galaxy_core.samples import Sample, embedded_samples, folder_samples, load_sample
from galaxy_core.settings import Settings
from pages.shared import figures
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network, Networks
from pages.shared.recent import RecentCutouts

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.explain.inspection import Inspection
    from galaxy_core.fields import FieldObject
    from galaxy_core.intake.colour import Stretch
    from galaxy_core.intake.fits_bands import BandImages, Region
    from galaxy_core.intake.fits_contents import BandChoice, FitsContents
    from galaxy_core.intake.fits_files import BandFiles
    from galaxy_core.intake.fits_reader import FitsReader

THUMBNAIL_PX = 96
# Of a FITS file on the page: three bands take 50 MB. Larger fields are averaged down, and say
# so; a part that is cut out is read at full resolution.
FITS_PIXELS = 2048 * 2048

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a network said of one input and what it held inside."""

    answer: Answer
    inspection: Inspection


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Return what the operator chose, read once a process."""
    return Settings.from_environment()


@st.cache_resource(show_spinner=False)
def _networks() -> Networks:
    return Networks()


@st.cache_resource(show_spinner=False)
def _recent() -> RecentCutouts:
    return RecentCutouts()


@st.cache_resource(ttl=10, max_entries=1, show_spinner=False)
def models() -> tuple[StoredModel, ...]:
    """Return the networks of the store, the default one first; looked up anew every 10 s."""
    return ModelStore.from_settings(settings()).models()


def forget_models() -> None:
    """Look the store up anew: a network came or went."""
    models.clear()


@st.cache_resource(show_spinner=False)
def turn_to_adopt() -> Lock:
    """Return what lets one network of a stranger be tried at a time: each may take 3 GB."""
    return Lock()


def network(stored: StoredModel) -> Future[Network]:
    """Return the network, now or later; loading goes on in the background."""
    return _networks().request(stored)


def retry_networks() -> None:
    """Let networks that could not be loaded be tried again."""
    _networks().forget_failures()


def wake_default_network() -> None:
    """Start loading the network that the first visitor will ask for."""
    if known := models():
        network(known[0])


@st.cache_resource(ttl=60, max_entries=1, show_spinner=False)
def samples() -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return the samples, the simulated ones first, and why files of the folder were left out."""
    folder = settings().samples_dir
    if folder is None:
        return embedded_samples(), ()
    found = folder_samples(folder)
    return (*embedded_samples(), *found.samples), found.skipped


@st.cache_data(max_entries=256, show_spinner=False)
def sample_thumbnail(key: str) -> str:
    """Return a small picture of a sample as a data URL; empty if it cannot be read."""
    from galaxy_core.errors import GalaxyError

    try:
        return figures.thumbnail(sample_cutout(key).pixels, side_px=THUMBNAIL_PX)
    except GalaxyError:
        return ""  # opening it says why


def sample_cutout(key: str) -> Cutout:
    """Return the picture of a sample.

    Raises
    ------
    SampleNotFound, IntakeError
        As ``load_sample``.
    """
    folder = settings().samples_dir
    return _recent().get(f"sample {key}", lambda: load_sample(key, samples_dir=folder))


def upload_key(data: bytes, name: str) -> str:
    """Return what an upload is kept under."""
    return f"upload {hashlib.sha256(data).hexdigest()} {name}"


def upload_cutout(data: bytes, name: str) -> Cutout:
    """Return the picture in an uploaded file.

    Raises
    ------
    IntakeError
        As ``read_cutout``.
    """
    return _recent().get(upload_key(data, name), lambda: read_cutout(data, name=name))


@st.cache_resource(show_spinner=False)
def fits_reader() -> FitsReader:
    """Return the reader of strangers' FITS files, whose process stays warm."""
    from galaxy_core.intake.fits_reader import FitsReader

    return FitsReader()


@st.cache_resource(max_entries=8, show_spinner=False)
def fits_contents(key: str, _data: bytes, name: str) -> FitsContents:
    """Return what the FITS file of that key offers.

    Raises
    ------
    IntakeError
        As ``FitsReader.open``.
    """
    return fits_reader().open(_data, name=name)


@st.cache_resource(max_entries=3, show_spinner=False)
def fits_bands(
    key: str, _source: FitsContents | BandFiles, _choice: BandChoice, _region: Region | None
) -> BandImages:
    """Return the bands of that key, of at most ``FITS_PIXELS`` pixels each.

    Raises
    ------
    IntakeError
        As ``FitsReader.read``.
    """
    from galaxy_core.intake.fits_files import BandFiles, read_together

    reader, most = fits_reader(), FITS_PIXELS
    if isinstance(_source, BandFiles):
        return read_together(reader, _source, _choice, region=_region, most_pixels=most)
    return reader.read(_source, _choice, region=_region, most_pixels=most)


def fits_cutout(key: str, bands: BandImages, stretch: Stretch | None) -> Cutout:
    """Return the picture of that key, composed of its bands."""
    from galaxy_core.intake.compose import compose

    return _recent().get(key, lambda: compose(bands, stretch))


@st.cache_resource(max_entries=16, show_spinner=False)
def field_objects(key: str, _cutout: Cutout) -> tuple[FieldObject, ...]:
    """Return the objects in the picture of that key, brightest first."""
    from galaxy_core.fields import find_objects

    return find_objects(_cutout)


@st.cache_resource(max_entries=24, show_spinner=False)
def compared(key: str, _compare: Callable[[], T]) -> T:
    """Return what is made once for that key, such as a comparison; small things only."""
    return _compare()


@st.cache_resource(max_entries=256, show_spinner=False)
def found_framing(key: str, _cutout: Cutout) -> Framing:
    """Return where the app finds the galaxy in the picture of that key."""
    return find_framing(_cutout.pixels)


@st.cache_data(max_entries=24, show_spinner=False)
def picture_url(key: str, _cutout: Cutout) -> str:
    """Return the picture of that key for a screen, as a data URL."""
    return figures.picture(_cutout.pixels)


def look(stored: StoredModel, ready: Network, galaxy: OpenGalaxy) -> Look:
    """Return the answer and the inspection of the galaxy on the page."""
    weights = f"{stored.card.name} {stored.card.weights_sha256} {stored.card.created_utc}"
    # The picture's name as well: how plausible it is depends on more than the square.
    return _look(weights, f"{galaxy.input_key} {galaxy.key}", ready, galaxy)


@st.cache_resource(max_entries=12, show_spinner=False)
def _look(weights: str, shown: str, _ready: Network, _galaxy: OpenGalaxy) -> Look:
    """Look once at each pair of weights and input; an inspection takes about 0.4 MB."""
    inputs = _galaxy.pixels[None]
    picture = judge_plausibility(_galaxy.cutout.pixels, _galaxy.framing)
    answer = _ready.classifier.answer(inputs, [_galaxy.framing.flags], [picture])[0]
    return Look(answer, _ready.inspector.inspect(inputs))
