"""``/people``, ``/strangers`` and ``/alerts``: an owner puts right who is who. And what is tidied up by itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from firebase_functions import firestore_fn, https_fn, options, scheduler_fn

from lookout.cloud.firebase.triggers import handle_event, named_by_payload, retried
from lookout.settings import REGION, Settings
from lookout.web.answer import Answer, Request, endpoint
from lookout.web.routes import Routes

if TYPE_CHECKING:
    from lookout.services.housekeeping import Housekeeping
    from lookout.services.people import PeopleService

settings = Settings.from_environment()
# Hosting waits for 60 s; what takes longer is finished here all the same, and answered to the next call
options.set_global_options(region=REGION, memory=options.MemoryOption.MB_256, timeout_sec=300)
routes = Routes()
_lock = threading.Lock()
_desks: list[PeopleService] = []


def desk() -> PeopleService:
    """What every call needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _desks:
            from lookout.cloud.firebase.clients import bucket, firestore_client
            from lookout.services.people import PeopleService

            _desks.append(PeopleService(settings, firestore_client(), bucket()))
        return _desks[0]


def housekeeping() -> Housekeeping:
    """What is needed four times an hour, and when an alert is deleted."""
    from lookout.cloud.firebase.clients import bucket, firestore_client
    from lookout.services.housekeeping import Housekeeping

    return Housekeeping(settings, firestore_client(), bucket(), desk().runner)


CALLS = {
    ("POST", "/strangers/<subject>/name"): "name_stranger",
    ("POST", "/strangers/<subject>/ignore"): "ignore_stranger",
    ("POST", "/strangers/<subject>/merge"): "merge_stranger",
    ("POST", "/alerts/<subject>/correct"): "correct_alert",
    ("POST", "/people/<subject>/merge"): "merge_person",
    ("POST", "/people/<subject>/erase"): "erase_person",
    ("GET", "/people/<subject>/export"): "export_person",
}
"""Which method of the desk answers a call about the ``subject`` in its path."""

for (method, path), name in CALLS.items():
    routes.on(method, path)(lambda request, subject, name=name: getattr(desk(), name)(request, subject))


@https_fn.on_request(
    cors=options.CorsOptions(settings.origins, ["GET", "POST"]) if settings.origins else None,
    max_instances=4,
)
@endpoint()
def people(request: Request) -> Answer:
    """See the README for the calls and their answers."""
    return routes.handle(request)


@retried
@named_by_payload
@firestore_fn.on_document_deleted(document="alerts/{alertId}")
def alert_deleted(event: firestore_fn.Event[Any]) -> None:
    """An alert is gone, by an owner's hand or because it had its time."""
    alert_id = event.params["alertId"]
    stranger_id = ((event.data and event.data.to_dict()) or {}).get("strangerId")
    handle_event("alert left", alert_id, lambda: housekeeping().alert_left(alert_id, stranger_id))


@scheduler_fn.on_schedule(schedule="every 15 minutes", max_instances=1)
def tidy(event: scheduler_fn.ScheduledEvent) -> None:
    """Finish what was interrupted, and delete what has had its time."""
    housekeeping().tidy()
