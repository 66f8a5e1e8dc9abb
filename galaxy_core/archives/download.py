"""One query -> the bytes that a host answered: polite, bounded, patient, tried at mirrors.

Knows HTTP and nothing of pictures. Every failure leaves as an ``ArchiveError``; a library's
exception never does.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from galaxy_core.archives.body import read_body
from galaxy_core.archives.endpoints import Endpoint
from galaxy_core.archives.network import Answer, Network, Service
from galaxy_core.archives.patience import backoff_s, retry_after_s
from galaxy_core.archives.survey import Query
from galaxy_core.archives.transport import (
    TRANSPORT_ERRORS,
    as_archive_error,
    open_client,
)
from galaxy_core.archives.urls import host_and_port, redirected, shown_host, url_of
from galaxy_core.archives.wording import is_json_error, quotable, said, speaks_of_footprint
from galaxy_core.errors import (
    ArchiveBusy,
    ArchiveError,
    ArchiveUnavailable,
    DamagedResponse,
    NotInFootprint,
)
from galaxy_core.intake.sniff import Kind, sniff
from galaxy_core.settings import Secret

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
# 520 to 527 are a proxy's (Cloudflare) that did not reach its server.
_PASSING = frozenset({408, 425, 500, 502, 504, *range(520, 528)})
_SAID_AT_MOST_S = 24 * 3600.0
_NO_ANSWERS = frozenset({Kind.HTML, Kind.XML, Kind.EMPTY})
_ERROR_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Setback:
    """A failure that may pass."""

    error: ArchiveError
    wait_s: float | None = None


class Downloader:
    """Asks hosts for bytes. An asynchronous context manager; belongs to one event loop.

    Parameters
    ----------
    network : Network
        Hosts, limits and resolver.
    services : tuple of Service
        Everything that may be asked; no other host can be.
    """

    def __init__(self, network: Network, services: tuple[Service, ...]) -> None:
        self._network = network
        self._endpoints: dict[str, Endpoint] = {
            service.name: network.endpoints.of(service.archive, service.hosts)
            for service in services
        }
        self._archive_of = {service.name: service.archive for service in services}
        self._gates = {
            (service.name, base): network.turns.gate(
                service.name, host_and_port(base), service.manners
            )
            for service in services
            for base in self._endpoints[service.name].bases
        }
        self._dice = random.Random(network.seed)  # noqa: S311 -- jitter, not a secret
        self._client = open_client(
            operated=frozenset(
                host_and_port(base)
                for endpoint in self._endpoints.values()
                if endpoint.operated
                for base in endpoint.bases
            ),
            resolve=network.resolve,
            connect_s=network.patience.connect_s,
            read_s=network.patience.read_s,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def endpoint(self, service: str) -> Endpoint:
        """Return who answers for a service."""
        return self._endpoints[service]

    def url_of(self, service: str, query: Query) -> str:
        """Return the URL that a query has at the preferred host; identifies it in a cache."""
        return url_of(self._endpoints[service].bases[0], query)

    async def get(self, service: str, query: Query) -> Answer:
        """Return what the service answers.

        The hosts are tried in order; if all of them fail in a way that may pass, again after
        a pause, as often and as long as the patience allows.

        Raises
        ------
        ArchiveUnavailable, ArchiveBusy, DamagedResponse, NotInFootprint
            Whichever the last failure was.
        """
        try:
            async with asyncio.timeout(self._network.patience.total_s):
                return await self._get_patiently(service, query)
        except TimeoutError as cause:
            host = shown_host(self._endpoints[service].bases[0])
            raise ArchiveUnavailable(
                f"{host} did not answer within {self._network.patience.total_s:g} s in all. "
                "Try again later, or choose another survey."
            ) from cause

    async def _get_patiently(self, service: str, query: Query) -> Answer:
        """Ask every host in turn, then again after a pause."""
        patience, failures = self._network.patience, 0
        while True:
            outcome = await self._try_hosts(service, query)
            if isinstance(outcome, Answer):
                return outcome
            failures += 1
            wait = max(outcome.wait_s or 0.0, backoff_s(patience, failures, self._dice))
            if failures >= patience.attempts or wait > patience.longest_wait_s:
                raise outcome.error
            await asyncio.sleep(wait)

    async def _try_hosts(self, service: str, query: Query) -> Answer | _Setback:
        """One attempt at each host until one answers; otherwise the first host's setback.

        A page or nothing at all, called a success, and a refusal may be what a broken host has
        to say: its mirror is heard before either is believed.
        """
        setbacks: list[_Setback] = []
        beliefs: list[Answer | ArchiveError] = []
        for base in self._endpoints[service].bases:
            try:
                outcome = await self._try_host(service, base, query)
            except NotInFootprint:
                raise
            except ArchiveError as error:
                beliefs.append(error)
                continue
            if isinstance(outcome, _Setback):
                setbacks.append(outcome)
            elif sniff(outcome.data) in _NO_ANSWERS:
                beliefs.append(outcome)
            else:
                return outcome
        if setbacks:
            return setbacks[0]
        if isinstance(beliefs[0], ArchiveError):
            raise beliefs[0]
        return beliefs[0]

    async def _try_host(self, service: str, base: str, query: Query) -> Answer | _Setback:
        """One attempt at one host, in turn with the others."""
        gate, patience = self._gates[service, base], self._network.patience
        async with gate.turn():
            try:
                async with asyncio.timeout(patience.attempt_s):
                    outcome = await self._request(service, url_of(base, query), query.most_bytes)
            except TRANSPORT_ERRORS as cause:
                return _Setback(as_archive_error(cause, shown_host(base)))
        if isinstance(outcome, _Setback) and outcome.wait_s is not None:
            gate.hold_back(min(outcome.wait_s, patience.longest_wait_s))
        return outcome

    async def _request(self, service: str, url: str, most_bytes: int) -> Answer | _Setback:
        """Follow redirects within the host; the key goes with the first request only."""
        key: Secret = self._network.endpoints.key_for(self._archive_of[service], url)
        asked = url
        for _ in range(_MOST_REDIRECTS + 1):
            headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
            request = self._client.build_request("GET", url, headers=headers)
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code not in _REDIRECTS:
                    return await _read(response, asked, most_bytes, self._network.endpoints.key)
                url = redirected(url, response.headers.get("Location", ""))
                key = Secret()
            finally:
                await response.aclose()
        raise ArchiveUnavailable(
            f"{shown_host(asked)} redirects in a circle. Choose another survey."
        )


async def _read(
    response: httpx.Response, url: str, most_bytes: int, key: Secret
) -> Answer | _Setback:
    """Tell success from failure by the status, and read either, bounded."""
    status, host = response.status_code, shown_host(url)
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 200:
        data = await read_body(response, most_bytes=most_bytes)
        return Answer(data, content_type, url)
    try:
        data = await read_body(response, most_bytes=_ERROR_BYTES)
    except DamagedResponse:
        data = b""
    reason = response.extensions.get("said", b"").decode("latin-1")
    words = said(data, secret=key) or quotable(reason, secret=key)
    quote = f" It said: “{words}”." if words else ""
    if status in _BUSY:
        wait = retry_after_s(response.headers.get("Retry-After"))
        when = "later" if wait is None or wait > _SAID_AT_MOST_S else f"in {wait:.0f} s"
        return _Setback(ArchiveBusy(f"{host} is busy; try again {when}.{quote}"), wait)
    if speaks_of_footprint(f"{words} {reason}"):
        raise NotInFootprint(f"{host} has no picture of this position.{quote}")
    error = ArchiveUnavailable(f"{host} answered with status {status}.{quote}{_advice(status)}")
    # A server that explains itself in JSON will say the same the next time.
    if status in _PASSING and not is_json_error(data):
        return _Setback(error)
    raise error


def _advice(status: int) -> str:
    """Return what to do about a status."""
    if status in (401, 403):
        return " Check SDSS_API_KEY, or choose another survey."
    return " Try again later, or choose another survey."
