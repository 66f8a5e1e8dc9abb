"""Metrics are added to a card as it is now, and never to that of other weights."""

from dataclasses import replace

import pytest

from galaxy_core.cnn.card import read_card, write_card
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import TrainingError
from galaxy_core.training.remeasured import add_metrics
from tests.training.test_evaluate import CARD


def test_what_others_measured_meanwhile_stays(tmp_path):
    stored = StoredModel(CARD, tmp_path, shipped=False)
    write_card(replace(CARD, metrics={"strangeness": 1, "auc": 0.5}), tmp_path / "card.json")
    card = add_metrics(stored, {"auc": 0.9})
    assert card.metrics == {"strangeness": 1, "auc": 0.9}
    assert read_card(tmp_path / "card.json") == card


def test_a_network_trained_anew_meanwhile_keeps_its_card(tmp_path):
    write_card(replace(CARD, weights_sha256="new"), tmp_path / "card.json")
    before = (tmp_path / "card.json").read_text()
    with pytest.raises(TrainingError, match="weights of 'tiny' changed while they were measured"):
        add_metrics(StoredModel(CARD, tmp_path, shipped=False), {"auc": 0.9})
    assert (tmp_path / "card.json").read_text() == before
