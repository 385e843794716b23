"""HTTP out: every answer but a download is JSON with a Content-Length; errors are translated here, once."""

from __future__ import annotations

import functools
import json
import time
import traceback
from collections.abc import Callable, Mapping, Sequence

from flask import Request as Request
from flask import Response as Response
from flask import current_app, has_app_context
from werkzeug.exceptions import ClientDisconnected

from lookout.errors import (
    BadRequest,
    BrokenImage,
    CameraFailed,
    CameraSilent,
    Conflict,
    Forbidden,
    LookoutError,
    MethodNotAllowed,
    NotAnImage,
    NotFound,
    OverBudget,
    TooLarge,
    TooMany,
    Unauthorised,
    Unavailable,
)
from lookout.log import Severity, log
from lookout.web.guard import finished, guard, timed

Fields = Mapping[str, object] | Sequence[object]
Handler = Callable[[Request], Fields]

STATUS: dict[type[LookoutError], int] = {
    BadRequest: 400,
    Unauthorised: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    NotAnImage: 415,
    BrokenImage: 422,
    TooMany: 429,
    OverBudget: 429,
    CameraFailed: 502,
    Unavailable: 503,
    CameraSilent: 504,
}
"""What each error is over HTTP; any other is a 500 whose cause stands in the log only."""

HEALTH_PATH = "/__/health"
"""The platform asks here whether a new instance is up, before its first request."""

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: it is data for the caller alone, never a page."""


def guarded(function: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Have the app that serves ``function`` answer in JSON whatever does not reach it, and read bodies in time.

    For a function's ``main.py``, which is imported while the app of that name is being made.
    """
    # the app that is being made for this very function; others in the same file are for events
    if has_app_context() and current_app.name == function.__name__:
        guard(current_app._get_current_object(), refusal)  # type: ignore[attr-defined]
    return function


def endpoint(*methods: str) -> Callable[[Handler], Callable[[Request], Response]]:
    """Make an HTTP function of a handler that returns what it answers, or raises a LookoutError.

    Without ``methods`` the handler sees to them itself. What is merely read is answered as it is; what was done
    is answered with ``"status": "success"`` before it.
    """

    def decorate(handler: Handler) -> Callable[[Request], Response]:
        @functools.wraps(handler)
        def answer(request: Request) -> Response:
            timed(request)
            if request.path == HEALTH_PATH:
                return finished(request, json_response({"status": "success"}, 200))
            started = time.monotonic()
            try:
                if methods and request.method not in methods:
                    allowed = " or ".join(methods)
                    raise MethodNotAllowed(f"Use {allowed} here, not {request.method}.", methods)
                fields = handler(request)
                if request.method != "GET" and isinstance(fields, Mapping):
                    fields = {"status": "success", **fields}
                return finished(request, json_response(fields, 200))
            except Exception as error:
                milliseconds = round((time.monotonic() - started) * 1000)
                who = {"function": handler.__name__, "camera": request.headers.get("X-Camera-Id")}
                return finished(request, refusal(error, who | {"milliseconds": milliseconds}))

        return answer

    return decorate


def json_response(fields: Fields, status: int) -> Response:
    """The fields, in their order: an ESP32 reads the first bytes and leaves."""
    body = json.dumps(fields, ensure_ascii=False)
    return Response(body, status, SECURITY_HEADERS, mimetype="application/json")


def refusal(error: Exception, logged: dict[str, object]) -> Response:
    """The answer to an error, which is logged."""
    if isinstance(error, ClientDisconnected):
        error = BadRequest("The body ended before its Content-Length: send all of it.")
    if not isinstance(error, LookoutError) or type(error) not in STATUS:
        cause = "".join(traceback.format_exception(error))
        log(Severity.ERROR, "request failed", **logged, reason="internal", cause=cause)
        message = "Something went wrong here; the log says what. Try again."
        return json_response({"status": "error", "error": "internal", "message": message}, 500)
    status = STATUS[type(error)]
    severity = Severity.ERROR if status >= 500 else Severity.WARNING
    event = "request failed" if status >= 500 else "request refused"
    log(severity, event, **logged, reason=error.code, error=error.message)
    told = {"status": "error", "error": error.code, "message": error.message}
    if isinstance(error, OverBudget):
        # where a camera looks for why its frame made no alert
        told["reason"] = error.code
    response = json_response(told, status)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, Unavailable | TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
