"""Delivering people once although events come more than once: what a channel's record in a notice decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LEASE = timedelta(minutes=2)
"""How long a delivery counts as under way: twice the function's time limit, so it has ended by then."""

MAX_TRIES = 5
"""Events that may try a channel."""

STALE = timedelta(hours=1)
"""Older notices are not delivered any more."""


class DeliveryState(StrEnum):
    """``claimed``: under way until the lease ends. ``waiting``: to be tried again. ``sent``, ``failed``: final."""

    CLAIMED = "claimed"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Step(StrEnum):
    """What to do about a channel."""

    SEND = "send"
    SKIP = "skip"
    RETRY = "retry"
    GIVE_UP = "give up"


def delivery_step(record: Mapping[str, Any] | None, now: datetime) -> Step:
    """What an event does about a channel with that ``record``, which is None before the first try."""
    if record is None:
        return Step.SEND
    if record["state"] in (DeliveryState.SENT, DeliveryState.FAILED):
        return Step.SKIP
    if record["state"] == DeliveryState.CLAIMED and now < record["leaseUntil"]:
        # the one under way may still be killed: the event must come again
        return Step.RETRY
    return Step.SEND if record["tries"] < MAX_TRIES else Step.GIVE_UP


def claimed(record: Mapping[str, Any] | None, claim: str, now: datetime) -> dict[str, Any]:
    """The record of a channel that the event with the token ``claim`` begins to deliver."""
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
    """The record once the event with the token ``claim`` ended in ``state``; None when the record does not change.

    A success counts even after its lease ended; a failure counts only from the holder of the lease.
    """
    before = record or {"tries": 0, "claim": claim, "state": DeliveryState.WAITING.value}
    if before["state"] == DeliveryState.SENT:
        return None
    if state is not DeliveryState.SENT and before["claim"] != claim:
        return None
    return {"state": state.value, "tries": before["tries"], "claim": claim, "reason": reason, "at": now}
