"""Erasing a person: the changes in documents that name the person. Works on documents as they are stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

ERASED_NAME = "Erased"
"""The name in an alert of an erased person."""

PICTURE_ERASED = "erased"
"""The ``picture`` of such an alert."""

Stored = Mapping[str, Any]


def fingerprint(person_id: str) -> str:
    """The SHA-256 of the id, in hexadecimal. A receipt is found by it, and does not name the person."""
    return hashlib.sha256(person_id.encode()).hexdigest()


def erased_alert(at: datetime) -> dict[str, Any]:
    """The fields to change in an alert of an erased person.

    It stays a known alert, because it was counted as one.
    """
    return {
        "personId": None,
        "person": ERASED_NAME,
        "candidates": [],
        "strangerId": None,
        "imagePath": None,
        "facePath": None,
        "shot": None,
        "beside": [],
        "picture": PICTURE_ERASED,
        "erasedAt": at,
    }


def without_candidate(alert: Stored, person_id: str) -> dict[str, Any] | None:
    """The fields to change in an ambiguous alert; None when the person is no candidate."""
    candidates = alert.get("candidates") or []
    others = [dict(one) for one in candidates if one.get("personId") != person_id]
    return None if len(others) == len(candidates) else {"candidates": others}


def without_visits(visits: Stored, person_id: str, since: datetime | None = None) -> dict[str, Any] | None:
    """The fields to change in a camera's ``visits``; None when the person is not in them.

    Recent frames with the person are dropped too: one that is posted again is judged again. ``since`` is when a
    person of the same id was made: what began then stays, and visits of which an owner said that it is the person.
    """

    def stays(visit: Stored) -> bool:
        if visit.get("personId") != person_id:
            return True
        return since is not None and (bool(visit.get("settled")) or visit["firstSeenAt"] >= since)

    open_visits = [visit for visit in visits.get("open", ()) if stays(visit)]
    kept = {visit["alertId"] for visit in open_visits}
    recent = [
        frame
        for frame in visits.get("recent", ())
        if all(
            outcome.get("personId") != person_id or (since is not None and outcome.get("alertId") in kept)
            for outcome in frame.get("outcomes", ())
        )
    ]
    changes = {"open": open_visits, "recent": recent}
    return None if all(changes[name] == list(visits.get(name, ())) for name in changes) else changes


def without_person(gallery: Stored, person_id: str, alert_ids: Collection[str]) -> dict[str, Any] | None:
    """The fields to change in somebody else's vectors; None when the person is not in them.

    ``alert_ids`` are the person's alerts: negatives from them are faces of the person, whatever they say.
    """
    changes: dict[str, Any] = {}
    negatives = gallery.get("negatives") or []
    kept = [dict(one) for one in negatives if not is_negative_of(one, person_id, alert_ids)]
    if len(kept) < len(negatives):
        changes["negatives"] = kept
    lookalikes = gallery.get("lookalikes") or {}
    if person_id in lookalikes:
        changes["lookalikes"] = {one: distance for one, distance in lookalikes.items() if one != person_id}
    return changes or None


def is_negative_of(negative: Stored, person_id: str, alert_ids: Collection[str]) -> bool:
    """Whether a negative is a face of the person, whose alerts are ``alert_ids``."""
    return negative.get("personId") == person_id or negative.get("alertId") in alert_ids


def without_lookalike(person: Stored, person_id: str) -> dict[str, Any] | None:
    """The fields to change in another person's document; None when the person is no look-alike there."""
    listed = person.get("lookalikes") or []
    kept = [one for one in listed if not isinstance(one, Mapping) or one.get("personId") != person_id]
    return None if len(kept) == len(listed) else {"lookalikes": kept}


def without_counts(day: Stored, person_id: str) -> dict[str, Any] | None:
    """The fields to change in a day's counts; None when the person was not counted. The hours stay."""
    people = day.get("people") or {}
    if person_id not in people:
        return None
    return {"people": {one: counts for one, counts in people.items() if one != person_id}}


def at_the_same_time(alert: Stored, others: Iterable[Stored]) -> bool:
    """Whether an alert's visit overlaps with one of the ``others`` at the same camera."""
    return any(
        alert["cameraId"] == other["cameraId"]
        and alert["firstSeenAt"] <= other["lastSeenAt"]
        and other["firstSeenAt"] <= alert["lastSeenAt"]
        for other in others
    )


def former_ids(jobs: Iterable[Stored], person_id: str) -> set[str]:
    """The ids of people who were merged into the person, directly or through others."""
    into = {
        job["about"]["personId"]: job["about"]["into"] for job in jobs if job.get("kind") == "merge_person"
    }
    found: set[str] = set()
    while more := {one for one, target in into.items() if target in {person_id, *found}} - found:
        found |= more
    return found - {person_id}


def shows(metadata: Mapping[str, str], person_id: str, alert_ids: Collection[str]) -> bool:
    """Whether a debug frame's metadata names the person as recognised, or one of the person's alerts."""
    return person_id in _listed(metadata, "personIds") or not set(alert_ids).isdisjoint(
        _listed(metadata, "alertIds")
    )


def _listed(metadata: Mapping[str, str], name: str) -> list[str]:
    try:
        listed = json.loads(metadata.get(name, "[]"))
    except ValueError:
        return []
    return [str(one) for one in listed] if isinstance(listed, list) else []
