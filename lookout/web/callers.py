"""Who calls: the signed-in user of a request, counted and checked, and pages of other origins."""

from __future__ import annotations

import functools
from collections.abc import Callable

from flask import Request, Response
from flask_cors import cross_origin

from lookout.domain.site.caller import Caller, Role
from lookout.settings import current_settings
from lookout.web.credentials import id_token
from lookout.web.rate_limit import RateLimit

Verify = Callable[[str], Caller]
"""The user whose ID token it is: ``lookout.cloud.accounts.id_token.verify``."""


class Callers:
    """Lets signed-in users in, each so many times a minute. One per warm instance."""

    def __init__(self, verify: Verify, calls_per_minute: int) -> None:
        self._verify = verify
        self._limit = RateLimit(calls_per_minute)

    def require(self, request: Request, *roles: Role) -> Caller:
        """The user who calls, if of one of ``roles``.

        Raises:
            Unauthorised: not signed in.
            TooMany: the user has to wait.
            Forbidden: the user has another role, or none.
        """
        caller = self._verify(id_token(request))
        self.admit(caller.uid)
        caller.require(*roles)
        return caller

    def admit(self, caller: str) -> None:
        """Count one call of somebody who is known by other means, such as a camera's key.

        Raises:
            TooMany: the caller has to wait.
        """
        self._limit.admit(caller)


def open_to_origins(
    *methods: str,
) -> Callable[[Callable[[Request], Response]], Callable[[Request], Response]]:
    """Let pages of ``ALLOWED_ORIGINS`` call an HTTP function with ``methods``; by default none may."""

    def decorate(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        @functools.wraps(answer)
        def checked(request: Request) -> Response:
            origins = current_settings().limits.origins
            if not origins:
                return answer(request)
            shared: Response = cross_origin(origins=origins, methods=list(methods))(answer)(request)
            return shared

        return checked

    return decorate
