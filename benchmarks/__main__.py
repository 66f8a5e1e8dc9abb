"""Run every benchmark, print the table, keep it in RESULTS.md.

``python -m benchmarks network`` runs one part and keeps nothing.
"""

import importlib
import os
import sys
from datetime import UTC, datetime

from benchmarks.table import RESULTS, machine, markdown

PARTS = ("network", "explain", "fits_preview", "archives", "browser")


def main() -> int:
    """Run the named parts, or all."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    chosen = tuple(sys.argv[1:]) or PARTS
    rows = []
    for part in chosen:
        print(f"Measuring {part} …", flush=True)
        found = importlib.import_module(f"benchmarks.{part}").rows()
        print(markdown(found), flush=True)
        rows += found
    if chosen == PARTS:
        stamp = datetime.now(UTC).strftime("%Y-%m-%d")
        RESULTS.write_text(
            f"# Benchmarks\n\nMeasured {stamp} by `make bench` on {machine()}. Each row was "
            f"measured side by side in one run.\n\n{markdown(rows)}",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
