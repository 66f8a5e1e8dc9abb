"""The model store: a folder a network, with ``model.keras``, ``card.json``, ``reference.npz``.

Shipped networks lie in ``galaxy_core/models``, trained ones under the data dir. Lists and
reads cards without TensorFlow; loading the weights is ``classifier.load_classifier``.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from galaxy_core.cnn.card import CARD_FILE, ModelCard, read_card
from galaxy_core.cnn.reference import REFERENCE_FILE
from galaxy_core.errors import ModelError, ModelNotFound, ModelRefused
from galaxy_core.settings import Settings

SHIPPED_FOLDER = Path(__file__).parents[1] / "models"
WEIGHTS_FILE = "model.keras"
DEFAULT_MODEL = "teaching"
_BIN = ".deleted"  # no name of a network begins with a dot
MOST_DELETED = 5
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One entry of the store.

    Parameters
    ----------
    card : ModelCard
        What it is.
    folder : Path
        Where its files lie.
    shipped : bool
        Whether it came with the app; shipped networks are never changed or deleted.
    """

    card: ModelCard
    folder: Path
    shipped: bool

    @property
    def weights_path(self) -> Path:
        """Where the network lies."""
        return self.folder / WEIGHTS_FILE

    @property
    def reference_path(self) -> Path:
        """Where its training galaxies' features lie, if it has them."""
        return self.folder / REFERENCE_FILE


@dataclass(frozen=True, slots=True)
class ModelStore:
    """All networks the app knows, the shipped ones first.

    Parameters
    ----------
    shipped, trained : Path
        The two folders of model folders; neither need exist.
    """

    shipped: Path
    trained: Path

    @classmethod
    def from_settings(cls, settings: Settings) -> ModelStore:
        """Return the store of this installation."""
        return cls(SHIPPED_FOLDER, settings.data_dir / "models")

    def models(self) -> tuple[StoredModel, ...]:
        """Return every readable entry: the default first, then shipped, then by name.

        Folders whose card cannot be read are left out: one damaged entry must not take
        the others with it. ``find`` says what is wrong with it.
        """
        found: dict[str, StoredModel] = {}
        for root, shipped in ((self.shipped, True), (self.trained, False)):
            for card_path in sorted(root.glob(f"*/{CARD_FILE}")):
                try:
                    entry = StoredModel(read_card(card_path), card_path.parent, shipped)
                except ModelError:
                    continue
                found.setdefault(card_path.parent.name, entry)
        order = sorted(found, key=lambda n: (n != DEFAULT_MODEL, not found[n].shipped, n))
        return tuple(found[name] for name in order)

    def check_free(self, name: str) -> None:
        """Do nothing where a new network may have that name.

        Raises
        ------
        ModelRefused
            If it is taken, or no name: up to 64 letters, digits, ``-`` and ``_``.
        """
        if not _NAME.fullmatch(name):
            raise ModelRefused(
                f"A model's name is up to 64 letters, digits, - and _; got {name[:80]!r}."
            )
        if any((root / name).exists() for root in (self.shipped, self.trained)):
            raise ModelRefused(f"There is a network named {name!r} already.")

    def delete(self, name: str) -> None:
        """Put a network that did not come with the app aside; the last ones can be restored.

        Raises
        ------
        ModelNotFound
            If there is none of that name.
        ModelRefused
            If it came with the app.
        """
        entry = self.find(name)
        if entry.shipped:
            raise ModelRefused(f"{name!r} came with the app and stays.")
        bin_folder = self.trained / _BIN
        bin_folder.mkdir(exist_ok=True)
        shutil.rmtree(bin_folder / name, ignore_errors=True)  # one of that name before it
        entry.folder.rename(bin_folder / name)
        (bin_folder / name).touch()  # deleted now
        for old in self.deleted()[MOST_DELETED:]:
            shutil.rmtree(bin_folder / old, ignore_errors=True)

    def deleted(self) -> tuple[str, ...]:
        """Return the names of networks that can be brought back, the last deleted first."""
        cards = (self.trained / _BIN).glob(f"*/{CARD_FILE}")
        folders = sorted((c.parent for c in cards), key=lambda f: -f.stat().st_mtime_ns)
        return tuple(folder.name for folder in folders)

    def restore(self, name: str) -> None:
        """Bring back a network that was deleted.

        Raises
        ------
        ModelNotFound
            If none of that name was, or it is gone for good by now.
        ModelRefused
            If another network has that name now.
        """
        if name not in self.deleted():
            raise ModelNotFound(f"No network named {name!r} can be brought back.")
        self.check_free(name)
        (self.trained / _BIN / name).rename(self.trained / name)

    def find(self, name: str) -> StoredModel:
        """Return the entry of that name.

        Raises
        ------
        ModelNotFound
            If there is none; the message lists those there are.
        ModelRefused
            If its card cannot be read.
        """
        if name and name == Path(name).name and name not in (".", ".."):
            for root, shipped in ((self.shipped, True), (self.trained, False)):
                path = root / name / CARD_FILE
                if path.is_file():
                    return StoredModel(read_card(path), path.parent, shipped)
        known = ", ".join(entry.card.name for entry in self.models()) or "none"
        raise ModelNotFound(f"There is no model named {name!r}. In the store: {known}.")
