"""Which galaxies are compared: none is learnt from and asked about, and labels are believed."""

import pytest

from galaxy_core.errors import DatasetError
from galaxy_core.training.compare.galaxies import choose_galaxies
from galaxy_core.training.dataset import Part, read_labelled_images
from tests.training.compare.conftest import KINDS, write_labels


@pytest.fixture(scope="module")
def galaxies(tmp_path_factory):
    folder = write_labels(tmp_path_factory.mktemp("labels"), each=100)
    return choose_galaxies(read_labelled_images(folder))


def test_no_galaxy_is_learnt_from_and_asked_about(galaxies):
    typed = galaxies.learning[0]
    learnt = {image.group for image in typed.train + typed.validation}
    assert learnt.isdisjoint(image.group for image in galaxies.tested)
    voted = galaxies.learning[1]
    reverse = {image.group for image in voted.train + voted.validation}
    assert reverse.isdisjoint(image.group for image in galaxies.typed_test)


def test_an_object_in_both_collections_stays_on_its_side(tmp_path):
    folder = write_labels(tmp_path, each=60)
    text = (folder / "labels.csv").read_text()
    learnt = next(
        image.object_id
        for image in read_labelled_images(folder)
        if image.source == "ngc" and image.part is Part.VALIDATION
    )
    (folder / "labels.csv").write_text(text + f'other.png,gz1,{learnt},1,A,"spiral, clockwise",\n')
    galaxies = choose_galaxies(read_labelled_images(folder))
    assert learnt not in {image.object_id for image in galaxies.voted_spirals}
    assert learnt in {image.object_id for image in galaxies.learning[0].validation}


def test_both_collections_teach_with_as_many_galaxies(galaxies):
    typed, voted = galaxies.learning
    assert abs(len(typed.train) - len(voted.train)) <= 1 + 0.1 * len(typed.train)
    assert {image.spiral for image in voted.train} == {0, 1}


def test_only_labels_worth_believing_are_asked_about(galaxies):
    assert {image.attributes["label"] for image in galaxies.voted_edge_on} == {"edge-on disc"}
    assert {image.spiral for image in galaxies.voted_edge_on} == {1}
    assert {image.attributes["gz2_class"] for image in galaxies.voted_ellipticals} == {"Er"}
    assert {image.part for image in galaxies.typed_test} == {Part.TEST}


def test_nobody_is_asked_about_a_training_part_that_shipped_networks_may_have_seen(galaxies):
    assert Part.TRAIN not in {image.part for image in galaxies.tested}


def test_a_limit_holds_for_every_class(tmp_path):
    galaxies = choose_galaxies(read_labelled_images(write_labels(tmp_path, each=100)), limit=5)
    for images in (galaxies.typed_test, *(own.train for own in galaxies.learning)):
        assert sum(image.spiral == 1 for image in images) == 5
        assert sum(image.spiral == 0 for image in images) == 5
    assert len(galaxies.voted_edge_on) == 5


def test_a_folder_without_the_second_collection_is_refused_in_words(tmp_path):
    folder = write_labels(tmp_path, kinds=[kind for kind in KINDS if kind[0] == "ngc"])
    with pytest.raises(DatasetError, match="sources 'ngc' and 'gz1'; the train part of 'gz1' has"):
        choose_galaxies(read_labelled_images(folder))
