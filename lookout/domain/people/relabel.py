"""Saying who somebody is after the fact: what it changes in an alert, in open visits and in a day's counts.

Works on documents as they are stored, with the vectors in them as mere bytes: the functions that correct need
no arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lookout.domain.recognition.reason import Reason
from lookout.domain.site.statistics import KNOWN, UNKNOWN

UNKNOWN_NAME = "Unknown"

Stored = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an alert is: a person, a stranger seen before, or neither. ``settled``: an owner has said so, and no
    frame changes it again."""

    person_id: str | None = None
    person: str = UNKNOWN_NAME
    stranger_id: str | None = None
    settled: bool = True

    @property
    def is_known(self) -> bool:
        """Whether it has a name."""
        return self.person_id is not None

    @property
    def reason(self) -> Reason:
        """Why an alert says what it says."""
        return Reason.KNOWN if self.is_known else Reason.UNKNOWN

    def alert_fields(self, before: Identity) -> dict[str, Any]:
        """What changes in an alert that was ``before``."""
        if self.person_id == before.person_id:
            # nobody said more of who it is: an alert between two people stays one
            return {"person": self.person, "strangerId": self.stranger_id}
        return {
            "personId": self.person_id,
            "person": self.person,
            "isKnown": self.is_known,
            "reason": self.reason,
            "strangerId": self.stranger_id,
            "candidates": [],
        }


def identity_of(alert: Stored) -> Identity:
    """Who a stored alert says it is."""
    return Identity(
        alert.get("personId"), alert.get("person") or UNKNOWN_NAME, alert.get("strangerId"), False
    )


Becomes = Callable[[Stored], Identity | None]
"""Who a stored alert, visit or outcome becomes; None for one that stays as it is."""


def relabelled_visits(visits: Stored, becomes: Becomes) -> dict[str, Any] | None:
    """The fields to change in a camera's ``visits`` document; None when all of it stays.

    Open visits become what ``becomes`` says, and so do the remembered outcomes of recent frames, by which a
    frame that is posted twice is answered.
    """
    found = [(visit, becomes(visit)) for visit in visits.get("open", ())]
    by_alert = {visit["alertId"]: identity for visit, identity in found if identity is not None}

    def outcome(plain: Stored) -> Identity | None:
        return by_alert.get(plain["alertId"]) or becomes(plain)

    recent = [
        dict(frame) | {"outcomes": [_outcome(plain, outcome(plain)) for plain in frame["outcomes"]]}
        for frame in visits.get("recent", ())
    ]
    changes = {"open": [_visit(visit, identity) for visit, identity in found], "recent": recent}
    unchanged = all(changes[name] == list(visits.get(name, ())) for name in changes)
    return None if unchanged else changes


def moved_candidates(alert: Stored, person_id: str, after: Identity) -> dict[str, Any] | None:
    """The fields to change in an alert between several people when one of them is somebody else by now; None when
    the person is none of them. Who is among them twice then is the nearer of the two."""
    candidates = alert.get("candidates") or []
    if all(one.get("personId") != person_id for one in candidates):
        return None
    moved: dict[str, dict[str, Any]] = {}
    for one in candidates:
        is_moved = one.get("personId") == person_id
        named = dict(one) | ({"personId": after.person_id, "person": after.person} if is_moved else {})
        # the nearest comes first
        moved.setdefault(str(named.get("personId")), named)
    return {"candidates": list(moved.values())}


def moved_beside(alert: Stored, person_id: str, after: Identity) -> dict[str, Any] | None:
    """The fields to change in an alert when somebody in its frame is somebody else by now; None when the person
    is not."""
    beside = set(alert.get("beside") or ())
    if person_id not in beside:
        return None
    return {"beside": sorted(beside - {person_id} | {str(after.person_id)})}


def moved_counts(day: Stored, hour: int, before: Identity, after: Identity) -> dict[str, Any] | None:
    """The fields to change in a day's counts when one alert, opened in that ``hour``, becomes somebody else.

    None when nothing changes. What was not counted is not moved: no count falls below zero.
    """
    hours = {name: dict(counts) for name, counts in day.get("hours", {}).items()}
    people = {person_id: dict(counts) for person_id, counts in day.get("people", {}).items()}
    if before.is_known != after.is_known:
        source, target = (KNOWN, UNKNOWN) if before.is_known else (UNKNOWN, KNOWN)
        # the site's time zone may have been another one when it was counted
        names = [f"{hour:02}", *sorted(hours)]
        counted = next((name for name in names if hours.get(name, {}).get(source, 0) > 0), None)
        if counted is not None:
            hours[counted][source] -= 1
            hours[counted][target] = hours[counted].get(target, 0) + 1
    if before.person_id != after.person_id:
        if before.person_id in people:
            people[before.person_id]["alerts"] -= 1
            if people[before.person_id]["alerts"] <= 0:
                del people[before.person_id]
        if after.person_id is not None:
            so_far = people.get(after.person_id, {}).get("alerts", 0)
            people[after.person_id] = {"name": after.person, "alerts": so_far + 1}
    changes = {"hours": hours, "people": people}
    return None if all(changes[name] == day.get(name, {}) for name in changes) else changes


def _visit(plain: Stored, identity: Identity | None) -> dict[str, Any]:
    if identity is None:
        return dict(plain)
    return dict(plain) | {
        "personId": identity.person_id,
        "person": identity.person,
        "strangerId": identity.stranger_id,
        "settled": identity.settled or plain.get("settled", False),
    }


def _outcome(plain: Stored, identity: Identity | None) -> dict[str, Any]:
    if identity is None:
        return dict(plain)
    same = plain["reason"] == Reason.SAME_VISIT
    reason = plain["reason"] if same else identity.reason.value
    return dict(plain) | {"personId": identity.person_id, "person": identity.person, "reason": reason}
