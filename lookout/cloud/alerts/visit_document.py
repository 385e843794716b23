"""A camera's visits as the document ``visits/{cameraId}`` stores them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lookout.documents import alerts as documents
from lookout.domain.recognition.gallery import pack, unpack
from lookout.domain.recognition.reason import Reason
from lookout.domain.visits.shot import stored_name
from lookout.domain.visits.visit import CameraVisits, Change, Outcome, PastFrame, Visit
from lookout.errors import CorruptGallery
from lookout.log import Severity, log


def to_document(visits: CameraVisits, expire_at: datetime) -> documents.Visits:
    """The whole document; it expires with the last of its visits."""
    return {
        "open": [
            {
                "alertId": visit.alert_id,
                "personId": visit.person_id,
                "person": visit.name,
                "firstSeenAt": visit.first_seen,
                "lastSeenAt": visit.last_seen,
                "frames": visit.frames,
                "quality": visit.best_score,
                "shot": visit.shot,
                "vectors": pack(visit.vectors),
                "vectorCount": len(visit.vectors),
                "strangerId": visit.stranger_id,
                "silent": not visit.has_alert,
                "settled": visit.settled,
                "waiting": visit.waiting,
            }
            for visit in visits.open
        ],
        "recent": [
            {"digest": frame.digest, "at": frame.at, "outcomes": list(map(_outcome_fields, frame.outcomes))}
            for frame in visits.recent
        ],
        "expireAt": expire_at,
    }


def _outcome_fields(outcome: Outcome) -> documents.Outcome:
    return {
        "alertId": outcome.alert_id,
        "personId": outcome.person_id,
        "person": outcome.name,
        "reason": outcome.reason,
        "change": outcome.change.value,
    }


def from_document(camera_id: str, document: dict[str, Any]) -> CameraVisits:
    """The stored visits; none where they cannot be read, which is logged: a camera must not stop for it."""
    try:
        return CameraVisits(
            tuple(
                Visit(
                    plain["alertId"],
                    plain["personId"],
                    plain["person"],
                    plain["firstSeenAt"],
                    plain["lastSeenAt"],
                    plain["frames"],
                    plain["quality"],
                    stored_name(plain["shot"]),
                    unpack(plain["vectors"], plain["vectorCount"]),
                    plain.get("strangerId"),
                    not plain.get("silent"),
                    bool(plain.get("settled")),
                    bool(plain.get("waiting")),
                )
                for plain in document["open"]
            ),
            tuple(
                PastFrame(plain["digest"], plain["at"], tuple(map(_outcome, plain["outcomes"])))
                for plain in document["recent"]
            ),
        )
    except (KeyError, TypeError, ValueError, CorruptGallery) as error:
        log(Severity.ERROR, "visits unreadable", camera=camera_id, error=repr(error))
        return CameraVisits()


def _outcome(plain: dict[str, Any]) -> Outcome:
    change, reason = Change(plain["change"]), Reason(plain["reason"])
    alert_id, person_id, name = plain["alertId"], plain["personId"], plain["person"]
    return Outcome(alert_id, person_id, name, reason, change, better_shot=False, replaces=None)
