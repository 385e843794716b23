"""Signed-in users: what an ID token of Firebase Auth proves."""

from __future__ import annotations

from typing import Any

from lookout.cloud.app import firebase_app
from lookout.domain.caller import Caller, role_of
from lookout.errors import Unauthorised, Unavailable

CLOCK_SKEW_SECONDS = 10
"""A token made a moment ago by a clock that is ahead of ours is a good one."""


def verify(token: str) -> Caller:
    """The user whose ID token this is.

    Raises:
        Unauthorised: no valid token of this project; it may have expired.
        Unavailable: the certificates to check it against cannot be fetched.
    """
    from firebase_admin import auth

    try:
        claims: dict[str, Any] = auth.verify_id_token(
            token, firebase_app(), clock_skew_seconds=CLOCK_SKEW_SECONDS
        )
    except auth.CertificateFetchError as error:
        raise Unavailable("The sign-in cannot be checked at the moment; try again.") from error
    except (auth.InvalidIdTokenError, auth.UserDisabledError, ValueError) as error:
        raise Unauthorised("Not signed in, or no longer: sign in and send the new ID token.") from error
    return Caller(str(claims["uid"]), str(claims.get("email", "")), role_of(claims.get("role")))
