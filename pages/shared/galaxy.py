"""A galaxy on its way to an answer: the picture, its framing, what the network is shown. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from galaxy_core.cutout import Cutout, FloatImage
from galaxy_core.field_framing import frame_square
from galaxy_core.framing import Framing, cut_out
from pages.shared.links import FramingChoice


@dataclass(frozen=True, slots=True, eq=False)
class OpenGalaxy:
    """The galaxy on the page.

    Parameters
    ----------
    key : str
        Names the picture: two pictures of one key have the same pixels.
    cutout : Cutout
        The picture.
    found, framing : Framing
        The square as found, and as used (the same unless a person chose).
    pixels : ndarray, shape (S, S, 3), float32
        What the network is shown, in [0, 1].
    """

    key: str
    cutout: Cutout
    found: Framing
    framing: Framing
    pixels: FloatImage

    @property
    def input_key(self) -> str:
        """Hash of what the network is shown, and of what framing noticed."""
        flags = ",".join(self.framing.flags).encode()
        return hashlib.sha256(self.pixels.tobytes() + flags).hexdigest()


def open_galaxy(
    key: str, cutout: Cutout, found: Framing, choice: FramingChoice | None, *, size_px: int
) -> OpenGalaxy:
    """Return the galaxy with the framing that a person chose, or as found.

    Raises
    ------
    FramingError
        If the choice cannot be cut out.
    """
    framing = found
    if choice is not None:
        framing = frame_square(
            cutout.pixels,
            found,
            centre_y_px=choice.centre_y_px,
            centre_x_px=choice.centre_x_px,
            half_size_px=choice.half_size_px,
        )
    pixels = cut_out(cutout.pixels, framing, size_px=size_px)
    pixels.flags.writeable = False
    return OpenGalaxy(key, cutout, found, framing, pixels)
