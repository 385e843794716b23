"""``/people``, ``/strangers`` and ``/alerts``: an owner puts right who is who. And what is tidied up by itself."""

from typing import Any

from firebase_functions import firestore_fn, https_fn, scheduler_fn

from lookout.cloud.firebase.triggers import handle_event, named_by_payload, retried
from lookout.deployment import options
from lookout.services import housekeeping
from lookout.services import people as service
from lookout.web.answer import Request, Response, guarded


@https_fn.on_request(**options("people"))
@guarded
def people(request: Request) -> Response:
    """Answer a call about people, strangers or alerts."""
    return service.people(request)


@retried
@named_by_payload
@firestore_fn.on_document_deleted(document="alerts/{alertId}", **options("alert_deleted"))
def alert_deleted(event: firestore_fn.Event[Any]) -> None:
    """An alert is gone, by an owner's hand or because it expired."""
    alert_id = event.params["alertId"]
    stranger_id = ((event.data and event.data.to_dict()) or {}).get("strangerId")
    handle_event("alert left", alert_id, lambda: housekeeping.service().alert_left(alert_id, stranger_id))


@scheduler_fn.on_schedule(schedule="every 15 minutes", **options("tidy"))
def tidy(event: scheduler_fn.ScheduledEvent) -> None:
    """Finish what was interrupted, and delete what has expired."""
    housekeeping.service().tidy()
