"""HTML of the scales: probability, evidence, activations, kernels. Pure strings.

Every value is a number or a text of ours, escaped; nothing a visitor named comes in here.
Colours come as CSS classes of ``frontend/page.css``.
"""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

from pages.shared import wording


def probability_scale(
    probability: float, lowest: float, highest: float, *, trusted: bool = True
) -> str:
    """Return the scale from elliptical to spiral with the answer and its spread."""
    left, right = 100 * lowest, 100 * highest
    described = (
        f"Probability of spiral {wording.percent(probability)}, from {wording.percent(lowest)} "
        f"to {wording.percent(highest)} over rotations and flips, on a scale from elliptical "
        "to spiral"
    )
    return (
        f'<div class="aa-scale{"" if trusted else " aa-scale-faint"}" role="img" '
        f'aria-label="{escape(described)}">'
        '<div class="aa-scale-bar">'
        f'<span class="aa-scale-spread" style="left:{left:.1f}%;width:{right - left:.1f}%"></span>'
        '<span class="aa-scale-middle"></span>'
        f'<span class="aa-scale-dot" style="left:{100 * probability:.1f}%"></span></div>'
        '<div class="aa-scale-ends"><span>elliptical</span><span>spiral</span></div></div>'
    )


def evidence_scale(end: float, *, kind: str, unit: str = "logit") -> str:
    """Return the colour bar of the evidence, with its unit; ``kind`` as in ``EvidenceKind``."""
    said = unit or "no unit"
    low, high = {
        "signed": (f"−{end:.3g}", f"+{end:.3g}"),
        "spiral": ("0", f"{end:.3g}"),
        "elliptical": ("0", f"{end:.3g}"),
    }[kind]
    words = {
        "signed": f"← elliptical · evidence ({said}) · spiral →",
        "spiral": f"evidence for spiral ({said})",
        "elliptical": f"evidence for elliptical ({said})",
    }[kind]
    return _bar(f"aa-bar-{kind}", low, words, high)


def activation_scale(top: float, *, words: str = "activation (no unit)") -> str:
    """Return the colour bar of feature maps from 0 to ``top``."""
    return _bar("aa-bar-activation", "0", words, f"{top:.3g}")


def kernel_table(kernel: npt.NDArray[np.float32], title: str) -> str:
    """Return one slice of a kernel (h, w) as a table of its weights on grey cells."""
    largest = float(np.abs(kernel).max()) or 1.0
    rows = []
    for row in kernel:
        cells = []
        for weight in row:
            grey = round((float(weight) / largest + 1) / 2 * 255)
            ink = "#000" if grey > 115 else "#fff"
            cells.append(
                f'<td style="background:rgb({grey},{grey},{grey});color:{ink}">'
                f"{wording.signed(float(weight))}</td>"
            )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="aa-kernel"><caption>{escape(title)}</caption>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _bar(colours: str, low: str, words: str, high: str) -> str:
    return (
        f'<div class="aa-bar-row" role="img" aria-label="Colour scale: {escape(words)}, from '
        f'{low} to {high}"><div class="aa-bar {colours}"></div><div class="aa-bar-ends">'
        f"<span>{low}</span><span>{escape(words)}</span><span>{high}</span></div></div>"
    )
