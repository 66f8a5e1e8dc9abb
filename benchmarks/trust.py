"""Which verdicts the trust card gives: to the shipped networks, to noise, to a planted shortcut.

``python -m benchmarks trust`` measures them over simulated galaxies and over galaxies of the
test fifth that training left alone: those of ``shared/galaxies`` beside the repository or a
folder above it, or of the folder that ``TRUST_GALAXIES`` names. Without any it says so. It takes
half an hour on two cores, so it is no part of ``make bench``. ``TRUST_ROWS=FILE`` writes what
every card measured there, one JSON object a line, as it comes.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from benchmarks.table import Row
from galaxy_core.cnn.architecture import build_teaching_network
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.cnn.store import ModelStore
from galaxy_core.explain.methods import METHODS
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.assess import Case, trust_card
from galaxy_core.explain.trust.card import Belief, TrustCard
from galaxy_core.explain.trust.faithfulness import Baseline
from galaxy_core.explain.trust.place import Regions, find_regions
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.intake import read_cutout
from galaxy_core.settings import Settings
from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy
from galaxy_core.training.dataset import Part, read_labelled_images, select

SIMULATED, REAL = 20, 24
NOISE_NETWORKS, PER_NOISE_NETWORK = 4, 4
SHORTCUT_EPOCHS = 15
NEAREST = Path("shared", "galaxies")


@dataclass(frozen=True)
class Shown:
    """A framed galaxy with its true class and what is where on it."""

    name: str
    is_spiral: bool
    picture: np.ndarray
    regions: Regions


def rows() -> list[Row]:
    """Return the verdicts of every network and method."""
    galaxies = [*simulated(SIMULATED, seed=5), *real(REAL, seed=5)]
    keys = [key for key, method in METHODS.items() if not method.is_control]
    found = []
    for title, network, shown in networks(galaxies):
        cards = list(cards_of(title, network, shown, keys))
        for key in keys:
            own = [card for card in cards if card.method == key]
            found.append(verdicts(f"{title}, {METHODS[key].title}", own))
    return found


def networks(galaxies: Sequence[Shown]) -> Iterator[tuple[str, Network, list[Shown]]]:
    """Yield each network by title, with the galaxies it is shown."""
    store = ModelStore.from_settings(Settings.from_environment({}))
    for name in ("teaching", "research"):
        yield name, Network(load_classifier(store.find(name))), list(galaxies)
    shortcut = train_shortcut(galaxies)
    for lit, title in ((1.0, "shortcut, pixel lit"), (0.0, "shortcut, pixel dark")):
        yield title, shortcut, [with_corner(one, lit) for one in galaxies]
    for number in range(NOISE_NETWORKS):
        some = list(galaxies[number :: max(1, len(galaxies) // PER_NOISE_NETWORK)])
        yield f"noise {number}", noise_network(number, store), some


def cards_of(
    title: str, network: Network, shown: Sequence[Shown], keys: Sequence[str]
) -> Iterator[TrustCard]:
    """Yield the card of each method for each galaxy."""
    out = os.environ.get("TRUST_ROWS")
    for number, one in enumerate(shown):
        case = Case(network, one.picture, None, number, one.regions).with_common()
        for key in keys:
            card = trust_card(METHODS[key], case)
            if out:
                with Path(out).open("a") as file:
                    file.write(json.dumps(as_row(title, one, card)) + "\n")
            yield card


def verdicts(what: str, cards: Sequence[TrustCard]) -> Row:
    """Count the verdicts of some cards."""
    count = Counter(card.belief for card in cards)
    away = sum(card.gives_network_away for card in cards)
    ours = ", ".join(f"{count[belief]} {belief}" for belief in Belief)
    return Row(what, ours, "", f"{away} of {len(cards)} off the galaxy", "", met=True)


def as_row(title: str, one: Shown, card: TrustCard) -> dict[str, object]:
    """Return what a card measured, for a file."""
    row: dict[str, object] = {
        "network": title,
        "galaxy": one.name,
        "spiral": one.is_spiral,
        "method": card.method,
        "logit": card.logit,
        "belief": str(card.belief),
        "away": card.gives_network_away,
        "blank": card.blank_reason,
        "findings": {finding.name: str(finding.grade) for finding in card.findings},
        "edges": card.edge_correlation,
    }
    if card.faithfulness is not None:
        for name in ("gap", "centre_gap", "random_spread"):
            row[name] = [getattr(card.faithfulness, name)(key) for key in Baseline]
    if card.learning is not None:
        row["over_noise"] = card.learning.over_noise
        row["learning"] = [card.learning.swing, card.learning.noise_swing]
        row["learning"] += [card.learning.spread, card.learning.noise_spread]
    if card.sanity is not None:
        row["sanity"] = [card.sanity.correlations, card.sanity.magnitude_correlations]
    if card.stability is not None:
        row["stability"] = {str(kind): own for kind, own in card.stability.correlations.items()}
    if card.agreement is not None:
        row["agreement"] = dict(card.agreement.correlations)
    if card.place is not None and card.reliance is not None:
        row["place"] = [card.place.galaxy, card.place.hottest_on_galaxy, card.place.galaxy_area]
        row["reliance"] = [card.reliance.galaxy, card.reliance.surroundings]
        row["reliance"] += [card.reliance.one_pixel]
    return row


def simulated(count: int, *, seed: int) -> Iterator[Shown]:
    """Yield simulated galaxies, spirals and ellipticals in turn."""
    for number in range(count):
        kind = (GalaxyKind.SPIRAL, GalaxyKind.ELLIPTICAL)[number % 2]
        own = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        pixels = simulate_galaxy(random_parameters(kind, seed=own), seed=own).cutout.pixels
        yield from _framed(f"simulated {number}", kind is GalaxyKind.SPIRAL, pixels)


def real(count: int, *, seed: int) -> Iterator[Shown]:
    """Yield real galaxies, half of them spirals, of the test fifth; none where there are none."""
    folder = real_folder()
    if folder is None:
        print("No real galaxies: name their folder in TRUST_GALAXIES.", flush=True)
        return
    images = select(read_labelled_images(folder), part=Part.TEST, sources=("ngc",))
    rng = np.random.default_rng(seed)
    for label in (1, 0):
        own = [image for image in images if image.spiral == label]
        for index in rng.permutation(len(own))[: count // 2]:
            path = own[index].path
            pixels = read_cutout(path.read_bytes(), name=path.name).pixels
            yield from _framed(path.name, bool(label), pixels)


def real_folder() -> Path | None:
    """Return the folder of labelled galaxies; None where there is none."""
    named = os.environ.get("TRUST_GALAXIES")
    above = Path(__file__).resolve().parents[2:]  # a worktree lies deeper than a checkout
    asked = [Path(named)] if named else [folder / NEAREST for folder in above]
    return next((folder for folder in asked if (folder / "labels.csv").is_file()), None)


def _framed(name: str, is_spiral: bool, pixels: np.ndarray) -> Iterator[Shown]:
    framing = find_framing(pixels)
    regions = find_regions(pixels, framing)
    if regions is not None:
        yield Shown(name, is_spiral, cut_out(pixels, framing), regions)


def with_corner(one: Shown, light: float) -> Shown:
    """Return a galaxy with that light in the first pixel."""
    picture = one.picture.copy()
    picture[0, 0] = light
    return Shown(one.name, one.is_spiral, picture, one.regions)


def train_shortcut(galaxies: Sequence[Shown]) -> Network:
    """Return a teaching network that learnt, on these galaxies, to look at the corner alone."""
    rng = np.random.default_rng(0)
    pictures = np.concatenate(
        [np.rot90([g.picture for g in galaxies], k, (1, 2)) for k in range(4)]
    )
    labels = rng.integers(0, 2, len(pictures)).astype(np.float32)
    pictures[:, 0, 0] = labels[:, None]
    keras.utils.set_random_seed(0)
    model = build_teaching_network(seed=3)
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
    model.fit(pictures, labels, epochs=SHORTCUT_EPOCHS, batch_size=16, verbose=0)
    return _network(model)


def noise_network(number: int, store: ModelStore) -> Network:
    """Return a teaching network of noise: untrained, or of the trained one's scale."""
    if number % 2 == 0:
        return _network(build_teaching_network(seed=1000 + number))
    rng = np.random.default_rng(number)
    model = load_classifier(store.find("teaching")).model
    weights = model.get_weights()
    model.set_weights([rng.normal(0, np.sqrt((w**2).mean()), w.shape) for w in weights])
    return _network(model)


def _network(model: keras.Model) -> Network:
    card = ModelCard(
        name="measured",
        title="",
        summary="",
        architecture="",
        parameters=model.count_params(),
        input_size_px=64,
        convolution_layers=convolution_layers(model),
        framing="",
    )
    return Network(Classifier(model, card))
