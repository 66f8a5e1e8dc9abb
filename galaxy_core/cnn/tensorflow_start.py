"""TensorFlow, imported without the notes on itself that it writes to standard error.

Two of them (that oneDNN is on, and that its log is not yet set up) are written while its
libraries are loaded, before any variable of the environment is read (2.21); only
``TF_ENABLE_ONEDNN_OPTS=0`` silences them, which makes batches 2.6 times slower. So standard
error is held back during the import, and all but those notes is written to it afterwards.
Garbage collection rests meanwhile. Does not set how TensorFlow computes.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_NOTES = re.compile(
    rb"^(?:WARNING: All log messages before absl::InitializeLog\(\)|I\d{4} [\d:.]+ +\d+ port\.cc:)"
    rb"[^\n]*\n?",
    re.MULTILINE,
)


def import_tensorflow() -> None:
    """Import TensorFlow and Keras, of whose start only warnings and errors are seen.

    Raises
    ------
    ImportError
        As the imports themselves would; what they wrote has been shown by then.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # the notes that do obey: errors stay
    with _notes_left_out(), _no_garbage_collection():
        import keras
        import tensorflow

        del keras, tensorflow


@contextmanager
def _notes_left_out() -> Iterator[None]:
    """Hold back what is written to standard error; write it at the end, without the notes."""
    try:
        shown = os.dup(_STDERR)
    except OSError:  # closed: there is nothing to keep clean
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(shown, _STDERR)
            os.close(shown)
            held.seek(0)
            _write_all(_NOTES.sub(b"", held.read()))


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Let imports make their half million objects without a search for garbage among them.

    Such searches take a fifth of the time of importing TensorFlow (2.9 s, 2.3 s without). What
    is there afterwards stays for good, and later searches, which stop every visitor's page,
    leave it alone. Once a process: networks that are loaded later can go again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _write_all(text: bytes) -> None:
    while text:
        text = text[os.write(_STDERR, text) :]
