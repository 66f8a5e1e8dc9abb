"""The table of surveys, and which of them cover a position.

A new survey is one file and one entry here; the contract test runs over every entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from galaxy_core.archives import hips
from galaxy_core.archives.legacy import LEGACY
from galaxy_core.archives.panstarrs import PANSTARRS
from galaxy_core.archives.sdss import SDSS
from galaxy_core.archives.survey import Coverage, Survey
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveError

_HIPS_PRESETS = (
    replace(
        hips.hips_survey("CDS/P/SDSS9/color"),
        key="hips-sdss",
        title="SDSS colour (HiPS)",
        release="DR9",
        colours="i, r, g as red, green, blue",
        native_scale_arcsec=0.4,
        covers=hips.in_sdss_stripes,
    ),
    replace(
        hips.hips_survey("CDS/P/DES-DR2/ColorIRG"),
        key="hips-des",
        title="Dark Energy Survey (HiPS)",
        release="DR2",
        colours="i, r, g as red, green, blue",
        native_scale_arcsec=0.27,
        covers=hips.in_des,
    ),
    replace(
        hips.hips_survey("CDS/P/DSS2/color"),
        key="hips-dss",
        title="Digitized Sky Survey colour (HiPS)",
        release="DSS2",
        covers=hips.everywhere,
    ),
    replace(
        hips.hips_survey("CDS/P/2MASS/color"),
        key="hips-2mass",
        title="2MASS infrared colour (HiPS)",
        release="All-Sky",
        colours="K, H, J as red, green, blue",
        covers=hips.everywhere,
    ),
    replace(
        hips.hips_survey("CDS/P/HST/EPO"),
        key="hips-hst",
        title="Hubble outreach pictures (HiPS)",
        release="as published by the CDS",
        native_scale_arcsec=0.05,
    ),
)

SURVEYS: Mapping[str, Survey] = MappingProxyType(
    {survey.key: survey for survey in (SDSS, LEGACY, PANSTARRS, *_HIPS_PRESETS)}
)


def find_survey(key: str) -> Survey:
    """Return the survey of that key, or any HiPS as ``hips:IDENTIFIER``.

    Raises
    ------
    ArchiveError
        If there is no such survey.
    """
    if key in SURVEYS:
        return SURVEYS[key]
    if key.startswith("hips:") and len(key) <= 100:
        return hips.hips_survey(key.removeprefix("hips:"))
    raise ArchiveError(
        f"No survey {key!r}. There are {', '.join(SURVEYS)}, and hips:IDENTIFIER for any HiPS."
    )


def surveys_covering(position: SkyPosition, *, other_than: str = "") -> tuple[Survey, ...]:
    """Return the surveys that may have looked there, the certain ones first.

    Suggestions, not promises: where a footprint is only known to the service, the survey
    is listed after those that are certain.

    Parameters
    ----------
    position : SkyPosition
        Where.
    other_than : str
        Key of a survey to leave out.
    """
    candidates = [survey for survey in SURVEYS.values() if survey.key != other_than]
    certain = [s for s in candidates if s.covers(position) is Coverage.YES]
    possible = [s for s in candidates if s.covers(position) is Coverage.UNKNOWN]
    return (*certain, *possible)
