"""People are told: of every notice that ``detect`` leaves, by e-mail, in browsers and by webhook."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from firebase_functions import firestore_fn, options

from lookout.cloud.firebase.triggers import handle_event, named_by_payload, retried
from lookout.settings import REGION, Settings

if TYPE_CHECKING:
    from lookout.services.notify.deliveries import NotificationService

settings, complaints = Settings.for_telling()
options.set_global_options(region=REGION, memory=options.MemoryOption.MB_256, timeout_sec=60, max_instances=4)
_lock = threading.Lock()
_desks: list[NotificationService] = []


def desk() -> NotificationService:
    """What every event needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _desks:
            from lookout.cloud.firebase.clients import bucket, firestore_client
            from lookout.services.notify.channels import ways
            from lookout.services.notify.deliveries import NotificationService

            db = firestore_client()
            _desks.append(NotificationService(settings, db, ways(settings, db, bucket(), complaints)))
        return _desks[0]


@retried
@named_by_payload
@firestore_fn.on_document_created(document="notices/{noticeId}")
def notify(event: firestore_fn.Event[Any]) -> None:
    """A notice was made: there is an alert to tell of, or one got a name."""
    notice_id = event.params["noticeId"]
    handle_event("notice", notice_id, lambda: desk().tell(notice_id))
