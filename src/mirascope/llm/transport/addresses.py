"""Which addresses belong to the public internet, and which to this machine or its network.

https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6- (2025-10). Python's own table
depends on its version and does not look into addresses that hold another.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from mirascope.llm.transport.http import AddressRefused

__all__ = ["Admits", "check_behind_proxy", "is_public"]

Admits: TypeAlias = Callable[[str], bool]
"""Says whether a connection to an IP address may be made."""

_NOT_PUBLIC = tuple(
    map(
        IPv4Network,
        ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
        + ("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16")
        + ("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    )
)
_UNICAST = IPv6Network("2000::/3")  # all that is given out, but for what follows
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")


def is_public(address: str) -> bool:
    """Return whether an IP address, as the system writes it, is one of the public internet."""
    return all(map(_is_public, _meant(ip_address(address.partition("%")[0]))))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC)
    if ip in _NAT64:
        return True  # as public as what it holds
    return ip in _UNICAST and not any(ip in network for network in _NOT_PUBLIC_6)


def _meant(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Yield the address that packets reach, and each on the way that it holds."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            yield ip.ipv4_mapped
            return
        if ip in _NAT64:
            yield IPv4Address(ip.packed[12:])
        if ip in _6TO4:
            yield IPv4Address(ip.packed[2:6])
    yield ip


def check_behind_proxy(host: str, admits: Admits) -> None:
    """Check a host that a proxy will look up: what can be told without that.

    Raises:
        AddressRefused: It is the number of an address that is not admitted, or a name that this
            machine has for itself.
    """
    host = host.strip("[]").rstrip(".").lower()
    addresses: list[str] = []
    if host == "localhost" or host.endswith(".localhost"):
        addresses = ["127.0.0.1"]
    else:
        with suppress(OSError, UnicodeError):  # a name
            found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
            addresses = [str(entry[4][0]) for entry in found]
    if not all(map(admits, addresses)):
        raise AddressRefused(f"the address of {host} is not admitted")
