"""Strangers: every kind draws from its seed alone, and no kind is in both families."""

import numpy as np
import pytest

from galaxy_core.strangers import KINDS, Family, borrowed, stranger_pictures


@pytest.mark.parametrize("name", KINDS)
def test_kind_draws_a_picture_in_range_from_its_seed_alone(name):
    kind = KINDS[name]
    first, again, other = (kind.draw(np.random.default_rng(seed), 96) for seed in (5, 5, 6))
    if first is None:
        pytest.skip("needs scikit-image")
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", KINDS)
def test_kind_shows_something_at_every_size(name):
    for size_px in (64, 300):
        pixels = KINDS[name].draw(np.random.default_rng(1), size_px)
        if pixels is not None:
            assert pixels.shape == (size_px, size_px, 3)
            assert pixels.std() > 0


def test_pictures_come_in_turn_and_ready_for_a_cutout():
    strangers = list(stranger_pictures(seed=3, count=len(KINDS)))
    assert {s.kind for s in strangers} <= set(KINDS)
    for stranger in strangers:
        assert stranger.pixels.dtype == np.float32
        assert stranger.pixels.min() >= 0
        assert stranger.pixels.max() <= 1


def test_families_share_no_kind_and_no_photograph():
    fit = {s.kind for s in stranger_pictures(seed=0, count=40, family=Family.FIT)}
    test = {s.kind for s in stranger_pictures(seed=0, count=40, family=Family.TEST)}
    assert fit
    assert test
    assert not fit & test
    assert not set(borrowed._FIT) & (set(borrowed._TEST) | set(borrowed._TEXTURES))


def test_a_longer_series_begins_like_the_shorter_one():
    short = [s.pixels for s in stranger_pictures(seed=9, count=5)]
    long = [s.pixels for s in stranger_pictures(seed=9, count=9)]
    for a, b in zip(short, long, strict=False):
        np.testing.assert_array_equal(a, b)


def test_without_scikit_image_its_kinds_are_left_out(monkeypatch):
    monkeypatch.setattr(borrowed, "find_spec", lambda name: None)
    kinds = {s.kind for s in stranger_pictures(seed=0, count=60)}
    assert not kinds & {"photograph", "face", "texture"}
    assert "star field" in kinds
    assert len(list(stranger_pictures(seed=0, count=60))) == 60
