"""The command line: argument parsing and printing. One module a group of commands."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Sequence

from galaxy_core.cli import galaxies, measure, networks, trust
from galaxy_core.errors import GalaxyError
from galaxy_core.settings import Settings

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 fine, 1 something failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    _take_any_name()
    try:
        status: int = options.run(options, Settings.from_environment())
    except GalaxyError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return status


def _take_any_name() -> None:
    """Let no name or sentence end a command that a terminal, or its encoding, cannot express.

    And leave out what Pillow remarks on broken notes in pictures: what matters is in the answer.
    """
    for stream, errors in (
        (sys.stdin, "surrogateescape"),  # as the names of files come in arguments
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    warnings.filterwarnings("ignore", module="PIL")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m galaxy_core",
        description="How probable is it that a galaxy is a spiral, and why?",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (galaxies, networks, measure, trust):
        group.add_commands(commands)
    return parser
