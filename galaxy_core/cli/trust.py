"""What tells how far to trust answers and explanations: refer, plausibility, rank.

Imports TensorFlow only in the commands that need a network, so that ``--help`` and ``models``
answer at once. Every command is a function elsewhere.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from galaxy_core.cli.command import (
    Commands,
    add_labelled_folder,
    labelled_images,
    listed,
    with_network,
)
from galaxy_core.cnn.store import DEFAULT_MODEL, ModelStore
from galaxy_core.settings import Settings


def add_commands(commands: Commands) -> None:
    """Tell the parser of these commands."""
    _add_refer(commands)
    _add_plausibility(commands)
    _add_rank(commands)


def _add_refer(commands: Commands) -> None:
    command = commands.add_parser(
        "refer", help="what a network trusts: its training galaxies, and what it refuses, measured"
    )
    add_labelled_folder(command, what="labelled folder it learnt from")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--store", type=Path, help="folder of the networks, if not the app's")
    command.add_argument("--strangers", type=int, default=1560, help="pictures of no galaxy")
    command.add_argument("--seed", type=int, default=1, help="of those pictures")
    command.set_defaults(run=with_network(_refer))


def _refer(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.refer import refer
    from galaxy_core.training.terminal import TerminalProgress

    store = ModelStore.from_settings(settings)
    if options.store is not None:
        store = ModelStore(options.store, options.store)
    stored = store.find(options.model)
    card = refer(
        stored,
        labelled_images(options),
        strangers=options.strangers,
        seed=options.seed,
        on_stage=TerminalProgress().stage,
    )
    print(f"Wrote {stored.reference_path}")
    _print_shares(card.metrics["strangeness"], ("false_alarms", "catch", "catch_held_out"))
    return 0


def _add_plausibility(commands: Commands) -> None:
    command = commands.add_parser(
        "plausibility", help="fit anew what tells galaxies from other pictures; then refer anew"
    )
    add_labelled_folder(command)
    command.add_argument("--out", type=Path, help="JSON file, if not the shipped one")
    command.add_argument("--galaxies", type=int, default=150, help="of each source and morphology")
    command.add_argument("--strangers", type=int, default=3300, help="pictures of no galaxy")
    command.add_argument("--seed", type=int, default=501)
    command.set_defaults(run=with_network(_plausibility))


def _plausibility(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.morphology.plausibility import SHIPPED
    from galaxy_core.training.refit import refit_strangeness
    from galaxy_core.training.terminal import TerminalProgress

    progress, path = TerminalProgress(), options.out or SHIPPED
    fitted = refit_strangeness(
        labelled_images(options),
        path,
        most_per_class=options.galaxies,
        strangers=options.strangers,
        seed=options.seed,
        on_picture=lambda done, total: progress.stage("Looking at galaxies", done, total),
    )
    print(f"Wrote {path}")
    _print_shares(fitted.report, ("false_alarms", "catch_of_kinds_left_out"))
    return 0


def _print_shares(measured: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        share = measured[name]
        if share["value"] is not None:
            print(
                f"{name.replace('_', ' '):<24} {share['value']:.2%} "
                f"({share['low']:.2%} to {share['high']:.2%}) of {share['count']:,}"
            )


def _add_rank(commands: Commands) -> None:
    command = commands.add_parser(
        "rank", help="which explanation methods deserve belief for a network, over a sample"
    )
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument(
        "--galaxies", type=int, default=40, help="simulated, half of them spirals"
    )
    command.add_argument("--folder", type=Path, help="real galaxies as well, of this folder")
    command.add_argument("--real", type=int, default=24, help="how many of them")
    command.add_argument("--methods", default="", help="only these, comma-separated")
    command.add_argument("--layers", default="", help="only these, comma-separated")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--json", action="store_true", help="print the JSON as well")
    command.add_argument(
        "--beside", action="store_true", help="keep it beside the network, to come with it"
    )
    command.set_defaults(run=with_network(_rank))


def _rank(options: argparse.Namespace, settings: Settings) -> int:
    from tqdm import tqdm

    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.explain.methods import METHODS, find_method
    from galaxy_core.explain.network import Network
    from galaxy_core.explain.ranking import rank_methods
    from galaxy_core.explain.ranking_files import beside_path, ranking_path, write_ranking
    from galaxy_core.explain.ranking_samples import real_samples, simulated_samples

    methods = [find_method(key).key for key in listed(options.methods)] or list(METHODS)
    stored = ModelStore.from_settings(settings).find(options.model)
    network = Network(load_classifier(stored))
    samples = simulated_samples(network, count=options.galaxies, seed=options.seed)
    if options.folder is not None:
        samples += real_samples(network, options.folder, count=options.real)
    with tqdm(desc="Ranking", unit=" maps", file=sys.stderr) as bar:

        def tell(done: int, total: int, what: str) -> None:
            bar.total = total
            bar.set_postfix_str(what, refresh=False)
            bar.update(done - bar.n)

        ranking = rank_methods(
            network,
            samples,
            methods=methods,
            layers=listed(options.layers) or None,
            seed=options.seed,
            progress=tell,
        )
    path = beside_path(stored) if options.beside else ranking_path(stored, settings.data_dir)
    write_ranking(ranking, path)
    print(f"Over {ranking.sample()}:", file=sys.stderr)
    for score in ranking.scores:
        print(f"{score.layer or 'input':<16} {score.sentence()}", file=sys.stderr)
    print(ranking.to_json() if options.json else f"Wrote {path}")
    return 0
