"""What a caller shows: a camera's key, or the ID token of a signed-in user."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from lookout.errors import Unauthorised
from lookout.web.answer import Request


def bearer(request: Request) -> str:
    """What follows ``Authorization: Bearer``; empty when there is none."""
    value = request.headers.get("Authorization", "")
    return value[7:].strip() if value.lower().startswith("bearer ") else ""


def camera_key(request: Request) -> str:
    """A camera's key from any of the headers that sketches use; empty when there is none."""
    return bearer(request) or request.headers.get("X-Camera-Key", "") or request.headers.get("Token", "")


def shows_id_token(request: Request) -> bool:
    """Whether the bearer is a user's ID token: a JWT has two dots, a camera's key has none."""
    return bearer(request).count(".") == 2


def id_token(request: Request) -> str:
    """The ID token of the user who calls.

    Raises:
        Unauthorised: there is none.
    """
    token = bearer(request)
    if not token:
        raise Unauthorised("Sign in, and send the ID token as `Authorization: Bearer`.")
    return token


def caller_address(request: Request) -> str:
    """The network address that the caller is counted by; of IPv6 the network of 64 bits that one customer has.

    Cloud Run adds the address that called it as the last entry of ``X-Forwarded-For``. What stands before it is
    the caller's own word and counts for nothing.
    """
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    for text in (forwarded.rpartition(",")[2].strip(), request.remote_addr or ""):
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if isinstance(address, IPv6Address):
            mapped = address.ipv4_mapped
            return str(mapped) if mapped is not None else str(IPv6Network((int(address), 64), strict=False))
        return str(address)
    return ""
