"""One galaxy as a self-contained HTML page: picture, input, answer, evidence, trust, provenance.

A pure function of what is known; every text is escaped, every picture inline, no script, no
request to anywhere. Prints on white paper. Measures nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from galaxy_core.cnn.answer import Answer
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cutout import Cutout, FloatImage
from galaxy_core.explain.explanation import Explanation
from galaxy_core.explain.export import map_png, picture_png
from galaxy_core.explain.methods import METHODS
from galaxy_core.explain.trust.card import TrustCard
from galaxy_core.framing import Framing

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#111;background:#fff;max-width:60rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}
figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top;max-width:18rem}
figure img{width:100%;image-rendering:pixelated;border:1px solid #ccc}
figcaption{font-size:.85em;color:#444}
table{border-collapse:collapse;font-size:.9em}td,th{text-align:left;padding:.15rem 1rem .15rem 0;
vertical-align:top}td:last-child{overflow-wrap:anywhere}th{font-weight:600}
.verdict{font-size:1.25rem;margin:.4rem 0}
.map{display:flex;flex-wrap:wrap;column-gap:1rem}.map figure{flex:0 0 15rem;margin-right:0}
.map div{flex:1 1 18rem;min-width:0}.map p{margin:.2rem 0 .5rem}
section{break-inside:avoid}@page{margin:12mm}
@media print{body{margin:0;padding:0;max-width:none;font-size:9pt;line-height:1.25}
h2{margin-top:.6rem}td,th{padding-top:0;padding-bottom:0}.map figure{flex-basis:9.5rem}
figure{margin-bottom:.3rem}}
"""
_LONGEST_SIDE_PX = 640
_NOT_TESTED = "<p>This map had not been tested when the report was made: no trust card.</p>"


@dataclass(frozen=True, slots=True, eq=False)
class ReportContent:
    """Everything a report shows.

    Parameters
    ----------
    cutout : Cutout
        The galaxy.
    framing : Framing
        Which square the network saw.
    picture : ndarray, shape (S, S, 3), float32
        That square as the network saw it.
    answer : Answer
        What the network said.
    model : ModelCard
        Which network.
    explanations : sequence of Explanation
        Of this galaxy alone (N = 1), in the order to be shown.
    trust : mapping of (str, str) to TrustCard
        By method and layer; those there are.
    versions : mapping of str to str
        Of the software, by name.
    created_utc : str
        When the report was made, ISO 8601.
    """

    cutout: Cutout
    framing: Framing
    picture: FloatImage
    answer: Answer
    model: ModelCard
    explanations: tuple[Explanation, ...]
    trust: Mapping[tuple[str, str], TrustCard]
    versions: Mapping[str, str]
    created_utc: str


def report_html(content: ReportContent) -> str:
    """Return the report as one HTML document, UTF-8, nothing outside itself."""
    name = escape(content.cutout.name)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        # Nothing may be fetched, whatever finds its way into the page.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">",
        f"<title>{name}: report</title><style>{_STYLE}</style></head><body>",
        f"<h1>{name}</h1>",
        _answer(content),
        _pictures(content),
        _tested(content),
        *(_evidence(content, explanation) for explanation in content.explanations),
        _provenance(content),
        "</body></html>",
    ]
    return "\n".join(parts)


def percent(probability: float) -> str:
    """Return a probability as whole percent, never as certainty."""
    if probability > 0.999:
        return "> 99.9 %"
    if probability < 0.001:
        return "< 0.1 %"
    return f"{min(max(round(100 * probability), 1), 99)} %"


def _answer(content: ReportContent) -> str:
    answer = content.answer
    low, high = answer.probability_range
    warnings = "".join(f"<li>{escape(text)}</li>" for text in answer.warnings)
    spread = f"{percent(low)} to {percent(high)} over {len(answer.orientation_probabilities)}"
    model = escape(content.model.title)
    return (
        f'<p class="verdict"><strong>{escape(answer.verdict.value)}</strong>: probability of '
        f"spiral {escape(percent(answer.probability_spiral))}</p>"
        f"<p>{escape(spread)} orientations; logit {answer.logit:.2f}; network {model}.</p>"
        + (f"<ul>{warnings}</ul>" if warnings else "")
    )


