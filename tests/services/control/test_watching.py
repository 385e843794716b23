"""``POST /cameras/<id>/watch``: who looks at a camera has its live picture kept, and nothing else is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras.keys import register
from lookout.services import control
from lookout.services.control import ControlService
from lookout.settings import Settings
from tests.support import functions
from tests.support.household import Household
from tests.support.stores import objects

CAMERA = "cam_front"
PATH = f"/cameras/{CAMERA}/watch"


@dataclass
class Site(Household):
    """A site with one camera, and the function that answers calls about it."""

    tokens: Mapping[str, str | None]

    def call(self, path: str = PATH, role: str = "viewer", method: str = "POST") -> Any:
        token = self.tokens[role]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return functions.app("control").test_client().open(path, method=method, headers=headers)

    def camera(self) -> dict[str, Any]:
        return self.read(f"cameras/{CAMERA}")


@pytest.fixture
def site(settings: Settings, db: Any, bucket: Any, tokens: Mapping[str, str | None]) -> Site:
    register(db, CAMERA, "Front Door")
    made = Site(settings, db, bucket, tokens)
    control.service.replace(ControlService(settings, made.stores))
    return made


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_members_watch_a_camera_for_half_a_minute_and_nothing_else_is_written(site: Site, role: str) -> None:
    before, start = site.camera(), datetime.now(UTC)
    answer = site.call(role=role)
    assert answer.status_code == 200, answer.text
    after = site.camera()
    until = after.pop("watchedUntil")
    assert after == before
    assert timedelta(seconds=29) < until - start < timedelta(seconds=60)
    assert answer.json == {
        "status": "success",
        "camera_id": CAMERA,
        "watched_until": until.isoformat(timespec="seconds"),
        "reason": None,
    }
    assert objects(site.bucket) == []


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("nobody", 403), ("anonymous", 401)])
def test_nobody_else_watches(site: Site, role: str, status: int) -> None:
    assert site.call(role=role).status_code == status
    assert "watchedUntil" not in site.camera()


@pytest.mark.parametrize("camera", ["cam_nowhere", "..", "a b", "x" * 65, "%00"])
def test_a_camera_that_is_not_there_is_not_watched(site: Site, camera: str) -> None:
    assert site.call(f"/cameras/{camera}/watch").status_code == 404
    assert {one.id for one in site.db.collection("cameras").get()} == {CAMERA}


def test_several_pages_share_one_write(site: Site) -> None:
    site.call(role="owner")
    written = site.db.document(f"cameras/{CAMERA}").get().update_time
    assert site.call(role="viewer").json["watched_until"]
    assert site.db.document(f"cameras/{CAMERA}").get().update_time == written
    soon = datetime.now(UTC) + timedelta(seconds=10)
    site.db.document(f"cameras/{CAMERA}").update({"watchedUntil": soon})
    site.call()
    assert site.camera()["watchedUntil"] > soon


@pytest.mark.parametrize(
    ("own", "house", "reason"),
    [
        ({"status": "disabled"}, {}, "disabled"),
        ({"armed": False}, {}, "disarmed"),
        ({}, {"armed": False}, "disarmed"),
        ({"armed": True}, {"armed": False}, None),
    ],
)
def test_a_camera_that_shows_nothing_says_why_and_nothing_is_written(
    site: Site, own: dict[str, Any], house: dict[str, Any], reason: str | None
) -> None:
    site.db.document(f"cameras/{CAMERA}").update({"led": 0} | own)
    site.db.document("settings/site").set(house)
    answer = site.call().json
    assert answer["reason"] == reason
    assert (answer["watched_until"] is None) == (reason is not None)
    assert ("watchedUntil" in site.camera()) == (reason is None)


def test_the_live_picture_goes_with_its_camera(site: Site) -> None:
    site.upload(f"live/{CAMERA}.jpg", b"frame")
    site.upload("live/another.jpg", b"frame")
    assert site.call(f"/cameras/{CAMERA}", "owner", "DELETE").status_code == 200
    assert objects(site.bucket) == ["live/another.jpg"]
