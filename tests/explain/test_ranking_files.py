"""A ranking is found by the network it was measured on, and by no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.ranking_files import (
    BESIDE,
    beside_path,
    find_ranking,
    ranking_path,
    write_ranking,
)
from galaxy_core.explain.ranking_scores import Estimate, MethodRanking, MethodScore


def stored(folder: Path, sha: str = "a" * 64) -> StoredModel:
    card = ModelCard(
        name="tiny",
        title="Tiny",
        summary="",
        architecture="tiny",
        parameters=1,
        input_size_px=64,
        convolution_layers=("Conv",),
        framing="galaxy",
        weights_sha256=sha,
    )
    return StoredModel(card=card, folder=folder, shipped=False)


def ranking(galaxies: int, sha: str = "a" * 64) -> MethodRanking:
    one = Estimate(1.0, 0.5, 1.5, galaxies)
    score = MethodScore("edges", "", {"gap": one}, one, 0)
    return MethodRanking("tiny", galaxies, 3, (score,), sha)


def test_written_ranking_is_found_again(tmp_path):
    write_ranking(ranking(9), ranking_path(stored(tmp_path), tmp_path))
    assert find_ranking(stored(tmp_path), tmp_path) == ranking(9)


def test_retrained_network_does_not_inherit_a_ranking(tmp_path):
    write_ranking(ranking(9), ranking_path(stored(tmp_path), tmp_path))
    assert find_ranking(stored(tmp_path, sha="b" * 64), tmp_path) is None


def test_ranking_of_the_data_dir_goes_before_the_shipped_one(tmp_path):
    (tmp_path / BESIDE).write_text(ranking(5).to_json(), encoding="utf-8")
    assert find_ranking(stored(tmp_path), tmp_path) == ranking(5)
    write_ranking(ranking(9), ranking_path(stored(tmp_path), tmp_path))
    assert find_ranking(stored(tmp_path), tmp_path) == ranking(9)


def test_a_ranking_that_came_with_other_weights_is_not_shown(tmp_path):
    write_ranking(ranking(5, sha="b" * 64), beside_path(stored(tmp_path)))
    assert find_ranking(stored(tmp_path), tmp_path) is None
    write_ranking(ranking(5), beside_path(stored(tmp_path)))
    assert find_ranking(stored(tmp_path), tmp_path) == ranking(5)


def test_damaged_ranking_is_refused_in_words(tmp_path):
    path = ranking_path(stored(tmp_path), tmp_path)
    path.parent.mkdir()
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ExplanationError, match="This is no ranking of methods"):
        find_ranking(stored(tmp_path), tmp_path)


def test_name_of_a_network_never_leaves_the_folder(tmp_path):
    evil = stored(tmp_path)
    evil = replace(evil, card=replace(evil.card, name="../../evil"))
    assert ranking_path(evil, tmp_path).parent == tmp_path / "rankings"
