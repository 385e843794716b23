"""Who may read and write which document. 200 passed, 403 was refused by the rules."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rules.conftest import CALLERS
from tests.rules.rest import Firestore

Tokens = dict[str, str | None]

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)
READERS = {"owner", "viewer"}

DOCUMENTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "people/rules-alice": ({"name": "Alice", "muted": False, "photoCount": 3, "createdAt": NOW}, READERS),
    "people/rules-alice/photos/one": ({"status": "enrolled"}, READERS),
    "gallery/rules-alice": ({"name": "Alice", "vectors": "x"}, set()),
    "gallery/rules-alice/parts/one": ({"vectors": "x"}, set()),
    "gallery_state/rules": ({"version": 1}, set()),
    "visits/rules-visit": ({"alertId": "rules-alert"}, set()),
    "cameras/rules-camera": ({"name": "Door", "agentId": "pi"}, READERS | {"agent"}),
    "cameras/rules-camera/private/key": ({"sha256": "0"}, set()),
    "alerts/rules-alert": ({"person": "Alice", "reviewed": False}, READERS),
    "strangers/rules-stranger": ({"visits": 1}, READERS),
    "strangers/rules-stranger/private/centroid": ({"vector": "x"}, set()),
    "agents/pi": ({"version": "1"}, READERS | {"agent"}),
    "agents/pi/commands/rules-command": ({"state": "queued"}, READERS | {"agent"}),
    "settings/site": ({"timezone": "UTC"}, READERS),
    "settings/secrets": ({"password": "x"}, set()),
    "anything/else": ({"a": 1}, set()),
}
"""Every kind of document, what it may hold, and who may read it."""


@pytest.fixture(scope="module", autouse=True)
def documents(firestore: Firestore) -> None:
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
        "gallery/new",
        "gallery_state/current",
        "visits/new",
        "cameras/new",
        "cameras/rules-camera/private/new",
        "alerts/new",
        "strangers/new",
        "agents/new",
        "agents/pi/commands/new",
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


PERSON = {"name": "Bob", "muted": False, "createdAt": NOW}


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_create_people(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    assert firestore.create(_fresh("people/bob"), PERSON, tokens[caller]) == _status(caller == "owner")


@pytest.mark.parametrize(
    "fields",
    [
        {**PERSON, "photoCount": 0, "consentAt": NOW, "consentExpiresAt": NOW + timedelta(days=365)},
        {**PERSON, "consentAt": None, "consentExpiresAt": None},
        {"name": "x" * 100, "createdAt": NOW},
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
        {**PERSON, "name": 7},
        {**PERSON, "muted": "no"},
        {**PERSON, "consentAt": "yesterday"},
        {**PERSON, "consentExpiresAt": 2027},
        {**PERSON, "photoCount": 5},
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


@pytest.mark.parametrize("caller", CALLERS)
def test_a_command_is_taken_by_its_own_agent_alone(caller: str, firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "queued")
    assert firestore.update(path, {"state": "taken"}, tokens[caller]) == _status(caller == "agent")


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("queued", "taken", True),
        ("queued", "expired", True),
        ("taken", "done", True),
        ("taken", "failed", True),
        ("taken", "expired", True),
        ("queued", "done", False),
        ("taken", "taken", False),
        ("taken", "queued", False),
        ("done", "taken", False),
        ("failed", "done", False),
        ("expired", "taken", False),
        ("queued", "anything", False),
    ],
)
def test_a_command_only_moves_forward(
    before: str, after: str, allowed: bool, firestore: Firestore, tokens: Tokens
) -> None:
    path = _command(firestore, before)
    changes = {"state": after, "result": {"status": 200}, "error": None}
    assert firestore.update(path, changes, tokens["agent"]) == _status(allowed)


def test_a_command_past_its_deadline_is_not_taken_but_expires(firestore: Firestore, tokens: Tokens) -> None:
    path = _command(firestore, "queued", seconds_left=-1)
    assert firestore.update(path, {"state": "taken"}, tokens["agent"]) == 403
    assert firestore.update(path, {"state": "expired"}, tokens["agent"]) == 200


@pytest.mark.parametrize("fields", [{"action": "snapshot"}, {"cameraId": "other"}, {"deadlineAt": NOW}])
def test_an_agent_changes_nothing_else_of_a_command(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    path = _command(firestore, "queued")
    assert firestore.update(path, {"state": "taken", **fields}, tokens["agent"]) == 403
    assert firestore.delete(path, tokens["agent"]) == 403


SITE = {
    "timezone": "Europe/Berlin",
    "armed": True,
    "threshold": 0.5,
    "margin": 0.1,
    "visitSeconds": 60,
    "retentionDays": 7,
}


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
        {"retentionDays": 100000},
        {"timezone": 1},
        {"armed": "yes"},
        {"unheardOf": 1},
    ],
)
def test_settings_out_of_range_are_refused(
    fields: dict[str, Any], firestore: Firestore, tokens: Tokens
) -> None:
    assert firestore.update("settings/site", fields, tokens["owner"]) == 403
