"""Documents as the functions write them, with every field, and what is wrong with a document."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from lookout.documents.alerts import Alert, AlertVector, Notice, OpenVisit
from lookout.documents.people import GalleryPerson, Person, Stranger, StrangerVectors
from lookout.documents.site import Day

DAY = "2026-05-31"
NOON = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
LATER = datetime.now(UTC) + timedelta(days=30)
MODEL = "m-1"
SHOT = "0123456789ab"


def alert(alert_id: str = "a1", **changes: Any) -> Alert:
    """An alert of somebody unknown, with its pictures."""
    folder = f"alerts/{alert_id}/{changes.get('shot') or SHOT}"
    made: Alert = {
        "cameraId": "cam_front",
        "cameraName": "Front Door",
        "personId": None,
        "person": "Unknown",
        "isKnown": False,
        "strangerId": None,
        "reason": "unknown",
        "confidence": 0.1,
        "distance": None,
        "candidates": [],
        "firstSeenAt": NOON,
        "lastSeenAt": NOON,
        "frames": 1,
        "doubles": 0,
        "day": DAY,
        "reviewed": False,
        "quality": 0.5,
        "yaw": 0.1,
        "light": 120.0,
        "spoof": None,
        "shot": SHOT,
        "box": [0.4, 0.2, 0.2, 0.3],
        "beside": [],
        "picture": "stored",
        "imagePath": f"{folder}/frame.jpg",
        "facePath": f"{folder}/face.jpg",
        "silence": None,
        "expireAt": LATER,
    }
    return cast(Alert, {**made, **changes})


def known_alert(alert_id: str, person_id: str, **changes: Any) -> Alert:
    """An alert of the person, who is called as the id says."""
    known = {"personId": person_id, "person": person_id, "isKnown": True, "reason": "known"}
    return alert(alert_id, **(known | {"confidence": 0.9, "distance": 0.2} | changes))


def alert_vector(vector: bytes) -> AlertVector:
    """The face of an alert's picture."""
    return {"vector": vector, "modelId": MODEL, "expireAt": LATER}


def notice(alert_id: str = "a1", **changes: Any) -> Notice:
    """The notice of an alert that is new."""
    made: Notice = {
        "alertId": alert_id,
        "cameraId": "cam_front",
        "state": "new",
        "personId": None,
        "createdAt": NOON,
        "expireAt": LATER,
    }
    return cast(Notice, {**made, **changes})


def open_visit(alert_id: str, vectors: bytes, **changes: Any) -> OpenVisit:
    """Somebody unknown who is in front of a camera."""
    made: OpenVisit = {
        "alertId": alert_id,
        "personId": None,
        "person": "Unknown",
        "firstSeenAt": NOON,
        "lastSeenAt": NOON,
        "frames": 1,
        "quality": 0.5,
        "shot": SHOT,
        "vectors": vectors,
        "vectorCount": 1,
        "strangerId": None,
        "silent": False,
        "settled": False,
        "waiting": False,
    }
    return cast(OpenVisit, {**made, **changes})


def day(camera_id: str = "cam_front", day: str = DAY) -> Day:
    """A camera's day on which nobody came."""
    return {
        "cameraId": camera_id,
        "cameraName": camera_id,
        "day": day,
        "expireAt": LATER,
        "hours": {},
        "people": {},
    }


def person(name: str, **changes: Any) -> Person:
    """Somebody with a photo."""
    made: Person = {"name": name, "muted": False, "createdAt": NOON, "photoCount": 1}
    return cast(Person, {**made, **changes})


def gallery_person(name: str, vectors: bytes, version: int, **changes: Any) -> GalleryPerson:
    """The vectors of somebody with a photo."""
    made: GalleryPerson = {
        "name": name,
        "modelId": MODEL,
        "vectors": vectors,
        "photoIds": ["1.jpg"],
        "dimension": 512,
        "version": version,
        "deleted": False,
        "muted": False,
        "consentExpiresAt": None,
        "negatives": [],
        "lookalikes": {},
    }
    return cast(GalleryPerson, {**made, **changes})


def stranger(**changes: Any) -> Stranger:
    """Somebody unknown who came once, without a picture."""
    made: Stranger = {
        "visits": 1,
        "firstSeenAt": NOON,
        "lastSeenAt": NOON,
        "facePath": None,
        "faceAlertId": None,
        "quality": 0.5,
        "ignored": False,
        "modelId": MODEL,
        "expireAt": LATER,
    }
    return cast(Stranger, {**made, **changes})


def stranger_vectors(vectors: dict[str, bytes], **changes: Any) -> StrangerVectors:
    """The vectors of somebody unknown, by alert."""
    made: StrangerVectors = {
        "vectors": vectors,
        "modelId": MODEL,
        "ignored": False,
        "personId": None,
        "name": None,
        "removed": False,
        "lastSeenAt": NOON,
        "changedAt": NOON,
        "expireAt": LATER,
    }
    return cast(StrangerVectors, {**made, **changes})


def wrong(value: object, kind: Any, at: str = "") -> Iterator[str]:
    """What keeps ``value`` from being of the ``kind``: fields too many, missing, or of another type."""
    if kind in (Any, object):
        return
    if is_typeddict(kind):
        yield from _wrong_fields(value, kind, at)
        return
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if all(any(wrong(value, one)) for one in inner):
            yield f"{at}: {value!r} is no {kind}"
    elif origin is list and isinstance(value, list):
        for index, one in enumerate(value):
            yield from wrong(one, inner[0], f"{at}[{index}]")
    elif origin in (dict, Mapping) and isinstance(value, Mapping):
        for key, one in value.items():
            yield from wrong(one, inner[1], f"{at}.{key}")
    elif not isinstance(value, (int, float) if kind is float else origin or kind) or (
        isinstance(value, bool) and kind is not bool
    ):
        yield f"{at}: {value!r} is no {kind}"


def fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The fields of a kind of document, each with its type and whether it may be missing."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: (get_args(hint)[0], True) if get_origin(hint) is NotRequired else (hint, False)
        for name, hint in hints.items()
    }


def _wrong_fields(value: object, kind: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {value!r} is no {kind.__name__}"
        return
    fields = fields_of(kind)
    for name in sorted(value.keys() - fields.keys()):
        yield f"{at}.{name}: {kind.__name__} has no such field"
    for name, (hint, may_be_missing) in fields.items():
        if name in value:
            yield from wrong(value[name], hint, f"{at}.{name}")
        elif not may_be_missing:
            yield f"{at}.{name}: missing"
