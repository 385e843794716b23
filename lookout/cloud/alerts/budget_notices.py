"""The notice that a day's budget of frames is used up: one a day, whichever camera and instance comes first."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.documents.alerts import Notice
from lookout.domain.notifications.notice import NoticeState


def leave_budget_notice(stores: Stores, camera_id: str, day: str, at: datetime, expire_at: datetime) -> None:
    """Have people told that the camera was refused ``at`` a moment, unless somebody was that day already.

    Raises:
        Unavailable: Firestore did not answer.
    """
    from google.api_core.exceptions import AlreadyExists

    notice: Notice = {
        "alertId": f"budget_{day}",
        "cameraId": camera_id,
        "state": NoticeState.BUDGET.value,
        "personId": None,
        "createdAt": at,
        "expireAt": expire_at,
    }
    with store_errors("Firestore"), suppress(AlreadyExists):
        stores.db.collection("notices").document(f"budget_{day}").create(dict(notice), **stores.options)
