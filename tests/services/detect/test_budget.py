"""The day's budget of frames: counted by all instances together, refused beyond it, and told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.cameras.keys import register
from lookout.cloud.site import days
from lookout.domain.notifications.notice import AlertMessage
from lookout.domain.notifications.rules import Channel
from lookout.services.notify.deliveries import NotificationService
from tests.services.detect.conftest import CAMERA, ROOM, House
from tests.services.detect.test_answers import empty_frame
from tests.support.waiting import wait_out_midnight

BUDGET = 100
"""The smallest that an owner may choose."""


@pytest.fixture(autouse=True)
def _one_day() -> None:
    wait_out_midnight()


def spend(house: House, frames: int, camera: str = CAMERA) -> None:
    """As if so many frames of today were counted already, by other instances."""
    now = datetime.now(UTC)
    counted = {
        "cameraId": camera,
        "cameraName": camera,
        "day": f"{now.date()}",
        "frames": frames,
        "doubles": 0,
    }
    days.reference(house.db, camera, f"{now.date()}").set(counted | {"expireAt": now + timedelta(days=60)})


def allow(house: House, **budgets: int) -> None:
    house.db.document("settings/site").set(budgets, merge=True)


def notices(house: House) -> list[dict[str, Any]]:
    return [one.to_dict() for one in house.db.collection("notices").stream()]


def test_frames_beyond_a_cameras_budget_are_refused_with_when_to_ask_again(house: House) -> None:
    allow(house, cameraFramesPerDay=BUDGET)
    spend(house, BUDGET - 2)
    assert [house.answer(empty_frame(50 + n)).status_code for n in range(4)] == [200, 200, 429, 429]
    refused = house.answer(empty_frame(60))
    assert (refused.json["error"], refused.json["reason"]) == ("over_budget", "over_budget")
    assert 1 <= int(refused.headers["Retry-After"]) <= 600
    assert "100 frames" in refused.json["message"]


def test_one_frame_after_another_counts_doubles_too(house: House) -> None:
    allow(house, cameraFramesPerDay=BUDGET)
    spend(house, BUDGET - 3)
    assert [house.answer(empty_frame(50)).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_an_owner_who_raises_the_budget_lets_the_camera_in_again(house: House) -> None:
    allow(house, cameraFramesPerDay=BUDGET)
    spend(house, BUDGET)
    assert [house.answer(empty_frame(50 + n)).status_code for n in range(2)] == [200, 429]
    allow(house, cameraFramesPerDay=BUDGET + 10)
    house.run_on(house.another_instance())
    assert house.answer(empty_frame(55)).status_code == 200


def test_what_other_instances_took_counts_from_the_next_heartbeat_on(house: House) -> None:
    allow(house, cameraFramesPerDay=BUDGET)
    spend(house, BUDGET - 4)
    one, other = house.another_instance(), house.another_instance()
    for quality in (50, 51):
        for instance in (one, other):
            instance.admit(ROOM)
            instance.judge(ROOM, empty_frame(quality))
    # all instances' frames, as the last heartbeat of this one was answered
    assert other._heartbeats.frames(CAMERA, f"{datetime.now(UTC).date()}") == (BUDGET, BUDGET)
    assert one._heartbeats.frames(CAMERA, f"{datetime.now(UTC).date()}") == (BUDGET - 1, BUDGET - 1)


def test_the_budget_of_all_cameras_is_used_up_by_all_of_them(house: House) -> None:
    allow(house, siteFramesPerDay=BUDGET)
    key = register(house.db, "cam_back", "Back Door")
    spend(house, 60)
    spend(house, 38, "cam_back")
    assert house.answer(empty_frame(50)).status_code == 200
    assert house.answer(empty_frame(51), key, "cam_back").status_code == 200
    refused = house.answer(empty_frame(52))
    assert (refused.status_code, refused.json["error"]) == (429, "over_budget")
    assert "The cameras" in refused.json["message"]
    assert house.answer(empty_frame(53), key, "cam_back").status_code == 429


def test_yesterdays_frames_are_not_todays(house: House) -> None:
    allow(house, cameraFramesPerDay=BUDGET)
    watch = house.another_instance()
    house.run_on(watch)
    house.post(empty_frame(50))
    beat = watch._heartbeats._beats[CAMERA]
    beat.day, beat.total = "2020-01-01", 10 * BUDGET
    assert house.answer(empty_frame(51)).status_code == 200


class Told:
    """A way of telling people that keeps what it sent."""

    channel = Channel.WEBHOOK

    def __init__(self) -> None:
        self.sent: list[AlertMessage] = []

    def send(self, message: AlertMessage, seconds: float) -> str:
        self.sent.append(message)
        return "sent"


def test_owners_are_told_once_a_day_whichever_camera_and_instance_is_first(house: House) -> None:
    allow(house, siteFramesPerDay=BUDGET)
    spend(house, BUDGET)
    for _ in range(2):
        house.run_on(house.another_instance())
        assert [house.answer(empty_frame(50 + n)).status_code for n in range(3)] == [200, 429, 429]
    (notice,) = notices(house)
    assert (notice["state"], notice["cameraId"]) == ("budget", CAMERA)

    told = Told()
    service = NotificationService(house.settings, house.stores, [told])
    notice_id = f"budget_{datetime.now(UTC).date()}"
    assert service.deliver(notice_id) == "webhook: sent"
    service.deliver(notice_id)
    (message,) = told.sent
    assert CAMERA in message.subject
    assert message.payload()["event"] == "over_budget"
    assert "budget" in message.sentence
