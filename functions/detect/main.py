"""``/detect``: a camera posts a frame and is told who is in it. And how far apart the people are by its rule."""

from firebase_functions import https_fn

from lookout.deployment import options
from lookout.services import separation as people
from lookout.services.detect import endpoint as service
from lookout.web.answer import Request, Response, guarded


@https_fn.on_request(**options("detect"))
@guarded
def detect(request: Request) -> Response:
    """Judge the posted frame."""
    return service.detect(request)


@https_fn.on_request(**options("separation"))
@guarded
def separation(request: Request) -> Response:
    """Answer how far apart the people are, by the rule that names faces."""
    return people.separation(request)
