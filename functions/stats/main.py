"""``/stats`` and ``/status``: the site in numbers, and how it is doing."""

from firebase_functions import https_fn

from lookout.deployment import options
from lookout.services import stats as service
from lookout.web.answer import Request, Response, guarded


@https_fn.on_request(**options("stats"))
@guarded
def stats(request: Request) -> Response:
    """Answer with the numbers."""
    return service.stats(request)
