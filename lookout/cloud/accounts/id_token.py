"""Signed-in users: what an ID token of Firebase Auth proves."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any

from lookout.cloud.firebase.clients import firebase_app
from lookout.domain.site.caller import Caller, Role, role_of
from lookout.errors import Unauthorised, Unavailable

CLOCK_SKEW_SECONDS = 10
"""A token made a moment ago by a clock ahead of ours is valid."""

UID_CHARACTERS = 128
LOOKED_UP_AT_ONCE = 100
"""Accounts per look-up that Firebase Auth allows."""

MAX_CHARACTERS = 8192
"""Longest ID token; one with a role has about a thousand."""

MAX_BRACKETS = 100
"""Lists and objects in a token; the library parses the claims before it checks the signature."""

_BRACKETS = re.compile(rb"[\[{]")
_NOT_SIGNED_IN = "Not signed in, or no longer: sign in and send the new ID token."


def verify(token: str) -> Caller:
    """The user whose ID token this is.

    Raises:
        Unauthorised: no valid token of this project; it may have expired.
        Unavailable: the certificates to check it against cannot be fetched.
    """
    from firebase_admin import auth

    if not _is_shallow(token):
        raise Unauthorised(_NOT_SIGNED_IN)
    try:
        claims: dict[str, Any] = auth.verify_id_token(
            token, firebase_app(), clock_skew_seconds=CLOCK_SKEW_SECONDS
        )
    except auth.CertificateFetchError as error:
        raise Unavailable("The sign-in cannot be checked at the moment; try again.") from error
    # the library raises these for claims of a wrong type, such as a text for a time
    except (
        auth.InvalidIdTokenError,
        auth.UserDisabledError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        ArithmeticError,
    ) as error:
        raise Unauthorised(_NOT_SIGNED_IN) from error
    return Caller(str(claims["uid"]), str(claims.get("email", "")), role_of(claims.get("role")))


def current_roles(uids: Sequence[str]) -> dict[str, Role | None]:
    """The role that each account has now, whatever its tokens say; None without a role or an account.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    from firebase_admin import auth, exceptions

    roles: dict[str, Role | None] = dict.fromkeys(uids)
    known = [auth.UidIdentifier(uid) for uid in roles if 0 < len(uid) <= UID_CHARACTERS]
    try:
        for start in range(0, len(known), LOOKED_UP_AT_ONCE):
            found = auth.get_users(known[start : start + LOOKED_UP_AT_ONCE], firebase_app()).users
            for user in found:
                if not user.disabled:
                    roles[user.uid] = role_of((user.custom_claims or {}).get("role"))
    except exceptions.FirebaseError as error:
        raise Unavailable(f"Firebase Auth did not answer ({error.code}); try again.") from error
    return roles


def _is_shallow(token: str) -> bool:
    """Whether the token has three parts of bounded length and nesting."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_CHARACTERS or not token.isascii():
        return False
    try:
        read = [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts[:2]]
    except ValueError:
        return False
    return all(len(_BRACKETS.findall(part)) <= MAX_BRACKETS for part in read)
