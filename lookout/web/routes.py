"""Several paths in one function: which handler a request is for, and its JSON body."""

from __future__ import annotations

import json
from collections.abc import Callable

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, RequestRedirect, Rule

from lookout.errors import BadRequest, MethodNotAllowed, NotFound, TooLarge
from lookout.web.answer import Fields, Request

RouteHandler = Callable[..., Fields]

BODY_BYTES = 16 * 1024
"""Largest JSON body; an order or a camera's fields take a few hundred bytes."""


class Routes:
    """Handlers by method and path. A handler gets the request and, by name, what its path has in ``<…>``."""

    def __init__(self) -> None:
        self._map = Map(strict_slashes=False, merge_slashes=False)

    def on(self, method: str, *paths: str) -> Callable[[RouteHandler], RouteHandler]:
        """Register a handler for ``method`` on each of ``paths``."""

        def register(handler: RouteHandler) -> RouteHandler:
            for path in paths:
                self._map.add(Rule(path, methods=[method], endpoint=handler))
            return handler

        return register

    def handle(self, request: Request) -> Fields:
        """Answer the request.

        Raises:
            NotFound: no handler has that path.
            MethodNotAllowed: none has it with that method.
        """
        try:
            handler, found = self._map.bind("").match(request.path, request.method)
        except (NoRoute, RequestRedirect):
            raise NotFound(f"There is nothing at {request.path}.") from None
        except WrongMethod as error:
            allowed = tuple(sorted(set(error.valid_methods or ()) - {"HEAD"}))
            raise MethodNotAllowed(
                f"Use {' or '.join(allowed)} here, not {request.method}.", allowed
            ) from None
        answer: Fields = handler(request, **found)
        return answer


_REQUIRED = object()


def json_body(request: Request, absent: object = _REQUIRED) -> object:
    """The request's body as JSON, whatever type it says it has, and ``absent``, where given, for an empty one.

    Whether there is a body is found out by reading it: one that is sent in chunks declares no length.

    Raises:
        BadRequest: it is no JSON.
        TooLarge: it is larger than any body that makes sense here.
    """
    request.max_content_length = BODY_BYTES
    try:
        sent = request.get_data(parse_form_data=False)
        if not sent.strip() and absent is not _REQUIRED:
            return absent
        body: object = json.loads(sent)
        # unpaired surrogates and infinite numbers are read, but can be neither stored nor answered
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except RequestEntityTooLarge:
        raise TooLarge(f"More than {BODY_BYTES // 1024} KB: send only the fields you mean.") from None
    except ClientDisconnected:
        raise BadRequest("The body ended before its Content-Length: send all of it.") from None
    except UnicodeEncodeError:
        raise BadRequest(
            "The body has an unpaired surrogate, such as \\ud800: send whole characters."
        ) from None
    except (ValueError, RecursionError):  # brackets within brackets, thousands of them
        raise BadRequest("The body is no JSON: send an object in double quotes and braces.") from None
    return body
