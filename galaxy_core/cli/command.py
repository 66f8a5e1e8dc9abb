"""What the commands share: their types, TensorFlow, labelled folders, lists in one argument."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from galaxy_core.cnn.tensorflow_start import import_tensorflow
from galaxy_core.settings import Settings

if TYPE_CHECKING:
    from galaxy_core.training.dataset import LabelledImage

    # The type that ``add_subparsers`` returns has no public name.
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = Any  # it cannot be subscripted when it runs

Run: TypeAlias = Callable[[argparse.Namespace, Settings], int]


def with_network(run: Run) -> Run:
    """Return a command that needs TensorFlow as one that imports it first, in silence."""

    def imported_first(options: argparse.Namespace, settings: Settings) -> int:
        import_tensorflow()
        return run(options, settings)

    return imported_first


def add_labelled_folder(
    command: argparse.ArgumentParser, *, what: str = "labelled folder"
) -> None:
    """Give a command the options that ``labelled_images`` reads."""
    command.add_argument("--data", type=Path, required=True, help=what)
    command.add_argument(
        "--labels",
        type=Path,
        help="CSV, if not labels.csv in that folder; columns like file,spiral or filename,class",
    )


def add_choice_of_labels(command: argparse.ArgumentParser) -> None:
    """Give a command the options that choose among labelled galaxies; ``listed`` reads them."""
    command.add_argument("--sources", default="", help="only these sources, comma-separated")
    command.add_argument("--tiers", default="", help="only these label tiers, comma-separated")


def labelled_images(options: argparse.Namespace) -> tuple[LabelledImage, ...]:
    """Return the labelled pictures that the options name, and say how labels were understood.

    A table given as ``--data`` stands in the folder that its pictures are relative to.
    """
    from galaxy_core.training.dataset import read_labelled_folder

    root, labels = options.data, options.labels
    if labels is None and root.is_file():
        root, labels = root.parent, root
    folder = read_labelled_folder(root, labels=labels)
    print(folder.understood, file=sys.stderr)
    return folder.images


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated argument."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
