"""Several instances that judge a camera's frames at the same moment agree on its visits."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lookout.services.detect import endpoint, frames
from tests.services.detect.conftest import ROOM, House, People, Shot


def _judged_at_once(watches: Sequence[Any], frames: Sequence[bytes]) -> list[Mapping[str, Any]]:
    """Every frame by the watch of the same place, all starting together."""
    ready = threading.Barrier(len(frames))

    def judged(watch: Any, frame: bytes) -> Mapping[str, Any]:
        ready.wait()
        answer: Mapping[str, Any] = watch.judge(ROOM, frame)
        return answer

    with ThreadPoolExecutor(len(frames)) as pool:
        return list(pool.map(judged, watches, frames))


def _pictures_are_those_of(house: House, alerts: Sequence[Mapping[str, Any]]) -> bool:
    wanted = [alert[name] for alert in alerts for name in ("imagePath", "facePath")]
    return house.pictures() == sorted(wanted)


@pytest.mark.parametrize("enrolled", [True, False])
def test_two_instances_that_see_a_face_at_once_make_one_alert(
    house: House, people: People, shot: Shot, enrolled: bool
) -> None:
    if enrolled:
        people.enrol("Barack", "obama2.jpg")
    watches = [house.another_instance(), house.another_instance()]
    answers = _judged_at_once(watches, [shot("obama.jpg"), shot("obama3.jpg")])
    alert = house.alert()
    assert {answer["alert_id"] for answer in answers} == {alert["id"]}
    assert alert["frames"] == 2
    assert _pictures_are_those_of(house, [alert])


def test_many_frames_at_once_on_several_instances_make_one_alert(house: House, shot: Shot) -> None:
    frames = [shot("obama.jpg", 640 + 32 * step, 480 + 24 * step) for step in range(6)]
    watches = [house.another_instance() for _ in range(3)] * 2
    answers = _judged_at_once(watches, frames)
    alert = house.alert()
    assert {answer["alert_id"] for answer in answers} == {alert["id"]}
    assert (alert["frames"], alert["doubles"]) == (6, 0)
    assert _pictures_are_those_of(house, [alert])


def test_the_same_frame_on_two_instances_at_once_is_a_double(house: House, shot: Shot) -> None:
    watches = [house.another_instance(), house.another_instance()]
    first, second = _judged_at_once(watches, [shot("obama.jpg")] * 2)
    assert first == second
    alert = house.alert()
    assert (alert["frames"], alert["doubles"]) == (1, 1)
    assert _pictures_are_those_of(house, [alert])


def test_a_better_shot_posted_twice_at_once_keeps_its_files(house: House, shot: Shot) -> None:
    watches = [house.another_instance(), house.another_instance()]
    for watch in watches:  # both know the visit
        watch.judge(ROOM, shot("obama.jpg", 320, 240))
        watch.judge(ROOM, shot("obama2.jpg", 320, 240))
    _judged_at_once(watches, [shot("obama.jpg")] * 2)
    assert _pictures_are_those_of(house, [house.alert()])
    assert house.alert()["frames"] == 3


def test_different_people_on_two_instances_at_once_get_an_alert_each(house: House, shot: Shot) -> None:
    watches = [house.another_instance(), house.another_instance()]
    answers = _judged_at_once(watches, [shot("obama.jpg"), shot("biden.jpg")])
    alerts = house.alerts()
    assert {answer["alert_id"] for answer in answers} == {alert["id"] for alert in alerts}
    assert len(alerts) == 2
    assert _pictures_are_those_of(house, alerts)


def test_a_cold_instance_with_several_requests_at_once_is_made_once(
    house: House, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(frames, "FrameService", lambda *parts: made.append(parts))
    endpoint.service.reset()
    with ThreadPoolExecutor(4) as pool:
        assert len({id(part) for part in pool.map(lambda _: endpoint.service(), range(4))}) == 1
    assert len(made) == 1
    endpoint.service.reset()
