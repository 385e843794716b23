"""A site that is wiped and restored from its backup answers cameras as before."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.cloud.firestore import GeoPoint

from lookout.cloud.firebase.stores import Stores
from stack.keeping.backup import DOCUMENTS, MANIFEST, OBJECTS, back_up, kept_documents
from stack.keeping.plain import from_json, to_json
from stack.keeping.restoring import is_empty, opened, restore
from tests.services.detect.conftest import House, People, Shot
from tests.support.stores import objects


def everything(stores: Stores) -> tuple[dict[str, Any], dict[str, bytes]]:
    documents = {one["path"]: one["fields"] for one in kept_documents(stores)}
    return documents, {
        path: stores.bucket.blob(path).download_as_bytes(timeout=30) for path in objects(stores.bucket)
    }


def wipe(stores: Stores) -> None:
    for one in kept_documents(stores):
        stores.db.document(one["path"]).delete()
    for path in objects(stores.bucket):
        stores.bucket.blob(path).delete(timeout=30)


def quiet(line: str) -> None:
    assert line


def answered(house: House, frame: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = house.look(frame)
    return {name: answer[name] for name in ("person", "person_id", "is_known", "reason", "confidence")}


@pytest.fixture
def lived_in(house: House, people: People, shot: Shot) -> House:
    """Somebody known with photos, and alerts of somebody known and of a stranger, with pictures."""
    people.enrol("Barack", "obama.jpg", "obama2.jpg")
    house.upload("faces/Barack/obama.jpg", (people.photos / "obama.jpg").read_bytes())
    house.post(shot("obama3.jpg"))
    house.everybody_leaves()
    house.post(shot("biden.jpg"))
    return house


@pytest.mark.long
def test_after_a_wipe_and_a_restore_detect_answers_the_same(
    lived_in: House, shot: Shot, tmp_path: Path
) -> None:
    house = lived_in
    before = everything(house.stores)
    manifest = back_up(house.stores, tmp_path, "demo", quiet)
    assert (manifest["documents"], manifest["objects"]) == (len(before[0]), len(before[1]))
    frames = [shot("obama3.jpg"), shot("biden.jpg")]
    answers = [answered(house, frame) for frame in frames]
    assert [answer["is_known"] for answer in answers] == [True, False]
    wipe(house.stores)
    assert is_empty(house.stores)
    house.run_on(house.another_instance())
    assert answered(house, frames[0])["is_known"] is False
    wipe(house.stores)
    restore(house.stores, opened(tmp_path), quiet)
    assert everything(house.stores) == before
    assert not is_empty(house.stores)
    house.run_on(house.another_instance())
    assert [answered(house, frame) for frame in frames] == answers
    # once more changes nothing that the backup has
    restore(house.stores, opened(tmp_path), quiet)
    assert before[0].items() <= everything(house.stores)[0].items()


def test_an_interrupted_backup_is_none_and_goes_on_where_it_stopped(lived_in: House, tmp_path: Path) -> None:
    back_up(lived_in.stores, tmp_path, "demo", quiet)
    whole = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "objects").iterdir()}
    (tmp_path / MANIFEST).unlink()
    lost, cut, *kept = sorted(whole)
    (tmp_path / "objects" / lost).unlink()
    (tmp_path / "objects" / cut).write_bytes(b"half")
    (tmp_path / "objects" / "of-something-deleted").write_bytes(b"old")
    with pytest.raises(SystemExit, match="goes on where it stopped"):
        opened(tmp_path)
    back_up(lived_in.stores, tmp_path, "demo", quiet)
    again = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "objects").iterdir()}
    assert again.keys() == whole.keys()
    assert {name: again[name] for name in kept} == {name: whole[name] for name in kept}
    assert opened(tmp_path).manifest["objects"] == len(whole)


@pytest.mark.parametrize("part", [DOCUMENTS, OBJECTS, MANIFEST, "an object"])
@pytest.mark.parametrize("harm", ["cut short", "changed", "missing"])
def test_a_damaged_backup_is_refused_with_what_is_damaged(
    house: House, tmp_path: Path, part: str, harm: str
) -> None:
    house.db.document("people/Anna").set({"name": "Anna"})
    house.upload("faces/Anna/1.jpg", b"a photo of Anna")
    whole = tmp_path / "whole"
    back_up(house.stores, whole, "demo", quiet)
    harmed = shutil.copytree(whole, tmp_path / "harmed")
    path = next((harmed / "objects").iterdir()) if part == "an object" else harmed / part
    data = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if harm == "cut short" else b"x" + data[1:])
    with pytest.raises(SystemExit, match=r"again|anew"):
        opened(harmed)
    assert opened(whole).manifest["objects"] == 1


def test_what_is_only_on_its_way_is_not_kept(house: House, tmp_path: Path) -> None:
    house.db.document("notices/a_new").set({"alertId": "a"})
    house.db.document("agents/pi/commands/c").set({"state": "queued"})
    house.db.document("agents/pi").set({"version": "1"})
    back_up(house.stores, tmp_path, "demo", quiet)
    paths = {path for _, path, _ in opened(tmp_path).documents()}
    assert "agents/pi" in paths
    assert not [path for path in paths if path.startswith("notices") or "commands" in path]


def test_a_backup_of_another_version_is_refused(house: House, tmp_path: Path) -> None:
    back_up(house.stores, tmp_path, "demo", quiet)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | {"version": 99}))
    with pytest.raises(SystemExit, match="version 99"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        2**62,
        0.1,
        float("inf"),
        "\u0000 é \U0001f600",
        b"\x00\xff",
        datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        [[{"a": []}]],
        {"$time": "no time"},
        {"$map": {"$bytes": b"x"}},
        {"$time": 1, "other": 2},
        {},
        GeoPoint(1.5, -2.5),
    ],
)
def test_every_value_of_firestore_comes_back_as_it_was(value: Any) -> None:
    plain = json.loads(json.dumps(to_json({"field": value})))
    assert from_json(plain, str) == {"field": value}
