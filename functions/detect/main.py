"""``/detect``: a camera posts a frame and is told who is in it."""

from firebase_functions import https_fn

from lookout.deployment import options
from lookout.services.detect import endpoint as service
from lookout.web.answer import Request, Response, guarded


@https_fn.on_request(**options("detect"))
@guarded
def detect(request: Request) -> Response:
    """Judge the posted frame."""
    return service.detect(request)
