"""What every benchmark returns: one ratio, measured side by side in one run."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    what : str
        What was compared with what.
    ours, theirs : str
        Both measured values, with units.
    ratio : str
        Their relation, as the target states it.
    target : str
        What was aimed for.
    met : bool
        Whether the measured value reaches it.
    note : str
        What bounds it.
    """

    what: str
    ours: str
    theirs: str
    ratio: str
    target: str
    met: bool
    note: str = ""


def machine() -> str:
    """Return the machine in words."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a table."""
    columns = ("what", "ours", "against", "ratio", "target", "met", "note")
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
    cells = [
        (r.what, r.ours, r.theirs, r.ratio, r.target, "yes" if r.met else "**no**", r.note)
        for r in rows
    ]
    return head + "".join("| " + " | ".join(row) + " |\n" for row in cells)
