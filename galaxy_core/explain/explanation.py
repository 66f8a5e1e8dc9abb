"""What every explanation method returns: signed maps, one-class maps, and why a map is blank.

No method is computed here, nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.receptive import LayerGeometry, on_input_grid

Maps = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """Maps as a method computes them, each of shape (N, h, w), float32.

    Parameters
    ----------
    signed : ndarray
        > 0 speaks for spiral, < 0 for elliptical; a magnitude (at least 0) where the method
        knows no sign.
    spiral, elliptical : ndarray
        The method's conventional map of either class, at least 0.
    of_classes : bool
        Whether the method defines maps of one class alone, ``signed`` being their difference.
    """

    signed: Maps
    spiral: Maps
    elliptical: Maps
    of_classes: bool = False

    @classmethod
    def from_signed(cls, signed: Maps) -> Attribution:
        """Return the attribution whose one-class maps are the two halves of a signed one."""
        zero = np.float32(0)
        return cls(signed, np.maximum(signed, zero), np.maximum(-signed, zero))

    @classmethod
    def from_classes(cls, spiral: Maps, elliptical: Maps) -> Attribution:
        """Return the attribution whose signed map is the difference of the two classes'."""
        return cls(spiral - elliptical, spiral, elliptical, of_classes=True)

    @classmethod
    def from_magnitude(cls, magnitude: Maps) -> Attribution:
        """Return the attribution of a method that says where, but not for which class."""
        return cls(magnitude, magnitude, magnitude)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The maps of one method for N galaxies, finite everywhere.

    Parameters
    ----------
    method, layer : str
        Key of the method, and the layer it was taken at (empty where it needs none).
    signed : bool
        Whether the sign of ``maps`` tells the class.
    maps : ndarray, shape (N, h, w), float32
        > 0 = spiral, < 0 = elliptical; a magnitude where ``signed`` is False.
    class_maps : mapping of TargetClass to ndarray, shape (N, h, w), float32
        The conventional map of each class, at least 0, not normalised.
    geometry : LayerGeometry
        Where the cells lie on the input.
    reasons : tuple of N str
        Why ``maps[i]`` is blank; empty where it is not.
    of_classes : bool
        Whether the method defines maps of one class alone, ``maps`` being their difference.
    """

    method: str
    layer: str
    signed: bool
    maps: Maps
    class_maps: dict[TargetClass, Maps]
    geometry: LayerGeometry
    reasons: tuple[str, ...]
    of_classes: bool = False

    def on_input(self) -> Maps:
        """Return ``maps`` on the input's pixels, shape (N, S, S)."""
        return on_input_grid(self.maps, self.geometry)

    def on_input_for(self, target: TargetClass | None) -> tuple[Maps, tuple[str, ...]]:
        """Return the maps on the input's pixels, (N, S, S), and why each is blank if it is.

        Of both classes (as ``on_input``), or the conventional ones of one class, at least 0.
        """
        if target is None:
            return self.on_input(), self.reasons
        laid = on_input_grid(self.for_class(target), self.geometry)
        return laid, tuple(self.class_reason(target, index) for index in range(len(laid)))

    def for_class(self, target: TargetClass) -> Maps:
        """Return the conventional map of a class, shape (N, h, w), at least 0."""
        return self.class_maps[target]

    def class_reason(self, target: TargetClass, index: int) -> str:
        """Return why galaxy `index` has a blank map for that class; empty if it has not."""
        if self.reasons[index]:
            return self.reasons[index]
        if self.class_maps[target][index].any():
            return ""
        other = "elliptical" if target is TargetClass.SPIRAL else "spiral"
        return f"No evidence for {target}: everything that this method marks is for {other}."

    def judged(self, logit: float) -> str:
        """Return which map the trust card judges, where it is not ``maps``; empty where it is."""
        if not self.of_classes:
            return ""
        answer = TargetClass.ELLIPTICAL if logit < 0 else TargetClass.SPIRAL
        return (
            "The method draws one map a class, and the map of both is their difference. "
            f"Faithfulness is judged on the map for {answer} alone, the network's answer."
        )

    def shown_for(self, target: TargetClass | None) -> tuple[Maps, tuple[str, ...]]:
        """Return the maps to be painted, (N, S, S), and why each is blank if it is.

        Of both classes, or the conventional ones of one (those for elliptical at most 0, to be
        painted in its colour). A magnitude stays as it is.
        """
        if target is None or not self.signed:
            return self.on_input(), self.reasons
        laid, reasons = self.on_input_for(target)
        return (-laid if target is TargetClass.ELLIPTICAL else laid), reasons

    def towards(self, logits: npt.NDArray[np.float32]) -> Maps:
        """Return the evidence for each galaxy's own answer on the input's pixels, (N, S, S).

        The signed map times the sign of the logit; a magnitude stays as it is. Where the method
        defines maps of one class (Grad-CAM++, LayerCAM), that of the answer: a place that
        speaks for both classes is evidence there, and their difference, which no paper
        defines, would put it behind the sky.
        """
        elliptical = (logits < 0)[:, None, None]
        if self.of_classes:
            own = (
                self.for_class(target) for target in (TargetClass.ELLIPTICAL, TargetClass.SPIRAL)
            )
            return on_input_grid(np.where(elliptical, *own), self.geometry)
        laid = self.on_input()
        return laid * np.where(elliptical, np.float32(-1), np.float32(1)) if self.signed else laid


def build_explanation(
    attribution: Attribution,
    inputs: FloatImage,
    *,
    method: str,
    layer: str,
    signed: bool,
    geometry: LayerGeometry,
) -> Explanation:
    """Return the explanation with every blank or impossible map given its reason.

    A map with a value that is not finite is blanked: it cannot be shown in part.
    """
    columns = (attribution.signed, attribution.spiral, attribution.elliptical)
    own = {id(maps): maps for maps in columns}  # a magnitude is the same map three times
    finite = np.all([np.isfinite(maps).all(axis=(1, 2)) for maps in own.values()], axis=0)
    shown = {
        key: np.where(finite[:, None, None], maps, np.float32(0)).astype(np.float32, copy=False)
        for key, maps in own.items()
    }
    whole, spiral, elliptical = (shown[id(maps)] for maps in columns)
    reasons = tuple(
        _reason(blank=not row.any(), finite=bool(ok), empty=not picture.any(), layer=layer)
        for row, ok, picture in zip(whole, finite, inputs)
    )
    return Explanation(
        method=method,
        layer=layer,
        signed=signed,
        maps=whole,
        class_maps={TargetClass.SPIRAL: spiral, TargetClass.ELLIPTICAL: elliptical},
        geometry=geometry,
        reasons=reasons,
        of_classes=attribution.of_classes,
    )


def _reason(*, blank: bool, finite: bool, empty: bool, layer: str) -> str:
    if not finite:
        return "The method divides by nearly zero for this galaxy and gives no finite map."
    if not blank:
        return ""
    if empty:
        return "The network was given empty sky, so there is nothing to mark."
    where = f"anything in layer {layer}" if layer else "any pixel"
    return f"The logit does not respond to {where} for this galaxy."
