"""The FITS file that is open, as this visitor wants to see it: one file, or a band from each.

Nothing here parses FITS; the core does, in a process of its own. What brings astropy along is
imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from galaxy_core.errors import IntakeError
from galaxy_core.intake.limits import MOST_BAND_FILES
from galaxy_core.intake.sniff import FITS_KINDS, sniff
from pages.shared import caches, state
from pages.shared.fits_look import FitsLook, Part, PixelPart, adjusted
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.cutout import Cutout
    from galaxy_core.intake.colour import Stretch
    from galaxy_core.intake.fits_bands import BandImages, Region
    from galaxy_core.intake.fits_contents import BandChoice, FitsContents, FitsPlane
    from galaxy_core.intake.fits_files import BandFiles


@dataclass(slots=True)
class _Together:
    """A visitor's uploads that may be bands of one picture.

    Parameters
    ----------
    uploads : tuple of str
        Streamlit's names for them.
    files : BandFiles or None
        The same, brought together; None where they are no such bands.
    reason : str
        Why they cannot be, where that is worth saying.
    shown : bool
        Whether the visitor wants to see them as one.
    """

    uploads: tuple[str, ...] = ()
    files: BandFiles | None = None
    reason: str = ""
    shown: bool = False


def upload_cutout(data: bytes, name: str) -> tuple[str, Cutout]:
    """Return key and picture of an upload; of FITS, as this visitor wants to see it.

    Raises
    ------
    IntakeError
        As ``read_cutout``.
    """
    if sniff(data) not in FITS_KINDS:
        return caches.upload_key(data, name), caches.upload_cutout(data, name)
    key, contents = opened(data, name)
    look = look_at(key)
    try:
        return _shown(key, contents, look)
    except IntakeError as error:
        if look == FitsLook():
            raise
        st.info(f"{plain(str(error))} Shown as guessed.", icon=":material/undo:")
        as_guessed(key)
        return _shown(key, contents, FitsLook())


def opened(data: bytes, name: str) -> tuple[str, FitsContents]:
    """Return key and contents of an upload, or of all the bands that are shown with it.

    Raises
    ------
    IntakeError
        As ``FitsReader.open``.
    """
    key = caches.upload_key(data, name)
    together = _together()
    contents = caches.fits_contents(key, data, name)
    if together.shown and together.files is not None and _is_one_of(together.files, contents):
        return f"bands {together.files.contents.sha256}", together.files.contents
    return key, contents


def _is_one_of(files: BandFiles, contents: FitsContents) -> bool:
    return any(one.sha256 == contents.sha256 for one in files.files)


def bands_of(key: str, contents: FitsContents, look: FitsLook) -> BandImages:
    """Return the bands of a look, of the whole field or of a part.

    Raises
    ------
    IntakeError
        As ``FitsReader.read``.
    """
    choice = choice_of(contents, look)
    region = _region(contents.plane(choice.red), look.part)
    files = _together().files
    source = files if files is not None and files.contents is contents else contents
    return caches.fits_bands(f"{key} {choice} {region}", source, choice, region)


def _region(plane: FitsPlane, part: Part | PixelPart | None) -> Region | None:
    """Return where in the plane a part lies; None for all of it."""
    from galaxy_core.intake.compose import region_around
    from galaxy_core.intake.fits_bands import Region

    if part is None:
        return None
    if isinstance(part, PixelPart):
        return Region.around(x_px=part.x_px - 1, y_px=part.y_px - 1, side_px=part.side_px)
    return region_around(plane, part.position, size_arcsec=part.size_arcsec)


def choice_of(contents: FitsContents, look: FitsLook) -> BandChoice:
    """Return the bands that were chosen, or the guess."""
    from galaxy_core.intake.fits_contents import default_choice

    return look.choice or default_choice(contents)


def stretch_of(bands: BandImages, look: FitsLook) -> Stretch | None:
    """Return the stretch; None for finished colour, which has its own."""
    from galaxy_core.intake.compose import suggest_stretch

    guess = suggest_stretch(bands)
    return None if guess is None else adjusted(guess, look)


def _shown(key: str, contents: FitsContents, look: FitsLook) -> tuple[str, Cutout]:
    bands = bands_of(key, contents, look)
    stretch = stretch_of(bands, look)
    shown = f"{key} {look}"
    return shown, caches.fits_cutout(shown, bands, stretch)


def look_at(key: str) -> FitsLook:
    """Return how this visitor looks at the file of that key."""
    return _looks().get(key, FitsLook())


def is_as_guessed(key: str) -> bool:
    """Whether nothing was chosen for the file of that key."""
    return key not in _looks()


def as_guessed(key: str) -> None:
    """Forget what was chosen for the file of that key."""
    _looks().pop(key, None)


def change(key: str, **fields: Any) -> None:
    """Look at the file in another way."""
    _looks()[key] = replace(look_at(key), **fields)
    if "part" in fields and state.view().framing is not None:
        state.change(framing=None)  # pixels of another picture


def _looks() -> dict[str, FitsLook]:
    return state.own("fits.looks", dict)


def _together() -> _Together:
    return state.own("fits.together", _Together)


def offer_together(files: Sequence[Any]) -> None:
    """Draw the offer to show the uploads as one colour picture, where each is one band of it."""
    if not 2 <= len(files) <= MOST_BAND_FILES:
        return
    together = _together()
    uploads = tuple(file.file_id for file in files)
    if together.uploads != uploads:
        together.uploads, together.shown = uploads, False
        together.files, together.reason = _brought_together(files)
    if together.files is not None:
        bound = state.bound("fits.as one", together.shown, _show_together)
        st.toggle("Show these files as one colour picture, a band from each", **bound)
    elif together.reason:
        st.caption(f"These files make no colour picture. {plain(together.reason)}")


def _show_together(wanted: bool) -> None:
    _together().shown = wanted
    if state.view().framing is not None:
        state.change(framing=None)


def _brought_together(files: Sequence[Any]) -> tuple[BandFiles | None, str]:
    """Return the bands, or why they are none; nothing where nobody would expect them to be."""
    uploads = [(file.getvalue(), file.name) for file in files]
    if not all(sniff(data) in FITS_KINDS for data, _ in uploads):
        return None, ""
    from galaxy_core.intake.fits_files import bring_together, single_band

    try:
        contents = [
            caches.fits_contents(caches.upload_key(data, name), data, name)
            for data, name in uploads
        ]
    except IntakeError:
        return None, ""  # its own row of the table says why
    if not all(single_band(one) for one in contents):
        return None, ""
    try:
        return bring_together(contents), ""
    except IntakeError as error:
        return None, str(error)
