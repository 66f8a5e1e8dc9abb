"""The centre about which a galaxy looks most like itself turned by 180 degrees.

A half turn about a point between pixels needs a shift by a fraction of a pixel; linear
interpolation does it, as in Conselice, Bershady & Jangren (2000). The search walks to the
best of nine neighbours, with ever finer steps, so it cannot leave the square.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Point = tuple[float, float]

_STEPS_PX = (1.0, 0.5, 0.25, 0.125)
_MOST_MOVES = 12  # at each step size; a galaxy's asymmetry has one valley this near its middle


def half_turn(image: Plane, centre: Point) -> Plane:
    """Return the image turned by 180 degrees about (y, x); 0 where nothing was."""
    return _slide(_slide(image[::-1, ::-1], centre[0], axis=0), centre[1], axis=1)


def _slide(flipped: Plane, centre: float, *, axis: int) -> Plane:
    """Shift an already flipped image so that the flip was about ``centre`` on that axis."""
    size = flipped.shape[axis]
    shift = 2 * centre - (size - 1)
    whole = int(np.floor(shift))
    part = shift - whole
    near = _move(flipped, whole, axis)
    return near if part == 0 else (1 - part) * near + part * _move(flipped, whole + 1, axis)


def _move(image: Plane, by: int, axis: int) -> Plane:
    if by == 0:
        return image
    size = image.shape[axis]
    moved = np.zeros_like(image)
    if abs(by) < size:
        target, source = (
            slice(max(by, 0), size + min(by, 0)),
            slice(max(-by, 0), size - max(by, 0)),
        )
        if axis == 0:
            moved[target] = image[source]
        else:
            moved[:, target] = image[:, source]
    return moved


def disagreement(image: Plane, usable: Mask, centre: Point, radius_px: float) -> Point:
    """Return the mean over a circle of ``|I - I180|``, and of ``|I|``, in that order.

    Only pixels count that are usable and whose counterpart is; both are 0 if none is.
    """
    size = image.shape[0]
    y, x = np.arange(size) - centre[0], np.arange(size) - centre[1]
    inside = (y[:, None] ** 2 + x[None, :] ** 2 <= radius_px**2) & usable
    if not usable.all():
        inside &= half_turn(usable.astype(np.float64), centre) > 0.999
    if not inside.any():
        return 0.0, 0.0
    here, there = image[inside], half_turn(image, centre)[inside]
    return float(np.abs(here - there).mean()), float(np.abs(here).mean())


def least_asymmetric_centre(image: Plane, usable: Mask, start: Point, radius_px: float) -> Point:
    """Return the (y, x) near ``start`` that makes ``|I - I180| / |I|`` least."""
    known: dict[Point, float] = {}  # neighbourhoods overlap; steps are eighths, so keys are exact

    def cost(point: Point) -> float:
        if point not in known:
            difference, light = disagreement(image, usable, point, radius_px)
            known[point] = difference / light if light > 0 else np.inf
        return known[point]

    # On the half-pixel grid no interpolation is needed: mirrored pictures walk mirrored ways.
    best = (round(start[0] * 2) / 2, round(start[1] * 2) / 2)
    least = cost(best)
    for step in _STEPS_PX:
        for _ in range(_MOST_MOVES):
            ring = [
                (best[0] + dy * step, best[1] + dx * step)
                for dy, dx in (
                    (0, 1),
                    (0, -1),
                    (1, 0),
                    (-1, 0),
                    (1, 1),
                    (1, -1),
                    (-1, 1),
                    (-1, -1),
                )
            ]
            costs = [cost(point) for point in ring]
            choice = int(np.argmin(costs))
            if not costs[choice] < least:
                break
            best, least = ring[choice], costs[choice]
    return best
