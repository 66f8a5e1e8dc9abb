"""Many files -> answers in input order: decode and frame in threads while the network runs.

A bad file costs its own line only. Memory is bounded by the batch, not by the number of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from galaxy_core.cnn.verdict import Verdict
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import Framing, cut_out, find_framing
from galaxy_core.intake import read_file
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.morphology.plausibility import Plausibility, judge_plausibility
from galaxy_core.overlap import in_batches, ordered_map

if TYPE_CHECKING:  # pages name this module at start-up, which must not wait for scipy.optimize
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.cnn.classifier import Classifier

BATCH_SIZE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Framed:
    """A picture as the network sees it.

    Parameters
    ----------
    pixels : ndarray, shape (S, S, 3), float32
        Network input.
    framing : Framing
        Where it was cut.
    plausibility : Plausibility
        Whether the picture shows a single galaxy at all.
    """

    pixels: FloatImage
    framing: Framing
    plausibility: Plausibility


@dataclass(frozen=True, slots=True, eq=False)
class FramedFile:
    """A file as the network sees it, or why it could not be read.

    Parameters
    ----------
    path : str
        As the user wrote it.
    framed : Framed or None
        What there is to ask about.
    warnings : tuple of str
        What intake repaired or guessed.
    error : GalaxyError or None
        Why there is nothing to ask about.
    """

    path: str
    framed: Framed | None = None
    warnings: tuple[str, ...] = ()
    error: GalaxyError | None = None


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """One line of ``classify``: an answer or an error, never both.

    Parameters
    ----------
    path : str
        As the user wrote it.
    model : str
        Name of the network.
    answer : Answer or None
        What it says.
    warnings : tuple of str
        Of intake, framing and answer together.
    error : GalaxyError or None
        Why there is no answer.
    """

    path: str
    model: str
    answer: Answer | None
    warnings: tuple[str, ...] = ()
    error: GalaxyError | None = None

    def nearest_json(self) -> list[dict[str, Any]]:
        """Return the nearest training galaxies, the nearest first; empty without reference."""
        found = () if self.answer is None else self.answer.nearest
        return [
            {
                "identifier": one.identifier,
                "source": one.source,
                "hubble_type": one.hubble_type,
                "label": "spiral" if one.spiral else "elliptical",
                "similarity": round(one.similarity, 4),
            }
            for one in found
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the line of the command-line contract (DESIGN.md, section 5)."""
        answer, error = self.answer, self.error
        return {
            "path": self.path,
            "probability_spiral": None if answer is None else answer.probability_spiral,
            "logit": None if answer is None else answer.logit,
            "verdict": None if answer is None else str(answer.verdict),
            "model": self.model,
            "warnings": list(self.warnings),
            "error": None
            if error is None
            else {"type": type(error).__name__, "message": str(error)},
        }


def every_warning(intake: tuple[str, ...], answer: Answer) -> tuple[str, ...]:
    """Return the warnings of intake and of the answer: the answer's first if not trusted."""
    if answer.verdict is Verdict.NOT_TRUSTED:
        return answer.warnings + intake
    return intake + answer.warnings


def frame(pixels: FloatImage, *, size_px: int) -> Framed:
    """Return a picture, (H, W, 3), as a network with inputs of that size sees it.

    Raises
    ------
    FramingError
        If no square can be cut out.
    """
    framing = find_framing(pixels)
    square = cut_out(pixels, framing, size_px=size_px)
    return Framed(square, framing, judge_plausibility(pixels, framing))


def answers_to(framed: Iterable[Framed | None], classifier: Classifier) -> Iterator[Answer]:
    """Return the answers to a batch of pictures, in order; what is None is left out."""
    there = [one for one in framed if one is not None]
    if not there:
        return iter(())
    inputs = np.stack([one.pixels for one in there])
    flags = [one.framing.flags for one in there]
    return iter(classifier.answer(inputs, flags, [one.plausibility for one in there]))


def classify_paths(paths: Iterable[str], classifier: Classifier) -> Iterator[FileAnswer]:
    """Yield the answer for each path, in order.

    Parameters
    ----------
    paths : iterable of str
        Picture or FITS files.
    classifier : Classifier
        The network.
    """
    for batch in in_batches(frame_files(paths, size_px=classifier.card.input_size_px), BATCH_SIZE):
        yield from _answers(batch, classifier)


def frame_files(paths: Iterable[str], *, size_px: int, ahead: int = 64) -> Iterator[FramedFile]:
    """Yield each file as a network with inputs of that size sees it, in order, read ahead."""
    with FitsReader() as reader:  # its process starts with the first FITS file, if any
        yield from ordered_map(
            lambda path: _frame_file(path, size_px=size_px, reader=reader), paths, ahead=ahead
        )


def _frame_file(path: str, *, size_px: int, reader: FitsReader) -> FramedFile:
    try:
        cutout = read_file(Path(path), fits_reader=reader)
        return FramedFile(path, frame(cutout.pixels, size_px=size_px), cutout.warnings)
    except GalaxyError as error:
        return FramedFile(path, error=error)


def _answers(batch: list[FramedFile], classifier: Classifier) -> Iterator[FileAnswer]:
    answers = answers_to([file.framed for file in batch], classifier)
    for file in batch:
        name = classifier.card.name
        if file.error is not None:
            yield FileAnswer(file.path, name, None, error=file.error)
        else:
            answer = next(answers)
            yield FileAnswer(file.path, name, answer, every_warning(file.warnings, answer))
