"""How the network is reached, who may be asked, and what an answer is. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from galaxy_core.archives.endpoints import Endpoints
from galaxy_core.archives.patience import Patience
from galaxy_core.archives.survey import Manners
from galaxy_core.archives.transport import Resolver, resolve_host
from galaxy_core.archives.turns import Turns, turns_of_process


@dataclass(frozen=True, slots=True)
class Network:
    """How the network is reached: which hosts, how patiently, by which resolver.

    Parameters
    ----------
    endpoints : Endpoints
        Substitutes for services, and the archive host's key.
    patience : Patience
        Time limits and retries.
    resolve : callable
        Host and port -> addresses.
    seed : int or None
        Of the jitter in pauses; None is a new one each time.
    turns : Turns
        Keeps requests to a host apart; unless given, those that this whole process shares.
    """

    endpoints: Endpoints = field(default_factory=Endpoints)
    patience: Patience = field(default_factory=Patience)
    resolve: Resolver = resolve_host
    seed: int | None = None
    turns: Turns = field(default_factory=turns_of_process)


@dataclass(frozen=True, slots=True)
class Service:
    """Who answers for a service, and how fast it may be asked.

    Parameters
    ----------
    name : str
        What is asked for by ``Downloader.get``.
    hosts : tuple of str
        Base URLs, the preferred first.
    manners : Manners
        Kept for each service and host.
    part_of : str
        The service whose endpoint answers, where one archive has several; "" is itself.
    """

    name: str
    hosts: tuple[str, ...]
    manners: Manners = field(default_factory=Manners)
    part_of: str = ""

    @property
    def archive(self) -> str:
        """The service whose endpoint and key are used."""
        return self.part_of or self.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered with success.

    Parameters
    ----------
    data : bytes
        The body, at most ``Query.most_bytes`` long.
    content_type : str
        As declared, lower case, without parameters; "" where none was.
    url : str
        The URL that was asked; no secret is ever part of it.
    """

    data: bytes
    content_type: str
    url: str
