"""Delivers every notice that ``detect`` leaves, by e-mail, push and webhook."""

from typing import Any

from firebase_functions import firestore_fn

from lookout.cloud.firebase.triggers import handle_event, named_by_payload, retried
from lookout.deployment import options
from lookout.services.notify.deliveries import service


@retried
@named_by_payload
@firestore_fn.on_document_created(document="notices/{noticeId}", **options("notify"))
def notify(event: firestore_fn.Event[Any]) -> None:
    """A notice was made: an alert is new, or got a name."""
    notice_id = event.params["noticeId"]
    handle_event("notice", notice_id, lambda: service().deliver(notice_id))
