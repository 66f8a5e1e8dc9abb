"""A FITS file on the page: its bands, its stretch beside the network's input, parts of a field.

Nothing here parses FITS; the core does, in a process of its own. What brings astropy along is
imported where it is used.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from galaxy_core.errors import GalaxyError, IntakeError
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.intake.sniff import FITS_KINDS, sniff
from pages.shared import caches, figures, state, wording
from pages.shared.fits_look import MOST_BEND, FitsLook, Part, adjusted
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.archives import Resolved
    from galaxy_core.cutout import Cutout
    from galaxy_core.intake.colour import Stretch
    from galaxy_core.intake.fits_contents import BandChoice, FitsContents, FitsPlane
    from galaxy_core.intake.fits_reader import BandImages

_CONTEXT = 3.0  # a part is cut this many times as wide as the square: framing needs the sky
_COMPARED_AT_ONCE_PX = 1_000_000


def _looks() -> dict[str, FitsLook]:
    """Return how this visitor looks at each file."""
    return state.own("fits.looks", dict)


def upload_cutout(data: bytes, name: str) -> tuple[str, Cutout]:
    """Return key and picture of an upload; of FITS, as this visitor wants to see it.

    Raises
    ------
    IntakeError
        As ``read_cutout``.
    """
    key = caches.upload_key(data, name)
    if sniff(data) not in FITS_KINDS:
        return key, caches.upload_cutout(data, name)
    contents = caches.fits_contents(key, data, name)
    look = _looks().get(key, FitsLook())
    try:
        return _shown(key, contents, look)
    except IntakeError as error:
        if look == FitsLook():
            raise
        st.info(f"{plain(str(error))} Shown as guessed.", icon=":material/undo:")
        _looks()[key] = FitsLook()
        return _shown(key, contents, FitsLook())


def _shown(key: str, contents: FitsContents, look: FitsLook) -> tuple[str, Cutout]:
    bands = _bands(key, contents, look)
    stretch = _stretch(bands, look)
    shown = f"{key} {look}"
    return shown, caches.fits_cutout(shown, bands, stretch)


def _choice(contents: FitsContents, look: FitsLook) -> BandChoice:
    from galaxy_core.intake.fits_contents import default_choice

    return look.choice or default_choice(contents)


def _bands(key: str, contents: FitsContents, look: FitsLook) -> BandImages:
    from galaxy_core.intake.compose import region_around

    choice, part, region = _choice(contents, look), look.part, None
    if part is not None:
        plane = contents.plane(choice.red)
        region = region_around(plane, part.position, size_arcsec=part.size_arcsec)
    return caches.fits_bands(f"{key} {choice} {region}", contents, choice, region)


def _stretch(bands: BandImages, look: FitsLook) -> Stretch | None:
    """Return the stretch; None for finished colour, which has its own."""
    from galaxy_core.intake.compose import suggest_stretch

    guess = suggest_stretch(bands)
    return None if guess is None else adjusted(guess, look)


def controls(galaxy: OpenGalaxy, ready: Network | None) -> None:
    """Draw what can be chosen of the open upload, if it is FITS."""
    kept = state.kept_upload()
    if not state.view().upload or kept is None or sniff(kept[1]) not in FITS_KINDS:
        return
    data, name = kept[1], kept[0]
    key = caches.upload_key(data, name)
    contents = caches.fits_contents(key, data, name)
    look = _looks().get(key, FitsLook())
    bands = _bands(key, contents, look)
    st.subheader("FITS: bands and stretch", anchor=False)
    _choose_bands(key, contents, look)
    stretch = _stretch(bands, look)
    if stretch is None:
        st.caption("Its bands are a finished colour picture, shown as it is.")
    else:
        _sliders(key, bands, look, stretch)
        _three_stretches(galaxy, bands, stretch, ready)
    _parts(key, galaxy, look)


def _change(key: str, **fields: Any) -> None:
    """Look at the file in another way."""
    _looks()[key] = replace(_looks().get(key, FitsLook()), **fields)
    if "part" in fields and state.view().framing is not None:
        state.change(framing=None)  # pixels of another picture


def _choose_bands(key: str, contents: FitsContents, look: FitsLook) -> None:
    from galaxy_core.intake.fits_contents import BandChoice

    choice = _choice(contents, look)
    chosen = contents.plane(choice.red)
    planes = {plane.key: plane for plane in contents.planes}
    alike = [plane.key for plane in contents.planes if plane.shape == chosen.shape]
    single = choice.red == choice.green == choice.blue

    def take_one(plane: Any) -> None:
        _change(key, choice=BandChoice.single(plane))

    def take(colour: str) -> Any:
        return lambda plane: _change(key, choice=replace(choice, **{colour: plane}))

    def take_kind(kind: str) -> None:
        spread = (alike * 3)[:3]
        three = BandChoice(spread[2], spread[1], spread[0])
        _change(key, choice=BandChoice.single(choice.red) if kind == "One band" else three)

    def label(plane: Any) -> str:
        return "mean of both" if plane is None else _label(planes[plane])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(alike) > 1:
            st.segmented_control(
                "Shown as",
                ["Colour", "One band"],
                required=True,
                **state.bound("fits.kind", "One band" if single else "Colour", take_kind),
            )
        if single:
            bound = state.bound("fits.band", choice.red, take_one)
            st.selectbox("Band", list(planes), format_func=label, width=260, **bound)
        else:
            for colour in ("red", "green", "blue"):
                options = [None, *alike] if colour == "green" else alike
                bound = state.bound(f"fits.{colour}", getattr(choice, colour), take(colour))
                st.selectbox(colour.capitalize(), options, format_func=label, width=200, **bound)
        st.button(
            "As guessed", on_click=_looks().pop, args=(key, None), disabled=key not in _looks()
        )


def _label(plane: FitsPlane) -> str:
    height, width = plane.shape
    return f"{plane.label} · {width} × {height}" + (f" · {plane.unit}" if plane.unit else "")


def _sliders(key: str, bands: BandImages, look: FitsLook, stretch: Stretch) -> None:
    """Draw the stretch: Lupton's asinh, in terms of the guess."""
    most = max(MOST_BEND, 2 * stretch.q)
    left, middle, right = st.columns(3)
    left.slider(
        "Faint light",
        -1.5,
        1.5,
        step=0.05,
        format="%.2f",
        help="Shortens the linear range by this power of ten: more of the faint outskirts.",
        **state.bound("fits.faintness", look.faintness, lambda v: _change(key, faintness=v)),
    )
    middle.slider(
        "Bend (Q)",
        0.0,
        float(most),
        step=0.1,
        format="%.1f",
        help="How soon brightness turns from linear to logarithmic. "
        "[Lupton et al. 2004](https://arxiv.org/abs/astro-ph/0312483)",
        **state.bound("fits.bend", round(stretch.q, 1), lambda v: _change(key, bend=v)),
    )
    right.slider(
        "Black (noise above the sky)",
        -3.0,
        10.0,
        step=0.25,
        format="%.2f σ",
        **state.bound("fits.black", look.black_sigma, lambda v: _change(key, black_sigma=v)),
    )


