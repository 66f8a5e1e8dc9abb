"""Where the ranking of methods of a network is kept, and how it is found again.

Beside the network (``ranking.json`` in its folder, for shipped ones), or in the data dir under
the network's name and the start of its weights' hash. A ranking names the hash of its weights, so
a retrained network does not inherit the one before's. Measures nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.ranking_scores import MethodRanking, ranking_from_json

BESIDE = "ranking.json"
FOLDER = "rankings"
_HASH_CHARACTERS = 12


def ranking_path(stored: StoredModel, data_dir: Path) -> Path:
    """Return the file in the data dir that holds the ranking of a network."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", stored.card.name)
    return data_dir / FOLDER / f"{name}-{stored.card.weights_sha256[:_HASH_CHARACTERS]}.json"


def beside_path(stored: StoredModel) -> Path:
    """Return the file that holds the ranking of a network where it comes with the network."""
    return stored.folder / BESIDE


def write_ranking(ranking: MethodRanking, path: Path) -> Path:
    """Write a ranking and return its file; folders are made as needed.

    Raises
    ------
    ExplanationError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ranking.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise ExplanationError(f"The ranking cannot be written to {path}: {error}") from error
    return path


def find_ranking(stored: StoredModel, data_dir: Path) -> MethodRanking | None:
    """Return the ranking of a network, the data dir's before the shipped one; None if none.

    One that was measured on other weights is none.

    Raises
    ------
    ExplanationError
        If the file is there but is no ranking.
    """
    for path in (ranking_path(stored, data_dir), beside_path(stored)):
        if path.is_file():
            try:
                found = ranking_from_json(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise ExplanationError(f"{path} cannot be read: {error}") from error
            if found.weights_sha256 == stored.card.weights_sha256:
                return found
    return None
