"""``devices/{id}``: browsers that signed-in users registered, and Firebase Cloud Messaging, which reaches them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lookout.cloud.accounts.id_token import current_roles
from lookout.cloud.accounts.short_answers import with_short_answers
from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.domain.site.caller import READERS, Role
from lookout.errors import DeliveryRefused, NotDelivered
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from lookout.cloud.firebase.types import Snapshot

MOST = 200
"""Devices that are told."""

PER_USER = 10
"""Devices that one user may have: the newest. The others are forgotten."""

PAGE, PAGES = 50, 20
"""Devices read at once, and how often at most. Whoever registered more than a page is passed over after it."""

ROLE_SECONDS = 30.0
"""So long a user's role is remembered."""

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

    def __init__(self, db: Client, app: Callable[[], Any], timeout: float) -> None:
        self._db = db
        self._app = app
        self._timeout = timeout
        self._lock = threading.Lock()
        self._roles: dict[str, Role | None] = {}
        self._roles_at = float("-inf")

    def send(self, note: Note) -> int:
        """Send the note to the devices of owners, then of viewers; how many have it.

        Forgets devices that FCM knows no more, those of whoever has no role to look any more, and the oldest of
        whoever has more than :data:`PER_USER`.

        One that has it is enough: whoever has another one has a reason for it, which is logged.

        Raises:
            NotDelivered: there are devices, and none of them has it.
            Unavailable: Firestore, Firebase Auth or FCM did not answer.
        """
        from firebase_admin import exceptions, messaging

        devices = self._to_be_told()
        if not devices:
            return 0
        messages = [_message(one.get("token"), note) for one in devices]
        try:
            with store_errors("Firebase Cloud Messaging"):
                answers = messaging.send_each(messages, app=with_short_answers(self._app())).responses
        except exceptions.FirebaseError as error:
            raise NotDelivered(f"Firebase Cloud Messaging cannot be called ({error.code}).") from error
        errors = []
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

    def _to_be_told(self) -> list[Snapshot]:
        by_user = self._by_user()
        roles = self._current_roles(list(by_user))
        told: list[Snapshot] = []
        for uid in sorted(by_user, key=lambda uid: (roles[uid] is not Role.OWNER, uid)):
            devices = by_user[uid]
            keep = self._newest(uid, devices) if roles[uid] in READERS else []
            for device in devices:
                if device.id not in {one.id for one in keep}:
                    self._forget(device)
            told += [one for one in keep if isinstance((one.to_dict() or {}).get("token"), str)]
        return told[:MOST]

    def _by_user(self) -> dict[str, list[Snapshot]]:
        """Some devices of every user, more than :data:`PER_USER` of those who have more."""
        query = self._db.collection("devices").order_by("uid")
        found: dict[str, list[Snapshot]] = {}
        after: Snapshot | dict[str, object] | None = None
        for _ in range(PAGES):
            page = query if after is None else query.start_after(after)
            with store_errors("Firestore"):
                read = page.limit(PAGE).get(**call_options(self._timeout))
            for one in read:
                found.setdefault(str(one.get("uid")), []).append(one)
            if len(read) < PAGE:
                break
            last = read[-1]
            # nobody keeps the others from being found
            is_too_many = len(found[str(last.get("uid"))]) > PER_USER
            after = {"uid": last.get("uid")} if is_too_many else last
        return found

    def _newest(self, uid: str, devices: list[Snapshot]) -> list[Snapshot]:
        from google.cloud.firestore import Query
        from google.cloud.firestore_v1.base_query import FieldFilter

        if len(devices) <= PER_USER:
            return devices
        mine = self._db.collection("devices").where(filter=FieldFilter("uid", "==", uid))
        newest = mine.order_by("createdAt", direction=Query.DESCENDING).limit(PER_USER)
        with store_errors("Firestore"):
            return list(newest.get(**call_options(self._timeout)))

    def _current_roles(self, uids: list[str]) -> dict[str, Role | None]:
        with self._lock:
            now = time.monotonic()
            if now - self._roles_at >= ROLE_SECONDS:
                self._roles, self._roles_at = {}, now
            if unknown := [uid for uid in uids if uid not in self._roles]:
                self._roles |= current_roles(unknown)
            return {uid: self._roles[uid] for uid in uids}

    def _forget(self, device: Snapshot) -> None:
        from google.api_core.exceptions import FailedPrecondition, NotFound

        # a browser that got a new token meanwhile is still there
        unchanged = self._db.write_option(last_update_time=device.update_time)
        with store_errors("Firestore"), suppress(FailedPrecondition, NotFound):
            device.reference.delete(unchanged, **call_options(self._timeout))
            log(Severity.INFO, "a device was forgotten", device=device.id)


def forget_all_of(db: Client, uid: str, timeout: float) -> None:
    """Forget the devices of an account that is to see no more.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    with store_errors("Firestore"):
        query = db.collection("devices").where(filter=FieldFilter("uid", "==", uid))
        for device in query.select([]).stream(**call_options(timeout)):
            device.reference.delete(**call_options(timeout))


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
