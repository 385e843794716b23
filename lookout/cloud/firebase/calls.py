"""Calls to the stores: how long they may take, and their errors as :class:`Unavailable`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from lookout.errors import Unavailable

if TYPE_CHECKING:
    from google.api_core.retry import Retry

    from lookout.cloud.firebase.types import Documents


@contextmanager
def store_errors(store: str) -> Iterator[None]:
    """Turn the errors of a store into :class:`Unavailable`, naming the ``store``.

    Raises:
        Unavailable: a call inside did not get an answer it can use.
    """
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from requests import RequestException

    try:
        yield
    except (GoogleAPIError, GoogleAuthError, RequestException, ConnectionError, TimeoutError) as error:
        raise Unavailable(f"{store} did not answer ({type(error).__name__}); try again.") from error


class CallOptions(TypedDict):
    """Keyword arguments of a Firestore call."""

    retry: Retry
    timeout: float


def call_options(seconds: float) -> CallOptions:
    """Keyword arguments of a Firestore call that may take ``seconds`` in all, tries again included."""
    from google.api_core.exceptions import ServiceUnavailable
    from google.api_core.retry import Retry, if_exception_type

    # a second try mends a lost connection; that a store is down must be answered within seconds
    again = Retry(if_exception_type(ServiceUnavailable), initial=0.1, maximum=1.0, timeout=seconds)
    return {"retry": again, "timeout": seconds}


def count(documents: Documents, seconds: float) -> int:
    """How many documents there are, as Firestore counts them: at one read per thousand.

    Raises:
        Unavailable: Firestore did not answer.
    """
    with store_errors("Firestore"):
        # the package says that count() returns a class
        ((answer,),) = documents.count().get(**call_options(seconds))  # type: ignore[call-arg,misc]
    return int(answer.value)
