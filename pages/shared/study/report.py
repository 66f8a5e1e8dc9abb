"""The report of the galaxy on the page, and the table of the methods' ranking. Pure.

Called only once a network is ready, so TensorFlow is long imported by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from galaxy_core.cnn.card import ModelCard
from pages.shared.galaxy import OpenGalaxy

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.explain.explanation import Explanation
    from galaxy_core.explain.ranking import Estimate, MethodRanking
    from galaxy_core.explain.trust.card import TrustCard

_NAMED = ("tensorflow", "keras", "numpy", "tf-keras-vis", "streamlit")


def report(
    galaxy: OpenGalaxy,
    answer: Answer,
    model: ModelCard,
    *,
    explanations: Sequence[Explanation],
    trust: Mapping[tuple[str, str], TrustCard],
) -> bytes:
    """Return the self-contained HTML report, UTF-8."""
    from galaxy_core.explain.report import ReportContent, report_html

    content = ReportContent(
        cutout=galaxy.cutout,
        framing=galaxy.framing,
        picture=galaxy.pixels,
        answer=answer,
        model=model,
        explanations=tuple(explanations),
        trust=trust,
        versions=_versions(),
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return report_html(content).encode()


def ranking_rows(ranking: MethodRanking) -> list[dict[str, Any]]:
    """Return the ranking as rows of a table, numbers with their intervals in words."""
    from galaxy_core.explain.methods import METHODS

    rows = []
    for score in ranking.scores:
        known = METHODS.get(score.method)
        title = known.title if known is not None else score.method
        if known is not None and not known.is_control and not score.beats_edges:
            title += " (no better than an edge detector)"
        measures = score.measures
        rows.append(
            {
                "Method": title,
                "Layer": score.layer or "input",
                "Beats the edge detector": "yes" if score.beats_edges else "no",
                "Gap (logit)": _interval(measures.get("gap")),
                "Left on noise": _interval(measures.get("left_over")),
                "Stability": _interval(measures.get("stability")),
                "On the galaxy": _interval(measures.get("on_galaxy")),
                "On the true part": _interval(measures.get("pointing")),
                "Stand up": _interval(measures.get("stands_up")),
                "Blank": score.blank,
            }
        )
    return rows


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return "—"
    text = f"{estimate.mean:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
    return text.replace("-", "−")


def _versions() -> dict[str, str]:
    found = {}
    for name in _NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
