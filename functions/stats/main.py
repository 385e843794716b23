"""``/stats``: the site in numbers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from firebase_functions import https_fn, options

from lookout.settings import REGION, Settings
from lookout.web.answer import Fields, Request, endpoint

if TYPE_CHECKING:
    from lookout.services.stats import StatisticsService

settings = Settings.from_environment()
_lock = threading.Lock()
_reports: list[StatisticsService] = []


def reports() -> StatisticsService:
    """What every request needs, made at the first: this file is loaded at deployment too, and must be quick."""
    with _lock:
        if not _reports:
            from lookout.cloud.firebase.clients import firestore_client
            from lookout.services.stats import StatisticsService

            _reports.append(StatisticsService(settings, firestore_client()))
        return _reports[0]


@https_fn.on_request(
    region=REGION,
    memory=options.MemoryOption.MB_256,
    cors=options.CorsOptions(settings.origins, ["GET"]) if settings.origins else None,
    max_instances=4,
)
@endpoint("GET")
def stats(request: Request) -> Fields:
    """See the README for the numbers and what they cost."""
    return reports().answer(request)
