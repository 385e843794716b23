"""Events as the platform delivers them: at least once, told in headers, and only some worth having again."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import unquote

from lookout.errors import Unavailable
from lookout.log import Severity, log

Function = TypeVar("Function", bound=Callable[..., Any])


def delivered_again(function: Function) -> Function:
    """Have the platform deliver an event again when ``function`` raises."""
    # Storage and Firestore triggers of firebase-functions have no option for it, their description has
    function.__firebase_endpoint__.eventTrigger["retry"] = True  # type: ignore[attr-defined]
    return function


def deal(kind: str, subject: str, act: Callable[[], str]) -> None:
    """Act on an event and log what was done. Only a silent store is worth having the event again."""
    try:
        log(Severity.INFO, kind, subject=subject, done=act())
    except Unavailable as error:
        log(Severity.WARNING, kind, subject=subject, error=error.message)
        raise
    except Exception as error:
        cause = "".join(traceback.format_exception(error))
        log(Severity.ERROR, kind, subject=subject, error="dropped: trying again cannot mend it", cause=cause)


def as_written(header: str) -> str:
    """A document's id as it was written, out of an event's header, where letters beyond ASCII do not fit.

    They come percent-encoded, as CloudEvents has it, or as the bytes of UTF-8 taken for letters.
    """
    try:
        return unquote(header.encode("latin-1").decode())
    except UnicodeError:
        return unquote(header)


def end_of(moment: datetime) -> datetime:
    """The moment an event tells, or the end of the second where it tells whole seconds, as the emulator does."""
    return moment if moment.microsecond else moment + timedelta(seconds=1)
