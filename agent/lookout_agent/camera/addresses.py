"""Which addresses the agent may call: IPv4 literals in networks that its own settings allow, private ones only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from lookout_agent.errors import ConfigError, NotAllowed

PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""RFC 1918: what the agent may call unless its settings say otherwise."""

ON_REQUEST = tuple(IPv4Network(text) for text in ("169.254.0.0/16", "127.0.0.0/8"))
"""Link-local and this machine itself: only when the settings name them."""

HTTP = 80


@dataclass(frozen=True, slots=True)
class Address:
    """Where a camera answers."""

    host: str
    port: int = HTTP


def networks(texts: Sequence[str]) -> tuple[IPv4Network, ...]:
    """The networks that the settings allow, such as ``192.168.1.0/24`` or one address, ``192.168.1.100``.

    Raises:
        ConfigError: one is no network, or not private.
    """
    found = []
    for text in texts:
        try:
            network = IPv4Network(text)
        except ValueError:
            raise ConfigError(f"{text!r} in networks is no IPv4 network such as 192.168.1.0/24.") from None
        if not any(network.subnet_of(private) for private in (*PRIVATE, *ON_REQUEST)):
            raise ConfigError(
                f"{text} in networks is not private: cameras are called in local networks only."
            )
        found.append(network)
    return tuple(found)


def parse(text: object, allowed: Sequence[IPv4Network]) -> Address:
    """The address in a camera's ``ipAddress``, ``192.168.1.100`` or ``192.168.1.100:8080``.

    A host name is refused: its address could change between the check and the call.

    Raises:
        NotAllowed: it is no IPv4 address, or in none of the ``allowed`` networks.
    """
    host, colon, port = str(text or "").partition(":")
    try:
        address = IPv4Address(host)
    except AddressValueError:
        raise NotAllowed(
            f"The camera's ipAddress {text!r} is no IPv4 address such as 192.168.1.100; correct it."
        ) from None
    if colon and not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        raise NotAllowed(f"The camera's ipAddress {text!r} has an impossible port.")
    if not any(address in network for network in allowed):
        raise NotAllowed(f"The agent's settings do not allow calls to {host}: see networks in agent.toml.")
    return Address(str(address), int(port) if colon else HTTP)
