"""Connections that only reach addresses which were looked at: httpx with a checked network.

A name is resolved once per connection, every address it resolves to is checked, and the
connection goes to the checked address itself, so that a name which changes its answer in
between (DNS rebinding) gains nothing. TLS still verifies the name. The only door of httpcore.

Proxies and ``.netrc`` from the environment are left out on purpose: a proxy would connect in
our place, unchecked, and ``.netrc`` would send passwords nobody asked for. ``SSL_CERT_FILE``
is honoured.
"""

from __future__ import annotations

import asyncio
import socket
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from galaxy_core.archives.addresses import is_public_address
from galaxy_core.errors import ArchiveError, ArchiveUnavailable, DamagedResponse

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Host and port -> the addresses, in the order to try them; raises ``OSError``."""

_TIMED_OUT = (TimeoutError, httpx.TimeoutException, httpcore.TimeoutException)
_BROKE_OFF = (httpcore.RemoteProtocolError, httpcore.ReadError)
TRANSPORT_ERRORS = (
    *_TIMED_OUT,
    *_BROKE_OFF,
    OSError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
"""Everything that httpx and httpcore raise when the network fails."""
_FIRST_TRIES_S = 4.0
_SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


async def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host from the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_addresses(host: str, addresses: list[str], *, operated: bool) -> None:
    """Accept what a host resolved to, before any connection.

    Raises
    ------
    ArchiveUnavailable
        If any address is not public, unless the operator named the host.
    """
    refused = [address for address in addresses if not is_public_address(address)]
    if refused and not operated:
        raise ArchiveUnavailable(
            f"{host} resolves to {refused[0]}, which is no public address; nothing was sent. "
            "Only the host named in ASTRO_DB_HOST may be on a private network."
        )


def as_archive_error(cause: Exception, host: str) -> ArchiveError:
    """Return what a failure of the network means, chained to its cause."""
    error: ArchiveError
    if isinstance(cause, _TIMED_OUT):
        error = ArchiveUnavailable(
            f"{host} did not answer in time. Try again later, or choose another survey."
        )
    elif isinstance(cause, _BROKE_OFF):
        error = DamagedResponse(f"The answer of {host} broke off in the middle. Try again.")
    else:
        error = ArchiveUnavailable(
            f"{host} could not be reached. Check the network, or choose another survey."
        )
    error.__cause__ = cause
    return error


class _CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Resolve, check, then connect to the checked address."""

    def __init__(self, operated: frozenset[str], resolve: Resolver) -> None:
        self._operated = operated
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await asyncio.wait_for(self._resolve(host, port), timeout)
        except (OSError, UnicodeError) as cause:  # TimeoutError is an OSError
            raise httpcore.ConnectError(f"{host} could not be resolved") from cause
        check_addresses(host, addresses, operated=f"{host}:{port}" in self._operated)
        for address in addresses[:-1]:
            # One dead address (often IPv6) must not use up the whole time.
            wait = _FIRST_TRIES_S if timeout is None else min(timeout, _FIRST_TRIES_S)
            try:
                return await self._network.connect_tcp(
                    address, port, wait, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        return await self._network.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: _SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.UnsupportedProtocol("No archive answers on a Unix socket.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpx.AsyncByteStream):
    """A response body as httpx wants it."""

    def __init__(self, parts: typing.Any) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            yield part

    async def aclose(self) -> None:
        await self._parts.aclose()


class CheckedTransport(httpx.AsyncBaseTransport):
    """An httpx transport whose connections reach checked addresses only.

    Parameters
    ----------
    operated : frozenset of str
        ``host:port`` that may resolve to private addresses.
    resolve : callable
        The resolver; tests give one of their own.
    """

    def __init__(self, *, operated: frozenset[str], resolve: Resolver = resolve_host) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=_CheckedNetwork(operated, resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; see httpx."""
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        # httpx logs the reason phrase; what a server writes there stays out of logs.
        reason = response.extensions.get("reason_phrase", b"")
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response.stream),
            extensions={**response.extensions, "reason_phrase": b"", "said": reason},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def open_client(
    *, operated: frozenset[str], resolve: Resolver, connect_s: float, read_s: float
) -> httpx.AsyncClient:
    """Return a client on checked connections: no redirects, cookies, proxies or ``.netrc``."""
    return httpx.AsyncClient(
        transport=CheckedTransport(operated=operated, resolve=resolve),
        timeout=httpx.Timeout(read_s, connect=connect_s, pool=None),
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "User-Agent": "AutomatedAstronomer/1 (galaxy cutouts; python-httpx)",
            # Pictures do not shrink, and what is not compressed cannot burst.
            "Accept-Encoding": "identity",
        },
    )
