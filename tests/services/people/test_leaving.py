"""A stranger goes with the last of its alerts, whichever way that left, with its picture and its vectors."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.corrections.alert_removal import PARTS, UnseenStrangers
from lookout.cloud.corrections.relabelling import Subject
from lookout.cloud.privacy.retention import EVERY, Retention
from lookout.domain.people.relabel import Identity
from lookout.domain.people.requests import Wanted
from lookout.errors import JobImpossible
from lookout.services import housekeeping
from tests.services.people.conftest import House
from tests.services.people.frames import Frame, before_write
from tests.services.people.test_interrupted import Killed, killed_at
from tests.support import functions
from tests.support.events import of_document
from tests.support.seeds import first_of
from tests.support.stores import objects

SEEDS = int(os.environ.get("LOOKOUT_LEAVING_SEEDS", "30"))
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def own_housekeeping(house: House) -> None:
    """The function's events are about the test's own stores."""
    kept = housekeeping.Housekeeping(house.settings, house.stores, house.service().jobs.runner)
    housekeeping.service.replace(kept)


def delete(house: House, alert_id: str) -> Mapping[str, Any]:
    """As an owner's browser or Firestore's TTL does. What the event tells of it."""
    reference = house.db.document(f"alerts/{alert_id}")
    before: Mapping[str, Any] = reference.get(["strangerId", "cameraId"]).to_dict()
    reference.delete()
    return before


def deliver(house: House, alert_id: str, before: Mapping[str, Any]) -> None:
    functions.main("people").alert_deleted(of_document("deleted", f"alerts/{alert_id}", before, None))


def sweep(house: House) -> int:
    unseen = UnseenStrangers(house.stores)
    return sum(map(unseen.sweep, range(PARTS)))


def is_there(house: House, stranger_id: str) -> bool:
    return house.get(f"strangers/{stranger_id}") is not None


def nothing_is_left(house: House, stranger_id: str) -> None:
    """No document, no vector, no picture of the stranger."""
    assert not is_there(house, stranger_id)
    assert house.read(f"stranger_vectors/{stranger_id}").keys() == {"removed", "changedAt", "expireAt"}
    assert [path for path in objects(house.bucket) if path.startswith(f"strangers/{stranger_id}/")] == []


def test_with_the_last_alert_that_is_deleted_the_stranger_goes(house: House) -> None:
    house.stranger("a0", "a1", "a2", picture=b"face")
    house.stranger("b0", "b1", picture=b"another")
    deliver(house, "a1", delete(house, "a1"))
    assert is_there(house, "a0")
    before = house.read("stranger_state/current") if house.get("stranger_state/current") else {}
    deliver(house, "a2", delete(house, "a2"))
    nothing_is_left(house, "a0")
    assert house.read("stranger_state/current") != before
    assert is_there(house, "b0")
    assert "strangers/b0/0123456789ab.jpg" in objects(house.bucket)


def test_a_stranger_of_more_alerts_than_vectors_stays_until_the_last(house: House) -> None:
    alerts = [f"a{number}" for number in range(12)]
    house.stranger("a0", *alerts, picture=b"face")
    for alert_id in alerts:
        assert is_there(house, "a0")
        deliver(house, alert_id, delete(house, alert_id))
    nothing_is_left(house, "a0")


def test_an_event_that_comes_twice_or_late_takes_nobody_who_was_seen_again(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face")
    before = delete(house, "a1")
    house.alert("a2", stranger_id="a0")
    for _ in range(2):
        deliver(house, "a1", before)
        assert is_there(house, "a0")
    again = delete(house, "a2")
    for _ in range(2):
        deliver(house, "a2", again)
        nothing_is_left(house, "a0")


def test_when_the_last_alert_has_had_its_time_so_has_the_stranger(house: House) -> None:
    house.stranger("a0", "a1", "a2", picture=b"face", visits=5)
    for alert_id in ("a1", "a2"):
        house.db.document(f"alerts/{alert_id}").update({"expireAt": NOW - timedelta(hours=1)})
    told = {alert_id: house.read(f"alerts/{alert_id}") for alert_id in ("a1", "a2")}
    tidying = Retention(house.stores, 200, lambda: 36500)
    assert tidying.run()["alerts"] == 2
    for alert_id, alert in told.items():
        deliver(house, alert_id, {"strangerId": alert["strangerId"]})
    nothing_is_left(house, "a0")


def test_whom_an_owner_ignores_is_not_forgotten_with_the_alerts(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face", ignored=True)
    deliver(house, "a1", delete(house, "a1"))
    sweep(house)
    assert is_there(house, "a0")
    assert "a1" in house.read("stranger_vectors/a0")["vectors"]


def test_the_tidying_finds_a_stranger_whose_last_event_was_lost_within_four_hours(house: House) -> None:
    house.stranger("c0", "a1", picture=b"face")
    house.stranger("d0", "a2", picture=b"face")
    delete(house, "a1")
    tidying = Retention(house.stores, 200, lambda: 36500)
    runs = [tidying.run(NOW + number * EVERY).get("unseen_strangers", 0) for number in range(PARTS)]
    assert (sum(runs), PARTS * EVERY) == (1, timedelta(hours=4))
    nothing_is_left(house, "c0")
    assert is_there(house, "d0")


@pytest.mark.parametrize("body", [{"person_id": "Anna"}, {"stranger_id": "b0"}])
def test_a_correction_of_the_last_alert_takes_the_stranger_whatever_was_counted(
    house: House, body: dict[str, str]
) -> None:
    house.person("Anna")
    house.stranger("b0", "b1")
    house.stranger("a0", "a1", "a2", "a3", picture=b"face")
    delete(house, "a1")
    delete(house, "a2")
    house.done("/alerts/a3/correct", body)
    nothing_is_left(house, "a0")
    assert is_there(house, "b0")


def test_a_stranger_who_turns_out_to_be_somebody_known_goes_when_the_other_alerts_are_gone(
    house: House,
) -> None:
    house.person("Anna")
    house.stranger("a0", "a1", picture=b"face")
    house.db.document("stranger_state/current").set({"changedAt": NOW})
    house.alert("a2", stranger_id="a0", is_open=True)
    delete(house, "a1")
    Frame(house, "a2", "a0", recognised="Anna").post()
    assert not is_there(house, "a0")
    assert house.read("stranger_vectors/a0")["removed"] is True


def test_strangers_of_whom_all_alerts_leave_while_they_are_merged_are_gone_in_the_end(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face")
    house.stranger("b0", "b1", picture=b"another")
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done("/strangers/a0/merge", {"into": "b0"})
    told = delete(house, "b1")
    deliver(house, "b1", told)
    sweep(house)
    # what is left of the merger still brings it an alert
    assert is_there(house, "b0")
    deliver(house, "a1", delete(house, "a1"))
    assert is_there(house, "b0")
    house.done("/strangers/a0/merge", {"into": "b0"})
    nothing_is_left(house, "b0")
    assert [path for path in objects(house.bucket) if path.startswith("strangers/")] == []


def test_a_merged_stranger_lives_as_long_as_an_alert_of_either(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face")
    house.stranger("b0", "b1", picture=b"another")
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done("/strangers/a0/merge", {"into": "b0"})
    deliver(house, "b1", delete(house, "b1"))
    house.done("/strangers/a0/merge", {"into": "b0"})
    assert is_there(house, "b0")
    deliver(house, "a1", delete(house, "a1"))
    nothing_is_left(house, "b0")


def test_a_stranger_whose_naming_was_given_up_goes_when_all_alerts_have_the_name(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face")
    service = house.service()
    job = service.jobs.name_stranger.begin("a0", Wanted("Postman", None), "u")
    subject = Subject("strangerId", "a0", Identity("Postman", "Postman"))
    assert service.jobs.name_stranger._relabel_all.alerts(job, subject) == 1
    house.db.document("people/Postman").delete()
    with pytest.raises(JobImpossible):
        service.jobs.runner.finish(job)
    nothing_is_left(house, "a0")


def test_a_stranger_who_comes_back_in_that_very_moment_stays(house: House) -> None:
    house.stranger("a0", "a1", picture=b"face")
    house.db.document("stranger_state/current").set({"changedAt": NOW})
    told = delete(house, "a1")
    frame = Frame(house, "new", "a0")
    unseen = UnseenStrangers(house.stores)
    with before_write(0, frame.post):
        assert unseen.remove("a0") is False
    assert is_there(house, "a0")
    assert house.read("alerts/new")["strangerId"] == "a0"
    deliver(house, "a1", told)
    assert is_there(house, "a0")


WAYS = ("deleted", "deleted, told twice", "deleted, told late", "deleted, never told", "named", "recognised")


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", first_of(SEEDS))
def test_in_whatever_ways_the_alerts_leave_the_stranger_lives_as_long_as_they_do(
    house: House, seed: int
) -> None:
    chance = random.Random(seed)
    house.person("Anna")
    alerts = [f"a{number}" for number in range(chance.randint(1, 11))]
    house.stranger("a0", *alerts, picture=b"face")
    house.db.document("stranger_state/current").set({"changedAt": NOW})
    late: list[tuple[str, Mapping[str, Any]]] = []
    chance.shuffle(alerts)
    for alert_id in alerts:
        assert is_there(house, "a0")
        way = chance.choice(WAYS)
        if way == "named":
            house.done(f"/alerts/{alert_id}/correct", {"person_id": "Anna"})
        elif way == "recognised":
            house.open_visit(f"cam_{alert_id}", alert_id, stranger_id="a0")
            Frame(house, alert_id, "a0", recognised="Anna", camera=f"cam_{alert_id}").post()
        else:
            told = delete(house, alert_id)
            late += [(alert_id, told)] if way.endswith("late") else []
            for _ in range({"deleted": 1, "deleted, told twice": 2}.get(way, 0)):
                with killed_at(chance.randint(0, 3), after=chance.random() < 0.5):
                    try:
                        deliver(house, alert_id, told)
                    except Killed:
                        late.append((alert_id, told))
    for alert_id, told in late:
        deliver(house, alert_id, told)
    sweep(house)
    assert not is_there(house, "a0")
    assert house.read("stranger_vectors/a0")["removed"] is True
    later = Retention(house.stores, 200, lambda: 36500)
    first = int((NOW + timedelta(hours=2)).timestamp() // EVERY.total_seconds())
    later._unclaimed("strangers", NOW + timedelta(hours=2) + ((0xA0 - first) % 256) * EVERY)
    assert [path for path in objects(house.bucket) if path.startswith("strangers/")] == []
