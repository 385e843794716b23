"""Frames arrive while an owner corrects something: the second to write decides anew."""

from __future__ import annotations

import threading
import time

import pytest
from google.api_core.exceptions import FailedPrecondition

from lookout.domain.people.requests import Wanted
from tests.services.people.conftest import House
from tests.services.people.frames import Frame, before_write
from tests.services.people.test_interrupted import clear
from tests.support.waiting import wait_until


def named(house: House) -> None:
    """Everything of the stranger s1 is the Postman's, and counted so."""
    alerts = {alert.id: alert.to_dict() for alert in house.db.collection("alerts").stream()}
    assert {alert["personId"] for alert in alerts.values()} == {"Postman"}
    assert {alert["strangerId"] for alert in alerts.values()} == {None}
    assert house.by_person() == {"Postman": len(alerts)}
    assert house.hours() == {"known": len(alerts)}
    assert {visit["personId"] for visit in house.read("visits/cam_front")["open"]} == {"Postman"}
    assert house.get("strangers/s1") is None
    assert house.read("stranger_vectors/s1")["removed"] is True


@pytest.mark.parametrize("alert_id", ["s1", "new"])
@pytest.mark.long
def test_a_frame_of_the_stranger_between_any_two_steps_of_naming_him(house: House, alert_id: str) -> None:
    write, writes = 0, 1
    while write < writes:
        clear(house)
        house.stranger("s1", "s1", "a2")
        house.open_visit("cam_front", "s1", stranger_id="s1")
        frame = Frame(house, alert_id, "s1")
        # by the last step the person is known by photos
        with before_write(write, frame.post) as seen:
            removed = Frame(house, alert_id, recognised="Postman")
            answer = house.done("/strangers/s1/name", {"name": "Postman"})
            assert answer["alerts"] in (1, 2, 3)
            assert answer["pictures"] == 2
        assert frame.tries == 1
        removed.post()
        named(house)
        write, writes = write + 1, len(seen)
    assert writes >= 6


def test_frames_of_the_stranger_that_do_not_stop_while_he_is_named(house: House) -> None:
    house.stranger("s1")
    for index in range(6):
        house.alert(f"a{index}", stranger_id="s1", is_open=index == 5)
    done = threading.Event()
    posted: list[Frame] = []
    errors: list[BaseException] = []

    def arrive() -> None:
        try:
            while not done.is_set():
                recognised = "Postman" if house.get("strangers/s1") is None else None
                frame = Frame(house, f"n{len(posted) // 2}", "s1", recognised)
                frame.post()
                posted.append(frame)
                time.sleep(0.03)
        except BaseException as error:
            errors.append(error)

    arriving = threading.Thread(target=arrive)
    arriving.start()
    try:
        wait_until(lambda: posted, "the first frame")
        house.done("/strangers/s1/name", {"name": "Postman"})
        count = len(posted)
        wait_until(lambda: len(posted) >= count + 2 or errors, "two more frames")
    finally:
        done.set()
        arriving.join()
    assert errors == []
    named(house)


def test_a_frame_that_read_the_stranger_before_he_was_named_is_judged_anew(house: House) -> None:
    house.stranger("s1", "s1")
    frame = Frame(house, "new", "s1")
    frame.read()
    house.done("/strangers/s1/name", {"name": "Postman"})
    with pytest.raises(FailedPrecondition):
        frame.write()


def test_an_upgrade_before_the_correction_is_written_is_corrected_too(house: House) -> None:
    house.person("Anna")
    house.alert("a1", is_open=True)
    frame = Frame(house, "a1", recognised="Anna")
    with before_write(0, frame.post):
        answer = house.done("/alerts/a1/correct", {"person_id": None})
    # the correction was decided anew: it is Anna who the alert is not
    assert answer["was"]["person_id"] == "Anna"
    alert = house.read("alerts/a1")
    assert (alert["personId"], alert["person"], alert["isKnown"]) == (None, "Unknown", False)
    assert (house.visit()["personId"], house.visit()["settled"], house.visit()["frames"]) == (None, True, 2)
    assert [one["alertId"] for one in house.read("gallery/Anna")["negatives"]] == ["a1"]
    assert house.hours() == {"unknown": 1}
    assert house.by_person() == {}


def test_a_correction_before_the_upgrade_is_written_stands(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    house.alert("a1", is_open=True)
    frame = Frame(house, "a1", recognised="Anna")
    frame.read()
    house.done("/alerts/a1/correct", {"person_id": "Bob"})
    with pytest.raises(FailedPrecondition):
        frame.write()
    frame.post()
    assert house.read("alerts/a1")["personId"] == "Bob"
    assert (house.visit()["personId"], house.visit()["frames"]) == ("Bob", 2)
    assert house.hours() == {"known": 1}
    assert house.by_person() == {"Bob": 1}


def test_a_visit_that_begins_while_another_one_is_corrected_is_not_lost(house: House) -> None:
    house.alert("a1", is_open=True)
    frame = Frame(house, "new")
    with before_write(0, frame.post):
        house.done("/alerts/a1/correct", {"person_id": None})
    visits = {visit["alertId"]: visit["settled"] for visit in house.read("visits/cam_front")["open"]}
    assert visits == {"a1": True, "new": False}
    assert house.hours() == {"unknown": 2}


def test_a_name_that_somebody_else_gets_meanwhile_is_one_person(house: House) -> None:
    house.stranger("s1", "s1")
    house.stranger("s2", "s2")
    service = house.service()

    def name_the_other() -> None:
        service.jobs.runner.finish(service.jobs.name_stranger.begin("s2", Wanted("postman", None), "u"))

    with before_write(0, name_the_other):
        answer = house.done("/strangers/s1/name", {"name": "Postman"})
    assert (answer["person_id"], answer["person"]) == ("postman", "postman")
    assert [person.id for person in house.db.collection("people").stream()] == ["postman"]


@pytest.mark.long
def test_an_alert_made_of_a_person_while_two_are_merged_is_the_other_ones(house: House) -> None:
    write, writes = 0, 1
    while write < writes:
        clear(house)
        house.person("Rob")
        house.person("Bob")
        house.alert("a1", "Rob", is_open=True)
        # an instance knows Rob for as long as it did not hear that he is gone
        frame = Frame(house, "new", recognised="Rob")
        with before_write(write, frame.post) as seen:
            house.done("/people/Rob/merge", {"into": "Bob"})
        made = house.read("alerts/new")["personId"]
        # when the last write closes the job, no instance knows Rob any more
        assert made == ("Bob" if write < len(seen) - 1 else "Rob")
        write, writes = write + 1, len(seen)
    assert writes >= 5
