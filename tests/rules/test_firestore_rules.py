"""Who may read and write which document. 200 passed, 403 was refused by the rules."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rules.conftest import CALLERS
from tests.rules.rest import ADMIN, Firestore
from tests.support import documents

Tokens = dict[str, str | None]

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
READERS = {"owner", "viewer"}

DOCUMENTS: dict[str, tuple[Mapping[str, object], set[str]]] = {
    "people/rules-alice": ({"name": "Alice", "muted": False, "photoCount": 3, "createdAt": NOW}, READERS),
    "people/rules-alice/photos/one": ({"status": "enrolled"}, READERS),
    "misplaced_photos/rules-photo": ({"path": "faces/Flat.jpg", "reason": "whose?"}, READERS),
    "gallery/rules-alice": ({"name": "Alice", "vectors": "x"}, set()),
    "gallery/rules-alice/parts/one": ({"vectors": "x"}, set()),
    "gallery_state/rules": ({"version": 1}, set()),
    "visits/rules-visit": ({"alertId": "rules-alert"}, set()),
    "stranger_vectors/rules-stranger": ({"vectors": "x"}, set()),
    "stranger_state/rules": ({"changedAt": NOW}, set()),
    "alert_vectors/rules-alert": ({"vector": "x"}, set()),
    "notices/rules-alert_new": (documents.notice("rules-alert"), set()),
    "arrivals/2026-05-31_rules-alice": ({"alertId": "rules-alert"}, set()),
    "devices/rules-device": ({"token": "t", "uid": "somebody else", "createdAt": NOW}, set()),
    "receipts/rules-receipt": ({"photos": 3}, {"owner"}),
    "jobs/rules-job": ({"kind": "name"}, set()),
    "jobs_state/rules": ({"changedAt": NOW}, set()),
    "cameras/rules-camera": ({"name": "Door", "agentId": "pi"}, READERS | {"agent"}),
    "cameras/rules-camera/private/key": ({"sha256": "0"}, set()),
    "alerts/rules-alert": (documents.known_alert("rules-alert", "rules-alice"), READERS),
    "strangers/rules-stranger": (documents.stranger(), READERS),
    "strangers/rules-stranger/private/centroid": ({"vector": "x"}, set()),
    "agents/pi": ({"version": "1"}, READERS | {"agent"}),
    "agents/pi/commands/rules-command": ({"state": "queued"}, READERS | {"agent"}),
    "settings/site": ({"timezone": "UTC"}, READERS),
    "settings/secrets": ({"password": "x"}, set()),
    "anything/else": ({"a": 1}, set()),
}
"""Every kind of document, what it may hold, and who may read it."""


@pytest.fixture(scope="module", autouse=True)
def stored(firestore: Firestore) -> None:
    for path, (fields, _) in DOCUMENTS.items():
        firestore.put(path, fields)


def _status(allowed: bool) -> int:
    return 200 if allowed else 403


def _fresh(path: str) -> str:
    return f"{path}-{secrets.token_hex(4)}"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_is_read_by_those_it_is_for(
    path: str, caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.get(path, tokens[caller]) == _status(caller in DOCUMENTS[path][1])


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    "collection", ["people", "alerts", "strangers", "cameras", "people/rules-alice/photos"]
)
def test_collections_are_listed_by_owners_and_viewers(
    collection: str, caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.listing(collection, tokens[caller]) == _status(caller in READERS)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("collection", ["gallery", "gallery_state", "visits", "cameras/rules-camera/private"])
def test_what_is_the_servers_is_listed_by_nobody(
    collection: str, caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.listing(collection, tokens[caller]) == 403


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    "path",
    [
        "people/rules-alice/photos/new",
        "misplaced_photos/new",
        "gallery/new",
        "gallery_state/current",
        "visits/new",
        "cameras/new",
        "cameras/rules-camera/private/new",
        "alerts/new",
        "strangers/new",
        "agents/new",
        "agents/pi/commands/new",
        "notices/new",
        "arrivals/new",
        "devices/new",
        "receipts/new",
        "settings/other",
        "anything/new",
    ],
)
def test_what_the_server_writes_is_created_by_no_client(
    path: str, caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.create(_fresh(path), {"name": "x"}, tokens[caller]) == 403


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if not path.startswith(("people/", "alerts/"))])
def test_what_the_server_writes_is_neither_changed_nor_deleted_by_a_client(
    path: str, caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update(path, {"name": "x"}, tokens[caller]) == 403
    if (path, caller) != ("settings/site", "owner"):
        assert firestore.delete(path, tokens[caller]) == 403


PERSON = dict(documents.person("Bob", createdAt=NOW, photoCount=0))


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_create_people(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.create(_fresh("people/bob"), PERSON, tokens[caller]) == _status(caller == "owner")


@pytest.mark.parametrize(
    "fields",
    [
        {**PERSON, "photoCount": 0, "consentAt": NOW, "consentExpiresAt": NOW + timedelta(days=365)},
        {**PERSON, "consentAt": None, "consentExpiresAt": None},
        {"name": "x" * 100, "createdAt": NOW},
        {"name": "\U0001f600" * 100, "createdAt": NOW},
        {"name": "\U0001f469\u200d\U0001f9b0" * 33, "createdAt": NOW},
        {"name": "\u5c71" * 100, "createdAt": NOW},
    ],
)
def test_a_person_of_the_right_form_is_accepted(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.create(_fresh("people/bob"), fields, tokens["owner"]) == 200


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"createdAt": NOW},
        {**PERSON, "name": ""},
        {**PERSON, "name": "x" * 101},
        {**PERSON, "name": "\U0001f600" * 101},
        {**PERSON, "name": 7},
        {**PERSON, "muted": "no"},
        {**PERSON, "consentAt": "yesterday"},
        {**PERSON, "consentExpiresAt": 2027},
        {**PERSON, "photoCount": 5},
        {**PERSON, "lookalikes": []},
        {**PERSON, "lookalikes": [{"personId": "rules-alice", "name": "Alice", "distance": 0.1}]},
        {**PERSON, "createdAt": "today"},
        {**PERSON, "modelId": "arcface"},
    ],
)
def test_a_person_of_the_wrong_form_is_refused(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.create(_fresh("people/bob"), fields, tokens["owner"]) == 403


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_change_and_delete_people(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    path = _fresh("people/carol")
    firestore.put(path, {**PERSON, "photoCount": 2})
    wanted = _status(caller == "owner")
    assert firestore.update(path, {"name": "Caroline"}, tokens[caller]) == wanted
    assert firestore.update(path, {"muted": True}, tokens[caller]) == wanted
    assert firestore.delete(path, tokens[caller]) == wanted


@pytest.mark.parametrize(
    "fields", [{"photoCount": 9}, {"createdAt": NOW}, {"name": ""}, {"muted": 1}, {"other": 1}]
)
def test_owners_change_only_the_plain_fields_of_a_person(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    path = _fresh("people/dave")
    firestore.put(path, {"name": "Dave", "photoCount": 2, "createdAt": NOW - timedelta(days=1)})
    assert firestore.update(path, fields, tokens["owner"]) == 403


ALIKE = [{"personId": "rules-alice", "name": "Alice", "distance": 0.3}]


@pytest.mark.parametrize(
    "fields",
    [{"lookalikes": []}, {"lookalikes": None}, {"lookalikes": ALIKE * 2}, {"name": "D", "lookalikes": []}],
)
@pytest.mark.parametrize("warned", [True, False])
def test_owners_do_not_touch_the_warning_of_look_alikes(
    warned: bool, fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    path = _fresh("people/dave")
    stored = {**PERSON, "photoCount": 2} | ({"lookalikes": ALIKE} if warned else {})

    def answer() -> int:
        firestore.put(path, stored)
        return firestore.update(path, fields, tokens["owner"])

    # the stack's own trigger may take the warning away between the two, after which [] changes nothing
    assert any(answer() == 403 for _ in range(5))
    assert firestore.update(path, {"name": "David", "muted": True}, tokens["owner"]) == 200


@pytest.mark.parametrize("caller", CALLERS)
def test_a_photo_document_is_neither_changed_nor_deleted_by_a_client(
    caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update("people/rules-alice/photos/one", {"status": "rejected"}, tokens[caller]) == 403
    assert firestore.delete("people/rules-alice/photos/one", tokens[caller]) == 403


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_review_and_delete_alerts(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    path = _fresh("alerts/one")
    firestore.put(path, {"person": "Alice", "reviewed": False})
    wanted = _status(caller == "owner")
    assert firestore.update(path, {"reviewed": True}, tokens[caller]) == wanted
    assert firestore.delete(path, tokens[caller]) == wanted


@pytest.mark.parametrize(
    "fields", [{"person": "Bob"}, {"reviewed": True, "person": "Bob"}, {"reviewed": "yes"}, {"expireAt": NOW}]
)
def test_owners_change_nothing_else_of_an_alert(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update("alerts/rules-alert", fields, tokens["owner"]) == 403


def test_an_agent_finds_its_own_cameras_and_no_others(firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.query("cameras", "agentId", "pi", tokens["agent"]) == 200
    assert firestore.query("cameras", "agentId", "pi", tokens["another agent"]) == 403
    assert firestore.listing("cameras", tokens["agent"]) == 403


def test_a_camera_without_an_agent_is_read_by_no_agent(firestore: Firestore, tokens: Tokens) -> None:
    firestore.put("cameras/rules-alone", {"name": "Shed"})
    assert firestore.get("cameras/rules-alone", tokens["agent"]) == 403
    assert firestore.get("cameras/rules-alone", tokens["viewer"]) == 200


def _command(firestore: Firestore, state: str, seconds_left: int = 60) -> str:
    path = _fresh("agents/pi/commands/one")
    deadline = datetime.now(UTC) + timedelta(seconds=seconds_left)
    firestore.put(path, {"state": state, "action": "led", "cameraId": "rules-camera", "deadlineAt": deadline})
    return path


def _taken(firestore: Firestore, path: str, token: str | None) -> int:
    return firestore.stamp(path, {"state": "taken"}, "takenAt", token)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_command_is_taken_by_its_own_agent_alone(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "queued")
    assert _taken(firestore, path, tokens[caller]) == _status(caller == "agent")


STEPS: dict[str, tuple[dict[str, Any], str]] = {
    "queued": ({}, "finishedAt"),
    "taken": ({}, "takenAt"),
    "done": ({"result": {"pan": 90}}, "finishedAt"),
    "failed": ({"error": {"code": "camera_silent", "message": "no answer"}}, "finishedAt"),
    "expired": ({}, "finishedAt"),
    "anything": ({}, "finishedAt"),
}
ALLOWED = {("queued", "taken"), ("queued", "expired"), ("taken", "done"), ("taken", "failed")}


@pytest.mark.parametrize("before", ["queued", "taken", "done", "failed", "expired"])
@pytest.mark.parametrize("after", STEPS)
def test_a_command_only_moves_forward(before: str, after: str, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, before)
    fields, stamped = STEPS[after]
    status = firestore.stamp(path, {"state": after, **fields}, stamped, tokens["agent"])
    assert status == _status((before, after) in ALLOWED)


@pytest.mark.parametrize(("before", "after"), [("taken", "done"), ("taken", "failed"), ("queued", "expired")])
@pytest.mark.parametrize("caller", sorted(set(CALLERS) - {"agent"}))
def test_a_command_is_ended_by_no_one_else(
    caller: str, before: str, after: str, firestore: Firestore, tokens: Tokens
) -> None:
    fields, stamped = STEPS[after]
    path = _command(firestore, before)
    assert firestore.stamp(path, {"state": after, **fields}, stamped, tokens[caller]) == 403


def test_a_command_past_its_deadline_is_not_taken_but_expires(firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "queued", seconds_left=-1)
    assert _taken(firestore, path, tokens["agent"]) == 403
    assert firestore.stamp(path, {"state": "expired"}, "finishedAt", tokens["agent"]) == 200


def test_a_command_that_was_taken_in_time_may_be_finished_later(firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "taken", seconds_left=-1)
    assert firestore.stamp(path, {"state": "done", "result": {}}, "finishedAt", tokens["agent"]) == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "snapshot"},
        {"cameraId": "other"},
        {"deadlineAt": NOW},
        {"args": {"pan": 0}},
        {"createdBy": "me"},
        {"result": {}},
        {"anything": 1},
    ],
)
def test_an_agent_changes_nothing_else_of_a_command(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    path = _command(firestore, "queued")
    assert firestore.stamp(path, {"state": "taken", **fields}, "takenAt", tokens["agent"]) == 403
    assert firestore.delete(path, tokens["agent"]) == 403


@pytest.mark.parametrize("result", ["moved", 1, None])
def test_a_result_is_a_map(result: object, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "taken")
    fields = {"state": "done", "result": result}
    assert firestore.stamp(path, fields, "finishedAt", tokens["agent"]) == 403


@pytest.mark.parametrize(
    ("result", "passes"),
    [
        ({"a": 1, "b": "x" * 200, "c": True, "d": None, "e": -1.5}, True),
        ({f"f{number}": "x" * 200 for number in range(64)}, True),
        ({f"f{number}": 1 for number in range(65)}, False),
        ({"a": "x" * 12801}, False),
        ({"a": "x" * 900_000}, False),
        ({letter * 1000: 1 for letter in "abcdefghijklmn"}, False),
        ({"a": {"b": 1}}, False),
        ({"a": {"b": "x" * 900_000}}, False),
        ({"a": ["x" * 900_000]}, False),
        ({"a": NOW}, False),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_result_is_plain_and_short(
    result: object, passes: bool, firestore: Firestore, tokens: Tokens
) -> None:
    path = _command(firestore, "taken")
    fields = {"state": "done", "result": result}
    assert firestore.stamp(path, fields, "finishedAt", tokens["agent"]) == _status(passes)


@pytest.mark.parametrize(
    "error",
    [
        {"code": "camera_failed", "message": "x" * 501},
        {"code": "x" * 51, "message": "x"},
        {"code": "camera_failed", "message": "x", "trace": "x" * 900_000},
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_error_is_short(error: object, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "taken")
    fields = {"state": "failed", "error": error}
    assert firestore.stamp(path, fields, "finishedAt", tokens["agent"]) == 403


@pytest.mark.parametrize("error", ["broken", {}, {"code": "camera_silent"}, {"code": 1, "message": "x"}])
def test_an_error_has_a_code_and_a_message(error: object, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "taken")
    fields = {"state": "failed", "error": error}
    assert firestore.stamp(path, fields, "finishedAt", tokens["agent"]) == 403


def test_an_agent_does_not_make_up_when_it_took_a_command(firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "queued")
    assert firestore.update(path, {"state": "taken", "takenAt": NOW}, tokens["agent"]) == 403
    assert firestore.update(path, {"state": "taken"}, tokens["agent"]) == 403


BEAT = {"version": "1.0.0", "cameras": ["rules-camera"]}


@pytest.mark.parametrize("caller", CALLERS)
def test_an_agent_alone_says_that_it_is_there(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.stamp("agents/pi", BEAT, "lastSeenAt", tokens[caller]) == _status(caller == "agent")


def test_an_agent_that_was_never_up_may_begin(firestore: Firestore, tokens: Tokens) -> None:
    firestore.delete("agents/elsewhere", ADMIN)
    assert firestore.stamp("agents/elsewhere", BEAT, "lastSeenAt", tokens["another agent"]) == 200


@pytest.mark.parametrize(
    "fields",
    [
        {**BEAT, "role": "owner"},
        {**BEAT, "version": 1},
        {**BEAT, "version": "x" * 51},
        {**BEAT, "cameras": "all"},
        {**BEAT, "cameras": ["x"] * 101},
        {**BEAT, "cameras": ["x" * 900_000]},
        {**BEAT, "cameras": [{"x": "x" * 900_000}]},
    ],
)
def test_an_agent_says_nothing_else_of_itself(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.stamp("agents/pi", fields, "lastSeenAt", tokens["agent"]) == 403
    assert firestore.delete("agents/pi", tokens["agent"]) == 403


def test_an_agent_does_not_make_up_when_it_was_seen(firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.update("agents/pi", {**BEAT, "lastSeenAt": NOW}, tokens["agent"]) == 403


def _farewell(firestore: Firestore, token: str | None, **fields: object) -> int:
    return firestore.stamp("agents/pi", fields, "stoppedAt", token)


@pytest.mark.parametrize("caller", CALLERS)
def test_an_agent_alone_says_that_it_ends(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    firestore.put("agents/pi", {**BEAT, "lastSeenAt": NOW})
    assert _farewell(firestore, tokens[caller]) == _status(caller == "agent")


def test_an_agent_that_said_it_ends_takes_that_back_with_its_next_beat(
    firestore: Firestore, tokens: Tokens
) -> None:
    firestore.put("agents/pi", {**BEAT, "lastSeenAt": NOW, "stoppedAt": NOW})
    assert firestore.stamp("agents/pi", BEAT, "lastSeenAt", tokens["agent"]) == 403
    assert firestore.stamp("agents/pi", BEAT, "lastSeenAt", tokens["agent"], without=["stoppedAt"]) == 200
    assert _farewell(firestore, tokens["agent"]) == 200


def test_an_agent_does_not_make_up_when_it_ended_nor_says_more(firestore: Firestore, tokens: Tokens) -> None:
    firestore.put("agents/pi", {**BEAT, "lastSeenAt": NOW})
    assert firestore.update("agents/pi", {"stoppedAt": NOW}, tokens["agent"]) == 403
    assert firestore.update("agents/pi", {"stoppedAt": None}, tokens["agent"]) == 403
    others: list[dict[str, Any]] = [
        {"version": "2.0.0"},
        {"cameras": []},
        {"lastSeenAt": NOW + timedelta(days=1)},
        {"role": "owner"},
    ]
    for more in others:
        assert _farewell(firestore, tokens["agent"], **more) == 403


def test_an_agent_that_was_never_up_has_no_farewell(firestore: Firestore, tokens: Tokens) -> None:
    firestore.delete("agents/elsewhere", ADMIN)
    assert firestore.stamp("agents/elsewhere", {}, "stoppedAt", tokens["another agent"]) == 403


SITE = {
    "timezone": "Europe/Berlin",
    "armed": True,
    "threshold": 0.5,
    "margin": 0.1,
    "visitSeconds": 60,
    "retentionDays": 7,
    "armedHours": {"from": "22:00", "to": "06:00"},
    "quietHours": {"from": "13:00", "to": "15:30"},
    "known": "record",
    "unknown": "tell",
    "notify": {"digest": True, "channels": {"email": False, "push": True, "webhook": True}},
    "vapidKey": "B" + "x9_-" * 21 + "AB",
    "idleSeconds": 10,
    "cameraFramesPerDay": 20000,
    "siteFramesPerDay": 50000,
}


@pytest.mark.parametrize(
    "fields",
    [
        {"visitSeconds": 60.0, "retentionDays": 7.0},
        {"visitSeconds": "60", "retentionDays": "7"},
        {"visitSeconds": "60.0", "retentionDays": "3650.00"},
        {"threshold": "0.4", "margin": "0.05"},
        {"threshold": 1, "margin": "0"},
    ],
)
def test_a_number_is_taken_however_it_is_written(
    fields: dict[str, object], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update("settings/site", SITE | fields, tokens["owner"]) == 200


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_change_the_settings(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.update("settings/site", SITE, tokens[caller]) == _status(caller == "owner")


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": 3.0},
        {"threshold": "tight"},
        {"margin": -0.1},
        {"visitSeconds": 0},
        {"visitSeconds": 1.5},
        {"visitSeconds": "1.5"},
        {"visitSeconds": True},
        {"visitSeconds": "a minute"},
        {"visitSeconds": float("inf")},
        {"visitSeconds": float("nan")},
        {"retentionDays": "0"},
        {"retentionDays": "9" * 50},
        {"threshold": float("nan")},
        {"margin": "1.5"},
        {"retentionDays": 100000},
        {"timezone": 1},
        {"armed": "yes"},
        {"unheardOf": 1},
        {"vapidKey": "short"},
        {"vapidKey": "<script>" * 11},
        {"vapidKey": 7},
        {"armedHours": {"from": "22:00", "to": "22:00"}},
        {"armedHours": {"from": "22:00"}},
        {"quietHours": {"from": "25:00", "to": "06:00"}},
        {"quietHours": {"from": "22:00", "to": "06:00", "on": "monday"}},
        {"quietHours": "at night"},
        {"armedHours": {"from": "22:00", "to": "24:00"}},
        {"quietHours": {"from": 2200, "to": 600}},
        {"unknown": ["tell"]},
        {"known": "shout"},
        {"unknown": True},
        {"notify": True},
        {"notify": {"digest": "yes"}},
        {"notify": {"channels": ["email"]}},
        {"notify": {"channels": {"email": "off"}}},
        {"notify": {"channels": {"pigeon": True}}},
        {"notify": {"only": "unknown"}},
        {"idleSeconds": 0},
        {"idleSeconds": 121},
        {"cameraFramesPerDay": 99},
        {"cameraFramesPerDay": 1e9},
        {"siteFramesPerDay": "many"},
        {"siteFramesPerDay": -1},
        {"camerasChangedAt": NOW},
        {"peopleChangedAt": NOW},
    ],
)
def test_settings_out_of_range_are_refused(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update("settings/site", fields, tokens["owner"]) == 403


def test_owners_change_settings_beside_what_the_server_announced_and_leave_that_alone(
    firestore: Firestore, tokens: Tokens
) -> None:
    firestore.put("settings/site", {"camerasChangedAt": NOW, "peopleChangedAt": NOW})
    assert firestore.update("settings/site", {"idleSeconds": 7}, tokens["owner"]) == 200
    for name in ("camerasChangedAt", "peopleChangedAt"):
        assert firestore.update("settings/site", {name: NOW + timedelta(days=1)}, tokens["owner"]) == 403
        assert firestore.update("settings/site", {name: None}, tokens["owner"]) == 403


def test_what_an_owner_set_may_be_taken_back(firestore: Firestore, tokens: Tokens) -> None:
    nothing = dict.fromkeys(["armedHours", "quietHours", "known", "unknown", "notify"])
    assert firestore.update("settings/site", nothing, tokens["owner"]) == 200


def _device(token: str | None, /, **changes: object) -> dict[str, Any]:
    uid = None
    if token is not None:
        body = token.split(".")[1]
        uid = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["user_id"]
    return {"token": "x" * 200, "uid": uid, "createdAt": NOW} | changes


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_and_viewers_register_read_and_remove_devices_of_their_own(
    caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    token, path = tokens[caller], _fresh("devices/own")
    wanted = _status(caller in READERS)
    assert firestore.create(path, _device(token), token) == wanted
    firestore.put(path, _device(token))
    assert firestore.get(path, token) == wanted
    assert firestore.update(path, {"token": "y"}, token) == 403
    assert firestore.delete(path, token) == wanted


@pytest.mark.parametrize("caller", sorted(READERS))
def test_nobody_touches_the_device_of_somebody_else(
    caller: str, firestore: Firestore, tokens: Tokens
) -> None:
    other = tokens["viewer" if caller == "owner" else "owner"]
    path = _fresh("devices/other")
    assert firestore.create(path, _device(other), tokens[caller]) == 403
    firestore.put(path, _device(other))
    assert firestore.get(path, tokens[caller]) == 403
    assert firestore.delete(path, tokens[caller]) == 403
    assert firestore.listing("devices", tokens[caller]) == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"token": "x" * 4096},
        {"token": 7},
        {"uid": "somebody else"},
        {"uid": None},
        {"createdAt": "today"},
        {"role": "owner"},
    ],
    ids=lambda changes: f"{changes}"[:30],
)
def test_a_device_of_the_wrong_form_is_refused(
    changes: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    fields = _device(tokens["owner"], **changes)
    assert firestore.create(_fresh("devices/odd"), fields, tokens["owner"]) == 403
    assert firestore.create(_fresh("devices/odd"), _device(tokens["owner"]), tokens["owner"]) == 200
