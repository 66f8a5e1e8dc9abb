"""Many pictures as a table: one row each, sortable, any of them opened in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import streamlit as st

from galaxy_core.errors import ArchiveError
from pages.shared import caches, export, state
from pages.shared.networks import Network
from pages.shared.panels import fetch, fits_opened
from pages.shared.results import Listed, ResultRow, classify_listed, uploaded
from pages.shared.wording import percent

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler


def uploads_table(files: Sequence[Any], ready: Network) -> None:
    """Draw the results of the uploaded files; a row opens its picture."""
    rows = _rows("uploads", uploaded(files, caches.fits_reader()), ready)
    index = min(state.open_row(), len(rows) - 1)

    def beside() -> None:
        st.button("Clear uploads", icon=":material/close:", on_click=state.clear_uploads)
        fits_opened.offer_together(files)

    selection = state.rows_of_table("uploads", index, state.set_open_row)
    results_table(rows, selection=selection, beside=beside)


def fetched_table(ready: Network) -> None:
    """Draw the results of the list that was fetched; a row opens its galaxy."""
    wanted, listed = fetch.listed_pictures()
    opened = wanted.index(fetch.wanted_now())
    results_table(
        _rows("fetched", listed, ready),
        what="galaxies of the list",
        selection=state.rows_of_table("fetched", opened, lambda row: fetch.show(wanted[row])),
    )


def _rows(kind: str, listed: Sequence[Listed], ready: Network) -> list[ResultRow]:
    """Return the row of each picture; classify those that are new, saying how far it got."""
    known = state.result_rows(kind, ready.classifier.card.name)
    new = [one for one in listed if one.key not in known]
    if new:
        words = st.empty()  # a browser draws them at once; the bar it has to fetch first
        bar = None
        if len(new) > 1:
            words.markdown(f"Reading and classifying {len(new)} pictures …")
            bar = st.progress(0.0)
        for done, row in enumerate(classify_listed(new, ready.classifier), start=1):
            known[row.key] = row
            if bar is not None and (done % 4 == 0 or done == len(new)):
                words.markdown(f"Classified {done} of {len(new)} pictures")
                bar.progress(done / len(new))
        words.empty()
        if bar is not None:
            bar.empty()
    for key in set(known) - {one.key for one in listed}:
        del known[key]
    return [known[one.key] for one in listed]


def results_table(
    rows: Sequence[ResultRow],
    *,
    what: str = "pictures",
    selection: Mapping[str, Any] = MappingProxyType({}),
    beside: Callable[[], None] = lambda: None,
) -> None:
    """Draw the table and its downloads.

    Parameters
    ----------
    rows : sequence of ResultRow
        In the order of the list.
    what : str
        What they are, in the plural.
    selection : mapping
        Of ``state.rows_of_table``; empty where no row can be opened.
    beside : callable
        Draws what else stands in the row of the downloads.
    """
    errors = [row.line.error for row in rows if row.line.error is not None]
    done = "fetched" if any(isinstance(error, ArchiveError) for error in errors) else "read"
    failed = f", {len(errors)} of them could not be {done}" if errors else ""
    st.markdown(f"**{len(rows)} {what}**{failed}")
    st.dataframe(
        shown_cells(rows),
        placeholder="",
        hide_index=True,
        height=min(38 * len(rows) + 40, 250),
        row_height=38,
        alt=f"Results of the {what}",
        column_config={
            "Picture": st.column_config.ImageColumn(width="small"),
            "Spiral": st.column_config.NumberColumn(
                help="Probability of spiral. Click the heading to sort."
            ),
            "Scale": st.column_config.ProgressColumn(
                format=" ",
                min_value=0,
                max_value=1,
                help="The same from elliptical, at the left, to spiral.",
            ),
            "Remarks": st.column_config.TextColumn(width="large"),
        },
        **selection,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        _downloads(rows)
        beside()


def shown_cells(rows: Sequence[ResultRow]) -> Styler:
    """Return the cells: probabilities sort by their exact value and read as whole percent."""
    import pandas as pd  # half a second of import that the first paint need not wait for

    cells = pd.DataFrame([_cells(row) for row in rows])
    return cells.style.format({"Spiral": percent}, na_rep="")


def _downloads(rows: Sequence[ResultRow]) -> None:
    lines, urls = [row.line for row in rows], [row.url for row in rows]
    st.download_button(
        "Results (CSV)",
        lambda: export.to_csv(lines, urls),
        "galaxies.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
    )
    st.download_button(
        "Results (JSON)",
        lambda: export.to_json(lines, urls),
        "galaxies.json",
        "application/json",
        icon=":material/data_object:",
        on_click="ignore",
    )


def _cells(row: ResultRow) -> dict[str, Any]:
    answer, error = row.line.answer, row.line.error
    missing = "Not fetched" if isinstance(error, ArchiveError) else "Not read"
    return {
        "Picture": row.thumbnail or None,
        "Name": row.line.path,
        "Verdict": missing if answer is None else str(answer.verdict),
        "Spiral": None if answer is None else answer.probability_spiral,
        "Scale": None if answer is None else answer.probability_spiral,
        "Over 8 views": ""
        if answer is None
        else " to ".join(dict.fromkeys(percent(value) for value in answer.probability_range)),
        "Remarks": str(error) if error is not None else " ".join(row.line.warnings),
    }
