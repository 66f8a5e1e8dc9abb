"""What the commands share: the parser's type, labelled folders, and lists in one argument."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from galaxy_core.training.dataset import LabelledImage

    # The type that ``add_subparsers`` returns has no public name.
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = Any  # it cannot be subscripted when it runs


def add_labelled_folder(
    command: argparse.ArgumentParser, *, what: str = "labelled folder"
) -> None:
    """Give a command the options that ``labelled_images`` reads."""
    command.add_argument("--data", type=Path, required=True, help=what)
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")


def add_choice_of_labels(command: argparse.ArgumentParser) -> None:
    """Give a command the options that choose among labelled galaxies; ``listed`` reads them."""
    command.add_argument("--sources", default="", help="only these sources, comma-separated")
    command.add_argument("--tiers", default="", help="only these label tiers, comma-separated")


def labelled_images(options: argparse.Namespace) -> tuple[LabelledImage, ...]:
    """Return the labelled pictures of the folder that the options name."""
    from galaxy_core.training.dataset import read_labelled_images

    return read_labelled_images(options.data, labels=options.labels)


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated argument."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
