"""One aim -> one checked ``Cutout`` with its provenance, from the cache or the network.

Asks one survey only; what to do when it has nothing is said in the error, not done here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from astropy.wcs import WCS

from galaxy_core.archives.cache import DiskCache
from galaxy_core.archives.checks import check_answer, check_cutout
from galaxy_core.archives.download import Downloader
from galaxy_core.archives.survey import Aim, Coverage, Survey, check_aim, degrees
from galaxy_core.archives.table import surveys_covering
from galaxy_core.archives.wording import quotable
from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.errors import ArchiveError, DamagedResponse, IntakeError, NotInFootprint
from galaxy_core.intake import read_cutout
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.settings import Secret

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 2


class Delivery:
    """Delivers the cutouts of one survey.

    Parameters
    ----------
    survey : Survey
        Who is asked.
    downloader : Downloader
        Knows the survey's service.
    cache : DiskCache
        Keeps what passed the checks.
    key : Secret
        Removed from everything that a server says.
    """

    def __init__(
        self, survey: Survey, downloader: Downloader, cache: DiskCache, key: Secret
    ) -> None:
        endpoint = downloader.endpoint(survey.service)
        self.survey = replace(survey, release=endpoint.release or survey.release)
        self._base = endpoint.bases[0]
        self._downloader = downloader
        self._cache = cache
        self._key = key
        # Few: decoding holds the interpreter much of the time, and more threads than cores
        # would only keep the event loop from its turn.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="archive")
        self._fits_reader = FitsReader()  # starts its process with the first FITS, if any

    def close(self) -> None:
        """Let threads and process go; what one of them is doing is finished unheard."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._fits_reader.close()

    async def deliver(self, aim: Aim, name: str) -> tuple[Cutout, bytes]:
        """Return the cutout and the bytes it was read from.

        Raises
        ------
        ArchiveError
            See ``Archive.fetch``.
        """
        check_aim(self.survey, aim)
        try:
            if self.survey.covers(aim.position) is Coverage.NO:
                raise NotInFootprint(f"{self.survey.title} never looked there.")
            return await self._kept(aim, name) or await self._fetched(aim, name)
        except NotInFootprint as error:
            others = surveys_covering(aim.position, other_than=self.survey.key)[:3]
            titles = ", ".join(survey.title for survey in others)
            raise NotInFootprint(
                f"{error} Other surveys that may cover it: {titles}." if titles else str(error)
            ) from error

    async def _kept(self, aim: Aim, name: str) -> tuple[Cutout, bytes] | None:
        """Return what the cache holds, if it still passes the checks."""
        return await self._in_thread(self._read_kept, aim, name)

    def _read_kept(self, aim: Aim, name: str) -> tuple[Cutout, bytes] | None:
        entry = self._cache.get(self._cache_key(aim))
        if entry is None:
            return None
        try:
            return self._read(entry.data, entry.facts, aim, name), entry.data
        except ArchiveError:
            return None

    async def _fetched(self, aim: Aim, name: str) -> tuple[Cutout, bytes]:
        """Ask the survey, believe the answer after the checks, and keep it."""
        survey = self.survey
        listing = ""
        if survey.listing_query is not None:
            listed = await self._downloader.get(survey.service, survey.listing_query(aim))
            listing = listed.data.decode("utf-8", errors="replace")
        answer = await self._downloader.get(survey.service, survey.cutout_query(aim, listing))
        check_answer(answer, survey, aim, secret=self._key)
        facts = {
            "url": answer.url,
            "retrieved_utc": datetime.now(UTC).isoformat(timespec="seconds"),
            "survey": survey.title,
            "release": survey.release,
        }
        cutout = await self._in_thread(self._read_and_keep, answer.data, facts, aim, name)
        return cutout, answer.data

    def _read_and_keep(self, data: bytes, facts: Mapping[str, str], aim: Aim, name: str) -> Cutout:
        cutout = self._read(data, facts, aim, name)
        self._cache.put(self._cache_key(aim), data, facts)
        return cutout

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
        """Run what decodes or touches the disk beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def _read(self, data: bytes, facts: Mapping[str, str], aim: Aim, name: str) -> Cutout:
        """Decode, check the pixels, and write down where they are and came from."""
        shown = quotable(name) or f"{aim.position.ra_deg:.4f} {aim.position.dec_deg:+.4f}"
        try:
            cutout = read_cutout(
                data, name=shown, origin=Origin.ARCHIVE, fits_reader=self._fits_reader
            )
        except IntakeError as cause:
            raise DamagedResponse(
                f"{self.survey.title} sent a damaged picture: {cause}"
            ) from cause
        warnings = check_cutout(cutout, self.survey, aim)
        provenance = Provenance(
            origin=Origin.ARCHIVE,
            name=shown,
            sha256=cutout.provenance.sha256,
            survey=self.survey.title,
            release=facts.get("release", ""),
            url=facts.get("url", ""),
            credit=self.survey.credit,
            retrieved_utc=facts.get("retrieved_utc", ""),
        )
        return replace(
            cutout,
            provenance=provenance,
            wcs=cutout.wcs or (tangent_wcs(aim) if self.survey.north_up else None),
            pixel_scale_arcsec=aim.pixel_scale_arcsec,
            position=aim.position,
            warnings=(*cutout.warnings, *warnings),
        )

    def _cache_key(self, aim: Aim) -> str:
        """Name everything that decides what the answer is."""
        where = f"{degrees(aim.position.ra_deg)} {degrees(aim.position.dec_deg)}"
        size = f"{aim.size_arcsec:.4f} {aim.size_px}"
        return "\n".join((self.survey.key, self._base, where, size, aim.image_format.value))


def tangent_wcs(aim: Aim) -> WCS:
    """Return the WCS of a tangent projection about the aim, north up, row 0 at the top."""
    wcs = WCS(naxis=2)
    middle = (aim.size_px + 1) / 2  # FITS counts from 1
    wcs.wcs.crpix = [middle, middle]
    wcs.wcs.crval = [aim.position.ra_deg, aim.position.dec_deg]
    # Columns run west, rows run south.
    wcs.wcs.cdelt = [-aim.pixel_scale_arcsec / 3600, -aim.pixel_scale_arcsec / 3600]
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cunit = ["deg", "deg"]
    return wcs
