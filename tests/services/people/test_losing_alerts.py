"""An alert leaves its stranger by one rule, whether a frame recognised somebody or an owner said who it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lookout.domain.people.requests import Wanted
from tests.services.people.conftest import House
from tests.services.people.frames import Frame
from tests.support.documents import NOON
from tests.support.stores import objects

Lose = Callable[[House, str, str], None]


def recognised(house: House, alert_id: str, person_id: str) -> None:
    """A frame recognises the person in the alert's open visit."""
    house.open_visit(f"cam_{alert_id}", alert_id, stranger_id="s1")
    Frame(house, alert_id, "s1", recognised=person_id, camera=f"cam_{alert_id}").post()


def corrected(house: House, alert_id: str, person_id: str) -> None:
    """An owner says that the alert is of the person."""
    house.done(f"/alerts/{alert_id}/correct", {"person_id": person_id})


@pytest.fixture(params=[recognised, corrected])
def lose(house: House, request: pytest.FixtureRequest) -> Lose:
    house.person("Anna")
    way: Lose = request.param
    return way


def being_named(house: House, name: str) -> Any:
    """Stranger s1 has just got the name, and nothing else is done yet."""
    return house.service().jobs.name_stranger.begin("s1", Wanted(name, None), "uid")


def pictures(house: House, folder: str) -> list[bytes]:
    return [house.bucket.blob(path).download_as_bytes() for path in objects(house.bucket) if folder in path]


def test_a_stranger_that_stays_has_been_here_at_least_once(house: House, lose: Lose) -> None:
    house.stranger("s1", "a1", "a2", visits=1)
    lose(house, "a2", "Anna")
    assert house.read("strangers/s1")["visits"] == 1


def test_each_alert_that_leaves_is_a_visit_less(house: House, lose: Lose) -> None:
    house.stranger("s1", "a1", "a2", "a3")
    for alert_id, left in (("a2", 2), ("a1", 1)):
        lose(house, alert_id, "Anna")
        assert house.read("strangers/s1")["visits"] == left
    lose(house, "a3", "Anna")
    assert house.get("strangers/s1") is None


def test_an_alert_whose_vector_is_not_kept_any_more_takes_its_visit_and_picture(
    house: House, lose: Lose
) -> None:
    house.stranger("s1", "a1", "a2", picture=b"face of a0", faceAlertId="a0", visits=3)
    house.alert("a0", stranger_id="s1")
    lose(house, "a0", "Anna")
    stranger = house.read("strangers/s1")
    assert (stranger["visits"], stranger["facePath"], stranger["quality"]) == (2, None, 0.0)
    assert pictures(house, "strangers/s1/") == []


def test_the_face_of_somebody_else_is_no_photo_of_who_the_stranger_is_named(house: House, lose: Lose) -> None:
    house.stranger("s1", "a1", "a2", picture=b"Anna's", faceAlertId="a2", quality=0.9)
    job = being_named(house, "Tom")
    lose(house, "a2", "Anna")
    assert list(house.read("stranger_vectors/s1")["vectors"]) == ["a1"]
    house.service().jobs.runner.finish(job)
    assert house.read("alerts/a2")["personId"] == "Anna"
    assert pictures(house, "faces/Tom/") == [b"face of a1"]


def test_a_stranger_stays_recognisable_while_it_is_named_as_that_very_person(
    house: House, lose: Lose
) -> None:
    house.stranger("s1", "a1", picture=b"the best", faceAlertId="a1")
    job = being_named(house, "Anna")
    before = house.all()
    lose(house, "a1", "Anna")
    for path in ("strangers/s1", "stranger_vectors/s1"):
        assert house.all()[path] == before[path]
    house.service().jobs.runner.finish(job)
    assert b"the best" in pictures(house, "faces/Anna/")


def test_a_muted_stranger_stays_muted_until_its_last_vector(house: House, lose: Lose) -> None:
    house.stranger("s1", "a1", "a2", ignored=True)
    house.db.document("alerts/a1").delete()
    lose(house, "a2", "Anna")
    assert house.read("strangers/s1")["ignored"] is True
    house.alert("a1", stranger_id="s1")
    lose(house, "a1", "Anna")
    assert house.get("strangers/s1") is None


def test_running_instances_notice_that_an_alert_left(house: House, lose: Lose) -> None:
    house.stranger("s1", "a1", "a2")
    lose(house, "a2", "Anna")
    changed = house.read("stranger_state/current")["changedAt"]
    assert house.read("stranger_vectors/s1")["changedAt"] == changed > NOON
