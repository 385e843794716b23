"""``devices/{id}``: browsers that signed-in users registered, and Firebase Cloud Messaging, which reaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lookout.cloud.app import patience, reaching
from lookout.errors import DeliveryRefused, NotDelivered
from lookout.log import Severity, log

MOST = 200
"""Devices that are told."""

_LASTING = frozenset(
    {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"}
)
"""What FCM says of messages that it will not take the next time either."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a device shows. ``tag``: a note takes the place of another one with the same. ``link``: opened by a
    click; browsers take none that is not ``https``."""

    title: str
    body: str
    tag: str
    data: Mapping[str, str]
    link: str | None


class Devices:
    """Sends notes to all registered devices. ``app``: makes the Firebase app by which FCM is called."""

    def __init__(self, db: Any, app: Callable[[], Any], timeout: float) -> None:
        self._db = db
        self._app = app
        self._timeout = timeout

    def send(self, note: Note) -> int:
        """Send the note to every device, forgetting those that FCM knows no more; how many have it.

        One that has it is enough: whoever has another one has a reason for it, which is logged.

        Raises:
            NotDelivered: there are devices, and none of them has it.
            Unavailable: Firestore or FCM did not answer.
        """
        from firebase_admin import exceptions, messaging

        with reaching("Firestore"):
            found = self._db.collection("devices").limit(MOST).get(**patience(self._timeout))
        devices = [one for one in found if isinstance(one.to_dict().get("token"), str)]
        if not devices:
            return 0
        messages = [_message(one.get("token"), note) for one in devices]
        try:
            with reaching("Firebase Cloud Messaging"):
                answers = messaging.send_each(messages, app=self._app()).responses
        except exceptions.FirebaseError as error:
            raise NotDelivered(f"Firebase Cloud Messaging cannot be called ({error.code}).") from error
        errors: list[Any] = []
        for device, answer in zip(devices, answers, strict=True):
            if isinstance(answer.exception, messaging.UnregisteredError):
                self._forget(device)
            elif answer.exception is not None:
                errors.append(answer.exception)
        codes = sorted({str(error.code) for error in errors})
        sent = sum(1 for answer in answers if answer.success)
        if errors and not sent:
            kind = DeliveryRefused if set(codes) <= _LASTING else NotDelivered
            raise kind(f"Firebase Cloud Messaging did not take it ({', '.join(codes)}).")
        if errors:
            log(Severity.WARNING, "some devices were not reached", devices=len(errors), codes=codes)
        return sent

    def _forget(self, device: Any) -> None:
        from google.api_core.exceptions import FailedPrecondition, NotFound

        # a browser that got a new token meanwhile is still there
        unchanged = self._db.write_option(last_update_time=device.update_time)
        with reaching("Firestore"), suppress(FailedPrecondition, NotFound):
            device.reference.delete(unchanged, **patience(self._timeout))
            log(Severity.INFO, "a device is gone and was forgotten", device=device.id)


def forget_all_of(db: Any, uid: str, timeout: float) -> None:
    """Forget the devices of an account that is to see no more.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    with reaching("Firestore"):
        query = db.collection("devices").where(filter=FieldFilter("uid", "==", uid))
        for device in query.select([]).stream(**patience(timeout)):
            device.reference.delete(**patience(timeout))


def _message(token: str, note: Note) -> Any:
    from firebase_admin import messaging

    link = note.link if note.link is not None and note.link.startswith("https://") else None
    return messaging.Message(
        token=token,
        data=dict(note.data),
        notification=messaging.Notification(title=note.title, body=note.body),
        webpush=messaging.WebpushConfig(
            headers={"Urgency": "high", "TTL": "3600"},
            notification=messaging.WebpushNotification(tag=note.tag),
            fcm_options=messaging.WebpushFCMOptions(link=link) if link else None,
        ),
    )
