"""Cameras that somebody watches: ``watchedUntil``, for which ``detect`` keeps live pictures."""

from __future__ import annotations

from datetime import datetime

from lookout.cloud.cameras.camera_document import camera_of
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.changes import CAMERAS, announce
from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.camera import DISABLED, Camera, is_camera_id
from lookout.domain.cameras.live import WATCHED
from lookout.domain.site.site import Site
from lookout.errors import NotFound

DISARMED = "disarmed"

ENOUGH = WATCHED * 2 / 3
"""Nothing is written while the camera counts as watched for longer than this: several pages share one write."""


def watch(stores: Stores, camera_id: str, site: Site, now: datetime) -> dict[str, object]:
    """Have the camera's live picture kept for the next 30 s; until when, or why there is none.

    Raises:
        NotFound: there is no such camera.
        Unavailable: Firestore did not answer.
    """
    from google.api_core.exceptions import NotFound as Gone

    missing = NotFound(f"There is no camera {camera_id!r}.")
    if not is_camera_id(camera_id):
        raise missing
    reference = stores.db.collection("cameras").document(camera_id)
    with store_errors("Firestore"):
        stored = reference.get(**stores.options).to_dict()
        if stored is None:
            raise missing
        camera = camera_of(camera_id, stored)
        reason, until = _reason(camera, site, now), camera.watched_until
        if reason is None and (until is None or until - now < ENOUGH):
            until = now + WATCHED
            batch = stores.db.batch()
            batch.update(reference, {"watchedUntil": until})
            announce(batch, stores.db, CAMERAS)
            try:
                batch.commit(**stores.options)
            except Gone:
                raise missing from None
    told = None if reason is not None or until is None else until.isoformat(timespec="seconds")
    return {"camera_id": camera_id, "watched_until": told, "reason": reason}


def _reason(camera: Camera, site: Site, now: datetime) -> str | None:
    """Why the camera has no live picture; None where it has one."""
    if camera.status == DISABLED:
        return DISABLED
    return None if site.is_armed(camera.rules, now) else DISARMED
