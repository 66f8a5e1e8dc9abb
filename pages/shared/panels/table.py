"""Many uploads as a table: one row each, sortable, any of them opened in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.shared import export, state
from pages.shared.networks import Network
from pages.shared.uploads import UploadRow, classify_uploads
from pages.shared.wording import percent, whole_percent


def upload_rows(files: Sequence[Any], ready: Network) -> list[UploadRow]:
    """Return the row of each file; classify those that are new, saying how far it got."""
    name = ready.classifier.card.name
    known = state.upload_rows(name)
    new = [file for file in files if file.file_id not in known]
    if new:
        bar = st.progress(0.0, text="Reading and classifying …") if len(new) > 1 else None
        for done, row in enumerate(classify_uploads(new, ready.classifier), start=1):
            known[row.file_id] = row
            if bar is not None and (done % 4 == 0 or done == len(new)):
                bar.progress(done / len(new), text=f"Classified {done} of {len(new)}")
        if bar is not None:
            bar.empty()
    gone = set(known) - {file.file_id for file in files}
    for file_id in gone:
        del known[file_id]
    return [known[file.file_id] for file in files]


def results_table(rows: Sequence[UploadRow], *, of_uploads: bool = True) -> None:
    """Draw the table and its downloads; of uploads, a row opens its picture."""
    import pandas as pd  # half a second of import that the first paint need not wait for

    failed = sum(row.line.error is not None for row in rows)
    st.markdown(
        f"**{len(rows)} pictures**" + (f", {failed} of them could not be read" if failed else "")
    )
    frame = pd.DataFrame([_cells(row) for row in rows])
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 * len(rows) + 40, 250),
        row_height=38,
        alt="Results of the uploaded pictures",
        column_config={
            "Picture": st.column_config.ImageColumn(width="small"),
            "Spiral": st.column_config.ProgressColumn(
                format="%d %%",
                min_value=0,
                max_value=100,
                help="Probability of spiral. Click the heading to sort.",
            ),
            "Remarks": st.column_config.TextColumn(width="large"),
        },
        **(state.rows_of_table(len(rows)) if of_uploads else {}),
    )
    lines = [row.line for row in rows]
    with st.container(horizontal=True):
        st.download_button(
            "Results (CSV)",
            lambda: export.to_csv(lines),
            "galaxies.csv",
            "text/csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Results (JSON)",
            lambda: export.to_json(lines),
            "galaxies.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        if of_uploads:
            st.button("Clear uploads", icon=":material/close:", on_click=state.clear_uploads)


def _cells(row: UploadRow) -> dict[str, Any]:
    answer, error = row.line.answer, row.line.error
    return {
        "Picture": row.thumbnail or None,
        "Name": row.line.path,
        "Verdict": "Not read" if answer is None else str(answer.verdict),
        "Spiral": None if answer is None else whole_percent(answer.probability_spiral),
        "Over 8 views": ""
        if answer is None
        else " to ".join(percent(value) for value in answer.probability_range),
        "Remarks": str(error) if error is not None else " ".join(row.line.warnings),
    }
