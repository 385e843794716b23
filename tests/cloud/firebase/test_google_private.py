"""What is used of the insides of Google's libraries is where it was, and is used in one module only."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import firebase_admin
import pytest
from firebase_admin.credentials import Base
from google.auth.credentials import AnonymousCredentials
from requests import Session

from lookout.cloud.firebase import google_private
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from tests.support import functions
from tests.support.reads import Reads
from tests.support.waiting import wait_until

MODULES = [
    path
    for folder in ("lookout", "functions", "scripts", "tests", "bench")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name not in ("google_private.py", "test_google_private.py")
    and not re.search(r"functions/\w+/(lookout|venv)/", str(path))
]
INSIDES = re.compile(
    r"\._firestore_api|__firebase_endpoint__|_get_messaging_service|_MessagingService|\._rpc\b|_should_terminate"
    r"|from (?:google|firebase)[\w.]*\._|(?<!def )_to_dict\("
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_module_reaches_into_googles_libraries(path: Path) -> None:
    assert not INSIDES.search(path.read_text())


@pytest.mark.parametrize("name", ["enroll.forget_photo", "notify.notify", "enroll.person_changed"])
def test_a_function_describes_its_trigger_memory_and_time(stack: StackInfo, name: str) -> None:
    assert stack.project
    folder, _, function = name.partition(".")
    described = google_private.endpoint(getattr(functions.main(folder), function))
    assert described.eventTrigger["retry"] is True
    assert str(described.eventTrigger["eventType"]).startswith("google.cloud.")
    assert described.availableMemoryMb >= 256
    assert isinstance(described.timeoutSeconds, int)


def test_cloud_messaging_is_called_by_a_session_of_requests_at_a_known_address() -> None:
    class Nobody(Base):  # type: ignore[misc]  # firebase_admin has no types
        def get_credential(self) -> Any:
            return AnonymousCredentials()  # type: ignore[no-untyped-call]

    app = firebase_admin.initialize_app(Nobody(), {"projectId": "demo-x"}, "google-private")
    try:
        session = google_private.messaging_session(app)
        assert isinstance(session, Session)
        assert session.adapters
        assert google_private.messaging_session(app) is session
        assert google_private.messaging_service().FCM_URL.startswith("https://fcm.")  # type: ignore[attr-defined]
    finally:
        firebase_admin.delete_app(app)


def test_the_calls_of_a_client_go_where_they_are_led(db: Any) -> None:
    reads = Reads(db)
    assert google_private.firestore_api(db) is reads
    db.document("a/b").get()
    assert reads.documents == 1


def test_a_watch_that_is_ended_leaves_no_thread_and_takes_the_next_error_as_final(db: Any) -> None:
    before = set(threading.enumerate())
    seen = threading.Event()
    watch = db.document("a/b").on_snapshot(lambda *_: seen.set())
    assert seen.wait(20)
    stream = watch._rpc
    assert not stream._should_terminate(ValueError())
    google_private.end_watch(watch)
    assert stream._should_terminate(ValueError())
    assert not stream.is_active
    wait_until(lambda: not _watching(before), "the end of the threads")


def _watching(before: set[threading.Thread]) -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one not in before and "Bidi" in one.name]
