"""Who is to do what about a channel, and what is then written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.domain.notifications.delivery import (
    LEASE,
    MAX_TRIES,
    DeliveryState,
    Step,
    claimed,
    delivery_step,
    settled,
)

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _record(state: DeliveryState, tries: int = 1, lease: timedelta = LEASE) -> dict[str, Any]:
    return {"state": state.value, "tries": tries, "claim": "one", "leaseUntil": NOW + lease}


@pytest.mark.parametrize(
    ("record", "step"),
    [
        (None, Step.SEND),
        (_record(DeliveryState.CLAIMED), Step.RETRY),
        (_record(DeliveryState.CLAIMED, lease=SECOND), Step.RETRY),
        (_record(DeliveryState.CLAIMED, lease=timedelta()), Step.SEND),
        (_record(DeliveryState.CLAIMED, MAX_TRIES), Step.RETRY),
        (_record(DeliveryState.CLAIMED, MAX_TRIES, -SECOND), Step.GIVE_UP),
        (_record(DeliveryState.WAITING), Step.SEND),
        (_record(DeliveryState.WAITING, MAX_TRIES - 1), Step.SEND),
        (_record(DeliveryState.WAITING, MAX_TRIES), Step.GIVE_UP),
        (_record(DeliveryState.SENT), Step.SKIP),
        (_record(DeliveryState.FAILED), Step.SKIP),
    ],
)
def test_what_a_delivery_does_follows_from_the_record(record: dict[str, Any] | None, step: Step) -> None:
    assert delivery_step(record, NOW) is step


def test_a_claim_counts_the_tries_and_ends_by_itself() -> None:
    first = claimed(None, "one", NOW)
    assert (first["tries"], first["leaseUntil"]) == (1, NOW + LEASE)
    second = claimed(first, "two", NOW + LEASE)
    assert (second["tries"], second["claim"], second["state"]) == (2, "two", "claimed")
    assert delivery_step(second, NOW + LEASE) is Step.RETRY


def test_what_was_sent_was_sent_also_by_one_whose_lease_had_ended() -> None:
    taken_over = claimed(claimed(None, "one", NOW), "two", NOW + LEASE)
    record = settled(taken_over, "one", DeliveryState.SENT, None, NOW)
    assert record == {"state": "sent", "tries": 2, "claim": "one", "reason": None, "at": NOW}
    assert settled(record, "two", DeliveryState.SENT, None, NOW) is None
    assert settled(record, "two", DeliveryState.FAILED, "no", NOW) is None
    assert settled(record, "one", DeliveryState.FAILED, "no", NOW) is None


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.WAITING])
def test_a_failure_is_told_by_the_one_who_is_at_it_alone(state: DeliveryState) -> None:
    record = claimed(None, "two", NOW)
    assert settled(record, "one", state, "no answer", NOW) is None
    mine = settled(record, "two", state, "no answer", NOW)
    assert mine == {"state": state.value, "tries": 1, "claim": "two", "reason": "no answer", "at": NOW}
    assert settled(None, "two", state, "no answer", NOW) is not None
