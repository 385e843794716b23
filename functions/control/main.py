"""``/control``, ``/settings/flashlight`` and ``/cameras``: cameras are kept, steered and asked for their state."""

from firebase_functions import https_fn

from lookout.deployment import options
from lookout.services import control as service
from lookout.web.answer import Request, Response, guarded


@https_fn.on_request(**options("control"))
@guarded
def control(request: Request) -> Response:
    """Answer a call about cameras."""
    return service.control(request)
