"""``notices/{alertId}_{state}``: what people are notified of, and through which channels they were already."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.notifications.delivery import (
    MAX_TRIES,
    DeliveryState,
    Step,
    claimed,
    delivery_step,
    settled,
)
from lookout.domain.notifications.notice import Notice, NoticeState
from lookout.domain.notifications.rules import Channel
from lookout.domain.site.expiry import has_expired

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference


@dataclass(frozen=True, slots=True)
class Claim:
    """What one delivery of the event does about each channel.

    ``last``: channels on their last try; ``lost``: channels that were given up before.
    """

    token: str
    steps: Mapping[Channel, Step]
    last: frozenset[Channel] = frozenset()
    lost: frozenset[Channel] = frozenset()

    def to(self, step: Step) -> list[Channel]:
        """The channels whose step that is."""
        return [channel for channel, wanted in self.steps.items() if wanted is step]


class Notices:
    """Reads notices and their alerts, and keeps the state of each channel's delivery.

    Every method raises ``Unavailable`` when Firestore does not answer.
    """

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def read(self, notice_id: str) -> Notice | None:
        """The notice; None when there is none."""
        stored = self._document("notices", notice_id)
        return None if stored is None else Notice.stored(notice_id, stored)

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        """The alert as it is now; None when it is gone."""
        return self._document("alerts", alert_id)

    def is_muted(self, alert: Mapping[str, Any]) -> bool:
        """Whether the alert's person is muted, or its stranger ignored, by now."""
        person_id, stranger_id = alert.get("personId"), alert.get("strangerId")
        if person_id is not None:
            return (self._document("people", person_id) or {}).get("muted") is True
        return (
            stranger_id is not None
            and (self._document("strangers", stranger_id) or {}).get("ignored") is True
        )

    def claim(self, notice: Notice, channels: Iterable[Channel]) -> Claim:
        """Claim, for a time, those of ``channels`` that are not delivered yet and that nobody else has claimed."""
        wanted = list(channels)
        token = secrets.token_hex(8)

        def step(transaction: Transaction) -> Claim:
            reference = self._reference(notice)
            (stored,) = transaction.read([reference])
            if stored is None:
                return Claim(token, dict.fromkeys(wanted, Step.SKIP))
            now = datetime.now(UTC)
            records = {channel: stored.get("channels", {}).get(channel) for channel in wanted}
            steps = {channel: delivery_step(record, now) for channel, record in records.items()}
            mine = {
                channel: claimed(records[channel], token, now)
                for channel, wanted_step in steps.items()
                # what is given up is settled by one alone, too
                if wanted_step in (Step.SEND, Step.GIVE_UP)
            }
            if mine:
                transaction.set(
                    reference, {f"channels.{channel}": record for channel, record in mine.items()}
                )
            last = frozenset(channel for channel, record in mine.items() if record["tries"] >= MAX_TRIES)
            lost = frozenset(
                channel
                for channel, record in records.items()
                if record is not None and record["state"] == DeliveryState.FAILED
            )
            return Claim(token, steps, last, lost)

        return run(self._stores, step)

    def settle(
        self, notice: Notice, channel: Channel, token: str, state: DeliveryState, reason: str | None = None
    ) -> None:
        """Store how the delivery of ``token`` ended.

        A final failure is noted on the alert, where people see it; a later success removes the note.
        """

        def step(transaction: Transaction) -> None:
            notice_reference = self._reference(notice)
            alert_reference = self._stores.db.collection("alerts").document(notice.alert_id)
            stored, alert = transaction.read([notice_reference, alert_reference])
            now = datetime.now(UTC)
            before = None if stored is None else stored.get("channels", {}).get(channel)
            record = settled(before, token, state, reason, now)
            if record is None:
                return
            if stored is not None:
                transaction.set(notice_reference, {f"channels.{channel}": record})
            if alert is not None:
                note = _alert_note(alert, notice, channel, state, reason, now)
                if note:
                    transaction.set(alert_reference, note)

        run(self._stores, step)

    def _reference(self, notice: Notice) -> DocumentReference:
        return self._stores.db.collection("notices").document(notice.id)

    def _document(self, collection: str, document_id: str) -> dict[str, Any] | None:
        with store_errors("Firestore"):
            found = self._stores.db.collection(collection).document(document_id).get(**self._stores.options)
        stored: dict[str, Any] | None = found.to_dict()
        return None if stored is None or has_expired(stored, datetime.now(UTC)) else stored


def _alert_note(
    alert: Mapping[str, Any],
    notice: Notice,
    channel: Channel,
    state: DeliveryState,
    reason: str | None,
    now: datetime,
) -> dict[str, Any]:
    from google.cloud.firestore import DELETE_FIELD

    field = f"undelivered.{channel}"
    if state is DeliveryState.FAILED:
        return {field: {"reason": reason, "at": now, "state": notice.state.value}}
    before = (alert.get("undelivered") or {}).get(channel)
    # the notice of the new alert was delivered late, that of its name was not
    still = notice.state is NoticeState.NEW and before is not None and before["state"] == NoticeState.KNOWN
    return {field: DELETE_FIELD} if state is DeliveryState.SENT and before is not None and not still else {}
