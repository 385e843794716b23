"""What owners put right: strangers are named, ignored and merged, alerts corrected, people merged."""

from __future__ import annotations

from typing import Any

from lookout.cloud.identity import verify
from lookout.cloud.jobs import JobBook, Runner
from lookout.domain.caller import Caller, Role
from lookout.errors import NotFound
from lookout.settings import Settings
from lookout.web.answer import Fields, Request
from lookout.web.credentials import id_token
from lookout.web.rate_limit import RateLimit


class OwnersDesk:
    """Answers the paths of ``people``. One per warm instance, shared by its threads."""

    def __init__(self, settings: Settings, db: Any, bucket: Any) -> None:
        timeout = settings.store_timeout_seconds
        book = JobBook(db, timeout)
        self.runner = Runner(book, {})
        self._limit = RateLimit(settings.calls_per_minute)

    def name_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Make a person of a stranger, or tell which person it is."""
        self._owner(request)
        raise NotFound(f"There is no stranger {stranger_id!r}.")

    def ignore_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Make no more alerts of a stranger, or make them again."""
        self._owner(request)
        raise NotFound(f"There is no stranger {stranger_id!r}.")

    def merge_stranger(self, request: Request, stranger_id: str) -> Fields:
        """Two strangers are one."""
        self._owner(request)
        raise NotFound(f"There is no stranger {stranger_id!r}.")

    def correct_alert(self, request: Request, alert_id: str) -> Fields:
        """Say who an alert really is."""
        self._owner(request)
        raise NotFound(f"There is no alert {alert_id!r}.")

    def merge_person(self, request: Request, person_id: str) -> Fields:
        """Two people are one."""
        self._owner(request)
        raise NotFound(f"There is no person {person_id!r}.")

    def _owner(self, request: Request) -> Caller:
        caller = verify(id_token(request))
        self._limit.admit(caller.uid)
        caller.require(Role.OWNER)
        return caller
