"""Uploaded files -> one row each, whatever is in them. Pure: knows no Streamlit.

Many files are decoded in threads while the network runs; what is kept of each is a small
row, never its pixels, so three hundred cost no more than a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from galaxy_core.cnn.pipeline import FileAnswer
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import Framing, cut_out, find_framing
from galaxy_core.intake import display_name, read_cutout
from galaxy_core.overlap import in_batches, ordered_map
from pages.shared import figures

if TYPE_CHECKING:
    from galaxy_core.cnn.classifier import Classifier

BATCH_SIZE = 16
THUMBNAIL_PX = 64


class UploadedFile(Protocol):
    """What Streamlit hands over."""

    name: str
    file_id: str

    def getvalue(self) -> bytes:
        """Return the bytes of the file."""
        ...


@dataclass(frozen=True, slots=True)
class UploadRow:
    """What is kept of one file.

    Parameters
    ----------
    file_id : str
        Streamlit's name for it.
    thumbnail : str
        Data URL; empty where it could not be read.
    line : FileAnswer
        Its answer or its error, as on the command line.
    """

    file_id: str
    thumbnail: str
    line: FileAnswer


@dataclass(frozen=True, slots=True, eq=False)
class _Framed:
    file: UploadedFile
    pixels: FloatImage | None = None
    framing: Framing | None = None
    thumbnail: str = ""
    warnings: tuple[str, ...] = ()
    error: GalaxyError | None = None


def classify_uploads(files: Sequence[UploadedFile], classifier: Classifier) -> Iterator[UploadRow]:
    """Yield the row of each file, in order."""
    size_px = classifier.card.input_size_px
    framed = ordered_map(lambda file: _frame(file, size_px), files)
    for batch in in_batches(framed, BATCH_SIZE):
        yield from _rows(batch, classifier)


def _frame(file: UploadedFile, size_px: int) -> _Framed:
    try:
        cutout = read_cutout(file.getvalue(), name=file.name)
        framing = find_framing(cutout.pixels)
        pixels = cut_out(cutout.pixels, framing, size_px=size_px)
    except GalaxyError as error:
        return _Framed(file, error=error)
    thumbnail = figures.thumbnail(cutout.pixels, side_px=THUMBNAIL_PX)
    return _Framed(file, pixels, framing, thumbnail, cutout.warnings)


def _rows(batch: Sequence[_Framed], classifier: Classifier) -> Iterator[UploadRow]:
    inputs = [item.pixels for item in batch if item.pixels is not None]
    flags = [item.framing.flags for item in batch if item.framing is not None]
    answers = iter(classifier.answer(np.stack(inputs), flags) if inputs else ())
    model = classifier.card.name
    for item in batch:
        name = display_name(item.file.name)
        if item.error is not None:
            line = FileAnswer(name, model, None, error=item.error)
        else:
            answer = next(answers)
            line = FileAnswer(name, model, answer, item.warnings + answer.warnings)
        yield UploadRow(item.file.file_id, item.thumbnail, line)
