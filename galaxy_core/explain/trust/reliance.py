"""Reliance: whether the answer hangs on the galaxy, or on what is around it.

Asked of the network itself, so that a shortcut comes to light even where a method's map does
not show it. The galaxy is covered with sky, then everything but the galaxy; and single pixels
of the sky are lit, as a shortcut may wait for light that this picture has not. No map takes part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.explain.trust.faithfulness import LogitsOf

# In logit. Over 44 galaxies, simulated and real, the shipped networks' answers hang on the
# surroundings by at most 0.64 and on one pixel of the sky by at most 0.62. Those of a network
# trained on a lit corner pixel hang on the surroundings by over 7 where it is lit, and on one
# pixel by over 2 where it is dark (10 in the median). (``benchmarks/trust.py``)
LITTLE, MUCH = 0.75, 1.0
ONE_PIXEL = 1.5
# A network twice as sure moves twice as far at everything, so these bounds are of networks whose
# logit varies among drawn galaxies as the shipped ones' does (by 3.1 and 3.5), and scale with it.
# One that hardly varies has learnt little: below a fifth of that, only its noise would be judged.
USUAL_SPREAD, LEAST_SCALE = 3.3, 0.2
MOST_LIT = 8
MARGIN = 1 / 16  # of the side: the faint outskirts belong to the galaxy, found or not


@dataclass(frozen=True, slots=True)
class Reliance:
    """How far the logit falls, counted towards the answer, when something is done to a part.

    Parameters
    ----------
    galaxy : float
        The galaxy is covered with sky; in logit.
    surroundings : float
        Everything but the galaxy and a margin about it is covered.
    one_pixel : float
        One pixel of the surroundings is lit: the most of the four corners and of eight where
        the gradient promises most.
    scale : float
        What the bounds are multiplied by (``logit_scale``).
    """

    galaxy: float
    surroundings: float
    one_pixel: float = 0.0
    scale: float = 1.0

    @property
    def off_galaxy(self) -> bool:
        """Whether the answer hangs on what is around the galaxy.

        By over a logit, or by over three quarters of one and more than on the galaxy; or
        whether one lit pixel of the sky takes over one and a half away; times ``scale``.
        """
        much, little = self.scale * MUCH, self.scale * LITTLE
        return self.surroundings > max(min(self.galaxy, much), little) or self._lit_decides

    @property
    def _lit_decides(self) -> bool:
        return self.one_pixel > self.scale * ONE_PIXEL

    def sentence(self) -> str:
        """Return the result in words."""
        text = (
            f"Covering the galaxy with sky takes {self.galaxy:.2f} of the logit away, covering "
            f"all around it {self.surroundings:.2f}."
        )
        if self._lit_decides:
            text += f" Lighting a single pixel of the sky takes {self.one_pixel:.2f} away."
        if max(abs(self.galaxy), abs(self.surroundings)) < self.scale * LITTLE:
            text += " The answer hangs on neither: empty sky would get much the same."
        return text.replace("-", "−")


def logit_scale(spread: float) -> float:
    """Return how far a network's logit moves as a multiple of what is usual, at least a fifth.

    Parameters
    ----------
    spread : float
        Standard deviation of its logit among drawn galaxies (``Learning.spread``).
    """
    return max(spread / USUAL_SPREAD, LEAST_SCALE)


def measure_reliance(
    logits_of: LogitsOf,
    picture: FloatImage,
    galaxy: Mask,
    gradient: FloatImage,
    *,
    scale: float = 1.0,
) -> Reliance:
    """Return on what the answer to one framed galaxy hangs.

    Parameters
    ----------
    logits_of : callable
        Pictures (N, S, S, 3) -> logits (N,).
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy; its sky is 0.
    galaxy : ndarray, shape (S, S), bool
        Its pixels.
    gradient : ndarray, shape (S, S, 3), float32
        dz/dx of the picture: says which pixels of the sky to try.
    scale : float
        The network's ``logit_scale``.
    """
    grown = max(1, round(MARGIN * picture.shape[0]))
    wide = ndimage.binary_dilation(galaxy, iterations=grown)
    empty = np.float32(0)
    covered = [
        np.where(wide[..., None], empty, picture),
        np.where(wide[..., None], picture, empty),
    ]
    whole = float(logits_of(picture[None])[0])
    towards = -1.0 if whole < 0 else 1.0
    lit = _lit(picture, ~wide, -towards * gradient)
    falls = towards * (whole - logits_of(np.stack([*covered, *lit])).astype(np.float64))
    return Reliance(float(falls[0]), float(falls[1]), float(max([0.0, *falls[2:]])), scale)


def _lit(picture: FloatImage, sky: Mask, promise: FloatImage) -> list[FloatImage]:
    """Return copies of the picture with one pixel of the sky white: corners, and best hopes.

    Where every unit is dead there is no gradient to follow; marks on a frame sit in corners.
    """
    gain = np.where(sky, ((1 - picture) * promise).sum(axis=-1), -np.inf)
    last = sky.shape[0] - 1
    corners = [(0, 0), (0, last), (last, 0), (last, last)]
    best = zip(*np.unravel_index(np.argsort(-gain, axis=None)[:MOST_LIT], sky.shape))
    pictures = []
    for place in dict.fromkeys([*corners, *((int(y), int(x)) for y, x in best)]):
        if sky[place]:
            pictures.append(picture.copy())
            pictures[-1][place] = 1.0
    return pictures
