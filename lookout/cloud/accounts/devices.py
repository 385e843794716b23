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
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.site.caller import READERS, Role
from lookout.errors import DeliveryRefused, NotDelivered
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Snapshot

MAX_DEVICES = 200
"""Devices that get a message, at most."""

PER_USER = 10
"""Devices that one user may have: the newest. The others are removed."""

PAGE, PAGES = 50, 20
"""Devices read at once, and how often at most. A user's devices beyond a page are skipped."""

ROLE_SECONDS = 30.0
"""How long a user's role is cached."""

_LASTING = frozenset(
    {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"}
)
"""FCM's codes for messages that it would refuse the next time too."""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What a device shows. ``tag``: replaces an earlier message with the same tag. ``link``: what a click opens;
    https only."""

    title: str
    body: str
    tag: str
    data: Mapping[str, str]
    link: str | None


class Devices:
    """Sends messages to all registered devices. ``app``: makes the Firebase app by which FCM is called."""

    def __init__(self, stores: Stores, app: Callable[[], Any]) -> None:
        self._stores = stores
        self._app = app
        self._lock = threading.Lock()
        self._roles: dict[str, Role | None] = {}
        self._roles_at = float("-inf")

    def send(self, message: PushMessage) -> int:
        """Send the message to the devices of owners, then of viewers; how many got it.

        Removes devices that FCM no longer knows, those of users who may not look, and a user's oldest ones above
        :data:`PER_USER`. One device that got it is enough; failures of others are logged.

        Raises:
            NotDelivered: there are devices, and none of them got it.
            Unavailable: Firestore, Firebase Auth or FCM did not answer.
        """
        from firebase_admin import exceptions, messaging

        devices = self._recipients()
        if not devices:
            return 0
        messages = [_message(one.get("token"), message) for one in devices]
        try:
            with store_errors("Firebase Cloud Messaging"):
                answers = messaging.send_each(messages, app=with_short_answers(self._app())).responses
        except exceptions.FirebaseError as error:
            raise NotDelivered(f"Firebase Cloud Messaging cannot be called ({error.code}).") from error
        errors = []
        for device, answer in zip(devices, answers, strict=True):
            if isinstance(answer.exception, messaging.UnregisteredError):
                self._remove(device)
            elif answer.exception is not None:
                errors.append(answer.exception)
        codes = sorted({str(error.code) for error in errors})
        sent = sum(1 for answer in answers if answer.success)
        if errors and not sent:
            kind = DeliveryRefused if set(codes) <= _LASTING else NotDelivered
            raise kind(f"Firebase Cloud Messaging did not take it ({', '.join(codes)}).")
        if errors:
            log(Severity.WARNING, "devices not reached", devices=len(errors), codes=codes)
        return sent

    def _recipients(self) -> list[Snapshot]:
        by_user = self._by_user()
        roles = self._current_roles(list(by_user))
        found: list[Snapshot] = []
        for uid in sorted(by_user, key=lambda uid: (roles[uid] is not Role.OWNER, uid)):
            devices = by_user[uid]
            keep = self._newest(uid, devices) if roles[uid] in READERS else []
            for device in devices:
                if device.id not in {one.id for one in keep}:
                    self._remove(device)
            found += [one for one in keep if isinstance((one.to_dict() or {}).get("token"), str)]
        return found[:MAX_DEVICES]

    def _by_user(self) -> dict[str, list[Snapshot]]:
        """Devices by user: of a user with many, some, but more than :data:`PER_USER`."""
        query = self._stores.db.collection("devices").order_by("uid")
        found: dict[str, list[Snapshot]] = {}
        after: Snapshot | dict[str, object] | None = None
        for _ in range(PAGES):
            page = query if after is None else query.start_after(after)
            with store_errors("Firestore"):
                read = page.limit(PAGE).get(**self._stores.options)
            for one in read:
                found.setdefault(str(one.get("uid")), []).append(one)
            if len(read) < PAGE:
                break
            last = read[-1]
            # one user with many devices must not hide the others
            is_too_many = len(found[str(last.get("uid"))]) > PER_USER
            after = {"uid": last.get("uid")} if is_too_many else last
        return found

    def _newest(self, uid: str, devices: list[Snapshot]) -> list[Snapshot]:
        from google.cloud.firestore import Query
        from google.cloud.firestore_v1.base_query import FieldFilter

        if len(devices) <= PER_USER:
            return devices
        mine = self._stores.db.collection("devices").where(filter=FieldFilter("uid", "==", uid))
        newest = mine.order_by("createdAt", direction=Query.DESCENDING).limit(PER_USER)
        with store_errors("Firestore"):
            return list(newest.get(**self._stores.options))

    def _current_roles(self, uids: list[str]) -> dict[str, Role | None]:
        with self._lock:
            now = time.monotonic()
            if now - self._roles_at >= ROLE_SECONDS:
                self._roles, self._roles_at = {}, now
            if unknown := [uid for uid in uids if uid not in self._roles]:
                self._roles |= current_roles(unknown)
            return {uid: self._roles[uid] for uid in uids}

    def _remove(self, device: Snapshot) -> None:
        from google.api_core.exceptions import FailedPrecondition, NotFound

        # a browser that registered a new token meanwhile stays
        unchanged = self._stores.db.write_option(last_update_time=device.update_time)
        with store_errors("Firestore"), suppress(FailedPrecondition, NotFound):
            device.reference.delete(unchanged, **self._stores.options)
            log(Severity.INFO, "device removed", device=device.id)


def remove_all_of(stores: Stores, uid: str) -> None:
    """Remove the devices of an account that may not look any more.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    with store_errors("Firestore"):
        query = stores.db.collection("devices").where(filter=FieldFilter("uid", "==", uid))
        for device in query.select([]).stream(**stores.options):
            device.reference.delete(**stores.options)


def _message(token: str, message: PushMessage) -> Any:
    from firebase_admin import messaging

    link = message.link if message.link is not None and message.link.startswith("https://") else None
    return messaging.Message(
        token=token,
        data=dict(message.data),
        notification=messaging.Notification(title=message.title, body=message.body),
        webpush=messaging.WebpushConfig(
            headers={"Urgency": "high", "TTL": "3600"},
            notification=messaging.WebpushNotification(tag=message.tag),
            fcm_options=messaging.WebpushFCMOptions(link=link) if link else None,
        ),
    )
