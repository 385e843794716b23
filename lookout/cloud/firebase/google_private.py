"""What is used of the insides of Google's libraries, which may move with any version: all of it is here.

``tests/cloud/firebase/test_google_private.py`` fails when something is not where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from firebase_admin import App
    from google.cloud.firestore import Client
    from google.cloud.firestore_v1.watch import Watch
    from requests import Session


class Endpoint(Protocol):
    """How a function is deployed, as firebase-functions describes it to the command line tools."""

    eventTrigger: dict[str, object]  # noqa: N815
    availableMemoryMb: int  # noqa: N815
    timeoutSeconds: int  # noqa: N815


def endpoint(function: Callable[..., object]) -> Endpoint:
    """The description of a function: triggers of Storage and Firestore have no option for some of it."""
    return cast(Endpoint, function.__firebase_endpoint__)  # type: ignore[attr-defined]


def messaging_session(app: App) -> Session:
    """The connections by which the Firebase ``app`` calls Cloud Messaging."""
    from firebase_admin import messaging

    return cast("Session", messaging._get_messaging_service(app)._client.session)


def messaging_service() -> type:
    """The class whose ``FCM_URL`` says where Cloud Messaging is called."""
    from firebase_admin import messaging

    return cast(type, messaging._MessagingService)


def end_watch(watch: Watch) -> None:
    """Stop listening.

    A stream that breaks off just before it is closed would be opened again without end, with a new thread each
    time: google-api-core is made to take the next error as final.
    """
    stream = watch._rpc
    if stream is not None:
        stream._should_terminate = lambda error: True
    watch.unsubscribe()  # type: ignore[no-untyped-call]
    if stream is not None:
        stream.close()  # type: ignore[no-untyped-call]  # also one that was just being opened


def firestore_api(client: Client) -> object:
    """That by which the client makes its calls."""
    return cast(object, client._firestore_api)


def replace_firestore_api(client: Client, api: object) -> None:
    """Have the client make its calls by ``api``."""
    client._firestore_api_internal = api
