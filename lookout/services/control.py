"""``/control``, ``/cameras`` and ``/settings/flashlight``: commands to cameras, and their registration."""

from __future__ import annotations

from datetime import UTC, datetime

from lookout.cloud.accounts.id_token import verify
from lookout.cloud.cameras.commands import CommandQueue
from lookout.cloud.cameras.keys import WRONG_KEYS_PER_MINUTE, CameraKeys
from lookout.cloud.cameras.registry import CameraRegistry
from lookout.cloud.cameras.watching import watch
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.site.settings import site_reader
from lookout.domain.cameras.command import CommandRequest
from lookout.domain.cameras.live import live_path
from lookout.domain.site.caller import READERS, Role
from lookout.errors import Unavailable
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.settings import Settings, current_settings
from lookout.web.answer import Fields, Request, endpoint
from lookout.web.callers import Callers, open_to_origins
from lookout.web.credentials import caller_address, camera_key, shows_id_token
from lookout.web.rate_limit import RateLimit
from lookout.web.routes import Routes, json_body
from lookout.web.upload.frame_upload import FrameUpload


class ControlService:
    """Answers the paths of ``control``. One per warm instance, shared by its threads."""

    def __init__(self, settings: Settings, stores: Stores) -> None:
        self._stores = stores
        self._site = site_reader(settings, stores)
        wrong = RateLimit(WRONG_KEYS_PER_MINUTE, "wrong keys")
        self._keys = CameraKeys(stores, settings.limits.camera_cache_seconds, wrong, self._site)
        self._registry = CameraRegistry(stores, settings.limits.offline_seconds)
        self._commands = CommandQueue(stores, settings.limits.camera_timeout_seconds)
        self._callers = Callers(verify, settings.limits.calls_per_minute)

    def command(self, request: Request) -> Fields:
        """Have a camera do something; what it answered."""
        caller = self._callers.require(request, Role.OWNER)
        command = CommandRequest.parse(json_body(request))
        route = self._registry.route(command.camera_id, command.camera_ip)
        result = self._commands.send(route, command, caller.uid)
        camera = route.camera_id
        try:
            self._registry.save_state(camera, command.action, result)
        except Unavailable as error:
            # the command was carried out: an error would make the caller repeat it
            log(Severity.WARNING, "camera state not saved", camera=camera, error=error.message)
        log(Severity.INFO, "command done", camera=camera, action=command.action, by=caller.uid)
        return {"message": "Command sent to camera", "camera_id": camera, "result": result}

    def flashlight(self, request: Request) -> Fields:
        """The flashlight's level after the last command: for the camera itself, or a signed-in user."""
        if shows_id_token(request) or not camera_key(request):
            self._callers.require(request, *READERS)
            return {"led": self._registry.led(request.args.get("camera_id"))}
        camera_id, key = FrameUpload(request, limit=0).claimed_camera()
        camera = self._keys.authorise(camera_id, key, caller_address(request))
        self._callers.admit(camera.id)
        # read anew: the camera that came with the key may be seconds old
        return {"led": self._registry.led(camera.id)}

    def cameras(self, request: Request) -> Fields:
        """Every camera."""
        self._callers.require(request, *READERS)
        return self._registry.all()

    def create_camera(self, request: Request) -> Fields:
        """Register a camera. Its key is in this answer and nowhere else."""
        self._callers.require(request, Role.OWNER)
        camera, key = self._registry.create(json_body(request))
        log(Severity.INFO, "camera created", camera=camera["id"])
        return {"camera": camera, "key": key}

    def change_camera(self, request: Request, camera_id: str) -> Fields:
        """Change plain fields of a camera, or disable it."""
        self._callers.require(request, Role.OWNER)
        return {"camera": self._registry.change(camera_id, json_body(request))}

    def remove_camera(self, request: Request, camera_id: str) -> Fields:
        """Remove a camera; its key stops working, its alerts stay."""
        self._callers.require(request, Role.OWNER)
        self._registry.remove(camera_id)
        storage.remove(self._stores, live_path(camera_id))
        log(Severity.INFO, "camera removed", camera=camera_id)
        return {"message": f"Camera {camera_id} was removed"}

    def watch_camera(self, request: Request, camera_id: str) -> Fields:
        """Keep the camera's live picture for the next 30 s; viewers may ask too."""
        self._callers.require(request, *READERS)
        return watch(self._stores, camera_id, self._site.current(), datetime.now(UTC))

    def rotate_key(self, request: Request, camera_id: str) -> Fields:
        """Give a camera a new key. It is in this answer and nowhere else."""
        self._callers.require(request, Role.OWNER)
        key = self._registry.rotate_key(camera_id)
        log(Severity.INFO, "camera key rotated", camera=camera_id)
        return {"key": key}


service = Lazy(lambda: ControlService(current_settings(), firebase_stores()))
routes = Routes()
# the function's own address ends in its name, so that there the path of a command is empty
routes.on("POST", "/control", "/")(lambda request: service().command(request))
routes.on("GET", "/settings/flashlight")(lambda request: service().flashlight(request))
routes.on("GET", "/cameras")(lambda request: service().cameras(request))
routes.on("POST", "/cameras")(lambda request: service().create_camera(request))
routes.on("PATCH", "/cameras/<camera_id>")(
    lambda request, camera_id: service().change_camera(request, camera_id)
)
routes.on("DELETE", "/cameras/<camera_id>")(
    lambda request, camera_id: service().remove_camera(request, camera_id)
)
routes.on("POST", "/cameras/<camera_id>/watch")(
    lambda request, camera_id: service().watch_camera(request, camera_id)
)
routes.on("POST", "/cameras/<camera_id>/key")(
    lambda request, camera_id: service().rotate_key(request, camera_id)
)


@open_to_origins("GET", "POST", "PATCH", "DELETE")
@endpoint()
def control(request: Request) -> Fields:
    """Answer a call about cameras; ``docs/api.md`` has the calls and their answers."""
    return routes.handle(request)
