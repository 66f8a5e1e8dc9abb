"""Check a stranger's ``.keras`` file, try it in a process with limits, put it into the store.

The entry holds the network as pages can look into it (``cnn.flat``) and a card that claims
nothing that was not found out here. Loads no network itself.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from galaxy_core import __version__
from galaxy_core.adoption.keras_file import LIMITS, check_keras_file
from galaxy_core.cnn.card import CARD_FILE, ModelCard, write_card
from galaxy_core.cnn.store import WEIGHTS_FILE, ModelStore
from galaxy_core.errors import ModelRefused
from galaxy_core.framing import CROP_RADII
from galaxy_core.intake import display_name
from galaxy_core.limited_process import ProcessLimits, bare_environment, limited_command

_MEASURED = ("parameters", "architecture", "convolution_layers", "input_size_px", "evidence_scale")


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """What loading and running a stranger's network may take.

    Parameters
    ----------
    memory_bytes : int
        Address space, TensorFlow included (about 1.5 GB of it).
    wall_s : float
        Time; starting TensorFlow is most of it.
    """

    memory_bytes: int = 3 * 1024**3
    wall_s: float = 240.0


def adopt(
    path: Path,
    *,
    name: str,
    store: ModelStore,
    shown: str = "",
    limits: TrialLimits | None = None,
) -> ModelCard:
    """Put a network into the store and return its card.

    Parameters
    ----------
    path : Path
        A ``.keras`` file with one colour picture as input and one sigmoid or a two-class
        softmax (the second being spiral) as output.
    name : str
        In the store; free.
    store : ModelStore
        Where to put it.
    shown : str
        What its owner calls the file; its name if not given.
    limits : TrialLimits, optional
        What trying it may take.

    Raises
    ------
    ModelRefused
        If the name or the file cannot be used; one sentence says why.
    """
    shown = display_name(shown or path.name)
    store.check_free(name)
    store.trained.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.trained, prefix=".new-") as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        came, weights = Path(scratch) / "as-it-came.keras", folder / WEIGHTS_FILE
        _copy(path, came, shown)
        check_keras_file(came, shown=shown)
        found = _try(came, weights, shown, limits or TrialLimits())
        check_keras_file(weights, shown=shown)  # what that process wrote is a stranger's as well
        card = _card(name, shown, weights, found | {"file_sha256": _sha256(came)})
        write_card(card, folder / CARD_FILE)
        try:
            folder.rename(store.trained / name)
        except OSError as error:  # somebody was faster
            raise ModelRefused(f"There is a network named {name!r} already.") from error
    return card


def _copy(path: Path, target: Path, shown: str) -> None:
    """Copy first and judge the copy, which nobody changes any more."""
    try:
        if path.stat().st_size > LIMITS.file_bytes:
            most = LIMITS.file_bytes // 10**6
            raise ModelRefused(f"{shown} is refused: it is over {most} MB.")
        shutil.copyfile(path, target)
    except OSError as error:
        raise ModelRefused(f"{shown} cannot be read: {error.strerror or error}.") from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _try(came: Path, weights: Path, shown: str, limits: TrialLimits) -> dict[str, Any]:
    allowed = ProcessLimits(limits.memory_bytes, int(limits.wall_s), LIMITS.file_bytes)
    threads = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    try:
        done = subprocess.run(
            limited_command(
                "galaxy_core.adoption.trial", [str(came), shown, str(weights)], allowed
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_s,
            env=bare_environment() | threads | {"TF_CPP_MIN_LOG_LEVEL": "3"},
            check=False,
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(
            f"{shown} is refused: loading and running it took over {limits.wall_s:g} s."
        ) from error
    except ValueError as error:  # the process ended without an answer
        raise ModelRefused(
            f"{shown} is refused: it ended the process that loaded it; it is damaged, or needs "
            "too much memory."
        ) from error
    if "refused" in found:
        raise ModelRefused(found["refused"])
    return dict(found)


def _card(name: str, shown: str, weights: Path, found: dict[str, Any]) -> ModelCard:
    own = {key: found[key] for key in _MEASURED}
    size = found["input_size_px"]
    levels = "0 to 255, as it wants" if found["takes_bytes"] else "0 to 1"
    shows = len(found["convolution_layers"])
    every = found["convolutions"]
    some = "" if shows == every else f" Of its {every} convolution layers {shows} are shown."
    return ModelCard(
        **own | {"convolution_layers": tuple(found["convolution_layers"])},
        name=name,
        title=name.replace("_", " ").capitalize(),
        summary=f"Brought along as {shown}; not calibrated and not measured here.{some}",
        framing=f"As for the app's own networks: the central galaxy in a square of {CROP_RADII} × "
        f"the radius that holds 95% of its light, resampled to {size} × {size} pixels, sky "
        f"subtracted, divided by its 99.5th percentile, clipped and scaled to {levels}.",
        training={
            "adopted_file": shown,
            "file_sha256": found["file_sha256"],
            "keras_version_of_file": found["keras_version"],
        },
        versions={
            "automated_astronomer": __version__,
            "python": platform.python_version(),
            "keras": version("keras"),
        },
        licence="not stated",
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        weights_sha256=_sha256(weights),
    )
