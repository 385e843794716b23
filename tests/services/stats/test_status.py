"""How the site is doing: what owners are told, what it costs to ask, and who may."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests import Session
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lookout.cloud.cameras.keys import register
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site import days, recent, server_log
from lookout.cloud.site.server_log import LONGEST, ServerLog
from lookout.domain.cameras.camera import Camera
from lookout.domain.recognition.reason import Reason
from lookout.domain.site.status import MOST_ERRORS
from lookout.services import status as module
from lookout.services.status import StatusService
from lookout.settings import Settings
from tests.support import documents
from tests.support.outage import closed_port, storage_that_hangs
from tests.support.reads import Reads
from tests.support.settings import changed

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CAMERAS = [Camera(f"cam_{number}", f"Door {number}", "active", 0) for number in range(3)]


@pytest.fixture
def settings() -> Settings:
    return changed(Settings(), SITE_REFRESH_SECONDS=0.0, STORE_TIMEOUT_SECONDS=30.0)


def status(settings: Settings, stores: Stores) -> Any:
    """The report of a new instance."""
    return StatusService(settings, stores, lambda: NOW).current()


def count(db: Any, camera: Camera, day: str, reasons: dict[str, int]) -> None:
    counted = days.frame_counts(camera, day, NOW, reasons, 0, 100)
    days.reference(db, camera.id, day).set(counted, merge=True)


def test_a_site_where_nothing_happened_is_told_so(settings: Settings, stores: Stores) -> None:
    told = status(settings, stores)
    assert (told["cameras"], told["agents"], told["errors"], told["network"]) == ([], [], [], None)
    assert told["telling"] == {"told": 0, "waiting": 0, "median_seconds": None, "longest_seconds": None}
    assert told["month"] == {"month": "2026-05", "frames": 0, "dollars": 0.01}


def test_each_camera_has_its_last_frame_and_each_agent_its_state(
    settings: Settings, stores: Stores, db: Any
) -> None:
    register(db, "cam_0", "Door")
    seen = datetime.now(UTC) - 3 * MINUTE
    db.document("cameras/cam_0").update({"lastSeenAt": seen, "lastReason": "no_face"})
    for name, fields in {
        "here": {"lastSeenAt": NOW - timedelta(seconds=60)},
        "gone": {"lastSeenAt": NOW - 10 * MINUTE},
        "off": {"lastSeenAt": NOW, "stoppedAt": NOW},
    }.items():
        db.document(f"agents/{name}").set({"version": "2.0.0", "cameras": ["cam_0"], **fields})
    told = status(settings, stores)
    (camera,) = told["cameras"]
    assert (camera["name"], camera["status"], camera["lastReason"]) == ("Door", "active", "no_face")
    assert datetime.fromisoformat(camera["lastSeenAt"]) == seen
    assert {agent["id"]: agent["state"] for agent in told["agents"]} == {
        "here": "up",
        "gone": "silent",
        "off": "stopped",
    }


def test_how_long_telling_people_takes_is_measured_from_frame_to_delivery(
    settings: Settings, stores: Stores, db: Any
) -> None:
    for number, seconds in enumerate((2, 4, 30)):
        made = NOW - 10 * MINUTE
        sent = {"state": "sent", "tries": 1, "claim": "x", "at": made + timedelta(seconds=seconds)}
        notice = documents.notice(f"a{number}", createdAt=made, channels={"email": sent})
        db.document(f"notices/a{number}_new").set(notice)
    for name, record in {
        "waiting": {"state": "waiting", "tries": 1, "claim": "x", "at": NOW},
        "claimed": {"state": "claimed", "tries": 1, "claim": "x", "leaseUntil": NOW},
    }.items():
        db.document(f"notices/{name}").set(documents.notice(name, createdAt=NOW, channels={"push": record}))
    # no way of telling is switched on; and one of before
    db.document("notices/quiet").set(documents.notice("quiet", createdAt=NOW))
    db.document("notices/old").set(
        documents.notice("old", createdAt=NOW - 61 * MINUTE, channels={"push": record})
    )
    assert status(settings, stores)["telling"] == {
        "told": 3,
        "waiting": 2,
        "median_seconds": 4.0,
        "longest_seconds": 30.0,
    }


def test_what_went_wrong_in_the_last_hour_is_listed_newest_first(
    settings: Settings, stores: Stores, db: Any
) -> None:
    def alert(name: str, seen: datetime, **fields: Any) -> None:
        db.document(f"alerts/{name}").set(documents.alert(name, lastSeenAt=seen, **fields))

    failed = {"email": {"reason": "refused", "at": NOW - 20 * MINUTE, "state": "new"}}
    alert("untold", NOW - 30 * MINUTE, undelivered=failed)
    alert("bare", NOW - 10 * MINUTE, picture="missing")
    alert("fine", NOW)
    alert("old", NOW - 90 * MINUTE, picture="missing")
    job = {"kind": "erase", "about": {}, "state": "running"}
    db.document("jobs/stuck").set(job | {"createdAt": NOW - 15 * MINUTE})
    db.document("jobs/fresh").set(job | {"createdAt": NOW - MINUTE})
    db.document("notices/budget_2026-05-31").set(
        documents.notice("b", state="budget", createdAt=NOW - 5 * MINUTE)
    )
    told = status(settings, stores)["errors"]
    assert [(one["kind"], one["about"]) for one in told] == [
        ("over_budget", "cam_front"),
        ("picture_missing", "bare"),
        ("job_unfinished", "stuck"),
        ("undelivered", "untold"),
    ]
    assert told[-1]["message"] == "email: refused"


def test_commands_that_were_not_carried_out_are_errors(settings: Settings, stores: Stores, db: Any) -> None:
    db.document("agents/pi").set({"version": "2.0.0", "cameras": ["cam_0"], "lastSeenAt": NOW})
    told: dict[str, Any] = {"cameraId": "cam_0", "action": "servo", "createdAt": NOW - 5 * MINUTE}
    error = {"code": "camera_failed", "message": "The camera answered 500."}
    commands: dict[str, dict[str, Any]] = {
        "failed": {"state": "failed", "error": error, "finishedAt": NOW - 4 * MINUTE},
        "late": {"state": "expired", "error": error | {"message": "Too late."}},
        "done": {"state": "done"},
        "queued": {"state": "queued"},
        "old": {"state": "failed", "error": error, "createdAt": NOW - 61 * MINUTE},
    }
    for name, fields in commands.items():
        db.document(f"agents/pi/commands/{name}").set(told | fields)
    assert [(one["kind"], one["about"], one["message"]) for one in status(settings, stores)["errors"]] == [
        ("command_failed", "cam_0", "servo: The camera answered 500."),
        ("command_failed", "cam_0", "servo: Too late."),
    ]


@contextmanager
def logging_api(answer: object, status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """The address of a Cloud Logging that answers so, and what it was asked."""
    asked: list[Any] = []

    @Request.application
    def answering(request: Request) -> Response:
        asked.append((request.method, request.path, request.get_json()))
        return Response(json.dumps(answer), status, mimetype="application/json")

    server = make_server("127.0.0.1", 0, answering, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v2/entries:list", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def with_log(settings: Settings, stores: Stores, url: str) -> Any:
    log = ServerLog("my-house", Session(), url)
    return StatusService(settings, stores, lambda: NOW, log).current()


def entry(minutes: int, **fields: Any) -> dict[str, Any]:
    at = (NOW - minutes * MINUTE).isoformat().replace("+00:00", "Z")
    return {"timestamp": at, "severity": "ERROR", "resource": {"labels": {"service_name": "detect"}}} | fields


def test_errors_of_the_functions_log_are_among_them(settings: Settings, stores: Stores, db: Any) -> None:
    db.document("alerts/bare").set(documents.alert("bare", lastSeenAt=NOW - 2 * MINUTE, picture="missing"))
    failed = {"message": "request failed", "function": "control", "error": "no document", "severity": "ERROR"}
    entries = [
        entry(1, jsonPayload=failed),
        entry(3, textPayload="Memory limit of 1024 MiB exceeded"),
        entry(4, textPayload="x" * 5000),
        entry(5),
    ]
    with logging_api({"entries": entries}) as (url, asked):
        told = with_log(settings, stores, url)
    assert told["log_read"] is True
    assert [(one["kind"], one["about"], one["message"]) for one in told["errors"]] == [
        ("server_error", "control", "request failed: no document"),
        ("picture_missing", "bare", "Storage did not take its pictures."),
        ("server_error", "detect", "Memory limit of 1024 MiB exceeded"),
        ("server_error", "detect", "x" * LONGEST),
        ("server_error", "detect", "an error without words"),
    ]
    ((method, path, body),) = asked
    assert (method, path, body["resourceNames"]) == ("POST", "/v2/entries:list", ["projects/my-house"])
    assert "severity>=ERROR" in body["filter"]
    assert 'timestamp>="2026-05-31T11:00:00+00:00"' in body["filter"]


def test_a_log_without_errors_was_read(settings: Settings, stores: Stores) -> None:
    with logging_api({}) as (url, _):
        told = with_log(settings, stores, url)
    assert (told["log_read"], told["errors"]) == (True, [])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": {"status": "PERMISSION_DENIED"}}, 403),
        ({}, 401),
        ({}, 429),
        ({}, 500),
        ([], 200),
        ({"entries": [{}]}, 200),
        ({"entries": [{"timestamp": "soon", "resource": {"labels": {"service_name": "x"}}}]}, 200),
        ({"entries": 7}, 200),
    ],
)
def test_a_log_that_may_not_be_read_hides_nothing_else(
    settings: Settings, stores: Stores, db: Any, answer: object, code: int
) -> None:
    db.document("alerts/bare").set(documents.alert("bare", lastSeenAt=NOW - 2 * MINUTE, picture="missing"))
    with logging_api(answer, code) as (url, _):
        told = with_log(settings, stores, url)
    assert (told["log_read"], [one["kind"] for one in told["errors"]]) == (False, ["picture_missing"])


def test_a_log_that_does_not_answer_is_not_waited_for_long(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_log, "SECONDS", 0.2)
    with storage_that_hangs() as url:
        assert with_log(settings, stores, url)["log_read"] is False
    assert with_log(settings, stores, f"http://127.0.0.1:{closed_port()}")["log_read"] is False


def test_on_the_emulators_the_log_is_not_asked(settings: Settings, stores: Stores) -> None:
    assert status(settings, stores)["log_read"] is False


def test_the_month_is_estimated_from_what_was_counted_since_its_first_day(
    settings: Settings, stores: Stores, db: Any
) -> None:
    for day in ("2026-05-01", "2026-05-31"):
        count(db, CAMERAS[0], day, {Reason.NO_FACE: 600_000, Reason.KNOWN: 50_000})
    count(db, CAMERAS[0], "2026-04-30", {Reason.NO_FACE: 999})
    db.document("gallery_state/current").set({"version": 3, "modelId": "arcface-x"})
    told = status(settings, stores)
    assert (told["month"]["month"], told["month"]["frames"]) == ("2026-05", 1_300_000)
    assert told["month"]["dollars"] > 1
    assert (told["network"], told["version"]) == ("arcface-x", "2.0.0")


def test_the_report_costs_a_bounded_number_of_reads_and_none_for_half_a_minute(
    settings: Settings, stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 3600.0)
    for camera in CAMERAS:
        register(db, camera.id, camera.name)
        for day in range(1, 32):
            count(db, camera, f"2026-05-{day:02}", {Reason.NO_FACE: 7})
    batch = db.batch()
    for number in range(2 * recent.MOST):
        alert = documents.alert(f"a{number}", lastSeenAt=NOW - MINUTE, picture="missing")
        batch.set(db.document(f"alerts/a{number}"), alert)
        batch.set(db.document(f"notices/a{number}_new"), documents.notice(f"a{number}", createdAt=NOW))
    batch.commit()
    instance, reads = StatusService(settings, stores, lambda: NOW), Reads(db)
    told: Any = instance.current()
    # cameras, their days, alerts and notices; the state of the gallery and the site's settings
    assert reads.documents == 3 + 3 * 31 + 2 * recent.MOST + 2
    assert len(told["errors"]) == MOST_ERRORS
    assert instance.current() is told
    assert reads.documents == 3 + 3 * 31 + 2 * recent.MOST + 2
