"""Plausibility: real galaxies pass in every disguise, strangers do not, and it says why."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxy_core.errors import ModelRefused
from galaxy_core.framing import FramingFlag, find_framing
from galaxy_core.morphology.appearance import NUMBERS, appearance
from galaxy_core.morphology.plausibility import (
    SHIPPED,
    StrangenessModel,
    judge_plausibility,
    load_strangeness_model,
)
from galaxy_core.simulate import simulate_galaxy
from galaxy_core.simulate.gallery import GALLERY
from galaxy_core.strangers import KINDS, stranger_pictures
from galaxy_core.strangers.disguises import DISGUISES, disguise

REAL = Path(__file__).parents[3] / "shared" / "galaxies" / "images"


def judge(pixels):
    return judge_plausibility(pixels, find_framing(pixels))


@pytest.fixture(scope="module")
def galaxy():
    scene = GALLERY["grand-design-spiral"]
    return simulate_galaxy(scene.parameters, seed=scene.seed).cutout.pixels


def stump(**changes):
    """A model of one tree that asks whether ``chroma`` is over 0.5."""
    content = {
        "names": ["chroma", "edges"],
        "typical": [0.1, 0.1],
        "feature": [[0, 1, 1]],
        "threshold": [[0.5, None, 0.2]],
        "leaf": [[-1.0, 9.0, 1.0, 2.0]],
        "offset": 0.25,
        "cut": 0.0,
    }
    return content | changes


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((64, 64, 3), np.float32),
        np.ones((64, 64, 3), np.float32),
        np.full((1, 1, 3), 0.5, np.float32),
        np.zeros((3, 500, 3), np.float32),
        np.eye(80, dtype=np.float32)[..., None].repeat(3, 2),
    ],
    ids=["black", "white", "one pixel", "sliver", "diagonal"],
)
def test_numbers_are_finite_for_any_picture(pixels):
    numbers = appearance(pixels, find_framing(pixels))
    assert list(numbers) == list(NUMBERS)
    assert np.isfinite(list(numbers.values())).all()


def test_numbers_do_not_know_which_way_is_up(galaxy):
    expected = appearance(galaxy, find_framing(galaxy))
    turned = np.ascontiguousarray(np.rot90(galaxy))
    for name, value in appearance(turned, find_framing(turned)).items():
        assert value == pytest.approx(expected[name], rel=0.02, abs=0.01), name


def test_trees_go_left_at_the_threshold_and_right_above_it():
    model = StrangenessModel.from_json(stump())
    rows = np.array([[0.5, 9.0], [0.51, 0.2], [0.51, 0.21]])
    np.testing.assert_allclose(model.log_odds(rows), [-0.75, 1.25, 2.25])


def test_model_survives_its_own_json():
    model = load_strangeness_model()
    again = StrangenessModel.from_json(json.loads(json.dumps(model.to_json())))
    rows = np.random.default_rng(0).random((20, len(model.names)))
    np.testing.assert_allclose(again.log_odds(rows), model.log_odds(rows))


@pytest.mark.parametrize(
    "changes",
    [
        {"names": ["chroma", "no such number"]},
        {"typical": [0.1]},
        {"leaf": [[1.0, 2.0]]},
        {"feature": [[0, 1, 2]]},
        {"feature": [[0, 1, -1]]},
        {"leaf": "many"},
        {"cut": None},
    ],
)
def test_model_that_does_not_fit_together_is_refused(changes):
    with pytest.raises(ModelRefused):
        StrangenessModel.from_json(stump(**changes))


def test_file_that_is_no_model_is_refused_by_name(tmp_path):
    path = tmp_path / "trees.json"
    for content in ("{", "[]", '{"model": 3}', "{}"):
        path.write_text(content)
        with pytest.raises(ModelRefused, match="strange pictures"):
            load_strangeness_model(path)
        load_strangeness_model.cache_clear()


def test_reason_names_the_group_that_is_strange(galaxy):
    coloured = StrangenessModel.from_json(stump(cut=-5.0))
    loud = galaxy.copy()
    loud[..., :2] = 0
    found = judge_plausibility(loud, find_framing(loud), model=coloured)
    assert found.is_strange
    assert found.reason == "The colours are not those of starlight."


@pytest.mark.parametrize("key", [k for k, v in GALLERY.items() if v.parameters.galaxy])
def test_simulated_galaxy_is_no_stranger(key):
    scene = GALLERY[key]
    found = judge(simulate_galaxy(scene.parameters, seed=scene.seed).cutout.pixels)
    assert not found.is_strange
    assert found.reason == ""


@pytest.mark.parametrize("name", DISGUISES)
def test_galaxy_in_disguise_is_no_stranger(galaxy, name):
    changed = disguise(galaxy, name, seed=2)
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert not judge(changed).is_strange


@pytest.mark.parametrize("size_px", [96, 700])
def test_chosen_square_silences_what_lies_around_it(galaxy, size_px):
    """Among many others a galaxy is no single one; where a person says which, it is."""
    small = np.asarray(
        Image.fromarray((galaxy * 255).astype(np.uint8)).resize((size_px, size_px)), np.float32
    )
    small = small[..., :3] / 255
    crowd = np.tile(small, (3, 3, 1))
    found = find_framing(small)
    chosen = find_framing(crowd).chosen(
        centre_y_px=found.centre_y_px + size_px,
        centre_x_px=found.centre_x_px + size_px,
        half_size_px=found.half_size_px,
    )
    assert judge(crowd).is_strange or FramingFlag.MANY_OBJECTS in find_framing(crowd).flags
    assert not judge_plausibility(crowd, chosen).is_strange


@pytest.mark.parametrize("kind", ["page of text", "chessboard", "shapes"])
def test_chosen_square_does_not_make_a_drawing_a_galaxy(kind):
    pixels = np.clip(KINDS[kind].draw(np.random.default_rng(4), 128), 0, 1).astype(np.float32)
    chosen = find_framing(pixels).chosen(centre_y_px=64, centre_x_px=64, half_size_px=40)
    assert judge_plausibility(pixels, chosen).is_strange


@pytest.mark.parametrize("at", [-500.0, 0.0, 500.0])
def test_square_beside_the_picture_is_judged_without_failing(galaxy, at):
    chosen = find_framing(galaxy).chosen(centre_y_px=at, centre_x_px=at, half_size_px=40)
    assert np.isfinite(judge_plausibility(galaxy, chosen).strangeness)


@pytest.mark.slow
def test_strangers_of_new_seeds_are_called_strange_with_a_reason():
    found = [judge(stranger.pixels) for stranger in stranger_pictures(seed=987, count=70)]
    assert np.mean([one.is_strange for one in found]) >= 0.95
    assert all(one.reason for one in found if one.is_strange)


def test_shipped_report_meets_the_bars_that_it_claims():
    report = json.loads(SHIPPED.read_text())["report"]
    assert report["false_alarms"]["value"] <= 0.025  # two of three in disguise
    assert report["false_alarms_by_disguise"]["as it is"]["value"] <= 0.01
    assert report["false_alarms"]["count"] >= 1000
    # Of kinds never seen, by appearance alone; the network's own distance comes on top.
    assert report["catch_of_kinds_left_out"]["value"] >= 0.9


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="no labelled galaxies here")
def test_real_galaxies_are_rarely_called_strange():
    files = (
        sorted((REAL / "ngc").glob("*.jpg"))[::60] + sorted((REAL / "gz1").glob("*.jpg"))[::100]
    )
    strange = [
        judge(np.asarray(Image.open(file).convert("RGB"), dtype=np.float32) / 255).is_strange
        for file in files
    ]
    assert np.mean(strange) <= 0.02
