"""``/people``, ``/strangers`` and ``/alerts``: an owner puts right who is who."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from firebase_functions import https_fn, options

from lookout.settings import REGION, Settings
from lookout.web.answer import Answer, Request, endpoint
from lookout.web.routes import Routes

if TYPE_CHECKING:
    from owners_desk import OwnersDesk

settings = Settings.from_environment()
routes = Routes()
_lock = threading.Lock()
_desks: list[OwnersDesk] = []


def desk() -> OwnersDesk:
    """What every request needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _desks:
            from owners_desk import OwnersDesk

            from lookout.cloud.app import bucket, firestore_client

            _desks.append(OwnersDesk(settings, firestore_client(), bucket()))
        return _desks[0]


routes.on("POST", "/strangers/<stranger_id>/name")(
    lambda request, stranger_id: desk().name_stranger(request, stranger_id)
)
routes.on("POST", "/strangers/<stranger_id>/ignore")(
    lambda request, stranger_id: desk().ignore_stranger(request, stranger_id)
)
routes.on("POST", "/strangers/<stranger_id>/merge")(
    lambda request, stranger_id: desk().merge_stranger(request, stranger_id)
)
routes.on("POST", "/alerts/<alert_id>/correct")(
    lambda request, alert_id: desk().correct_alert(request, alert_id)
)
routes.on("POST", "/people/<person_id>/merge")(
    lambda request, person_id: desk().merge_person(request, person_id)
)

routes.on("POST", "/people/<person_id>/erase")(
    lambda request, person_id: desk().erase_person(request, person_id)
)

routes.on("GET", "/people/<person_id>/export")(
    lambda request, person_id: desk().export_person(request, person_id)
)


# Hosting waits for 60 s; what takes longer is finished here all the same, and answered to the next call
@https_fn.on_request(
    region=REGION,
    memory=options.MemoryOption.MB_256,
    timeout_sec=300,
    cors=options.CorsOptions(settings.origins, ["GET", "POST"]) if settings.origins else None,
    max_instances=4,
)
@endpoint()
def people(request: Request) -> Answer:
    """See the README for the calls and their answers."""
    return routes.handle(request)
