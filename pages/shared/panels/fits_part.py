"""Cutting a part out of a FITS field, by its place on the sky, at the file's full resolution."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import streamlit as st

from galaxy_core.errors import GalaxyError
from pages.shared import caches
from pages.shared.fits_look import FitsLook, Part
from pages.shared.galaxy import OpenGalaxy
from pages.shared.panels.fits_opened import change
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Resolved

_CONTEXT = 3.0  # a part is cut this many times as wide as the square: framing needs the sky


def controls(key: str, galaxy: OpenGalaxy, look: FitsLook) -> None:
    """Draw cutting a part out of the field: by name or position, or around the square."""
    from galaxy_core.intake.sky import pixel_to_sky

    cutout = galaxy.cutout
    if cutout.wcs is None or cutout.pixel_scale_arcsec is None:
        return
    scale = cutout.pixel_scale_arcsec
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = st.form("fits.part", border=False, width="content")
        with form, st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input("Cut out around a name or position", key="fits.where")
            size = st.number_input("Side (arcsec)", 1.0, 36_000.0, 60.0, key="fits.size")
            asked = st.form_submit_button("Cut out")
        if st.button("Cut out around the square", help="At the file's full resolution"):
            square = galaxy.framing
            here = pixel_to_sky(cutout.wcs, x_px=square.centre_x_px, y_px=square.centre_y_px)
            if here is not None:
                side = _CONTEXT * 2 * square.half_size_px * scale
                change(key, part=Part("the square", here, side))
                st.rerun()
        if look.part is not None:
            st.button("Whole field", on_click=change, args=(key,), kwargs={"part": None})
    if asked:
        try:
            found = _resolve(text)
        except GalaxyError as error:
            st.info(plain(str(error)), icon=":material/location_off:")
            return
        change(key, part=Part(found.name, found.position, float(size)))
        st.rerun()


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
