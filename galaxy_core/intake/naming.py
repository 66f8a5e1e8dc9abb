"""A file's name, made fit to be shown: what a stranger named a file is not to be trusted.

Escapes nothing for HTML or Markdown; that is up to whoever puts it on a page.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_CHARACTERS = 80
# Control, format (bidi overrides, zero-width), surrogate, private, unassigned, separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def display_name(name: str) -> str:
    """Return the name without folders, control characters or direction overrides.

    At most ``MAX_NAME_CHARACTERS`` long, cut in the middle so that the ending stays; one
    line; "unnamed" where nothing is left.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    visible = "".join(" " if unicodedata.category(c) in _HIDDEN else c for c in last[:4096])
    tidy = " ".join(visible.split())
    if len(tidy) > MAX_NAME_CHARACTERS:
        tidy = f"{tidy[: MAX_NAME_CHARACTERS - 21]}…{tidy[-20:]}"
    return tidy if tidy.strip(". ") else "unnamed"
