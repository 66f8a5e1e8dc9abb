"""The app under AppTest: no browser, the shipped network, a data dir of its own."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from galaxy_core.cnn import store

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120  # the first test of the process waits for TensorFlow


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path, monkeypatch):
    """Each test has its own settings, and leaves only the loaded network behind."""
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.setenv("GALAXY_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("GALAXY_SAMPLES_DIR", raising=False)
    _forget_settings()
    yield
    _forget_settings()


def _forget_settings() -> None:
    from pages.shared import caches

    for cached in (caches.settings, caches.models, caches.samples, caches.sample_thumbnail):
        cached.clear()


@pytest.fixture
def app() -> Callable[..., AppTest]:
    """Return a function that runs the app as a visitor with that link would see it."""

    def visit(**query: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return visit


@pytest.fixture
def no_models(monkeypatch, tmp_path):
    """An app whose model store is empty."""
    monkeypatch.setattr(store, "SHIPPED_FOLDER", tmp_path / "nothing")
    _forget_settings()


def words(page: AppTest) -> str:
    """Return everything the page says, in order."""
    said = []
    for element in page.main:
        for part in ("label", "value", "body"):
            text = getattr(element, part, None)
            if isinstance(text, str):
                said.append(text)
    said += [element.proto.body for element in page.get("html")]
    return "\n".join(said)


def galaxy_file(name: str = "galaxy.png", *, seed: int = 0, side: int = 96):
    """Return an upload: an exponential disc on noise."""
    y, x = np.mgrid[:side, :side] - side / 2
    light = np.exp(-np.hypot(x, y * 1.3) / (side / 10))
    noise = np.random.default_rng(seed).normal(0, 0.01, (side, side))
    grey = np.clip(light + noise + 0.05, 0, 1)
    buffer = io.BytesIO()
    Image.fromarray((grey * 255).astype(np.uint8)).save(buffer, "PNG")
    return (name, buffer.getvalue(), "image/png")


def black_file():
    """Return an upload with nothing in it."""
    buffer = io.BytesIO()
    Image.new("L", (64, 64)).save(buffer, "PNG")
    return ("night.png", buffer.getvalue(), "image/png")
