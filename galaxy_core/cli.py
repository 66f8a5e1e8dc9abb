"""The command line: argument parsing and printing. Every command is a function elsewhere.

Imports TensorFlow only in the commands that need a network, so that ``--help`` and ``models``
answer at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from galaxy_core.cnn.store import DEFAULT_MODEL, SHIPPED_FOLDER, ModelStore
from galaxy_core.errors import GalaxyError, NameNotResolved
from galaxy_core.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 fine, 1 something failed, 2 wrong usage."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its start-up log is no output of ours
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m galaxy_core",
        description="How probable is it that a galaxy is a spiral, and why?",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        _add_classify,
        _add_inspect,
        _add_fetch,
        _add_models,
        _add_train,
        _add_second_opinion,
        _add_evaluate,
        _add_compare,
        _add_refer,
        _add_plausibility,
        _add_adopt,
        _add_rank,
    ):
        add(commands)
    return parser


def _add_classify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "classify", help="the probability that each galaxy is a spiral, one line a file"
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture or FITS file; - reads")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument(
        "--nearest", action="store_true", help="with --json: the most similar training galaxies"
    )
    command.set_defaults(run=_classify)


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


def _add_inspect(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "inspect", help="the evidence and the feature maps of each galaxy, as PNG and NPZ"
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture or FITS file; - reads")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--out", type=Path, default=Path(), help="folder to write to")
    command.set_defaults(run=_inspect)


def _inspect(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.explain.files import inspect_paths

    classifier = load_classifier(ModelStore.from_settings(settings).find(options.model))
    failed = False
    for line in inspect_paths(_paths(options.paths), classifier, options.out):
        failed |= line.error is not None
        print(json.dumps(line.to_json()), flush=True)
    return int(failed)


def _add_fetch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "fetch", help="pictures of galaxies from a survey, with a CSV of where they are from"
    )
    command.add_argument("targets", nargs="*", metavar="TARGET", help="name, position or objid")
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

    targets = [*options.targets, *_listed_targets(options.list)]
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


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("train", help="train a network into the store")
    command.add_argument("--data", type=Path, required=True, help="labelled folder")
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")
    command.add_argument("--name", help="name in the store; the architecture's if not given")
    command.add_argument("--architecture", default=DEFAULT_MODEL, help="teaching or research")
    command.add_argument("--sources", default="", help="only these sources, comma-separated")
    command.add_argument("--tiers", default="", help="only these label tiers, comma-separated")
    command.add_argument("--second-opinion", type=Path, help="list that second-opinion wrote")
    command.add_argument("--epochs", type=int, help="as the architecture's plan if not given")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--store", type=Path, help="folder to write to, if not the data dir's")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.plan import plan_for
    from galaxy_core.training.run import TrainingData, train_into_store
    from galaxy_core.training.terminal import TerminalProgress

    data = TrainingData(
        options.data,
        options.labels,
        _listed(options.sources),
        _listed(options.tiers),
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


def _add_second_opinion(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "second-opinion", help="list the noisy labels that networks are confident of, to train on"
    )
    command.add_argument("--data", type=Path, required=True, help="labelled folder")
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")
    command.add_argument(
        "--sources", required=True, help="sources the networks never saw, comma-separated"
    )
    command.add_argument(
        "--models", default="", help="networks to ask, comma-separated; all shipped if not given"
    )
    command.add_argument("--out", type=Path, required=True, help="CSV to write")
    command.set_defaults(run=_second_opinion)


def _second_opinion(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.training.dataset import read_labelled_images
    from galaxy_core.training.second_opinion import agreed_labels, write_second_opinion
    from galaxy_core.training.terminal import TerminalProgress

    store, sources = ModelStore.from_settings(settings), _listed(options.sources)
    names = _listed(options.models) or [e.card.name for e in store.models() if e.shipped]
    every = read_labelled_images(options.data, labels=options.labels)
    progress = TerminalProgress()
    agreed = agreed_labels(
        [image for image in every if image.source in sources],
        [load_classifier(store.find(name)) for name in names],
        on_picture=lambda done, total: progress.stage("Asking the networks", done, total),
    )
    write_second_opinion(agreed, options.out)
    print(
        f"Wrote {options.out}: {len(agreed):,} pictures, {sum(agreed.values()):,} of them spirals"
    )
    return 0


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("evaluate", help="how well a network does on labelled galaxies")
    command.add_argument("--data", type=Path, required=True, help="labelled folder")
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument(
        "--part",
        choices=("test", "all"),
        default="test",
        help="test: the fifth that training leaves alone; all: for galaxies from elsewhere",
    )
    command.add_argument("--sources", default="", help="only these sources, comma-separated")
    command.add_argument("--tiers", default="", help="only these label tiers, comma-separated")
    command.add_argument("--json", type=Path, metavar="FILE", help="write JSON here; - prints it")
    command.add_argument(
        "--robustness",
        type=int,
        default=0,
        metavar="GALAXIES",
        help="ask so many again, rotated, blurred, dimmed … (slow; 300 serve well)",
    )
    command.add_argument(
        "--write-card", action="store_true", help="put what was measured on the network's card"
    )
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.cnn.card import CARD_FILE, write_card
    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.training.dataset import Part, read_labelled_images, select
    from galaxy_core.training.evaluate import evaluate_images
    from galaxy_core.training.report import card_measured, evaluation_json, evaluation_text
    from galaxy_core.training.robustness import measure_robustness
    from galaxy_core.training.terminal import TerminalProgress

    images = select(
        read_labelled_images(options.data, labels=options.labels),
        part=Part.TEST if options.part == "test" else None,
        sources=_listed(options.sources),
        tiers=_listed(options.tiers),
    )
    stored = ModelStore.from_settings(settings).find(options.model)
    classifier = load_classifier(stored)
    progress = TerminalProgress()
    metrics, unreadable = evaluate_images(
        images, classifier, on_picture=lambda done, total: progress.stage("Asking", done, total)
    )
    if options.robustness > 0:
        metrics["robustness"] = measure_robustness(
            images,
            classifier,
            galaxies=options.robustness,
            on_picture=lambda done, total: progress.stage("Changing pictures", done, total),
        )
    if options.write_card:
        write_card(card_measured(classifier.card, metrics), stored.folder / CARD_FILE)
    for sentence in unreadable:
        print(sentence, file=sys.stderr)
    text = json.dumps(evaluation_json(classifier.card, metrics, unreadable), indent=1)
    if options.json is not None and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    as_json = options.json is not None and str(options.json) == "-"
    print(text if as_json else evaluation_text(classifier.card, metrics, part=options.part))
    return int(metrics["galaxies"] == 0)


def _add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "compare", help="the shipped networks against older methods, in one table with intervals"
    )
    command.add_argument("--data", type=Path, required=True, help="folder with ngc and gz1")
    command.add_argument("--store", type=Path, help="folder of the networks, if not the shipped")
    command.add_argument("--methods", default="", help="only these, comma-separated")
    command.add_argument("--epochs", type=int, help="of each network that is fitted for it")
    command.add_argument("--research-epochs", type=int, help="of the research layers")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--limit", type=int, help="most galaxies of a class, for a quick trial")
    command.add_argument(
        "--write-cards", action="store_true", help="put the table on the cards in the store"
    )
    command.set_defaults(run=_compare)


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.compare.command import compare
    from galaxy_core.training.compare.galaxies import choose_galaxies
    from galaxy_core.training.compare.methods import find_methods
    from galaxy_core.training.dataset import read_labelled_images
    from galaxy_core.training.terminal import TerminalProgress

    methods = find_methods(_listed(options.methods))
    if options.write_cards and (options.limit or options.methods):
        print("A trial with a --limit or some --methods only is for no card.", file=sys.stderr)
        return 2
    text = compare(
        choose_galaxies(read_labelled_images(options.data), limit=options.limit),
        methods,
        store=ModelStore(options.store or SHIPPED_FOLDER, options.store or SHIPPED_FOLDER),
        data_dir=settings.data_dir,
        plan_changes={
            "epochs": options.epochs,
            "research_epochs": options.research_epochs,
            "seed": options.seed,
        },
        write_cards=options.write_cards,
        on_stage=TerminalProgress().stage,
    )
    print(text)
    return 0


def _add_refer(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "refer", help="what a network trusts: its training galaxies, and what it refuses, measured"
    )
    command.add_argument("--data", type=Path, required=True, help="labelled folder it learnt from")
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument("--store", type=Path, help="folder of the networks, if not the app's")
    command.add_argument("--strangers", type=int, default=700, help="pictures of no galaxy")
    command.add_argument("--seed", type=int, default=1, help="of those pictures")
    command.set_defaults(run=_refer)


def _refer(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.training.dataset import read_labelled_images
    from galaxy_core.training.refer import refer
    from galaxy_core.training.terminal import TerminalProgress

    store = ModelStore.from_settings(settings)
    if options.store is not None:
        store = ModelStore(options.store, options.store)
    stored = store.find(options.model)
    card = refer(
        stored,
        read_labelled_images(options.data, labels=options.labels),
        strangers=options.strangers,
        seed=options.seed,
        on_stage=TerminalProgress().stage,
    )
    print(f"Wrote {stored.reference_path}")
    _print_shares(card.metrics["strangeness"], ("false_alarms", "catch", "catch_held_out"))
    return 0


def _add_plausibility(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "plausibility", help="fit anew what tells galaxies from other pictures; then refer anew"
    )
    command.add_argument("--data", type=Path, required=True, help="labelled folder")
    command.add_argument("--labels", type=Path, help="CSV, if not labels.csv in that folder")
    command.add_argument("--out", type=Path, help="JSON file, if not the shipped one")
    command.add_argument("--galaxies", type=int, default=70, help="of each source and morphology")
    command.add_argument("--strangers", type=int, default=840, help="pictures of no galaxy")
    command.add_argument("--seed", type=int, default=501)
    command.set_defaults(run=_plausibility)


def _plausibility(options: argparse.Namespace, settings: Settings) -> int:
    from galaxy_core.morphology.plausibility import SHIPPED
    from galaxy_core.training.dataset import read_labelled_images
    from galaxy_core.training.refit import refit_strangeness
    from galaxy_core.training.terminal import TerminalProgress

    progress, path = TerminalProgress(), options.out or SHIPPED
    fitted = refit_strangeness(
        read_labelled_images(options.data, labels=options.labels),
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


def _add_adopt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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


def _add_rank(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "rank", help="which explanation methods deserve belief for a network, over a sample"
    )
    command.add_argument("--model", default=DEFAULT_MODEL, help="network of the store")
    command.add_argument(
        "--galaxies", type=int, default=40, help="simulated, half of them spirals"
    )
    command.add_argument("--methods", default="", help="only these, comma-separated")
    command.add_argument("--layers", default="", help="only these, comma-separated")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--json", action="store_true", help="print the JSON as well")
    command.set_defaults(run=_rank)


def _rank(options: argparse.Namespace, settings: Settings) -> int:
    from tqdm import tqdm

    from galaxy_core.cnn.classifier import load_classifier
    from galaxy_core.explain.methods import METHODS, find_method
    from galaxy_core.explain.network import Network
    from galaxy_core.explain.ranking import rank_methods, simulated_samples
    from galaxy_core.explain.ranking_files import write_ranking

    methods = [find_method(key).key for key in _listed(options.methods)] or list(METHODS)
    stored = ModelStore.from_settings(settings).find(options.model)
    network = Network(load_classifier(stored))
    samples = simulated_samples(network, count=options.galaxies, seed=options.seed)
    with tqdm(desc="Ranking", unit=" maps", file=sys.stderr) as bar:

        def tell(done: int, total: int, what: str) -> None:
            bar.total = total
            bar.set_postfix_str(what, refresh=False)
            bar.update(done - bar.n)

        ranking = rank_methods(
            network,
            samples,
            methods=methods,
            layers=_listed(options.layers) or None,
            seed=options.seed,
            progress=tell,
        )
    path = write_ranking(ranking, stored, settings.data_dir)
    for score in ranking.scores:
        print(f"{score.layer or 'input':<16} {score.sentence()}", file=sys.stderr)
    print(ranking.to_json() if options.json else f"Wrote {path}")
    return 0


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
