"""The training galaxies by their features: how near, how far, and what the file may hold."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from galaxy_core.cnn import reference as r
from galaxy_core.errors import ModelRefused


@pytest.fixture
def line():
    """Six galaxies on a line in two features, at 0, 1, 2, 3, 5 and 9; the second is a spread."""
    places = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [5, 0], [9, 0]], dtype=np.float16)
    return r.ReferenceGalaxies(
        identifiers=tuple(f"NGC {n}" for n in range(6)),
        files=tuple(f"images/{n}.jpg" for n in range(6)),
        sources=("ngc",) * 6,
        hubble_types=("E", "S0", "Sa", "Sb", "Sc", ""),
        spiral=np.array([0, 0, 1, 1, 1, 1], dtype=bool),
        places=places,
        centre=np.zeros(2, np.float32),
        directions=np.eye(2, dtype=np.float32),
        spacing=np.array([1, 1, 1, 1, 2, 4], np.float32),
        threshold=3.0,
        weights_sha256="abc",
    )


def test_nearest_come_nearest_first_with_what_is_known_of_them(line):
    (found,) = line.surroundings(np.array([[1.9, 0.0]]))
    assert [one.identifier for one in found.nearest] == ["NGC 2", "NGC 1", "NGC 3"]
    first = found.nearest[0]
    assert (first.hubble_type, first.source, first.file, first.spiral) == (
        "Sa",
        "ngc",
        "images/2.jpg",
        True,
    )


def test_similarity_is_the_share_of_galaxies_that_have_their_nearest_farther_away(line):
    (on_top,) = line.surroundings(np.array([[5.0, 0.0]]))
    assert on_top.nearest[0].similarity == 1.0
    (beside,) = line.surroundings(np.array([[5.0, 1.5]]))
    assert beside.nearest[0].similarity == pytest.approx(2 / 6)
    (away,) = line.surroundings(np.array([[5.0, 50.0]]))
    assert away.nearest[0].similarity == 0.0


def test_distance_is_the_mean_to_the_three_nearest(line):
    np.testing.assert_allclose(line.distances(np.array([[1.0, 0.0]])), [2 / 3], atol=1e-6)


def test_strange_from_beyond_the_threshold_on(line):
    near, far = line.surroundings(np.array([[2.0, 2.0], [2.0, 4.0]]))
    assert not near.is_strange
    assert far.is_strange
    assert far.strangeness == pytest.approx(line.distances(np.array([[2.0, 4.0]]))[0] - 3.0)


def test_features_are_centred_and_projected(line):
    moved = replace(
        line,
        centre=np.array([10.0, 0.0], np.float32),
        directions=np.array([[2.0, 0.0], [0.0, 1.0]], np.float32),
    )
    (found,) = moved.surroundings(np.array([[12.5, 0.0]]))  # 2.5 from the centre, doubled
    assert found.nearest[0].identifier == "NGC 4"


def test_comes_back_from_its_file(line, tmp_path):
    path = tmp_path / r.REFERENCE_FILE
    r.write_reference(line, path)
    again = r.read_reference(path, "abc")
    assert again.identifiers == line.identifiers
    np.testing.assert_array_equal(again.places, line.places)
    assert again.places.dtype == np.float16
    assert again.threshold == line.threshold
    assert list(tmp_path.iterdir()) == [path]


def test_none_without_a_file_or_for_other_weights(line, tmp_path):
    path = tmp_path / r.REFERENCE_FILE
    assert r.read_reference(path, "abc") is None
    r.write_reference(line, path)
    assert r.read_reference(path, "other weights") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"identifiers": ("one",)},
        {"hubble_types": ("E",)},
        {"spiral": np.zeros(5, bool)},
        {"places": np.zeros((6, 3), np.float16)},
        {"centre": np.zeros(3, np.float32)},
        {"places": np.full((6, 2), np.nan, np.float16)},
        {"threshold": 0.0},
        {"threshold": float("nan")},
    ],
)
def test_parts_that_do_not_fit_together_are_refused(line, changes):
    with pytest.raises(ModelRefused, match="do not fit together"):
        replace(line, **changes)


def test_damaged_files_are_refused_by_name(line, tmp_path):
    path = tmp_path / r.REFERENCE_FILE
    r.write_reference(line, path)
    whole = path.read_bytes()
    for content in (b"", b"not a zip", whole[:200], whole[:-30]):
        path.write_bytes(content)
        with pytest.raises(ModelRefused, match=r"reference\.npz holds no reference galaxies"):
            r.read_reference(path, "abc")


def test_pickled_objects_are_refused(tmp_path):
    path = tmp_path / r.REFERENCE_FILE
    np.savez(path, identifiers=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ModelRefused, match="holds no reference galaxies"):
        r.read_reference(path, "abc")


def test_what_would_unpack_to_too_much_is_refused_unread(tmp_path):
    path = tmp_path / r.REFERENCE_FILE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("places.npy", bytes(r.MOST_BYTES + 1))
    with pytest.raises(ModelRefused, match="no reference takes as many"):
        r.read_reference(path, "abc")
