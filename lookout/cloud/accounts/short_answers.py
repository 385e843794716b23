"""Limits the length of Firebase Cloud Messaging's answers."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as BrokenOff

ANSWER_BYTES = 64 * 1024
"""Longest answer for one message; a usual one has a few hundred bytes."""


class _ShortAnswers(HTTPAdapter):
    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        response = super().send(request, *arguments, **options)
        body = response.raw.read(ANSWER_BYTES + 1, decode_content=True)
        if len(body) > ANSWER_BYTES:
            response.close()
            raise BrokenOff(f"an answer of more than {ANSWER_BYTES} bytes")
        response._content, response._content_consumed = body, True  # type: ignore[attr-defined]
        return response


def with_short_answers(app: Any) -> Any:
    """The Firebase ``app``, whose Cloud Messaging reads no answer longer than :data:`ANSWER_BYTES`."""
    from firebase_admin import messaging

    # firebase-admin reads answers whole, and has no option to limit them
    session = messaging._get_messaging_service(app)._client.session
    for prefix, adapter in list(session.adapters.items()):
        if not isinstance(adapter, _ShortAnswers):
            session.mount(prefix, _ShortAnswers(max_retries=adapter.max_retries))
    return app
