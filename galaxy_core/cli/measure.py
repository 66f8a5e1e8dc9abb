"""What measures networks: evaluate, compare.

Imports TensorFlow only in the commands that need a network, so that ``--help`` and ``models``
answer at once. Every command is a function elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galaxy_core.cli.command import (
    Commands,
    add_choice_of_labels,
    add_labelled_folder,
    labelled_images,
    listed,
    with_network,
)
from galaxy_core.cnn.store import DEFAULT_MODEL, SHIPPED_FOLDER, ModelStore
from galaxy_core.settings import Settings

if TYPE_CHECKING:
    from galaxy_core.cnn.classifier import Classifier


def add_commands(commands: Commands) -> None:
    """Tell the parser of these commands."""
    _add_evaluate(commands)
    _add_compare(commands)


def _add_evaluate(commands: Commands) -> None:
    command = commands.add_parser("evaluate", help="how well a network does on labelled galaxies")
    add_labelled_folder(command)
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument(
        "--part",
        choices=("test", "all"),
        default="test",
        help="test: the fifth that training leaves alone; all: for galaxies from elsewhere",
    )
    add_choice_of_labels(command)
    command.add_argument(
        "--beside",
        default="",
        help="sources whose trusted test galaxies are asked about too, for 'by source' only",
    )
    command.add_argument("--json", type=Path, metavar="FILE", help="write JSON here; - prints it")
    command.add_argument(
        "--robustness",
        type=int,
        default=0,
        metavar="GALAXIES",
        help="ask so many again, rotated, blurred, dimmed … (slow; 300 serve well)",
    )
    command.add_argument(
        "--strangers",
        type=int,
        default=0,
        metavar="PICTURES",
        help="show it so many pictures of no galaxy, and count what it refuses (the cards: 1560)",
    )
    command.add_argument(
        "--write-card", action="store_true", help="put what was measured on the network's card"
    )
    command.set_defaults(run=with_network(_evaluate))


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.training.remeasured import add_metrics
    from galaxy_core.training.report import evaluation_json, evaluation_text

    stored = ModelStore.from_settings(settings).find(options.model)
    metrics, unreadable = _measured(options, load_classifier(stored))
    card = add_metrics(stored, metrics) if options.write_card else stored.card
    for sentence in unreadable:
        print(sentence, file=sys.stderr)
    text = json.dumps(evaluation_json(card, metrics, unreadable), indent=1)
    if options.json is not None and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    as_json = options.json is not None and str(options.json) == "-"
    print(text if as_json else evaluation_text(card, metrics, part=options.part))
    return int(metrics["galaxies"] == 0)


def _measured(
    options: argparse.Namespace, classifier: Classifier
) -> tuple[dict[str, Any], list[str]]:
    """Return all metrics that the options ask for, and a sentence for each unreadable picture."""
    from galaxy_core.training.beside import measure_beside
    from galaxy_core.training.dataset import Part, select
    from galaxy_core.training.domain import measure_strangeness
    from galaxy_core.training.evaluate import evaluate_images
    from galaxy_core.training.robustness import measure_robustness
    from galaxy_core.training.terminal import TerminalProgress

    every, beside, show = labelled_images(options), listed(options.beside), TerminalProgress()
    images = select(
        every,
        part=Part.TEST if options.part == "test" else None,
        sources=listed(options.sources),
        tiers=listed(options.tiers),
    )
    asking, changing = (partial(show.stage, name) for name in ("Asking", "Changing pictures"))
    metrics, unreadable = evaluate_images(images, classifier, on_picture=asking)
    if beside:
        metrics["groups"]["source"] |= measure_beside(every, beside, classifier, on_picture=asking)
        metrics["chosen"]["beside"] = list(beside)
    if options.robustness > 0:
        metrics["robustness"] = measure_robustness(
            images, classifier, galaxies=options.robustness, on_picture=changing
        )
    if options.strangers > 0:
        metrics["strangeness"] = measure_strangeness(
            classifier,
            [image for image in every if image.part is Part.TEST],
            strangers=options.strangers,
            on_stage=show.stage,
        )
    return metrics, unreadable


def _add_compare(commands: Commands) -> None:
    command = commands.add_parser(
        "compare", help="the shipped networks against older methods, in one table with intervals"
    )
    command.add_argument("--data", type=Path, required=True, help="folder with ngc and gz1")
    command.add_argument("--store", type=Path, help="folder of the networks, if not the shipped")
    command.add_argument("--methods", default="", help="only these, comma-separated")
    command.add_argument("--epochs", type=int, help="of each network that is fitted for it")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--limit", type=int, help="most galaxies of a class, for a quick trial")
    command.add_argument(
        "--write-cards", action="store_true", help="put the table on the cards in the store"
    )
    command.set_defaults(run=with_network(_compare))


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.compare.command import compare
    from galaxy_core.training.compare.galaxies import choose_galaxies
    from galaxy_core.training.compare.methods import find_methods
    from galaxy_core.training.dataset import read_labelled_images
    from galaxy_core.training.terminal import TerminalProgress

    methods = find_methods(listed(options.methods))
    if options.write_cards and (options.limit or options.methods):
        print("A trial with a --limit or some --methods only is for no card.", file=sys.stderr)
        return 2
    text = compare(
        choose_galaxies(read_labelled_images(options.data), limit=options.limit),
        methods,
        store=ModelStore(options.store or SHIPPED_FOLDER, options.store or SHIPPED_FOLDER),
        data_dir=settings.data_dir,
        plan_changes={"epochs": options.epochs, "seed": options.seed},
        write_cards=options.write_cards,
        on_stage=TerminalProgress().stage,
    )
    print(text)
    return 0
