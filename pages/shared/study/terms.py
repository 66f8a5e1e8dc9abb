"""What the question marks of the study pages say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "method": (
            "There are many ways to ask a network why. Each draws another map, and some would "
            "draw it for a network that has learnt nothing. So each map is tested."
        ),
        "trust card": (
            "Tests of this one map: does the answer go when the marked pixels go; does "
            "the map change when the network is replaced by noise; does it stay when the "
            "picture is turned or shifted a little; where does the evidence lie; and do other "
            "methods mark the same?"
        ),
        "class": (
            "Both: blue speaks for spiral, amber for elliptical. Or the conventional map of one "
            "class alone, which can be blank: then nothing speaks for that class. Methods "
            "without a sign draw the same map for both."
        ),
        "removal": (
            "Pixels are taken away, the most marked first, and the logit is watched. A "
            "faithful map makes it fall sooner than pixels in random order, and sooner than "
            "pixels from the centre outwards, which any picture of a galaxy would. "
            "[Petsiuk et al. 2018](https://arxiv.org/abs/1806.07421)"
        ),
        "sanity": (
            "The network's weights are replaced by noise, layer by layer from the answer down. "
            "A map that stays the same was never about the network. "
            "[Adebayo et al. 2018](https://arxiv.org/abs/1810.03292)"
        ),
        "common scale": (
            "Methods have different units. On one scale, each map is first divided by its sum, so "
            "that a pixel’s colour says how many times its even share of the evidence it holds; "
            "the colours end at eight. On scales of their own, each map’s colours end at its "
            "largest value."
        ),
        "agreement": (
            "Rank correlation of where two methods mark most, whatever the sign: 1 is the same "
            "order of pixels, 0 none. Agreement is no proof: methods can share a mistake."
        ),
        "ranking": (
            "Every method over a whole sample of galaxies whose arms and bulges are known, "
            "with 95 % intervals. A method whose gap is no larger than the edge detector's "
            "tells no more than an edge detector."
        ),
        "knobs": (
            "Each knob changes the picture before framing, as dust, distance or a worse night "
            "would. The network's answer and its evidence follow at once."
        ),
        "reframe": (
            "Off: the square stays where it was. On: the app looks for the galaxy in the "
            "changed picture, as it would if the picture had come like this."
        ),
        "region": (
            "Take a part of the picture away, or keep nothing else. Bulge: within a quarter of "
            "the radius that holds 95 % of the light. Arms: what is brighter than its average "
            "around the centre, outside the bulge. Neighbours: the other objects in the picture."
        ),
        "changed maps": (
            "Left before the changes, right after: the maps with the largest share in the "
            "logit, in either. Share: what the map adds to the logit to first order, + towards "
            "spiral. All filters stand on the page “Inside”."
        ),
        "curves": (
            "The picture is changed along one knob, all else as it is now. Where a curve "
            "crosses one half the verdict flips. Hand-crafted measures have no verdict: they fail "
            "where they leave what they are now, by as much as galaxies differ."
        ),
        "measures": (
            "Each measure is taken of the changed picture. Its unit here is its spread, the "
            "standard deviation among the samples, so that measures can be compared: where it has "
            "moved by one (dotted), it has left its level: the change does as much to it as "
            "another galaxy would."
        ),
        "flip": (
            "Each knob is turned alone to either end, and discs of the picture are erased one "
            "by one; what flips the verdict is narrowed down. The least of what was tried, "
            "not of all there is. Flipped is what the app calls the other class; “Uncertain” "
            "is not enough."
        ),
        "filter": (
            "One small pattern of weights that the network learnt. Its share is measured by "
            "switching it off: how far does the logit move?"
        ),
        "favourite": (
            "A picture made to excite this filter as much as possible, from grey and faint "
            "noise. No galaxy looks like it; it exaggerates what the filter asks for. "
            "[Erhan et al. 2009](https://www.researchgate.net/publication/265022827)"
        ),
        "dead": "Dead: answers nothing to any of the samples. It could be left out.",
        "double": (
            "Double: its responses over the samples correlate over 0.95 with another filter's; "
            "the two say the same."
        ),
    }
)
