"""Telling people once although events come more than once: what a channel's record in a notice decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LEASE = timedelta(minutes=2)
"""How long a delivery counts as under way: twice as long as the function may run, so that nobody is at it then."""

MAX_TRIES = 5
"""Deliveries of the event that may try a channel."""

STALE = timedelta(hours=1)
"""News older than that are not told any more."""


class DeliveryState(StrEnum):
    """``claimed``: somebody is at it, until the lease ends. ``waiting``: did not succeed and is to be tried again.
    ``sent``, ``failed``: done with, for good or for bad."""

    CLAIMED = "claimed"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Step(StrEnum):
    """What is to be done about a channel."""

    SEND = "send"
    LEAVE = "leave"
    COME_AGAIN = "come again"
    GIVE_UP = "give up"


def delivery_step(record: Mapping[str, Any] | None, now: datetime) -> Step:
    """What a delivery of the event does about a channel with that ``record``; None where nobody tried yet."""
    if record is None:
        return Step.SEND
    if record["state"] in (DeliveryState.SENT, DeliveryState.FAILED):
        return Step.LEAVE
    if record["state"] == DeliveryState.CLAIMED and now < record["leaseUntil"]:
        # whoever is at it may be killed yet: the event must not be taken for dealt with
        return Step.COME_AGAIN
    return Step.SEND if record["tries"] < MAX_TRIES else Step.GIVE_UP


def claimed(record: Mapping[str, Any] | None, claim: str, now: datetime) -> dict[str, Any]:
    """The record of a channel that the delivery called ``claim`` sets about."""
    tries = 0 if record is None else record["tries"]
    return {
        "state": DeliveryState.CLAIMED.value,
        "tries": tries + 1,
        "claim": claim,
        "leaseUntil": now + LEASE,
    }


def settled(
    record: Mapping[str, Any] | None, claim: str, state: DeliveryState, reason: str | None, now: datetime
) -> dict[str, Any] | None:
    """The record once the delivery called ``claim`` has ended in ``state``; None when it stays as it is.

    What was sent was sent, also by somebody whose lease had ended; a failure is told by the one who is at it.
    """
    before = record or {"tries": 0, "claim": claim, "state": DeliveryState.WAITING.value}
    if before["state"] == DeliveryState.SENT:
        return None
    if state is not DeliveryState.SENT and before["claim"] != claim:
        return None
    return {"state": state.value, "tries": before["tries"], "claim": claim, "reason": reason, "at": now}
