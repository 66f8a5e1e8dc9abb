"""Settings -> which hosts are asked, which of them may be private, who gets the key.

The fixed list of hosts stands with the surveys. The operator may put another in the place of
SkyServer (``ASTRO_DB_HOST``); tests put loopback servers in the place of any service the same
way, through ``Endpoints.using``. Nothing is sent from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from galaxy_core.errors import SettingsError
from galaxy_core.settings import Secret, Settings

SKYSERVER = "skyserver"
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The hosts that answer for one service.

    Parameters
    ----------
    bases : tuple of str
        Base URLs without trailing slash, the preferred first, then mirrors.
    operated : bool
        True where the operator named the host, which may then be a private address.
    release : str
        Data release that the base URL names, if it names one; e.g. ``DR17``.
    """

    bases: tuple[str, ...]
    operated: bool = False
    release: str = ""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Which endpoint stands in for which service, and the key of the archive host.

    Parameters
    ----------
    in_place_of : mapping of str to Endpoint
        Service -> endpoint used instead of the survey's own hosts.
    key : Secret
        Bearer token for SkyServer or its substitute; never for another host.
    """

    in_place_of: Mapping[str, Endpoint] = field(default_factory=lambda: MappingProxyType({}))
    key: Secret = field(default_factory=Secret)

    @classmethod
    def from_settings(cls, settings: Settings) -> Endpoints:
        """Return what the operator chose.

        Raises
        ------
        SettingsError
            If ``ASTRO_DB_HOST`` is neither a host nor an http(s) URL.
        """
        chosen: dict[str, Endpoint] = {}
        if settings.archive_host:
            chosen[SKYSERVER] = operated_endpoint(settings.archive_host)
        return cls(MappingProxyType(chosen), settings.sdss_api_key)

    def using(self, service: str, *bases: str) -> Endpoints:
        """Return the same with a service answered by hosts that the operator vouches for."""
        endpoint = Endpoint(tuple(base.rstrip("/") for base in bases), operated=True)
        return Endpoints(MappingProxyType({**self.in_place_of, service: endpoint}), self.key)

    def of(self, service: str, hosts: tuple[str, ...]) -> Endpoint:
        """Return who answers for a service: a substitute, or the service's own hosts."""
        return self.in_place_of.get(service) or Endpoint(hosts)

    def key_for(self, service: str, url: str) -> Secret:
        """Return the key if this request goes to the archive host, else an unset secret.

        Plain http carries it only to this machine itself.
        """
        parts = urlsplit(url)
        private = parts.scheme == "https" or _LOOPBACK.fullmatch(parts.hostname or "")
        return self.key if service == SKYSERVER and private else Secret()


def key_notice(settings: Settings) -> str:
    """Return one calm sentence on the key for a page to show, or "" where all is well."""
    if not settings.sdss_api_key:
        return "No SDSS_API_KEY is set: local galaxies come first; public archives can be chosen."
    endpoints = Endpoints.from_settings(settings)
    bases = endpoints.of(SKYSERVER, ("https://skyserver.sdss.org",)).bases
    if not endpoints.key_for(SKYSERVER, bases[0]):
        return "SDSS_API_KEY is not sent, because ASTRO_DB_HOST is reached without encryption."
    return ""


def operated_endpoint(text: str) -> Endpoint:
    """Return the endpoint that ``ASTRO_DB_HOST`` names.

    Parameters
    ----------
    text : str
        ``host``, ``host:port`` or a URL. Without a scheme https is used, for this machine
        itself http. A path stands in place of ``/dr18`` and may name the release.

    Raises
    ------
    SettingsError
        If it is neither; user names, queries and fragments are not accepted.
    """
    bare = "://" not in text
    parts = _split(f"//{text}" if bare else text)
    host = parts.hostname or ""
    scheme = parts.scheme or ("http" if _LOOPBACK.fullmatch(host) else "https")
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    # The colon is for IPv6 in brackets.
    if scheme not in {"http", "https"} or not plain or not re.fullmatch(r"[\w.:-]+", host):
        raise SettingsError(
            "ASTRO_DB_HOST must be a host or an http(s) URL without user name or query, such as "
            "skyserver.example.org or https://mirror.example.org/dr18."
        )
    path = parts.path.rstrip("/") or "/dr18"
    found = re.fullmatch(r"dr(\d+)", path.rsplit("/", 1)[-1], re.IGNORECASE)
    release = f"DR{found[1]}" if found else "as served by the operator's archive"
    return Endpoint((f"{scheme}://{parts.netloc}{path}",), operated=True, release=release)


def _split(text: str) -> SplitResult:
    """Split a URL; what cannot be split has no host."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
