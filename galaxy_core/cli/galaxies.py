"""What is done with galaxies: classify, inspect, fetch.

Imports TensorFlow only in the commands that need a network, so that ``--help`` and ``models``
answer at once. Every command is a function elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from galaxy_core.cli.command import Commands, with_network
from galaxy_core.cnn.store import DEFAULT_MODEL, ModelStore
from galaxy_core.errors import NameNotResolved
from galaxy_core.settings import Settings

_LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".lst", ".vot", ".xml", ".votable")


def add_commands(commands: Commands) -> None:
    """Tell the parser of these commands."""
    _add_classify(commands)
    _add_inspect(commands)
    _add_fetch(commands)


def _add_classify(commands: Commands) -> None:
    command = commands.add_parser(
        "classify", help="the probability that each galaxy is a spiral, one line a file"
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture or FITS file; - reads")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument(
        "--nearest", action="store_true", help="with --json: the most similar training galaxies"
    )
    command.set_defaults(run=with_network(_classify))


def _classify(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.cnn.pipeline import classify_paths

    classifier = load_classifier(ModelStore.from_settings(settings).find(options.model))
    failed = False
    for line in classify_paths(_paths(options.paths), classifier):
        failed |= line.error is not None
        if options.json:
            more = {"nearest": line.nearest_json()} if options.nearest else {}
            print(json.dumps(line.to_json() | more), flush=True)
        elif line.answer is None:
            print(f"{_on_one_line(line.path)}: {line.error}", flush=True)
        else:
            low, high = line.answer.probability_range
            print(
                f"{_on_one_line(line.path)}: {line.answer.verdict}, spiral "
                f"{line.answer.probability_spiral:.0%} ({low:.0%} to {high:.0%} over rotations "
                f"and flips){''.join(' ' + w for w in line.warnings)}",
                flush=True,
            )
    return int(failed)


def _paths(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the paths, reading standard input, a path a line, where one is ``-``."""
    for argument in arguments:
        if argument == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        else:
            yield argument


def _on_one_line(path: str) -> str:
    """Escape what would break the line, or what no terminal can print, in a stranger's name."""
    return path if path.isprintable() else ascii(path)[1:-1]


def _add_inspect(commands: Commands) -> None:
    command = commands.add_parser(
        "inspect", help="the evidence and the feature maps of each galaxy, as PNG and NPZ"
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture or FITS file; - reads")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--out", type=Path, default=Path(), help="folder to write to")
    command.set_defaults(run=with_network(_inspect))


def _inspect(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.explain.files import inspect_paths

    classifier = load_classifier(ModelStore.from_settings(settings).find(options.model))
    failed = False
    for line in inspect_paths(_paths(options.paths), classifier, options.out):
        failed |= line.error is not None
        print(json.dumps(line.to_json()), flush=True)
    return int(failed)


def _add_fetch(commands: Commands) -> None:
    command = commands.add_parser(
        "fetch", help="pictures of galaxies from a survey, with a CSV of where they are from"
    )
    command.add_argument(
        "targets", nargs="*", metavar="TARGET", help="name, position, objid or file of them"
    )
    command.add_argument(
        "--list", type=Path, metavar="FILE", help="more of them: lines, CSV, VOTable; - reads"
    )
    command.add_argument("--out", type=Path, required=True, help="folder; a second run goes on")
    command.add_argument("--survey", default="sdss", help="key of the survey, or hips:IDENTIFIER")
    command.add_argument("--size", type=float, metavar="ARCSEC", help="each its own if not given")
    command.add_argument("--pixels", type=int, default=256, help="side of the pictures")
    command.add_argument("--format", choices=("jpg", "fits"), default="jpg")
    command.add_argument("--at-once", type=int, default=8, help="galaxies under way together")
    command.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace, settings: Settings) -> int:
    # Imported here: astropy costs seconds that other commands need not pay.
    from galaxy_core.archives import FetchPlan, FetchProgress, ImageFormat, fetch_to_folder

    targets = [one for target in options.targets for one in _named_targets(target)]
    targets += _listed_targets(options.list)
    if not targets:
        print("Nothing to fetch: name galaxies, or a --list of them.", file=sys.stderr)
        return 2

    def report(progress: FetchProgress) -> None:
        line = progress.last
        if line is None:
            print(f"{progress.skipped} of {progress.total} were there already.", file=sys.stderr)
        else:
            ended = f"{line.error_type}: {line.error}" if line.error_type else line.file
            print(
                f"{progress.done}/{progress.total}, {progress.per_s:.1f}/s, {progress.failed} "
                f"failed  {_on_one_line(line.target)}: {ended}",
                file=sys.stderr,
            )

    plan = FetchPlan(
        targets,
        survey=options.survey,
        size_arcsec=options.size,
        size_px=options.pixels,
        image_format=ImageFormat(options.format),
        concurrency=max(1, options.at_once),
    )
    progress = fetch_to_folder(plan, options.out, settings=settings, on_progress=report)
    print(
        f"{options.out}: {progress.fetched} fetched, {progress.skipped} there already, "
        f"{progress.failed} failed; provenance.csv says where each is from."
    )
    return int(progress.failed > 0)


def _named_targets(target: str) -> list[str]:
    """Return what a target names: itself, or what stands in the file of that path."""
    path = Path(target)
    looks_like_one = len(path.parts) > 1 or path.suffix.lower() in _LIST_SUFFIXES
    try:
        is_file = looks_like_one and path.is_file()
    except (OSError, ValueError):  # too long for a path, or a zero byte
        is_file = False
    return _listed_targets(path) if is_file else [target]


def _listed_targets(path: Path | None) -> list[str]:
    """Return what a list names; from standard input where it is ``-``."""
    from galaxy_core.archives import read_list
    from galaxy_core.archives.lists import MOST_BYTES

    if path is None:
        return []
    if str(path) == "-":
        return read_list(sys.stdin.buffer.read(MOST_BYTES + 1))
    try:
        with path.open("rb") as file:
            return read_list(file.read(MOST_BYTES + 1))
    except OSError as cause:
        raise NameNotResolved(f"{path} cannot be read: {cause.strerror}.") from cause
