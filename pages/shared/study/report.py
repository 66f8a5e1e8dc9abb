"""The report of the galaxy on the page, and the table of the methods' ranking. Pure.

Called only once a network is ready, so TensorFlow is long imported by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from galaxy_core.cnn.card import ModelCard
from pages.shared.galaxy import OpenGalaxy

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.explain.explanation import Explanation
    from galaxy_core.explain.ranking_scores import Estimate, MethodRanking
    from galaxy_core.explain.trust.card import TrustCard

_NAMED = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "tf-keras-vis", "streamlit")


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


RANKING_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "Method": "“No better than edges”: its gap is not larger than an edge detector's.",
        "Gap (logit)": "Faithfulness: area under bringing the marked pixels back, less that "
        "under taking them away. 0 is chance.",
        "Left on noise": "Sanity: correlation left when every weight is noise. 1: the map was "
        "never about the network.",
        "Stability": "Correlation of the map with itself under the change it bears least.",
        "On the galaxy": "Share of the evidence on the galaxy.",
        "On the true part": "Pointing game: how often the peak lies on what makes the class "
        "(arms and bar, or bulge).",
        "Stand up": "Share of the maps whose trust card has nothing weak or bad.",
        "Blank": "Maps with nothing on them.",
    }
)


def ranking_rows(ranking: MethodRanking) -> list[dict[str, Any]]:
    """Return the ranking as rows of a table, numbers with their intervals in words."""
    from galaxy_core.explain.methods import METHODS

    rows = []
    for score in ranking.scores:
        known = METHODS.get(score.method)
        title = known.title if known is not None else score.method
        if known is not None and not known.is_control and not score.beats_edges:
            title += " (no better than edges)"
        measures = score.measures
        rows.append(
            {
                "Method": title,
                "Layer": score.layer or "input",
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
