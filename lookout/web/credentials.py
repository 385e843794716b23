"""What a caller shows: a camera's key, or the ID token of a signed-in user."""

from __future__ import annotations

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
