"""A FITS file's controls: its bands, and its stretch beside the network's input.

What they choose, and reading it, is ``fits_opened``'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from galaxy_core.framing import cut_out, find_framing
from galaxy_core.intake.sniff import FITS_KINDS, sniff
from pages.shared import caches, figures, state, wording
from pages.shared.fits_look import MOST_BEND, FitsLook
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.panels import fits_opened, fits_part
from pages.shared.panels.fits_opened import change
from pages.shared.widgets import plain

if TYPE_CHECKING:
    from galaxy_core.intake.colour import Stretch
    from galaxy_core.intake.fits_bands import BandImages
    from galaxy_core.intake.fits_contents import BandChoice, FitsContents, FitsPlane

_COMPARED_AT_ONCE_PX = 1_000_000


def controls(galaxy: OpenGalaxy, ready: Network | None) -> None:
    """Draw what can be chosen of the open upload, if it is FITS."""
    kept = state.kept_upload()
    if not state.view().upload or kept is None or sniff(kept[1]) not in FITS_KINDS:
        return
    key, contents = fits_opened.opened(kept[1], kept[0])
    look = fits_opened.look_at(key)
    bands = fits_opened.bands_of(key, contents, look)
    st.subheader("FITS: bands and stretch", anchor=False)
    _choose_bands(key, contents, look)
    stretch = fits_opened.stretch_of(bands, look)
    if stretch is None:
        st.caption("Its bands are a finished colour picture, shown as it is.")
    else:
        _sliders(key, bands, look, stretch)
        _three_stretches(galaxy, bands, stretch, ready)
    fits_part.controls(key, galaxy, bands, look)


def _choose_bands(key: str, contents: FitsContents, look: FitsLook) -> None:
    from galaxy_core.intake.fits_contents import BandChoice

    choice = fits_opened.choice_of(contents, look)
    chosen = contents.plane(choice.red)
    planes = {plane.key: plane for plane in contents.planes}
    alike = [plane.key for plane in contents.planes if plane.shape == chosen.shape]
    single = choice.red == choice.green == choice.blue

    def take_one(plane: Any) -> None:
        change(key, choice=BandChoice.single(plane, mask=choice.mask))

    def take(colour: str) -> Any:
        return lambda plane: change(key, choice=replace(choice, **{colour: plane}))

    def take_kind(kind: str) -> None:
        spread = (alike * 3)[:3]
        three = BandChoice(spread[2], spread[1], spread[0], choice.mask)
        one = BandChoice.single(choice.red, mask=choice.mask)
        change(key, choice=one if kind == "One band" else three)

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
        _choose_mask(key, contents, choice)
        st.button(
            "As guessed",
            on_click=fits_opened.as_guessed,
            args=(key,),
            disabled=fits_opened.is_as_guessed(key),
        )


def _choose_mask(key: str, contents: FitsContents, choice: BandChoice) -> None:
    """Draw which plane says what was not measured, where the file has such a plane."""
    shape = contents.plane(choice.red).shape
    masks = {p.key: p for p in contents.planes if p.role == "mask" and p.shape == shape}
    if not masks:
        return

    def take(mask: Any) -> None:
        change(key, choice=replace(choice, mask=mask))

    st.selectbox(
        "Mask",
        [None, *masks],
        format_func=lambda plane: "none" if plane is None else _label(masks[plane]),
        width=200,
        help="Its nonzero pixels are taken as not measured.",
        **state.bound("fits.mask", choice.mask, take),
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
        **state.bound("fits.faintness", look.faintness, lambda v: change(key, faintness=v)),
    )
    middle.slider(
        "Bend (Q)",
        0.0,
        float(most),
        step=0.1,
        format="%.1f",
        help="How soon brightness turns from linear to logarithmic. "
        "[Lupton et al. 2004](https://arxiv.org/abs/astro-ph/0312483)",
        **state.bound("fits.bend", round(stretch.q, 1), lambda v: change(key, bend=v)),
    )
    right.slider(
        "Black (noise above the sky)",
        -3.0,
        10.0,
        step=0.25,
        format="%.2f σ",
        **state.bound("fits.black", look.black_sigma, lambda v: change(key, black_sigma=v)),
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
