"""People are told: of every notice that ``detect`` leaves, by e-mail, in browsers and by webhook."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from firebase_functions import firestore_fn, options

from lookout.cloud.events import deal, delivered_again, named_by_payload
from lookout.settings import REGION, Settings

if TYPE_CHECKING:
    from news_desk import NewsDesk

settings, complaints = Settings.for_telling()
options.set_global_options(region=REGION, memory=options.MemoryOption.MB_256, timeout_sec=60, max_instances=4)
_lock = threading.Lock()
_desks: list[NewsDesk] = []


def desk() -> NewsDesk:
    """What every event needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _desks:
            from channels import ways
            from news_desk import NewsDesk

            from lookout.cloud.app import bucket, firestore_client

            db = firestore_client()
            _desks.append(NewsDesk(settings, db, ways(settings, db, bucket(), complaints)))
        return _desks[0]


@delivered_again
@named_by_payload
@firestore_fn.on_document_created(document="notices/{noticeId}")
def notify(event: firestore_fn.Event[Any]) -> None:
    """A notice was made: there is an alert to tell of, or one got a name."""
    notice_id = event.params["noticeId"]
    deal("notice", notice_id, lambda: desk().tell(notice_id))
