"""Which addresses of the network are in the open: a function must reach nothing that only its own machine can."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 write them (RFC 6052): the last 32 bits."""

_TUNNELS = (ip_network("2002::/16"), ip_network("2001::/32"))
"""6to4 and Teredo: IPv6 addresses that lead to whatever IPv4 address is written into them."""

_LOCAL = (ip_network("::/96"), ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"))
"""What ``ipaddress`` takes for global, and is a site's own: IPv4 addresses as they were once written, a NAT64 of
one's own (RFC 8215), and site-local addresses, which ``fc00::/7`` came after."""

_PLATFORMS = frozenset({ip_address("168.63.129.16")})
"""Where a cloud's machines ask about themselves although it looks public (Azure's; the others are link-local)."""


def is_public(address: Address) -> bool:
    """Whether anybody can reach it: no private, loopback, link-local, shared, reserved or multicast address."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in network for network in (*_TUNNELS, *_LOCAL)):
            return False
    return address.is_global and not address.is_multicast and address not in _PLATFORMS
