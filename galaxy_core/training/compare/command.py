"""The whole comparison in one call, as the command line makes it: results, text, cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from galaxy_core.cnn.store import ModelStore
from galaxy_core.training.compare.asked import OnStage
from galaxy_core.training.compare.galaxies import ComparedGalaxies
from galaxy_core.training.compare.methods import Kind, Method
from galaxy_core.training.compare.run import Comparison, ComparisonPlan
from galaxy_core.training.compare.table import baseline_metrics, rows_of, table_text
from galaxy_core.training.remeasured import add_metrics


def compare(
    galaxies: ComparedGalaxies,
    methods: Sequence[Method],
    *,
    store: ModelStore,
    data_dir: Path,
    plan_changes: Mapping[str, int | None],
    write_cards: bool,
    on_stage: OnStage,
) -> str:
    """Return the table as text, once all is measured; a comparison that was killed goes on.

    Parameters
    ----------
    galaxies : ComparedGalaxies
        Who learns on what and is asked about what.
    methods : sequence of Method
        The rows.
    store : ModelStore
        Holds the shipped ones among them; their cards are what is written.
    data_dir : Path
        Where results are kept.
    plan_changes : mapping of str to int or None
        Fields of `ComparisonPlan` that are not to be as they are; None leaves one.
    write_cards : bool
        Whether to put the table on the cards of the shipped networks.
    on_stage : callable
        Told (what, done, total).
    """
    changes = {name: value for name, value in plan_changes.items() if value is not None}
    plan = replace(ComparisonPlan(), **changes)
    shipped = {
        m.architecture: store.find(m.architecture) for m in methods if m.kind is Kind.SHIPPED
    }
    comparison = Comparison(galaxies, plan, shipped, data_dir, on_stage=on_stage)
    results = list(comparison.results(methods))
    if write_cards:
        metrics = baseline_metrics(
            results, galaxies=galaxies, plan=plan, data_sha256=comparison.data_sha256
        )
        for stored in shipped.values():
            add_metrics(stored, metrics)
    return table_text(rows_of(results))