def _three_stretches(
    galaxy: OpenGalaxy, bands: BandImages, stretch: Stretch, ready: Network | None
) -> None:
    """Draw the same pixels under three stretches, each with its probability."""
    small = bands.red.size <= _COMPARED_AT_ONCE_PX
    if not st.toggle("The same pixels under three stretches", value=small, key="fits.compare"):
        return
    asked = f"{galaxy.key} {galaxy.framing} {ready.classifier.card.name if ready else ''}"
    shown = caches.compared(asked, lambda: _under_stretches(galaxy, bands, stretch, ready))
    for column, (name, url, said) in zip(st.columns([1, 1, 1, 2]), shown):
        column.html(f'<img class="aa-crisp" src="{url}" alt="Network input, {name} stretch">')
        column.markdown(f"**{name.capitalize()}**  \n{plain(said)}")
    st.caption("Where the three disagree, the answer rests on the stretch, not on the galaxy.")


def _under_stretches(
    galaxy: OpenGalaxy, bands: BandImages, stretch: Stretch, ready: Network | None
) -> list[tuple[str, str, str]]:
    """Return name, network input and words of each stretch, all of the square on the page."""
    import numpy as np

    from galaxy_core.intake.colour import alternatives
    from galaxy_core.intake.compose import compose

    square, side = galaxy.framing, galaxy.pixels.shape[0]
    ways = alternatives((bands.red, bands.green, bands.blue), stretch)
    inputs = []
    for way in ways.values():
        pixels = compose(bands, way).pixels
        framing = find_framing(pixels).chosen(  # its own sky, the same square
            centre_y_px=square.centre_y_px,
            centre_x_px=square.centre_x_px,
            half_size_px=square.half_size_px,
        )
        inputs.append(cut_out(pixels, framing, size_px=side))
    said = ["waiting for the network"] * len(inputs)
    if ready is not None:
        answers = ready.classifier.answer(np.stack(inputs))
        said = [f"spiral {wording.percent(one.probability_spiral)}" for one in answers]
    return [(n, figures.network_input(i), s) for n, i, s in zip(ways, inputs, said)]


def _parts(key: str, galaxy: OpenGalaxy, look: FitsLook) -> None:
    """Draw cutting a part out of the field, by name, position, or at the square."""
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
                _change(key, part=Part("the square", here, side))
                st.rerun()
        if look.part is not None:
            st.button("Whole field", on_click=_change, args=(key,), kwargs={"part": None})
    if asked:
        try:
            found = _resolve(text)
        except GalaxyError as error:
            st.info(plain(str(error)), icon=":material/location_off:")
            return
        _change(key, part=Part(found.name, found.position, float(size)))
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
