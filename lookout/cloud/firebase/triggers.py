"""Events as the platform delivers them: at least once, and only some worth having again."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar, cast

from lookout.cloud.firebase import google_private
from lookout.errors import Unavailable
from lookout.log import Severity, log

Function = TypeVar("Function", bound=Callable[..., Any])


class _Delivery(Protocol):
    """An event before firebase-functions reads it: a ``CloudEvent`` with its headers by name."""

    def get_data(self) -> Any: ...

    def __setitem__(self, key: str, value: Any) -> None: ...


def retried(function: Function) -> Function:
    """Have the platform deliver an event again when ``function`` raises."""
    # Storage and Firestore triggers of firebase-functions have no option for it, their description has
    google_private.endpoint(function).eventTrigger["retry"] = True
    return function


def handle_event(kind: str, subject: str, act: Callable[[], str]) -> None:
    """Act on an event and log what was done. It is delivered again only when a store did not answer."""
    try:
        log(Severity.INFO, kind, subject=subject, done=act())
    except Unavailable as error:
        log(Severity.WARNING, kind, subject=subject, error=error.message)
        raise
    except Exception as error:
        cause = "".join(traceback.format_exception(error))
        log(Severity.ERROR, kind, subject=subject, error="dropped: a retry would fail too", cause=cause)


def named_by_payload(function: Function) -> Function:
    """Have a Firestore trigger called with the document's path as the event's payload tells it.

    Its header has lost the blanks around an id and has ``%`` itself not encoded: ``Anna `` reads ``Anna``, and
    ``D%61n`` reads ``Dan``. Parameters and references of the event come from the path. An event without a document
    before and after it, as the emulator makes of deleting what is not there, is passed over.
    """

    @functools.wraps(function)
    def delivered(event: _Delivery) -> None:
        document = _document(event)
        if document:
            event["document"] = document
            function(event)

    return cast(Function, delivered)


def _document(event: _Delivery) -> str:
    from google.events.cloud.firestore import DocumentEventData

    data = event.get_data()
    # as firebase-functions reads it: protobuf on the platform, which may also be asked for JSON
    told = DocumentEventData.from_json(data) if isinstance(data, str) else DocumentEventData.deserialize(data)
    name: str = told.value.name or told.old_value.name
    return name.partition("/documents/")[2]


def end_of(moment: datetime) -> datetime:
    """The moment an event tells, or the end of the second where it tells whole seconds, as the emulator does."""
    return moment if moment.microsecond else moment + timedelta(seconds=1)
