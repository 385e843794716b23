"""The emulator needs no index, production does: the file is held against what is asked."""

from __future__ import annotations

import json
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest

from lookout.cloud.privacy import exported_files
from lookout.cloud.privacy.retention import DEBUG_KEPT, EXPIRING
from lookout.documents.collections import COLLECTIONS
from lookout.domain.cameras.live import FOLDER
from stack.install.bootstrap import ROOT


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "firestore.indexes.json").read_text())
    return read


def test_documents_that_expire_are_deleted_by_their_time_to_live(file: dict[str, Any]) -> None:
    living = [
        (field["collectionGroup"], field["fieldPath"]) for field in file["fieldOverrides"] if field.get("ttl")
    ]
    # with a stranger a picture goes: the tidying alone deletes both
    expiring = {*EXPIRING, "commands"} - {"strangers"}
    assert sorted(living) == sorted((collection, "expireAt") for collection in expiring)


@pytest.mark.parametrize("collection", sorted({*EXPIRING, "commands"} - {"strangers"}))
def test_the_tidying_finds_what_has_expired(collection: str, file: dict[str, Any]) -> None:
    """A field with a time to live has no index unless it is asked for."""
    scope = "COLLECTION_GROUP" if collection == "commands" else "COLLECTION"
    (field,) = [
        field
        for field in file["fieldOverrides"]
        if (field["collectionGroup"], field["fieldPath"]) == (collection, "expireAt")
    ]
    assert {"order": "ASCENDING", "queryScope": scope} in field["indexes"]


def test_the_newest_faces_of_alerts_are_found(file: dict[str, Any]) -> None:
    (indexes,) = [
        field["indexes"]
        for field in file["fieldOverrides"]
        if (field["collectionGroup"], field["fieldPath"]) == ("alert_vectors", "expireAt")
    ]
    assert {"order": "DESCENDING", "queryScope": "COLLECTION"} in indexes


def test_what_is_short_lived_is_deleted_by_the_bucket_too() -> None:
    debug, live, exports = json.loads((ROOT / "storage.lifecycle.json").read_text())["rule"]
    assert debug["action"] == live["action"] == exports["action"] == {"type": "Delete"}
    assert debug["condition"] == {"age": DEBUG_KEPT.days, "matchesPrefix": ["debug/"]}
    # a day is the shortest that a bucket knows; `tidy` is faster
    assert live["condition"] == {"age": 1, "matchesPrefix": [FOLDER]}
    assert exports["condition"] == {"age": 1, "matchesPrefix": [exported_files.FOLDER]}
    assert exported_files.KEPT.days == 1


@pytest.mark.parametrize("field", ["cameraId", "personId", "strangerId", "isKnown", "reviewed", "day"])
def test_alerts_are_filtered_newest_first(field: str, file: dict[str, Any]) -> None:
    wanted = [
        {"fieldPath": field, "order": "ASCENDING"},
        {"fieldPath": "lastSeenAt", "order": "DESCENDING"},
    ]
    alerts = [index["fields"] for index in file["indexes"] if index["collectionGroup"] == "alerts"]
    assert wanted in alerts


def test_an_agent_finds_its_queued_commands_oldest_first(file: dict[str, Any]) -> None:
    commands = [index["fields"] for index in file["indexes"] if index["collectionGroup"] == "commands"]
    assert commands == [
        [{"fieldPath": "state", "order": "ASCENDING"}, {"fieldPath": "createdAt", "order": "ASCENDING"}]
    ]


def _holds_bytes(kind: Any) -> bool:
    inner = get_type_hints(kind).values() if is_typeddict(kind) else get_args(kind)
    return kind is bytes or any(map(_holds_bytes, inner))


BINARY = sorted(
    {
        (path.split("/")[-2], field)
        for path, kinds in COLLECTIONS.items()
        for kind in kinds
        for field, of in get_type_hints(kind).items()
        if _holds_bytes(of)
    }
)
"""The fields with vectors in them, however deep: by the collection's name."""


@pytest.mark.parametrize(("collection", "field"), [*BINARY, ("visits", "recent"), ("days", "people")])
def test_what_nobody_asks_by_is_not_indexed(collection: str, field: str, file: dict[str, Any]) -> None:
    overrides = {
        (field["collectionGroup"], field["fieldPath"]): field["indexes"] for field in file["fieldOverrides"]
    }
    assert overrides[collection, field] == []


def test_all_vectors_are_among_what_is_not_indexed() -> None:
    assert len(BINARY) == 5
    assert {("alert_vectors", "vector"), ("stranger_vectors", "vectors")} < set(BINARY)


def test_who_names_a_person_as_a_look_alike_is_asked(file: dict[str, Any]) -> None:
    """Every entry of ``gallery.lookalikes`` has the index that Firestore makes of itself."""
    excepted = {
        field["fieldPath"] for field in file["fieldOverrides"] if field["collectionGroup"] == "gallery"
    }
    assert not any(field in ("*", "lookalikes") for field in excepted)


def test_the_newest_devices_of_a_user_are_found(file: dict[str, Any]) -> None:
    devices = [index["fields"] for index in file["indexes"] if index["collectionGroup"] == "devices"]
    assert devices == [
        [{"fieldPath": "uid", "order": "ASCENDING"}, {"fieldPath": "createdAt", "order": "DESCENDING"}]
    ]
