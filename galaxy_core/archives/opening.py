"""``open_archive``: the operator's settings -> an ``Archive`` that leaves nothing behind.

Sends nothing itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from galaxy_core.archives.cache import DiskCache
from galaxy_core.archives.client import Archive
from galaxy_core.archives.endpoints import Endpoints
from galaxy_core.archives.network import Network
from galaxy_core.archives.survey import Survey
from galaxy_core.archives.table import find_survey
from galaxy_core.settings import Settings


@asynccontextmanager
async def open_archive(
    survey: str | Survey,
    *,
    settings: Settings | None = None,
    network: Network | None = None,
    cache: DiskCache | None = None,
) -> AsyncIterator[Archive]:
    """Open a survey's archive; leaving the context leaves no connection and no task.

    Parameters
    ----------
    survey : str or Survey
        A key of ``SURVEYS``, ``hips:IDENTIFIER``, or a survey itself.
    settings : Settings or None
        None reads the environment.
    network : Network or None
        Hosts, patience, resolver; None is what the settings say.
    cache : DiskCache or None
        None is the one in the data folder.

    Raises
    ------
    ArchiveError
        If there is no such survey.
    SettingsError
        If the environment makes no sense.
    """
    chosen = find_survey(survey) if isinstance(survey, str) else survey
    settings = Settings.from_environment() if settings is None else settings
    network = Network(Endpoints.from_settings(settings)) if network is None else network
    archive = Archive(chosen, network, open_cache(settings) if cache is None else cache)
    try:
        yield archive
    finally:
        await archive.aclose()


def open_cache(settings: Settings) -> DiskCache:
    """Return the cache of archive answers in the data folder."""
    return DiskCache(settings.data_dir / "cache" / "archives")
