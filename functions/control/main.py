"""``/control``, ``/settings/flashlight`` and ``/cameras``: cameras are kept, steered and asked for their state."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from firebase_functions import https_fn, options

from lookout.settings import REGION, Settings
from lookout.web.answer import Answer, Request, endpoint
from lookout.web.routes import Routes

if TYPE_CHECKING:
    from lookout.services.control import ControlService

settings = Settings.from_environment()
routes = Routes()
_lock = threading.Lock()
_consoles: list[ControlService] = []


def console() -> ControlService:
    """What every request needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _consoles:
            from lookout.cloud.firebase.clients import firestore_client
            from lookout.services.control import ControlService

            _consoles.append(ControlService(settings, firestore_client()))
        return _consoles[0]


# the function's own address ends in its name, so that there the path of a command is empty
routes.on("POST", "/control", "/")(lambda request: console().command(request))
routes.on("GET", "/settings/flashlight")(lambda request: console().flashlight(request))
routes.on("GET", "/cameras")(lambda request: console().cameras(request))
routes.on("POST", "/cameras")(lambda request: console().create_camera(request))
routes.on("PATCH", "/cameras/<camera_id>")(
    lambda request, camera_id: console().change_camera(request, camera_id)
)
routes.on("DELETE", "/cameras/<camera_id>")(
    lambda request, camera_id: console().remove_camera(request, camera_id)
)
routes.on("POST", "/cameras/<camera_id>/key")(
    lambda request, camera_id: console().rotate_key(request, camera_id)
)


@https_fn.on_request(
    region=REGION,
    memory=options.MemoryOption.MB_256,
    cors=options.CorsOptions(settings.origins, ["GET", "POST", "PATCH", "DELETE"])
    if settings.origins
    else None,
    max_instances=10,
)
@endpoint()
def control(request: Request) -> Answer:
    """See the README for the calls and their answers."""
    return routes.handle(request)
