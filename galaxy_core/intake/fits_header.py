"""What a FITS header says of the planes of one image, as plain JSON values.

Facts only; what they mean (bands, masks) is ``fits_roles``'s. Runs in the process of ``fits``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from galaxy_core.intake.fits_layout import HduLayout
from galaxy_core.intake.fits_planes import MEAN_OF_ALL, merged_planes, plane_count, plane_shape
from galaxy_core.intake.fits_world import celestial_cards, wavelengths_nm

Entry = dict[str, Any]

_FILTER_KEYS = (
    "FILTER", "FILTER1", "FILTER2", "FILTNAM1", "FILTNAME", "FILTERS", "INSFLNAM", "BAND",
    "BANDNAME", "PHOTBAND", "WAVEBAND", "FPA.FILTERID", "CHNLNUM",
)  # fmt: skip


def describe_unit(header: Any, primary: Any, unit: HduLayout, offered: list[int]) -> list[Entry]:
    """Return an entry for each offered plane of one image; of a long cube its means first."""
    if not offered:
        return []
    count = plane_count(unit.axes)
    shared: Entry = {
        "hdu": unit.index,
        "shape": plane_shape(unit.axes),
        "planes_in_hdu": count,
        "bitpix": unit.bitpix,
        "is_scaled": "BSCALE" in header or "BZERO" in header or "BLANK" in header,
        "extension": text_of(header, "EXTNAME"),
        "unit": text_of(header, "BUNIT"),
        "telescope": text_of(header, "TELESCOP") or text_of(primary, "TELESCOP"),
        "instrument": text_of(header, "INSTRUME") or text_of(primary, "INSTRUME"),
        "wcs": celestial_cards(header, unit.axes),
        "filters": [],
        "merged": None,
        "wavelength_nm": None,
        "is_opacity": False,
        "is_stokes": text_of(header, "CTYPE3").upper().startswith("STOKES"),
    }
    merged = [{**shared, **one} for one in _merged(header, count)]
    return merged + [
        {**shared, "plane": plane, "filters": list(_filters(header, primary, plane, count))}
        for plane in offered
    ]


def text_of(header: Any, key: str) -> str:
    """Return a card's value as short text; empty where it is missing or unreadable."""
    try:
        return str(header.get(key, ""))[:80].strip()
    except Exception:  # astropy.io.fits.VerifyError, whose one door is ``fits``
        return ""


def _filters(header: Any, primary: Any, plane: int, count: int) -> Iterator[str]:
    """Yield what may be the filter of a plane, the likeliest first."""
    if count > 1:
        yield text_of(header, f"BAND{plane}")
        in_order = text_of(header, "BANDS")
        yield in_order[plane] if len(in_order) == count else ""
        return
    for key in _FILTER_KEYS:
        yield text_of(header, key) or text_of(primary, key)


def _merged(header: Any, count: int) -> Iterator[Entry]:
    """Yield what is particular to the means of a long cube."""
    merged = merged_planes(count)
    middles = [(behind[0] + behind[-1]) / 2 for behind in merged.values()]
    for (plane, behind), wave in zip(merged.items(), wavelengths_nm(header, middles)):
        yield {
            "plane": plane,
            "merged": [behind.start, behind.stop],
            "wavelength_nm": None if plane == MEAN_OF_ALL else wave,
        }
