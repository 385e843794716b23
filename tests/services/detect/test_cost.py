"""What each kind of frame costs, counted on the wire, and what is read no more while nothing has changed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras.keys import CameraKeys
from lookout.cloud.cameras.registry import CameraRegistry
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site.settings import site_reader
from lookout.domain.site import cost
from lookout.services.detect import endpoint
from lookout.services.detect.frames import FrameService
from lookout.settings import Settings
from lookout.web.rate_limit import RateLimit
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from stack.soak.edge import Edge
from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.services.detect.test_answers import empty_frame
from tests.support.settings import changed
from tests.support.stores import bucket_at, firestore_at
from tests.support.waiting import wait_until


@dataclass
class Billed:
    """An instance with the usual settings, whose calls of the stores are counted on the wire."""

    house: House
    edge: Edge
    instance: FrameService

    def costs(self, post: Callable[[], object]) -> tuple[int, int, int]:
        """Documents read and written, and objects uploaded, for a request."""
        self.edge.begin({})
        post()
        return self.edge.bill.sums


@pytest.fixture
def billed(house: House, stack: StackInfo, project: str, request: Any) -> Iterator[Billed]:
    edge = Edge({}, os.environ["FIRESTORE_EMULATOR_HOST"], stack.urls["storage"])
    db, bucket = firestore_at(edge.firestore, project), bucket_at(edge.storage, project)
    settings = changed(Settings(), STORE_TIMEOUT_SECONDS=30.0, **getattr(request, "param", {}))
    stores = Stores(db, bucket, 30.0)
    site = site_reader(settings, stores)
    instance = FrameService(settings, stores, site)
    endpoint.site.replace(site)
    endpoint.camera_keys.replace(CameraKeys(stores, settings.limits.empty_look_seconds, None, site))
    endpoint.limit.replace(RateLimit(6000))
    endpoint.service.replace(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(endpoint, "current_settings", lambda: settings)
        yield Billed(house, edge, instance)
    edge.close()
    db.close()
    bucket.client.close()


def let_it_pass(billed: Billed, look: bool = False, beat: bool = False) -> None:
    """As if a look at the settings were too old, or a heartbeat due."""
    if look:
        billed.instance._site._read_at = billed.instance._site._asked_at = float("-inf")
        billed.instance._gallery._asked_at = float("-inf")
    if beat:
        billed.instance._heartbeats._beats[CAMERA].written_at = float("-inf")


def test_each_kind_of_frame_costs_what_the_docs_say(billed: Billed, people: People, shot: Shot) -> None:
    people.enrol("Barack", "obama2.jpg")
    house, quality = billed.house, iter(range(40, 95))
    costs: dict[str, tuple[int, int, int]] = {}

    def empty() -> None:
        house.post(empty_frame(next(quality)))

    def face(photo: str, width: int = 800) -> Callable[[], object]:
        return lambda: house.post(shot(photo, width, width * 3 // 4))

    costs["the first of a new instance, nobody there"] = billed.costs(empty)
    costs["nobody there"] = billed.costs(empty)
    let_it_pass(billed, look=True)
    costs["nobody there, 30 s after the last look"] = billed.costs(empty)
    let_it_pass(billed, beat=True)
    costs["nobody there, 30 s after the last heartbeat"] = billed.costs(empty)
    costs["the first face of a new instance"] = billed.costs(face("obama.jpg", 320))
    costs["a visit that goes on"] = billed.costs(face("obama.jpg", 300))
    let_it_pass(billed, look=True)
    costs["a visit that goes on, 2 s after the last look"] = billed.costs(face("obama.jpg", 310))
    costs["a better shot"] = billed.costs(face("obama.jpg", 800))
    costs["the same frame again"] = billed.costs(face("obama.jpg", 800))
    house.everybody_leaves()
    billed.instance._visits._remembered.clear()
    costs["somebody known comes"] = billed.costs(face("obama3.jpg"))
    costs["somebody unknown comes"] = billed.costs(face("biden.jpg"))
    costs["a face too small"] = billed.costs(face("obama3.jpg", 220))
    costs["a wrong camera id"] = billed.costs(lambda: house.answer(empty_frame(), camera="nowhere"))
    house.db.document("settings/site").set({"cameraFramesPerDay": 100}, merge=True)
    let_it_pass(billed, look=True)
    billed.costs(empty)
    billed.instance._heartbeats._beats[CAMERA].total = 1000
    billed.costs(lambda: house.answer(empty_frame()))
    costs["over the budget"] = billed.costs(lambda: house.answer(empty_frame()))

    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \| (\d+) \| (\d+) \|$", _page(), re.MULTILINE)
    documented = {kind: tuple(map(int, numbers)) for kind, *numbers in rows}
    assert costs == documented
    assert costs["a visit that goes on"] == (0, cost.FACE_WRITES, 0)
    dearest = (cost.VISIT_READS, cost.VISIT_WRITES, cost.VISIT_UPLOADS)
    assert costs["somebody unknown comes"] == dearest
    assert costs["nobody there, 30 s after the last heartbeat"] == (0, cost.BEAT_WRITES, 0)


def _page() -> str:
    return (ROOT / "docs" / "cost.md").read_text()


SOON = {"EMPTY_LOOK_SECONDS": 3.0, "CAMERA_CACHE_SECONDS": 1.0, "HEARTBEAT_SECONDS": 3.0}
"""A tenth of the usual times."""


def test_the_usual_times_are_those_that_are_promised() -> None:
    limits = Settings().limits
    assert (limits.camera_cache_seconds, limits.empty_look_seconds, limits.heartbeat_seconds) == (10, 30, 30)


@pytest.mark.parametrize("billed", [SOON], indirect=True)
@pytest.mark.long
def test_empty_frames_cost_at_most_one_read_in_each_time_of_a_look(billed: Billed) -> None:
    billed.house.post(empty_frame(50))
    billed.edge.begin({})
    started, frames = time.monotonic(), 0
    while time.monotonic() - started < 7.0:
        billed.house.post(empty_frame(51 + frames % 40))
        frames += 1
    looks = int((time.monotonic() - started) // SOON["EMPTY_LOOK_SECONDS"]) + 1
    assert frames > 2 * looks
    assert billed.edge.bill.reads <= looks


@pytest.mark.parametrize("billed", [SOON], indirect=True)
@pytest.mark.long
def test_a_revoked_key_keeps_and_tells_nothing_after_ten_seconds_and_is_refused_after_thirty(
    billed: Billed, shot: Shot
) -> None:
    house = billed.house
    assert house.post(empty_frame())["reason"] == "no_face"
    CameraRegistry(house.stores, 300.0).rotate_key(CAMERA)
    revoked = time.monotonic()
    wait_until(lambda: time.monotonic() - revoked > SOON["CAMERA_CACHE_SECONDS"], "a look being too old")
    assert house.answer(shot("obama.jpg")).status_code == 401
    assert house.alerts() == []
    wait_until(lambda: time.monotonic() - revoked > SOON["EMPTY_LOOK_SECONDS"], "a look being too old")
    assert house.answer(empty_frame()).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: registry.change(CAMERA, {"status": "disabled"}),
        lambda registry: registry.remove(CAMERA),
        lambda registry: registry.rotate_key(CAMERA),
    ],
)
def test_what_an_owner_does_to_a_camera_is_announced_in_the_same_write(
    billed: Billed, shot: Shot, change: Callable[[CameraRegistry], object]
) -> None:
    house = billed.house
    house.post(empty_frame())
    change(CameraRegistry(house.stores, 300.0))
    let_it_pass(billed, look=True)
    assert house.answer(empty_frame()).status_code in (401, 403)


def test_a_change_by_hand_that_nobody_announced_is_found_after_ten_minutes(
    billed: Billed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lookout.cloud.cameras import keys

    house = billed.house
    house.post(empty_frame())
    house.db.document(f"cameras/{CAMERA}").update({"status": "disabled"})
    let_it_pass(billed, look=True)
    assert house.answer(empty_frame()).status_code == 200
    monkeypatch.setattr(keys, "UNTOLD_SECONDS", 0.0)
    assert house.answer(empty_frame()).status_code == 403


def test_several_cameras_of_an_instance_share_their_looks(billed: Billed) -> None:
    from lookout.cloud.cameras.keys import register

    house = billed.house
    others = {f"cam_{number}": register(house.db, f"cam_{number}", "Door") for number in range(3)}
    for camera, key in others.items():
        assert house.answer(empty_frame(), key, camera).status_code == 200
    let_it_pass(billed, look=True)
    billed.edge.begin({})
    for quality, (camera, key) in enumerate(others.items(), 50):
        assert house.answer(empty_frame(quality), key, camera).status_code == 200
    assert billed.edge.bill.reads == 1


def test_pauses_grow_while_nobody_comes_up_to_what_the_owner_chose(billed: Billed, shot: Shot) -> None:
    house = billed.house

    def pause(frame: bytes) -> int:
        told: int = house.post(frame)["next"]["interval_ms"]
        return told

    assert [pause(empty_frame(quality)) for quality in range(50, 55)] == [2000, 3000, 4500, 5000, 5000]
    assert pause(shot("obama.jpg")) == 1000
    assert pause(empty_frame(60)) == 2000
    house.db.document("settings/site").set({"idleSeconds": 20}, merge=True)
    let_it_pass(billed, look=True)
    assert max(pause(empty_frame(quality)) for quality in range(61, 70)) == 20000


def test_a_camera_that_somebody_watches_does_not_pause(billed: Billed) -> None:
    house = billed.house
    until = datetime.now(UTC) + timedelta(seconds=60)
    house.db.document(f"cameras/{CAMERA}").update({"watchedUntil": until})
    assert [house.post(empty_frame(quality))["next"]["interval_ms"] for quality in (50, 51)] == [1000, 1000]
