"""Which addresses are public: a function must not call what only its own machine or network can reach."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")
"""IPv4 addresses within IPv6 (RFC 6052): the last 32 bits."""

_TUNNELS = (ip_network("2002::/16"), ip_network("2001::/32"))
"""6to4 and Teredo: IPv6 addresses that lead to the IPv4 address within them."""

_LOCAL = (ip_network("::/96"), ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"))
"""Global for ``ipaddress``, and local all the same: IPv4-compatible addresses, local NAT64 (RFC 8215), and
site-local addresses, the predecessor of ``fc00::/7``."""

_PLATFORMS = frozenset({ip_address("168.63.129.16")})
"""Metadata servers with public-looking addresses (Azure's; the others are link-local)."""


def is_public(address: Address) -> bool:
    """Whether it is public: not private, loopback, link-local, shared, reserved or multicast."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in network for network in (*_TUNNELS, *_LOCAL)):
            return False
    return address.is_global and not address.is_multicast and address not in _PLATFORMS
