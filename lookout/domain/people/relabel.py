"""Relabelling: the changes in an alert, in open visits and in a day's counts.

Works on documents as they are stored. Vectors stay bytes, so that no numpy is needed.
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
    """Who an alert is of: a person, a stranger, or neither.

    ``settled``: an owner said so, and no frame changes it.
    """

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
        """The alert's ``reason``."""
        return Reason.KNOWN if self.is_known else Reason.UNKNOWN

    def alert_fields(self, before: Identity) -> dict[str, Any]:
        """The fields to change in an alert that was of ``before``."""
        if self.person_id == before.person_id:
            # the person did not change: an ambiguous alert stays one
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
    """Who a stored alert is of."""
    return Identity(
        alert.get("personId"), alert.get("person") or UNKNOWN_NAME, alert.get("strangerId"), False
    )


Becomes = Callable[[Stored], Identity | None]
"""Who a stored alert, visit or outcome is of from now on; None if it stays as it is."""


def relabelled_visits(visits: Stored, becomes: Becomes) -> dict[str, Any] | None:
    """The fields to change in a camera's ``visits`` document; None if there are none.

    ``becomes`` is applied to open visits, and to the outcomes of recent frames, which answer a frame posted twice.
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
    """The fields to change in an ambiguous alert when a candidate becomes ``after``; None if the person is none.

    If ``after`` is a candidate already, the nearer of the two entries stays.
    """
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
    """The fields to change in an alert when a person in its frame becomes ``after``; None if the person is not
    in the frame."""
    beside = set(alert.get("beside") or ())
    if person_id not in beside:
        return None
    return {"beside": sorted(beside - {person_id} | {str(after.person_id)})}


def moved_counts(day: Stored, hour: int, before: Identity, after: Identity) -> dict[str, Any] | None:
    """The fields to change in a day's counts when an alert, opened in that ``hour``, is relabelled.

    None if nothing changes. An alert that was not counted is not moved, so that no count falls below zero.
    """
    hours = {name: dict(counts) for name, counts in day.get("hours", {}).items()}
    people = {person_id: dict(counts) for person_id, counts in day.get("people", {}).items()}
    if before.is_known != after.is_known:
        source, target = (KNOWN, UNKNOWN) if before.is_known else (UNKNOWN, KNOWN)
        # counted in another hour if the site had another time zone then
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
