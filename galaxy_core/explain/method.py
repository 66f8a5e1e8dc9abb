"""What an explanation method is: its words, its function and the contract of that function.

The table of all of them stands in ``methods``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network


class Attribute(Protocol):
    """The contract of a method's function."""

    def __call__(
        self, network: Network, inputs: FloatImage, *, layer: str | None, seed: int
    ) -> Attribution:
        """Return the maps of framed galaxies (N, S, S, 3)."""


@dataclass(frozen=True, slots=True)
class Method:
    """One explanation method.

    Parameters
    ----------
    key, title : str
        Name in files and links, and on screen.
    shows, cannot_show : str
        One sentence each, for readers.
    source : str
        Author, year, where.
    url : str
        Link to it; empty for the controls.
    attribute : callable
        Its function.
    needs_layer : bool
        Whether it is taken at a convolution layer.
    signed : bool
        Whether its sign tells spiral from elliptical.
    is_control : bool
        Whether it is there only to be beaten.
    passes : int
        Roughly how many forward passes it costs a galaxy (a backward pass counts as two).
    unit : str
        Of its values, as files and scales say it; empty where they have none.
    repeated : callable or None
        A quicker form for tests that repeat the map, where it orders pixels the same way.
    """

    key: str
    title: str
    shows: str
    cannot_show: str
    source: str
    url: str
    attribute: Attribute
    needs_layer: bool = False
    signed: bool = True
    is_control: bool = False
    passes: int = 1
    unit: str = "logit"
    repeated: Attribute | None = None

    def cost(self, network: Network, layer: str | None) -> int:
        """Return how many forward passes a map of this network at that layer costs."""
        if self.key != "score_cam":
            return self.passes
        return network.filter_count(network.resolve_layer(layer)) + 1

    def for_repeats(self) -> Method:
        """Return the method as tests that repeat the map use it."""
        return self if self.repeated is None else replace(self, attribute=self.repeated)
