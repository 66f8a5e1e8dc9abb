"""Where on the sky the picture lies: centre, scale, compass, and the survey's own viewer.

There is no sky map on the page: Aladin Lite would come from another host at every visit, and
where that host is not reached it would leave a hole. A link leads to it instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from galaxy_core.cutout import Cutout, Origin, SkyPosition
from pages.shared import state

if TYPE_CHECKING:
    from galaxy_core.intake.sky import LocalFrame


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


def compass(cutout: Cutout) -> LocalFrame | None:
    """Return how the sky lies at the picture's centre; None where that is not known."""
    if cutout.wcs is None:
        return None
    from galaxy_core.intake.sky import local_frame

    x, y = (cutout.width_px - 1) / 2, (cutout.height_px - 1) / 2
    return local_frame(cutout.wcs, x_px=x, y_px=y)


def _centre(cutout: Cutout) -> SkyPosition | None:
    if cutout.wcs is None:
        return cutout.position
    from galaxy_core.intake.sky import pixel_to_sky

    x, y = (cutout.width_px - 1) / 2, (cutout.height_px - 1) / 2
    return pixel_to_sky(cutout.wcs, x_px=x, y_px=y)


def _angle(arcsec: float) -> str:
    return f"{arcsec:.3g}″" if arcsec < 60 else f"{arcsec / 60:.3g}′"


def _aladin(position: SkyPosition, cutout: Cutout) -> str:
    width_deg = cutout.width_px * (cutout.pixel_scale_arcsec or 1.0) / 3600
    where = {
        "target": f"{position.ra_deg:.6f} {position.dec_deg:+.6f}",
        "fov": f"{max(3 * width_deg, 0.02):.3f}",
    }
    return f"https://aladin.cds.unistra.fr/AladinLite/?{urlencode(where)}"
