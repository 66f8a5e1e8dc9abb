"""Address text -> whether it is on the public internet. Pure; resolves and connects nothing.

An archive's name may resolve to anything, by mistake or by malice. Private, loopback,
link-local, multicast and reserved addresses are the operator's own network, which no visitor
may reach through this app. Addresses that carry an IPv4 address inside (mapped, 6to4, NAT64,
Teredo) are judged by what they carry as well.
"""

from __future__ import annotations

import ipaddress

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "2001::/23",  # protocol assignments; Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
    )
)


def is_public_address(address: str) -> bool:
    """Return whether an address belongs to the public internet.

    Parameters
    ----------
    address : str
        IPv4 or IPv6 in text, with or without a zone (``fe80::1%eth0``).

    Returns
    -------
    bool
        False also for text that is no address.
    """
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return _is_public_v6(parsed)
    return _is_public_v4(parsed)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    """Python's own registry, and what its versions differ about."""
    return address.is_global and not address.is_multicast and not _is_listed(address)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    """Only global unicast, and only if no private IPv4 address hides inside."""
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.sixtofour is not None and not _is_public_v4(address.sixtofour):
        return False
    return address in _GLOBAL_UNICAST and address.is_global and not _is_listed(address)


def _is_listed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(
        address.version == network.version and address in network for network in _NOT_PUBLIC
    )
