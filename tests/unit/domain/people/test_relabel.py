"""Past alerts become somebody else, with their visits and counts."""

from __future__ import annotations

from typing import Any

import pytest

from lookout.domain.people.relabel import UNKNOWN_NAME, Identity, identity_of, moved_counts, relabelled_visits
from lookout.domain.recognition import matching

ANNA = Identity("anna", "Anna")
BOB = Identity("bob", "Bob")
NOBODY = Identity()


def visit(alert_id: str, identity: Identity = NOBODY, **fields: Any) -> dict[str, Any]:
    who = {"personId": identity.person_id, "person": identity.person, "strangerId": identity.stranger_id}
    return {"alertId": alert_id, "vectors": b"12", "settled": False, **who, **fields}


def outcome(alert_id: str, reason: str = "unknown") -> dict[str, Any]:
    return {"alertId": alert_id, "personId": None, "person": "Unknown", "reason": reason, "change": "opened"}


def test_nobody_has_one_name() -> None:
    assert UNKNOWN_NAME == matching.UNKNOWN_NAME


def test_an_alert_tells_who_it_is() -> None:
    assert ANNA.alert_fields(NOBODY) == {
        "personId": "anna",
        "person": "Anna",
        "isKnown": True,
        "reason": "known",
        "strangerId": None,
        "candidates": [],
    }
    unknown = Identity(stranger_id="s").alert_fields(ANNA)
    told = ("personId", "person", "isKnown", "reason", "strangerId")
    assert [unknown[field] for field in told] == [None, "Unknown", False, "unknown", "s"]


def test_an_alert_of_nobody_that_changes_its_stranger_is_as_ambiguous_as_before() -> None:
    assert Identity(stranger_id="s").alert_fields(NOBODY) == {"person": "Unknown", "strangerId": "s"}


def test_who_an_alert_is_is_read_back() -> None:
    stored = ANNA.alert_fields(NOBODY)
    assert identity_of(stored) == Identity("anna", "Anna", None, settled=False)
    assert identity_of({}) == Identity(settled=False)


def test_only_the_visit_that_is_meant_becomes_somebody() -> None:
    visits = {"open": [visit("a"), visit("b")], "recent": [], "expireAt": 1}
    changes = relabelled_visits(visits, lambda plain: ANNA if plain["alertId"] == "b" else None)
    assert changes == {"open": [visit("a"), visit("b", ANNA, settled=True)], "recent": []}


def test_a_visit_that_was_settled_stays_so() -> None:
    unsettled = Identity("bob", "Bob", settled=False)
    for before in (True, False):
        changes = relabelled_visits({"open": [visit("a", ANNA, settled=before)]}, lambda _: unsettled)
        assert changes is not None
        assert changes["open"][0]["settled"] is before


def test_a_frame_posted_twice_is_answered_with_who_it_is_now() -> None:
    frame = {"digest": "d", "at": 1, "outcomes": [outcome("a"), outcome("b", "same_visit"), outcome("c")]}
    visits = {"open": [visit("a", Identity(stranger_id="s")), visit("b", Identity(stranger_id="s"))]}
    changes = relabelled_visits(
        visits | {"recent": [frame]}, lambda plain: ANNA if plain.get("strangerId") == "s" else None
    )
    assert changes is not None
    told = [(one["person"], one["reason"]) for one in changes["recent"][0]["outcomes"]]
    assert told == [("Anna", "known"), ("Anna", "same_visit"), ("Unknown", "unknown")]


@pytest.mark.parametrize("visits", [{}, {"open": [], "recent": []}, {"open": [visit("a")], "recent": []}])
def test_visits_that_stay_are_not_written(visits: dict[str, Any]) -> None:
    assert relabelled_visits(visits, lambda _: None) is None


def test_documents_that_were_read_are_not_changed_in_place() -> None:
    visits = {"open": [visit("a")], "recent": [{"digest": "d", "at": 1, "outcomes": [outcome("a")]}]}
    day = {"hours": {"09": {"unknown": 1}}, "people": {}}
    relabelled_visits(visits, lambda _: ANNA)
    moved_counts(day, 9, NOBODY, ANNA)
    assert visits["open"] == [visit("a")]
    assert visits["recent"][0]["outcomes"] == [outcome("a")]
    assert day == {"hours": {"09": {"unknown": 1}}, "people": {}}


def counts(known: int, unknown: int, **people: int) -> dict[str, Any]:
    names = {name: {"name": name.title(), "alerts": number} for name, number in people.items()}
    return {"hours": {"09": {"known": known, "unknown": unknown}}, "people": names}


@pytest.mark.parametrize(
    ("before", "after", "day", "moved"),
    [
        (NOBODY, ANNA, counts(0, 2), counts(1, 1, anna=1)),
        (ANNA, NOBODY, counts(2, 0, anna=2), counts(1, 1, anna=1)),
        (ANNA, NOBODY, counts(1, 0, anna=1), counts(0, 1)),
        (ANNA, BOB, counts(3, 0, anna=1, bob=2), counts(3, 0, bob=3)),
        (ANNA, ANNA, counts(1, 0, anna=1), None),
        (NOBODY, NOBODY, counts(0, 1), None),
        # what was never counted is not taken away
        (ANNA, NOBODY, counts(0, 0), None),
        (NOBODY, ANNA, counts(0, 0), counts(0, 0, anna=1)),
    ],
)
def test_the_count_of_an_alert_moves_with_it(
    before: Identity, after: Identity, day: dict[str, Any], moved: dict[str, Any] | None
) -> None:
    assert moved_counts(day, 9, before, after) == moved


def test_an_alert_counted_in_another_time_zone_is_found_in_another_hour() -> None:
    assert moved_counts(counts(0, 1), 11, NOBODY, ANNA) == counts(1, 0, anna=1)


def test_a_day_without_counts_gets_none_below_zero() -> None:
    assert moved_counts({}, 9, ANNA, NOBODY) is None
