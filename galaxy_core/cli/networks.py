"""What makes and keeps networks: models, train, second-opinion, adopt.

Imports TensorFlow only in the commands that need a network, so that ``--help`` and ``models``
answer at once. Every command is a function elsewhere.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from galaxy_core.cli.command import (
    Commands,
    add_choice_of_labels,
    add_labelled_folder,
    listed,
    with_network,
)
from galaxy_core.cnn.store import DEFAULT_MODEL, ModelStore
from galaxy_core.settings import Settings


def add_commands(commands: Commands) -> None:
    """Tell the parser of these commands."""
    _add_models(commands)
    _add_train(commands)
    _add_second_opinion(commands)
    _add_adopt(commands)


def _add_models(commands: Commands) -> None:
    command = commands.add_parser("models", help="the networks of the store")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=_models)


def _models(options: argparse.Namespace, settings: Settings) -> int:
    for entry in ModelStore.from_settings(settings).models():
        card = entry.card
        if options.json:
            fields = {
                "name": card.name,
                "title": card.title,
                "parameters": card.parameters,
                "shipped": entry.shipped,
                "folder": str(entry.folder),
            }
            print(json.dumps(fields))
        else:
            kind = "shipped" if entry.shipped else "trained here"
            print(f"{card.name:<16} {card.parameters:>10,} parameters  {kind}  {card.summary}")
    return 0


def _add_train(commands: Commands) -> None:
    command = commands.add_parser("train", help="train a network into the store")
    add_labelled_folder(command)
    command.add_argument("--name", help="name in the store; the architecture's if not given")
    command.add_argument("--architecture", default=DEFAULT_MODEL, help="teaching or research")
    add_choice_of_labels(command)
    command.add_argument("--second-opinion", type=Path, help="list that second-opinion wrote")
    command.add_argument("--epochs", type=int, help="as the architecture's plan if not given")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--store", type=Path, help="folder to write to, if not the data dir's")
    command.set_defaults(run=with_network(_train))


def _train(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.plan import plan_for
    from galaxy_core.training.run import TrainingData, train_into_store
    from galaxy_core.training.terminal import TerminalProgress

    data = TrainingData(
        options.data,
        options.labels,
        listed(options.sources),
        listed(options.tiers),
        options.second_opinion,
    )
    plan = plan_for(
        options.architecture, name=options.name, epochs=options.epochs, seed=options.seed
    )
    store_folder = options.store or settings.data_dir / "models"
    train_into_store(
        data,
        plan,
        runs_folder=settings.data_dir / "runs",
        store_folder=store_folder,
        progress=TerminalProgress(),
    )
    print(f"Wrote {store_folder / plan.name}")
    return 0


def _add_second_opinion(commands: Commands) -> None:
    command = commands.add_parser(
        "second-opinion", help="weigh labels against networks that never saw them, to train on"
    )
    add_labelled_folder(command)
    add_choice_of_labels(command)  # whose labels the networks learn, fold by fold
    command.add_argument(
        "--others", required=True, help="sources they are asked about only, comma-separated"
    )
    command.add_argument("--epochs", type=int, help="as the research network's if not given")
    command.add_argument("--seed", type=int, default=11)
    command.add_argument("--out", type=Path, required=True, help="CSV to write")
    command.set_defaults(run=with_network(_second_opinion))


def _second_opinion(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.cross_fit import cross_fitted_targets
    from galaxy_core.training.plan import plan_for
    from galaxy_core.training.run import TrainingData
    from galaxy_core.training.second_opinion import write_targets
    from galaxy_core.training.terminal import TerminalProgress

    sources, tiers = listed(options.sources), listed(options.tiers)
    plan = plan_for("research", name="cross-fit", epochs=options.epochs, seed=options.seed)
    targets = cross_fitted_targets(
        TrainingData(options.data, options.labels, sources, tiers),
        listed(options.others),
        plan,
        settings.data_dir / "runs" / plan.name,
        on_stage=TerminalProgress().stage,
    )
    write_targets(targets, options.out)
    spirals = sum(target >= 0.5 for target in targets.values())
    print(f"Wrote {options.out}: {len(targets):,} pictures, {spirals:,} of them spirals")
    return 0


def _add_adopt(commands: Commands) -> None:
    command = commands.add_parser("adopt", help="put a .keras file of your own into the store")
    command.add_argument("file", type=Path, metavar="FILE", help="a classifier, saved by Keras 3")
    command.add_argument("--name", required=True, help="name in the store")
    command.set_defaults(run=_adopt)


def _adopt(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.adoption.adopt import adopt

    store = ModelStore.from_settings(settings)
    card = adopt(options.file, name=options.name, store=store)
    print(f"Wrote {store.trained / card.name}: {card.parameters:,} parameters. {card.summary}")
    return 0
