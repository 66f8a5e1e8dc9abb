"""Cutting a part out of a FITS field, by sky or by pixels, at the file's full resolution."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.errors import GalaxyError
from galaxy_core.intake.limits import MIN_SIDE_PX
from pages.shared import caches
from pages.shared.fits_look import FitsLook, Part, PixelPart
from pages.shared.galaxy import OpenGalaxy
from pages.shared.panels.fits_opened import change
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Resolved
    from galaxy_core.intake.fits_bands import BandImages

_CONTEXT = 3.0  # a part is cut this many times as wide as the square: framing needs the sky


def controls(key: str, galaxy: OpenGalaxy, bands: BandImages, look: FitsLook) -> None:
    """Draw cutting a part out of the field: by name, position or pixel, or around the square."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = _by_sky() if galaxy.cutout.wcs is not None else _by_pixel(bands)
        if st.button("Cut out around the square", help="At the file's full resolution"):
            wanted = _around_square(galaxy, bands)
        if look.part is not None:
            st.button("Whole field", on_click=change, args=(key,), kwargs={"part": None})
    if wanted is not None:
        change(key, part=wanted)
        st.rerun()


def _by_sky() -> Part | None:
    """Draw the form for a name or position; return what was asked for."""
    form = st.form("fits.part", border=False, width="content")
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Cut out around a name or position", key="fits.where")
        size = st.number_input("Side (arcsec)", 1.0, 36_000.0, 60.0, key="fits.size")
        asked = st.form_submit_button("Cut out")
    if not asked:
        return None
    try:
        found = _resolve(text)
    except GalaxyError as error:
        st.info(plain(str(error)), icon=":material/location_off:")
        return None
    return Part(found.name, found.position, float(size))


def _by_pixel(bands: BandImages) -> PixelPart | None:
    """Draw the form for a pixel of a file without coordinates; return what was asked for."""
    height, width = bands.contents.plane(bands.choice.red).shape
    form = st.form("fits.part", border=False, width="content")
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        x = st.number_input(
            "Cut out around pixel x",
            1,
            width,
            (width + 1) // 2,
            help="As FITS and DS9 count: the lower left pixel of the file is 1, 1.",
            key="fits.x",
        )
        y = st.number_input("y", 1, height, (height + 1) // 2, key="fits.y")
        longest = max(width, height)
        side = st.number_input("Side (px)", MIN_SIDE_PX, longest, min(256, longest), key="fits.px")
        asked = st.form_submit_button("Cut out")
    return PixelPart(float(x), float(y), float(side)) if asked else None


def _around_square(galaxy: OpenGalaxy, bands: BandImages) -> Part | PixelPart | None:
    """Return the part around the framing square; None where its centre is off the sky."""
    from galaxy_core.intake.sky import pixel_to_sky

    square, cutout = galaxy.framing, galaxy.cutout
    side_px = _CONTEXT * 2 * square.half_size_px
    if cutout.wcs is None or cutout.pixel_scale_arcsec is None:
        x, y = bands.file_pixel(x_px=square.centre_x_px, y_px=square.centre_y_px)
        return PixelPart(x + 1, y + 1, side_px * bands.shrink)
    here = pixel_to_sky(cutout.wcs, x_px=square.centre_x_px, y_px=square.centre_y_px)
    return None if here is None else Part("the square", here, side_px * cutout.pixel_scale_arcsec)


def _resolve(text: str) -> Resolved:
    """Return where something is; only names that are not famous ask the network."""
    from galaxy_core.archives import open_archive
    from galaxy_core.archives.names import resolve_locally

    local = resolve_locally(text)
    if local is not None:
        return local

    async def ask() -> Resolved:
        async with open_archive("sdss", settings=caches.settings()) as archive:
            return await archive.resolve(text)

    with st.spinner("Asking where that is …"):
        return asyncio.run(ask())
