"""Learning: whether galaxies move the network further than they move networks of noise.

A map of a network that has learnt nothing explains nothing, however well it passes the other
tests. So the network's weights are replaced by noise of the same scale 16 times, and what
the logit does is compared twice: from empty sky to this galaxy, and among eight drawn spirals
and ellipticals. A network may call empty sky elliptical and so hardly move at an elliptical:
therefore one of the two is enough. No method of explanation takes part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.drawn import drawn_galaxies
from galaxy_core.explain.trust.sanity import cascade, randomise, weights_of

NOISE_NETWORKS = 16


@dataclass(frozen=True, slots=True)
class Learning:
    """How far galaxies move a network, and networks of noise.

    Parameters
    ----------
    swing, noise_swing : float
        z(galaxy) - z(empty sky) of the network itself; the root mean square of that over
        16 networks of noise (``sanity.randomise``). In logit.
    spread, noise_spread : float
        Standard deviation of z over eight drawn galaxies, likewise.
    """

    swing: float
    noise_swing: float
    spread: float
    noise_spread: float

    @property
    def over_noise(self) -> float:
        """How many times as far as networks of noise it is moved, by the better of the two."""
        own, noise = (abs(self.swing), self.spread), (self.noise_swing, self.noise_spread)
        return max(a / b if b > 0 else 0.0 for a, b in zip(own, noise))

    def sentence(self) -> str:
        """Return how the network compares with networks of noise, in words."""
        return (
            f"The galaxy moves this network's logit by {self.swing:+.2f} from empty sky, "
            f"networks of noise by ±{self.noise_swing:.2f}; among drawn spirals and ellipticals "
            f"it varies by ±{self.spread:.2f}, theirs by ±{self.noise_spread:.2f}."
        ).replace("-", "−")


def measure_learning(network: Network, picture: FloatImage, *, seed: int) -> Learning:
    """Return how far a framed galaxy (S, S, 3) and others move the network, and noise."""
    asked = np.concatenate(
        [picture[None], np.zeros_like(picture)[None], drawn_galaxies(picture.shape[0])]
    )
    rng = np.random.default_rng([seed, 1])  # other noise than that of the sanity test

    def on_copy(copy: Network) -> list[tuple[float, float]]:
        layers = [layer for group in cascade(copy.model, steps=1) for layer in group]
        true = weights_of(layers)
        found = []
        for _ in range(NOISE_NETWORKS):
            randomise(layers, true, rng)
            found.append(_moved(copy, asked))
        return found

    noise = np.sqrt(np.mean(np.square(network.on_copy(on_copy)), axis=0))
    swing, spread = _moved(network, asked)
    return Learning(swing, float(noise[0]), spread, float(noise[1]))


def _moved(network: Network, asked: FloatImage) -> tuple[float, float]:
    galaxy, sky, *drawn = network.logits(asked).astype(np.float64)
    return float(galaxy - sky), float(np.std(drawn))
