"""``alerts/{alertId}``: what an alert says when it is made, and what a later frame changes in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.documents import alerts as documents
from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.gallery import pack
from lookout.domain.recognition.matching import Match
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.site import Site
from lookout.domain.visits.shot import shot_paths
from lookout.domain.visits.visit import Change, Outcome, Sighting, Visit

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

PICTURE_STORED = "stored"
PICTURE_MISSING = "missing"

UNKNOWN_SHOT = {"box": None, "yaw": None, "light": None, "spoof": None}
"""What is known of the face in a picture that was given or taken later."""

NOTICES_KEPT = timedelta(days=7)


def reference(db: Client, alert_id: str) -> DocumentReference:
    """The alert's document."""
    return db.collection("alerts").document(alert_id)


def opened(
    camera: Camera,
    visit: Visit,
    outcome: Outcome,
    sighting: Sighting,
    at: datetime,
    site: Site,
    beside: Collection[str],
) -> documents.NewAlert:
    """A new alert, whole. ``beside``: the ids of the other people recognised in its frame."""
    return {
        "cameraId": camera.id,
        "cameraName": camera.name,
        **_identity(visit, outcome.evidence or sighting.match),
        "silence": outcome.silence,
        "firstSeenAt": visit.first_seen,
        "lastSeenAt": visit.last_seen,
        "frames": visit.frames,
        "doubles": 0,
        **_shot(visit, sighting, beside),
        "day": site.day(at),
        "reviewed": False,
        "expireAt": at + timedelta(days=site.retention_days),
    }


def changed(visit: Visit, outcome: Outcome, sighting: Sighting, beside: Collection[str]) -> dict[str, Any]:
    """The fields that one more sighting of the visit changes. ``beside``: as for one that is new."""
    fields: dict[str, Any] = {"lastSeenAt": visit.last_seen, "frames": visit.frames}
    if outcome.better_shot:
        fields |= _shot(visit, sighting, beside)
    match = outcome.evidence or sighting.match
    same_person = match.person_id == visit.person_id and not visit.settled
    renamed = outcome.change in (Change.UPGRADED, Change.CORRECTED)
    if renamed or (outcome.better_shot and same_person):
        fields |= _identity(visit, match)
    if outcome.change is Change.UPGRADED and outcome.silence is None:
        fields["silence"] = None
    return fields


def face_vector(sighting: Sighting, model_id: str, expire_at: datetime) -> documents.AlertVector:
    """``alert_vectors/{alertId}``: the face of the alert's picture, kept for corrections."""
    return {"vector": pack(sighting.embedding[None, :]), "modelId": model_id, "expireAt": expire_at}


def vector_reference(db: Client, alert_id: str) -> DocumentReference:
    """Where the vector of the alert's face is kept, for the server alone."""
    return db.collection("alert_vectors").document(alert_id)


def give_shot(stores: Stores, camera_id: str, alert_id: str, shot: str, quality: float) -> bool:
    """Let an alert without a picture have the ``shot``, which is stored by now, and its open visit too.

    False when the alert has a picture meanwhile, or is gone.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _change_shot(
        stores, camera_id, alert_id, lambda alert: alert["picture"] == PICTURE_MISSING, shot, quality
    )


def take_shot(stores: Stores, camera_id: str, alert_id: str, shot: str) -> bool:
    """Let an alert say that its picture is missing, if that is still the ``shot``.

    Raises:
        Unavailable: Firestore did not answer.
    """
    return _change_shot(stores, camera_id, alert_id, lambda alert: alert["shot"] == shot, "", 0.0)


def _change_shot(
    stores: Stores,
    camera_id: str,
    alert_id: str,
    only_if: Callable[[Mapping[str, Any]], bool],
    shot: str,
    quality: float,
) -> bool:
    visits_reference = stores.db.collection("visits").document(camera_id)

    def step(transaction: Transaction) -> bool:
        alert, visits = transaction.read([reference(stores.db, alert_id), visits_reference])
        if alert is None or not only_if(alert):
            return False
        transaction.set(
            reference(stores.db, alert_id), {**_paths(alert_id, shot), "quality": quality, **UNKNOWN_SHOT}
        )
        mine = [visit for visit in (visits or {}).get("open", ()) if visit["alertId"] == alert_id]
        if visits is not None and mine:
            for visit in mine:
                visit |= {"shot": shot, "quality": quality}
            transaction.set(visits_reference, {"open": visits["open"]})
        return True

    return run(stores, step)


def notice_reference(db: Client, outcome: Outcome) -> DocumentReference:
    """The notice about the alert: one when it is new, another when it gets a name."""
    state = "known" if outcome.change is Change.UPGRADED else "new"
    return db.collection("notices").document(f"{outcome.alert_id}_{state}")


def notice(camera: Camera, outcome: Outcome, at: datetime) -> documents.Notice:
    """A notice, whole; creating it starts ``notify``."""
    return {
        "alertId": outcome.alert_id,
        "cameraId": camera.id,
        "state": "known" if outcome.change is Change.UPGRADED else "new",
        "personId": outcome.person_id,
        "createdAt": at,
        "expireAt": at + NOTICES_KEPT,
    }


def _identity(visit: Visit, match: Match) -> documents.AlertIdentity:
    candidates = match.candidates if match.reason is Reason.AMBIGUOUS else ()
    return {
        "personId": visit.person_id,
        "person": visit.name,
        "isKnown": visit.person_id is not None,
        "reason": match.reason,
        "confidence": match.confidence,
        "distance": match.distance,
        "candidates": [
            {"personId": candidate.person_id, "person": candidate.name, "distance": candidate.distance}
            for candidate in candidates
        ],
        "strangerId": visit.stranger_id,
    }


def _shot(visit: Visit, sighting: Sighting, beside: Collection[str]) -> documents.AlertShot:
    # muted people too, who have no alert of their own
    return {
        **_paths(visit.alert_id, visit.shot),
        "quality": visit.best_score,
        "yaw": round(sighting.face.quality.yaw, 3),
        "light": round(sighting.face.quality.light, 1),
        "spoof": None if sighting.face.spoof is None else round(sighting.face.spoof, 3),
        "beside": sorted(beside),
        "box": list(sighting.place) or None,
    }


def _paths(alert_id: str, shot: str) -> documents.AlertPaths:
    if not shot:
        return {"picture": PICTURE_MISSING, "imagePath": None, "facePath": None, "shot": None}
    frame_path, face_path = shot_paths(alert_id, shot)
    return {"imagePath": frame_path, "facePath": face_path, "shot": shot, "picture": PICTURE_STORED}
