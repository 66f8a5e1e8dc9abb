"""ASTRO_DB_HOST stands in for SkyServer, and the key goes to nobody else."""

from pathlib import Path

import pytest

from galaxy_core.archives.endpoints import Endpoint, Endpoints, key_notice, operated_endpoint
from galaxy_core.errors import SettingsError
from galaxy_core.settings import Secret, Settings


@pytest.mark.parametrize(
    ("text", "base", "release"),
    [
        ("mirror.example.org", "https://mirror.example.org/dr18", "DR18"),
        ("mirror.example.org:8443", "https://mirror.example.org:8443/dr18", "DR18"),
        ("https://mirror.example.org/", "https://mirror.example.org/dr18", "DR18"),
        ("https://mirror.example.org/dr17", "https://mirror.example.org/dr17", "DR17"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000/dr18", "DR18"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/dr18", "DR18"),
        ("localhost:8000", "http://localhost:8000/dr18", "DR18"),
        ("[::1]:8000", "http://[::1]:8000/dr18", "DR18"),
        (
            "https://x.org/sky",
            "https://x.org/sky",
            "as served by the operator's archive",
        ),
    ],
)
def test_a_host_or_url_becomes_an_endpoint(text, base, release):
    assert operated_endpoint(text) == Endpoint((base,), operated=True, release=release)


@pytest.mark.parametrize(
    "text",
    ["ftp://x.org", "file:///etc/passwd", "https://user:pw@x.org", "https://x.org/?q=1",
     "https://", "a b", "https://x.org:99999", "http://[::1", "x.org#f"],
)  # fmt: skip
def test_what_is_neither_host_nor_url_is_refused(text):
    with pytest.raises(SettingsError, match="ASTRO_DB_HOST must be a host or an http"):
        operated_endpoint(text)


def test_settings_put_the_archive_host_in_place_of_skyserver_only():
    settings = Settings(Path("/nowhere"), archive_host="mirror.example.org")
    endpoints = Endpoints.from_settings(settings)
    assert endpoints.of("skyserver", ("https://skyserver.sdss.org/dr18",)).operated
    assert endpoints.of("hips2fits", ("https://alasky",)) == Endpoint(("https://alasky",))


@pytest.mark.parametrize(
    ("key", "host", "notice"),
    [
        ("", "", "No SDSS_API_KEY is set"),
        ("s3cret", "", ""),
        ("s3cret", "127.0.0.1:8000", ""),
        ("s3cret", "http://mirror.example.org", "is not sent, because ASTRO_DB_HOST"),
    ],
)
def test_one_calm_notice_on_the_key(key, host, notice):
    said = key_notice(Settings(Path("/nowhere"), archive_host=host, sdss_api_key=Secret(key)))
    assert notice in said
    assert "s3cret" not in said
    assert bool(said) is bool(notice)


@pytest.mark.parametrize(
    ("service", "url", "goes"),
    [
        ("skyserver", "https://skyserver.sdss.org/dr18/x", True),
        ("skyserver", "http://127.0.0.1:8000/x", True),
        ("skyserver", "http://mirror.example.org/x", False),
        ("legacysurvey", "https://www.legacysurvey.org/x", False),
        ("sesame", "https://cds.unistra.fr/x", False),
    ],
)
def test_the_key_goes_to_the_archive_host_and_never_in_the_clear(service, url, goes):
    endpoints = Endpoints(key=Secret("s3cret"))
    assert bool(endpoints.key_for(service, url)) is goes
