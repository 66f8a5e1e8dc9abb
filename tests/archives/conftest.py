"""What the archive tests share: how to open an archive on loopback, quick and impatient."""

import asyncio
from pathlib import Path

import pytest

from galaxy_core.archives import Endpoints, Network, Patience, open_archive
from galaxy_core.archives.cache import DiskCache
from galaxy_core.settings import Secret, Settings

# The same machinery, with waits that a test can wait for.
QUICK = Patience(
    connect_s=2.0,
    read_s=1.0,
    attempt_s=1.5,
    total_s=6.0,
    attempts=3,
    backoff_s=0.01,
    longest_backoff_s=0.05,
    longest_wait_s=2.0,
)


@pytest.fixture
def on_loopback(tmp_path: Path):
    """``on_loopback("sdss", skyserver=[url, mirror…])`` -> an archive context."""

    def opened(survey, *, key: str = "", patience: Patience = QUICK, cache=None, **services):
        settings = Settings(data_dir=tmp_path)
        endpoints = Endpoints(key=Secret(key))
        for service, urls in services.items():
            bases = [urls] if isinstance(urls, str) else urls
            endpoints = endpoints.using(service, *bases)
        network = Network(endpoints, patience, seed=1)
        cache = DiskCache(tmp_path / "cache") if cache is None else cache
        return open_archive(survey, settings=settings, network=network, cache=cache)

    return opened


@pytest.fixture
def fetch(on_loopback):
    """Fetch one cutout and return it (or raise)."""

    def fetched(survey, position, *, size_px=256, options=None, **services):
        async def main():
            async with on_loopback(survey, **services, **(options or {})) as archive:
                return await archive.fetch(position, size_px=size_px)

        return asyncio.run(main())

    return fetched
