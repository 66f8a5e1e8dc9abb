"""What visitors take away: results as CSV and JSON, maps as NPZ, evidence as PNG. Pure.

Fields are those of the command line's contract (DESIGN.md, section 5). A cell that a
spreadsheet would run as a formula is disarmed.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from galaxy_core.cnn.pipeline import FileAnswer
from galaxy_core.explain.paint import ELLIPTICAL_RGB, SPIRAL_RGB, paint_evidence
from galaxy_core.framing import cut_out
from pages.shared import wording
from pages.shared.evidence import ShownEvidence
from pages.shared.galaxy import OpenGalaxy

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from pages.shared.caches import Look

FIELDS = ("path", "probability_spiral", "logit", "verdict", "model", "warnings", "error")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIDE_PX, _MARGIN_PX, _FOOT_PX = 512, 24, 150


def to_csv(lines: Sequence[FileAnswer], urls: Sequence[str] = ()) -> bytes:
    """Return the results as CSV, UTF-8 with a mark so that spreadsheets read it rightly.

    Where archives gave any of the pictures, ``urls`` says which; they get a column of their own.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = (*FIELDS, "url") if any(urls) else FIELDS
    writer.writerow(names)
    for fields in _objects(lines, urls):
        error = fields["error"]
        fields["warnings"] = " ".join(fields["warnings"])
        fields["error"] = f"{error['type']}: {error['message']}" if error else ""
        writer.writerow([_disarmed(fields[name]) for name in names])
    return text.getvalue().encode("utf-8-sig")


def to_json(lines: Sequence[FileAnswer], urls: Sequence[str] = ()) -> bytes:
    """Return the results as a JSON list of the command line's objects; ``urls`` as in CSV."""
    return json.dumps(_objects(lines, urls), ensure_ascii=False, indent=1).encode()


def _objects(lines: Sequence[FileAnswer], urls: Sequence[str]) -> list[dict[str, Any]]:
    fields = [line.to_json() for line in lines]
    return [one | {"url": url} for one, url in zip(fields, urls)] if any(urls) else fields


def to_npz(galaxy: OpenGalaxy, look: Look) -> bytes:
    """Return input, evidence and feature maps of every layer, as ``inspect`` writes them."""
    from galaxy_core.explain.files import inspection_arrays  # TensorFlow is there by now

    buffer = io.BytesIO()
    arrays = inspection_arrays(galaxy.pixels, look.inspection, look.answer)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def evidence_png(
    galaxy: OpenGalaxy, evidence: ShownEvidence, answer: Answer, *, title: str, opacity: float
) -> bytes:
    """Return the framed galaxy with its evidence, the colour scale and where it came from.

    Parameters
    ----------
    galaxy, evidence, answer : OpenGalaxy, ShownEvidence, Answer
        What is shown.
    title : str
        Which network and layer, and which evidence.
    opacity : float
        Of the evidence, in [0, 1].
    """
    side, margin = _SIDE_PX, _MARGIN_PX
    square = cut_out(galaxy.cutout.pixels, galaxy.framing, size_px=side)
    base = Image.fromarray(np.round(square * 255).astype(np.uint8))
    painted = Image.fromarray(paint_evidence(evidence.on_input, scale=evidence.scale))
    overlay = painted.resize((side, side), Image.Resampling.BICUBIC)
    alpha = overlay.getchannel("A").point(lambda level: round(level * opacity))
    base.paste(overlay.convert("RGB"), mask=alpha)
    sheet = Image.new("RGB", (side + 2 * margin, side + 2 * margin + _FOOT_PX), "#0F1420")
    sheet.paste(base, (margin, margin))
    _write_foot(sheet, galaxy, evidence, answer, title)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _write_foot(
    sheet: Image.Image, galaxy: OpenGalaxy, evidence: ShownEvidence, answer: Answer, title: str
) -> None:
    draw, top = ImageDraw.Draw(sheet), _SIDE_PX + 2 * _MARGIN_PX
    _draw_scale(draw, top)
    end, came = evidence.scale, galaxy.cutout.provenance
    probability = wording.percent(answer.probability_spiral)
    lines = [
        (f"elliptical −{end:.3g}", _MARGIN_PX, "la"),
        ("evidence (logit)", sheet.width // 2, "ma"),
        (f"+{end:.3g} spiral", sheet.width - _MARGIN_PX, "ra"),
    ]
    small, font = ImageFont.load_default(13), ImageFont.load_default(15)
    for text, x, anchor in lines:
        draw.text((x, top + 14), writable(text), "#E6EAF2", small, anchor=anchor)
    for number, text in enumerate(
        (
            f"{answer.verdict}: spiral {probability} ({wording.spread(answer)})",
            title,
            f"{came.name} · {came.origin}{f' · {came.survey}' if came.survey else ''}",
            f"sha256 {came.sha256[:16]}" + (f" · {came.credit}" if came.credit else ""),
        )
    ):
        line = writable(text)
        while draw.textlength(line, font) > _SIDE_PX:
            line = f"{line[:-2]}…"
        draw.text((_MARGIN_PX, top + 40 + 24 * number), line, "#E6EAF2", font)


def writable(text: str) -> str:
    """Return text in letters that the font of the picture has: accents go, others become "?".

    Pillow's own font, the only one that is there on every machine, knows ASCII and little more.
    """
    told = text.translate({0x2212: "-", 0x2013: "-", 0x2019: "'"})
    plain = unicodedata.normalize("NFKD", told)
    letters = (c for c in plain if not unicodedata.combining(c))
    return "".join(c if c.isascii() or c == "·" else "?" for c in letters)


def _draw_scale(draw: ImageDraw.ImageDraw, top: int) -> None:
    for x in range(_SIDE_PX):
        position = 2 * x / (_SIDE_PX - 1) - 1
        colour = SPIRAL_RGB if position > 0 else ELLIPTICAL_RGB
        strength = abs(position) ** 0.5  # as paint_evidence
        shade = tuple(round(channel * strength) for channel in colour)
        draw.line([(_MARGIN_PX + x, top), (_MARGIN_PX + x, top + 9)], fill=shade)


def _disarmed(value: object) -> object:
    """Put an apostrophe before what a spreadsheet would take for a formula (OWASP)."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
