"""What every page draws alike: the style sheet, terms with a question mark, the error states.

``guarded`` is the one place where an error becomes words on a page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import GalaxyError
from pages.shared import caches, state, wording

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


def term(label: str, name: str) -> None:
    """Draw a small heading with the question mark that explains the term."""
    st.caption(label, help=wording.TERMS[name])


def choose_model(known: tuple[StoredModel, ...]) -> StoredModel | None:
    """Draw the choice of network in the sidebar and return it; None where there is none."""
    names = [entry.card.name for entry in known]
    if not names:
        return None
    if state.view().model not in names:
        state.change(model=names[0])
    titles = {entry.card.name: entry.card.title for entry in known}
    with st.sidebar:
        st.selectbox(
            "Network",
            names,
            format_func=lambda name: titles.get(name, name),
            help=wording.TERMS["network"],
            **state.shown("model"),
        )
        chosen = known[names.index(state.view().model)]
        st.caption(plain(chosen.card.summary))
    return chosen


def no_network() -> None:
    """Draw the state of an app without any network."""
    st.warning(
        "There is no network to ask yet: the model store is empty. The one that ships with the "
        "app lies in galaxy_core/models; the README says how to make it again.",
        icon=":material/network_node:",
    )


def waking(is_ready: Callable[[], bool], *, what: str) -> None:
    """Draw the waiting state of an answer, and run the page again once it is ready."""
    st.html(f'<div class="aa-verdict" role="status">{what}</div>')
    st.caption(
        "TensorFlow is starting, once for everybody; it takes about ten seconds. The answer "
        "appears here by itself."
    )
    st.skeleton(height=90)
    _look_again(is_ready)


@st.fragment(run_every=0.4)
def _look_again(is_ready: Callable[[], bool]) -> None:
    if is_ready():
        st.rerun()


def load_failed(error: BaseException) -> None:
    """Draw the state of a network that cannot be used, with another try."""
    if isinstance(error, GalaxyError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        _LOG.error("A network could not be loaded", exc_info=error)
        st.error(
            "The network could not be started; the server’s log says why.",
            icon=":material/error:",
        )
    st.button("Try again", icon=":material/refresh:", on_click=caches.retry_networks)
