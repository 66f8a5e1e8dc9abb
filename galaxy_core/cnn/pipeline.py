"""Many files -> answers in input order: decode and frame in threads while the network runs.

A bad file costs its own line only. Memory is bounded by the batch, not by the number of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import Framing, cut_out, find_framing
from galaxy_core.intake import read_file
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.morphology.plausibility import Plausibility, judge_plausibility
from galaxy_core.overlap import in_batches, ordered_map

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer
    from galaxy_core.cnn.classifier import Classifier

BATCH_SIZE = 64


@dataclass(frozen=True, slots=True, eq=False)
class FramedFile:
    """A file as the network sees it, or why it could not be read.

    Parameters
    ----------
    path : str
        As the user wrote it.
    pixels : ndarray, shape (S, S, 3), float32, or None
        Network input.
    framing : Framing or None
        Where it was cut.
    plausibility : Plausibility or None
        Whether the picture shows a single galaxy at all.
    warnings : tuple of str
        What intake repaired or guessed.
    error : GalaxyError or None
        Why there are no pixels.
    """

    path: str
    pixels: FloatImage | None = None
    framing: Framing | None = None
    plausibility: Plausibility | None = None
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
    if answer.verdict == "Not trusted":
        return answer.warnings + intake
    return intake + answer.warnings


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
        framing = find_framing(cutout.pixels)
        pixels = cut_out(cutout.pixels, framing, size_px=size_px)
        plausibility = judge_plausibility(cutout.pixels, framing)
    except GalaxyError as error:
        return FramedFile(path, error=error)
    return FramedFile(path, pixels, framing, plausibility, cutout.warnings)


def _answers(batch: list[FramedFile], classifier: Classifier) -> Iterator[FileAnswer]:
    readable = [file for file in batch if file.pixels is not None]
    answers: Iterator[Answer] = iter(())
    if readable:
        inputs = np.stack([file.pixels for file in readable if file.pixels is not None])
        flags = [() if file.framing is None else file.framing.flags for file in readable]
        pictures = [file.plausibility for file in readable]
        answers = iter(classifier.answer(inputs, flags, pictures))
    for file in batch:
        name = classifier.card.name
        if file.error is not None:
            yield FileAnswer(file.path, name, None, error=file.error)
        else:
            answer = next(answers)
            yield FileAnswer(file.path, name, answer, every_warning(file.warnings, answer))
