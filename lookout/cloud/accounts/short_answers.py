"""Limits the length of Firebase Cloud Messaging's answers."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as BrokenOff

from lookout.cloud.firebase import google_private

if TYPE_CHECKING:
    from firebase_admin import App

ANSWER_BYTES = 64 * 1024
"""Longest answer for one message; a usual one has a few hundred bytes."""


class _ShortAnswers(HTTPAdapter):
    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        response = super().send(request, *arguments, **options)
        body = response.raw.read(ANSWER_BYTES + 1, decode_content=True)
        if len(body) > ANSWER_BYTES:
            response.close()
            raise BrokenOff(f"an answer of more than {ANSWER_BYTES} bytes")
        response.raw = BytesIO(body)
        return response


def with_short_answers(app: App) -> App:
    """The Firebase ``app``, whose Cloud Messaging reads no answer longer than :data:`ANSWER_BYTES`."""
    # firebase-admin reads answers whole, and has no option to limit them
    session = google_private.messaging_session(app)
    for prefix, adapter in list(session.adapters.items()):
        if isinstance(adapter, HTTPAdapter) and not isinstance(adapter, _ShortAnswers):
            session.mount(prefix, _ShortAnswers(max_retries=adapter.max_retries))
    return app