def _pictures(content: ReportContent) -> str:
    pixels = content.cutout.pixels
    step = -(-max(pixels.shape[:2]) // _LONGEST_SIDE_PX)
    whole = picture_png(np.ascontiguousarray(pixels[::step, ::step]))
    seen = picture_png(content.picture, enlarge=4)
    size = content.picture.shape[0]
    return (
        "<section>"
        + _figure(whole, f"The picture, {pixels.shape[1]} × {pixels.shape[0]} pixels.")
        + _figure(seen, f"What the network saw, {size} × {size} pixels, sky subtracted.")
        + "</section>"
    )


def _tested(content: ReportContent) -> str:
    """Which of the maps below have their trust card."""
    kept: dict[bool, list[str]] = {True: [], False: []}
    for one in content.explanations:
        kept[(one.method, one.layer) in content.trust].append(METHODS[one.method].title)
    count = len(content.explanations)
    text = f"Of {count} maps {len(kept[True])} were tested"
    if kept[True] and kept[False]:
        text += f" ({', '.join(kept[True])})"
    if kept[False]:
        text += (
            f"; not tested: {', '.join(kept[False])}. On the page of the evidence, "
            "Download › “Test all maps first” measures these as well"
        )
    return f"<section><h2>Evidence, and its tests</h2><p>{escape(text)}.</p></section>"


def _evidence(content: ReportContent, explanation: Explanation) -> str:
    method = METHODS[explanation.method]
    title = method.title + (f", layer {explanation.layer}" if explanation.layer else "")
    if reason := explanation.reasons[0]:
        figure = f"<p>No map: {escape(reason)}</p>"
    else:
        scale = content.model.evidence_scale.get(explanation.layer, 0.0)
        scale = scale if explanation.method == "grad_cam" else 0.0
        png = map_png(explanation, 0, content.picture, scale=scale, enlarge=4, unit=method.unit)
        peak = f"{float(np.abs(explanation.maps[0]).max()):.3g} {method.unit}".strip()
        figure = _figure(png, f"Largest value {peak}. {_key(signed=explanation.signed)}")
    card = content.trust.get((explanation.method, explanation.layer))
    judged = explanation.judged(card.logit if card else content.answer.logit)
    return (
        f'<section><h2>{escape(title)}</h2><div class="map">{figure}<div>'
        f"<p>{escape(method.shows)} It cannot show: {escape(method.cannot_show)} "
        f"<small>({escape(method.source)})</small></p>{judged and f'<p>{escape(judged)}</p>'}"
        f"{f'<p><strong>{escape(card.headline())}</strong></p>' if card else _NOT_TESTED}"
        f"</div></div>{_trust(card) if card else ''}</section>"
    )


def _key(*, signed: bool) -> str:
    if signed:
        return "Blue: evidence for spiral; amber: for elliptical; clear: none."
    return "Brighter: matters more; the method does not say for which class."


def _trust(card: TrustCard) -> str:
    rows = "".join(
        f"<tr><th>{escape(finding.name)}</th><td>{escape(finding.grade.value)}</td>"
        f"<td>{escape(finding.sentence)}</td></tr>"
        for finding in card.findings
    )
    if where := card.place_sentence():
        said = escape(card.place_verdict())
        rows += f"<tr><th>Place</th><td>{said}</td><td>{escape(where)}</td></tr>"
    return f"<table>{rows}</table>"


def _provenance(content: ReportContent) -> str:
    source, framing, model = content.cutout.provenance, content.framing, content.model
    position = content.cutout.position
    rows = {
        "Origin": source.origin.value,
        "Survey": f"{source.survey} {source.release}".strip(),
        "Address": source.url,
        "Credit": source.credit,
        "Retrieved": source.retrieved_utc,
        "SHA-256 of the file": source.sha256,
        "Position": f"{position.ra_deg:.5f}°, {position.dec_deg:+.5f}°" if position else "",
        "Centre of the square": _centre_on_sky(content),
        "Framing": (
            f"centre ({framing.centre_x_px:.1f}, {framing.centre_y_px:.1f}), half size "
            f"{framing.half_size_px:.1f} pixels"
            + (", chosen by a person" if framing.user_set else "")
        ),
        "Read with": "; ".join(content.cutout.warnings),
        "Network": f"{model.name} ({model.architecture})",
        "SHA-256 of the weights": model.weights_sha256,
        "Versions": ", ".join(f"{name} {version}" for name, version in content.versions.items()),
        "Report made": content.created_utc,
    }
    body = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
        for name, text in rows.items()
        if text
    )
    return f"<section><h2>Provenance</h2><table>{body}</table></section>"


def _centre_on_sky(content: ReportContent) -> str:
    """Where the picture's own coordinates put the galaxy; empty where it has none."""
    wcs, framing = content.cutout.wcs, content.framing
    if wcs is None or not wcs.has_celestial:
        return ""
    place = framing.centre_x_px, framing.centre_y_px
    longitude, latitude = map(float, wcs.celestial.pixel_to_world_values(*place))
    if not (np.isfinite(longitude) and np.isfinite(latitude)):
        return ""
    axes = " ".join(str(name)[:4].strip("-") for name in wcs.celestial.wcs.ctype)
    system = str(wcs.wcs.radesys or "ICRS") if axes.startswith("RA") else axes
    return f"{longitude:.5f}°, {latitude:+.5f}° ({system})"


def _figure(png: bytes, caption: str) -> str:
    data = base64.b64encode(png).decode("ascii")
    text = escape(caption)
    return (
        f'<figure><img alt="{text}" src="data:image/png;base64,{data}">'
        f"<figcaption>{text}</figcaption></figure>"
    )
