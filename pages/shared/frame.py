"""What stands on a page before anything of science is imported: style sheet, errors in words.

A first visitor sees the page's title while numpy, SciPy and the rest are still being read, so
this module and what it imports stay light. ``guarded`` is the one place where an error becomes
words on a page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from galaxy_core.errors import GalaxyError

_STYLE = Path(__file__).with_name("frontend") / "page.css"
_LOG = logging.getLogger("astronomer")


def style() -> None:
    """Put the style sheet on the page."""
    st.html(_STYLE)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn an error into words: ours with its own sentence, any other calmly and into the log."""
    try:
        yield
    except GalaxyError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception:
        _LOG.exception("A page failed")
        st.error(
            "Something went wrong in the app itself, not with your galaxy. Reload the page; if "
            "it happens again, the server’s log says what it was.",
            icon=":material/error:",
        )


def plain(text: str) -> str:
    r"""Return text that Markdown shows as it is: what strangers name is not to be formatted."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|$~:@&=^" else c for c in text)
