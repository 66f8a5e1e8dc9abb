"""The pictures of a list -> one row each, whatever is in them. Pure: knows no Streamlit.

Many files are decoded in threads while the network runs; what is kept of each is a small
row, never its pixels, so three hundred cost no more than a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from galaxy_core.cnn.pipeline import FileAnswer, Framed, answers_to, every_warning, frame
from galaxy_core.cutout import Cutout
from galaxy_core.errors import GalaxyError
from galaxy_core.intake import display_name, read_cutout
from galaxy_core.overlap import in_batches, ordered_map
from pages.shared import figures

if TYPE_CHECKING:
    from galaxy_core.cnn.classifier import Classifier
    from galaxy_core.intake.fits_reader import FitsReader

BATCH_SIZE = 16
THUMBNAIL_PX = 64


class UploadedFile(Protocol):
    """What Streamlit hands over."""

    name: str
    file_id: str

    def getvalue(self) -> bytes:
        """Return the bytes of the file."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """One picture of a list: what it is called, and how to get it.

    Parameters
    ----------
    key : str
        Tells it from all others; the same key has the same row.
    name : str
        What its owner calls it.
    read : callable
        Returns its cutout or raises ``GalaxyError``; called in any thread.
    """

    key: str
    name: str
    read: Callable[[], Cutout]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What is kept of one picture.

    Parameters
    ----------
    key : str
        That of the picture.
    thumbnail : str
        Data URL; empty where it could not be read.
    line : FileAnswer
        Its answer or its error, as on the command line.
    url : str
        Where an archive gave it; empty for others.
    """

    key: str
    thumbnail: str
    line: FileAnswer
    url: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Framed:
    listed: Listed
    framed: Framed | None = None
    thumbnail: str = ""
    url: str = ""
    warnings: tuple[str, ...] = ()
    error: GalaxyError | None = None


def uploaded(files: Sequence[UploadedFile], fits_reader: FitsReader) -> list[Listed]:
    """Return the uploaded files as a list; the reader is for those that are FITS."""

    def one(file: UploadedFile) -> Listed:
        def read() -> Cutout:
            return read_cutout(file.getvalue(), name=file.name, fits_reader=fits_reader)

        return Listed(file.file_id, display_name(file.name), read)

    return [one(file) for file in files]


def classify_listed(listed: Sequence[Listed], classifier: Classifier) -> Iterator[ResultRow]:
    """Yield the row of each picture, in order."""
    size_px = classifier.card.input_size_px
    framed = ordered_map(lambda one: _frame(one, size_px), listed)
    for batch in in_batches(framed, BATCH_SIZE):
        yield from _rows(batch, classifier)


def _frame(listed: Listed, size_px: int) -> _Framed:
    try:
        cutout = listed.read()
        framed = frame(cutout.pixels, size_px=size_px)
    except GalaxyError as error:
        return _Framed(listed, error=error)
    thumbnail = figures.thumbnail(cutout.pixels, side_px=THUMBNAIL_PX)
    url, warnings = cutout.provenance.url, cutout.warnings
    return _Framed(listed, framed, thumbnail, url, warnings)


def _rows(batch: Sequence[_Framed], classifier: Classifier) -> Iterator[ResultRow]:
    answers = answers_to([item.framed for item in batch], classifier)
    model = classifier.card.name
    for item in batch:
        name = item.listed.name
        if item.error is not None:
            line = FileAnswer(name, model, None, error=item.error)
        else:
            answer = next(answers)
            line = FileAnswer(name, model, answer, every_warning(item.warnings, answer))
        yield ResultRow(item.listed.key, item.thumbnail, line, item.url)
