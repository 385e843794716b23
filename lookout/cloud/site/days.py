"""``days/{day}_{cameraId}``: what a camera counted on a day, so that statistics need not read the alerts.

Counted where it happens: alerts in the very write that makes or upgrades them, frames with the heartbeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.camera import Camera
from lookout.domain.site.expiry import has_expired
from lookout.domain.site.site import Site
from lookout.domain.site.statistics import KNOWN, UNKNOWN, CameraDay

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference

KEPT = timedelta(days=60)
"""Twice the default of ``RETENTION_DAYS``; two weeks are shown."""


def reference(db: Client, camera_id: str, day: str) -> DocumentReference:
    """The document of a camera's day."""
    return db.collection("days").document(f"{day}_{camera_id}")


def alert_counts(
    camera: Camera, opened_at: datetime, person: tuple[str, str] | None, upgraded: bool, site: Site
) -> dict[str, Any]:
    """What one alert, opened at that moment, adds to its day; to be merged into the day's document.

    ``person`` is the id and name of a known one. An ``upgraded`` alert was counted as unknown before.
    """
    from google.cloud.firestore import Increment

    hour: dict[str, Any] = {KNOWN if person else UNKNOWN: Increment(1)}
    if upgraded:
        hour[UNKNOWN] = Increment(-1)
    counts: dict[str, Any] = {"hours": {f"{site.hour(opened_at):02}": hour}}
    if person is not None:
        person_id, name = person
        counts["people"] = {person_id: {"name": name, "alerts": Increment(1)}}
    return _head(camera, site.day(opened_at), opened_at) | counts


def moved_person(
    camera: Camera, opened_at: datetime, was: str, person: tuple[str, str], site: Site
) -> dict[str, Any]:
    """What an alert that turns out to be of ``person``, id and name, changes in its day; to be merged into it.

    ``was``: the id of whom it was counted for.
    """
    from google.cloud.firestore import Increment

    people = {was: {"alerts": Increment(-1)}, person[0]: {"name": person[1], "alerts": Increment(1)}}
    return _head(camera, site.day(opened_at), opened_at) | {"people": people}


def frame_counts(
    camera: Camera, day: str, at: datetime, reasons: Mapping[str, int], doubles: int, milliseconds: int
) -> dict[str, Any]:
    """What the frames since the last heartbeat add to their day; to be merged into the day's document."""
    from google.cloud.firestore import Increment

    return _head(camera, day, at) | {
        "frames": Increment(sum(reasons.values())),
        "doubles": Increment(doubles),
        "milliseconds": Increment(milliseconds),
        "reasons": {reason: Increment(count) for reason, count in reasons.items()},
    }


def read(stores: Stores, days: Iterable[str], now: datetime) -> list[CameraDay]:
    """The counts of all cameras from the first to the last of ``days``: one read per camera and day.

    What has expired by ``now`` is passed over.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.cloud.firestore_v1.base_query import FieldFilter

    wanted = sorted(days)
    query = stores.db.collection("days").where(filter=FieldFilter("day", ">=", wanted[0]))
    query = query.where(filter=FieldFilter("day", "<=", wanted[-1]))
    with store_errors("Firestore"):
        found = [stored.to_dict() or {} for stored in query.stream(**stores.options)]
    return [_camera_day(stored) for stored in found if not has_expired(stored, now)]


def _head(camera: Camera, day: str, at: datetime) -> dict[str, Any]:
    return {"cameraId": camera.id, "cameraName": camera.name, "day": day, "expireAt": at + KEPT}


def _camera_day(stored: dict[str, Any]) -> CameraDay:
    return CameraDay(
        camera_id=stored["cameraId"],
        camera_name=stored["cameraName"],
        day=stored["day"],
        hours={int(hour): Counter(counts) for hour, counts in stored.get("hours", {}).items()},
        people={
            person_id: (counts["name"], counts["alerts"])
            for person_id, counts in stored.get("people", {}).items()
            # a person whose every alert was moved to others is counted no more
            if counts["alerts"] > 0
        },
        reasons=Counter(stored.get("reasons", {})),
        frames=stored.get("frames", 0),
        doubles=stored.get("doubles", 0),
        milliseconds=stored.get("milliseconds", 0),
    )
