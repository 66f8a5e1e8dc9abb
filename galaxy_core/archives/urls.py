"""URLs of requests: how they are built, and which redirects stay with their host. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from galaxy_core.archives.survey import Query
from galaxy_core.archives.wording import quotable
from galaxy_core.errors import ArchiveUnavailable


def redirected(url: str, location: str) -> str:
    """Return where a redirect leads, if it stays with the host and does not drop TLS.

    Raises
    ------
    ArchiveUnavailable
        If it leads anywhere else.
    """
    target = urljoin(url, location)
    before, after = urlsplit(url), urlsplit(target)
    try:
        same = (before.hostname, _port(before)) == (after.hostname, _port(after))
        upgraded = (before.scheme, after.scheme, before.hostname, _port(after)) == (
            "http",
            "https",
            after.hostname,
            443,
        )
    except ValueError:
        same = upgraded = False
    plain = not (after.username or after.password)
    if location and plain and ((same and before.scheme == after.scheme) or upgraded):
        return target
    raise ArchiveUnavailable(
        f"{shown_host(url)} redirects to another host "
        f"({quotable(after.netloc.rpartition('@')[2]) or 'none'}), which is not followed. "
        "Choose another survey."
    )


def url_of(base: str, query: Query) -> str:
    """Return the URL of a query at a base URL."""
    tail = f"?{urlencode(query.parameters)}" if query.parameters else ""
    return f"{base}{query.path}{tail}"


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def shown_host(url: str) -> str:
    """Return the host of a URL as a sentence names it: the port only where it is unusual."""
    parts = urlsplit(url)
    usual = _port(parts) == (443 if parts.scheme == "https" else 80)
    return str(parts.hostname) if usual else host_and_port(url)


def host_and_port(url: str) -> str:
    """Return ``host:port`` of a URL, the port always named."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{_port(parts)}"
