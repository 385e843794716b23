"""Around every request, also those that reach no handler: its body in time, and every answer in JSON."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Flask, Request, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lookout.errors import BadRequest, NotFound
from lookout.web.body import TimedBody

NOT_FOUND, INTERNAL = 404, 500

RUN = "run"
"""What functions-framework calls the view that runs the function."""


def guard(app: Flask, refusal: Callable[[Exception, dict[str, object]], Response]) -> None:
    """Let ``app`` time all bodies, and answer with ``refusal`` where Flask would answer with a page."""

    def begin() -> ResponseReturnValue | None:
        timed(request)
        if request.endpoint != RUN and RUN in app.view_functions:
            # an escaped line end in the path, two slashes, /static: the function itself knows what is there
            return app.ensure_sync(app.view_functions[RUN])(path=request.path)  # type: ignore[no-any-return]
        return None

    def unhandled(error: HTTPException) -> Response:
        meant: Exception = BadRequest(
            "The request is not of the right form; see docs/api.md for what may be sent."
        )
        if error.code == NOT_FOUND:
            meant = NotFound(f"There is nothing at {request.path}.")
        elif error.code == INTERNAL:
            meant = getattr(error, "original_exception", None) or error
        return finished(request, refusal(meant, {"function": app.name}))

    app.before_request(begin)
    app.register_error_handler(HTTPException, unhandled)
    app.register_error_handler(INTERNAL, unhandled)


def timed(request: Request) -> TimedBody:
    """The request's body, timed from now on if it was not before."""
    body = request.environ["wsgi.input"]
    if not isinstance(body, TimedBody):
        body = request.environ["wsgi.input"] = TimedBody(request.environ)
    return body


def finished(request: Request, response: Response) -> Response:
    """The ``response``, with nothing left of the request.

    functions-framework reads what a handler left of the body, without end; where that fails, on one too large or
    that broke off, it answers with a page of its own.
    """
    timed(request).finish()
    request.stream = io.BytesIO()
    return response
