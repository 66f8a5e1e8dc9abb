"""Where on the sky the picture lies: centre, scale, compass, and the survey's own viewer.

The sky map is Aladin Lite, of another host: a browser fetches it only when its visitor asks for
it, and where that host is not reached a sentence stands in its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlencode

import streamlit as st

from galaxy_core.cutout import Cutout, Origin, SkyPosition
from pages.shared import components, state

if TYPE_CHECKING:
    from galaxy_core.intake.sky import LocalFrame


class _Around(TypedDict):
    """What a map shows."""

    target: str
    fov_deg: float


def where(cutout: Cutout) -> None:
    """Draw the position, the scale and links out, as far as they are known."""
    position, scale = _centre(cutout), cutout.pixel_scale_arcsec
    if position is None:
        return
    parts = [f"RA {position.ra_deg:.5f}°, Dec {position.dec_deg:+.5f}° (ICRS)"]
    if scale:
        width, height = (side * scale for side in (cutout.width_px, cutout.height_px))
        parts.append(f"{scale:.3g}″ a pixel, {_angle(width)} × {_angle(height)}")
    st.caption(" · ".join(parts))
    links = [f"[Sky around it in Aladin Lite]({_aladin(position, cutout)})"]
    if cutout.provenance.origin is Origin.ARCHIVE:
        from galaxy_core.archives import find_survey

        viewer = find_survey(state.view().survey).viewer_url(position)
        links.insert(0, f"[{cutout.provenance.survey}’s own viewer]({viewer})")
    st.caption(" · ".join(links))
    components.sky_map(**_around(position, cutout))


def compass(cutout: Cutout) -> LocalFrame | None:
    """Return how the sky lies at the picture's centre; None where that is not known."""
    if cutout.wcs is None:
        return None
    from galaxy_core.intake.sky import local_frame

    x, y = (cutout.width_px - 1) / 2, (cutout.height_px - 1) / 2
    return local_frame(cutout.wcs, x_px=x, y_px=y)


def under_cursor(cutout: Cutout) -> Mapping[str, object] | None:
    """Return what the page needs to say where on the sky the cursor is; None without WCS."""
    if cutout.wcs is None or not cutout.pixel_scale_arcsec:
        return None
    from galaxy_core.intake.sky_grid import sky_grid

    scale = cutout.pixel_scale_arcsec
    grid = sky_grid(
        cutout.wcs,
        width_px=cutout.width_px,
        height_px=cutout.height_px,
        pixel_scale_arcsec=scale,
    )
    sure = grid.error_arcsec <= scale / 2
    return {
        "left": grid.x_px[0],
        "top": grid.y_px[0],
        "width": grid.x_px[-1] - grid.x_px[0],
        "height": grid.y_px[-1] - grid.y_px[0],
        # A tenth of a milliarcsecond; what is off the sky is null, which JSON has.
        "vectors": [
            [None if math.isnan(node[0]) else [round(part, 10) for part in node] for node in row]
            for row in grid.vectors.tolist()
        ],
        "digits": min(max(1 - math.floor(math.log10(scale)), 0), 3),  # a tenth of a pixel
        "doubt": "" if sure else f" (to {_angle(grid.error_arcsec)})",
    }


def _centre(cutout: Cutout) -> SkyPosition | None:
    if cutout.wcs is None:
        return cutout.position
    from galaxy_core.intake.sky import pixel_to_sky

    x, y = (cutout.width_px - 1) / 2, (cutout.height_px - 1) / 2
    return pixel_to_sky(cutout.wcs, x_px=x, y_px=y)


def _angle(arcsec: float) -> str:
    return f"{arcsec:.3g}″" if arcsec < 60 else f"{arcsec / 60:.3g}′"


def _around(position: SkyPosition, cutout: Cutout) -> _Around:
    """Return the centre and the width of a map that shows what lies around the picture."""
    width_deg = cutout.width_px * (cutout.pixel_scale_arcsec or 1.0) / 3600
    return {
        "target": f"{position.ra_deg:.6f} {position.dec_deg:+.6f}",
        "fov_deg": round(min(max(3 * width_deg, 0.02), 180.0), 3),
    }


def _aladin(position: SkyPosition, cutout: Cutout) -> str:
    around = _around(position, cutout)
    where = {"target": around["target"], "fov": f"{around['fov_deg']:.3f}"}
    return f"https://aladin.cds.unistra.fr/AladinLite/?{urlencode(where)}"
