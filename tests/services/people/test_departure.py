"""A person is deleted while a stranger is being named as the person, or stands before a camera: nothing that comes
afterwards has the name, and somebody made anew under the same id is not touched."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.batch import WriteBatch
from google.cloud.storage import Blob

from lookout.cloud.alerts.closing import close_visits
from lookout.cloud.firebase import storage
from lookout.cloud.privacy.departure import Departure
from lookout.cloud.privacy.verification import find_traces
from lookout.domain.people.requests import Wanted
from lookout.services.enrol import EnrolmentService
from tests.services.people.conftest import CAMERA, House
from tests.services.people.frames import Frame
from tests.services.people.test_interrupted import Killed, clear, killed_at
from tests.support.seeds import first_of
from tests.support.stores import objects
from tests.support.waiting import wait_until

SEEDS = int(os.environ.get("LOOKOUT_DEPARTURE_SEEDS", "24"))

Acted = Callable[[], object]


@contextmanager
def at_write(number: int, act: Acted, *, after: bool) -> Iterator[list[str]]:
    """Let something happen right before or ``after`` the ``number``-th write to a store; the writes so far."""
    writes: list[str] = []
    acting: list[bool] = []
    with pytest.MonkeyPatch.context() as patch:

        def lay(owner: Any, method: str) -> None:
            original = getattr(owner, method)

            def hooked(self: Any, *args: Any, **kwargs: Any) -> Any:
                now = not acting and len(writes) == number
                if not acting:
                    writes.append(method)
                if now and not after:
                    acting.append(True)
                    act()
                    acting.clear()
                done = original(self, *args, **kwargs)
                if now and after:
                    acting.append(True)
                    act()
                    acting.clear()
                return done

            patch.setattr(owner, method, hooked)

        lay(WriteBatch, "commit")
        lay(Blob, "upload_from_string")
        lay(Blob, "delete")
        yield writes


def delete(house: House, person_id: str = "Bob") -> Acted:
    """Delete the person as an owner's browser does; what delivers the event of it."""
    reference = house.db.document(f"people/{person_id}")
    before = reference.get()
    if not before.exists:
        return lambda: None
    reference.delete()
    at = datetime.now(UTC)
    service = EnrolmentService(house.settings, house.stores)
    return lambda: service.person_left(person_id, at, before.update_time)


def make_anew(house: House, person_id: str = "Bob") -> None:
    """Another one of the same id, made now."""
    house.person(person_id)
    house.db.document(f"people/{person_id}").update({"createdAt": datetime.now(UTC)})


def everywhere(prepare: Acted, work: Acted) -> Iterator[int]:
    """The numbers of all writes of ``work``, each after everything was ``prepare``d anew."""
    prepare()
    with at_write(-1, lambda: None, after=False) as writes:
        work()
    for write in range(len(writes)):
        prepare()
        yield write


def enrol(house: House) -> None:
    """Deliver the events of all photos."""
    service = EnrolmentService(house.settings, house.stores)
    for path in [path for path in objects(house.bucket) if path.startswith("faces/")]:
        blob = house.bucket.get_blob(path)
        if blob is not None:
            service.photo_arrived(path, int(blob.generation))


def settle(house: House) -> None:
    """All that is still to come: photos' events, and the tidying."""
    enrol(house)
    house.service().jobs.runner.resume_all(timedelta(0))
    enrol(house)


def has_no_name(house: House, person_id: str = "Bob") -> None:
    """Nothing stored gives the name to a face."""
    assert house.get(f"people/{person_id}") is None
    assert [path for path in objects(house.bucket) if path.startswith(f"faces/{person_id}/")] == []
    nobody_is_being_named(house, person_id)
    names = [visit["personId"] for visit in (house.get(f"visits/{CAMERA}") or {"open": []})["open"]]
    assert person_id not in names
    outcomes = [
        one for frame in (house.get(f"visits/{CAMERA}") or {}).get("recent", ()) for one in frame["outcomes"]
    ]
    assert person_id not in [one["personId"] for one in outcomes]
    Frame(house, "later", "s1").post()
    assert house.read("alerts/later")["personId"] is None


def nobody_is_being_named(house: House, person_id: str) -> None:
    for collection in ("strangers", "stranger_vectors"):
        stored = {one.id: one.to_dict() for one in house.db.collection(collection).stream()}
        assert [one for one, fields in stored.items() if fields.get("personId") == person_id] == []
    assert [one.id for one in house.db.collection("jobs").stream() if one.get("state") == "running"] == []


def begin(house: House) -> None:
    clear(house)
    house.stranger("s1", "s1", picture=b"the best", quality=0.9)
    house.alert("a2", stranger_id="s1", is_open=True)


@pytest.mark.parametrize("body", [{"name": "Bob"}, {"person_id": "Bob"}], ids=["made", "there"])
@pytest.mark.parametrize("told", ["at once", "late"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_a_person_deleted_at_any_step_of_naming_a_stranger_stays_deleted(
    house: House, body: dict[str, str], told: str, after: bool
) -> None:
    events: list[Acted] = []

    def leave() -> None:
        events.append(delete(house))
        if told == "at once":
            events[-1]()

    def prepare() -> None:
        begin(house)
        events.clear()
        if "person_id" in body:
            house.person("Bob")

    writes = 0
    for write in everywhere(prepare, lambda: house.answer("/strangers/s1/name", body)):
        with at_write(write, leave, after=after):
            answer = house.answer("/strangers/s1/name", body)
        assert answer.status_code in (200, 404, 409), answer.text
        for event in events:
            event()
        if house.get("people/Bob") is not None:
            # a person of that name was not there yet, and was made by the very write
            assert (write, after, "name" in body) == (0, False, True)
            delete(house)()
        settle(house)
        has_no_name(house)
        writes += 1
    assert writes >= 9


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_somebody_made_anew_under_the_same_id_at_any_step_of_naming_gets_nothing_of_it(
    house: House, after: bool
) -> None:
    def prepare() -> None:
        begin(house)
        house.person("Bob")

    def replace() -> None:
        delete(house)()
        make_anew(house)

    answers = []
    for write in everywhere(prepare, lambda: house.done("/strangers/s1/name", {"person_id": "Bob"})):
        with at_write(write, replace, after=after) as seen:
            answer = house.answer("/strangers/s1/name", {"person_id": "Bob"})
        settle(house)
        photos = [path for path in objects(house.bucket) if path.startswith("faces/Bob/")]
        person = house.read("people/Bob")
        assert person["name"] == "Bob"
        if write == 0 and not after:
            # the first step was decided anew: it is the new Bob who was named
            assert answer.status_code == 200
        elif answer.status_code == 200:
            # all was done before
            assert write >= len(seen) - 4
            assert house.get("strangers/s1") is None
        else:
            assert photos == ["faces/Bob/1.jpg"]
            nobody_is_being_named(house, "Bob")
        assert "faces/Bob/1.jpg" in photos
        assert house.read("gallery/Bob").get("deleted") is not True
        answers.append(answer.status_code)
    assert len(answers) >= 9
    assert answers.count(409) >= 5


def test_an_event_that_comes_late_leaves_the_naming_as_somebody_made_anew_alone(house: House) -> None:
    begin(house)
    house.person("Bob")
    event = delete(house)
    make_anew(house)
    service = house.service()
    job = service.jobs.name_stranger.begin("s1", Wanted(None, "Bob"), "u")
    event()
    assert (house.read("strangers/s1")["personId"], house.read("stranger_vectors/s1")["name"]) == (
        "Bob",
        "Bob",
    )
    assert service.jobs.runner.finish(job)["alerts"] == 2
    assert house.read("alerts/a2")["personId"] == "Bob"
    assert (house.visit()["personId"], house.visit()["settled"]) == ("Bob", True)


@pytest.mark.parametrize("left", ["the vectors", "the stranger", "both", "both, and no job"])
def test_whatever_is_left_of_an_interrupted_naming_loses_the_name(house: House, left: str) -> None:
    begin(house)
    house.person("Bob")
    house.service().jobs.name_stranger.begin("s1", Wanted(None, "Bob"), "u")
    if left == "the vectors":
        house.db.document("strangers/s1").delete()
    elif left == "the stranger":
        house.db.document("stranger_vectors/s1").delete()
    if left != "both":
        house.db.document("jobs/name_s1").delete()
    before = house.read("stranger_state/current") if house.get("stranger_state/current") else {}
    delete(house)()
    if left == "the vectors":
        assert house.read("stranger_vectors/s1").keys() == {"removed", "changedAt", "expireAt"}
    elif left == "the stranger":
        assert house.read("strangers/s1")["personId"] is None
    else:
        vectors = house.read("stranger_vectors/s1")
        assert (vectors["personId"], vectors["name"], list(vectors["vectors"])) == (None, None, ["s1"])
    if left != "the stranger":
        assert house.read("stranger_state/current") != before
    settle(house)
    has_no_name(house)


def test_a_muted_stranger_is_muted_again_by_itself(house: House) -> None:
    begin(house)
    house.person("Bob")
    house.db.document("people/Bob").update({"muted": True})
    house.service().jobs.name_stranger.begin("s1", Wanted(None, "Bob"), "u")
    assert house.read("stranger_vectors/s1")["ignored"] is True
    delete(house)()
    assert house.read("stranger_vectors/s1")["ignored"] is False


def test_the_open_visit_of_somebody_deleted_is_closed_and_others_go_on(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    house.alert("a1", "Bob", is_open=True)
    house.alert("a2", "Anna", is_open=True)
    house.alert("a3", is_open=True)
    house.open_visit("cam_back", "silent", "Bob")
    delete(house)()
    assert [visit["alertId"] for visit in house.read(f"visits/{CAMERA}")["open"]] == ["a2", "a3"]
    assert [frame["digest"] for frame in house.read(f"visits/{CAMERA}")["recent"]] == ["d-a2", "d-a3"]
    assert house.read("visits/cam_back")["open"] == []
    before = house.read("alerts/a1")
    Frame(house, "later").post()
    assert house.read("alerts/later")["personId"] is None
    # the past stays as it was told
    assert house.read("alerts/a1") == before


@pytest.mark.parametrize("settled", [False, True])
def test_visits_of_somebody_made_anew_go_on(house: House, settled: bool) -> None:
    house.person("Bob")
    house.alert("old", "Bob", is_open=True)
    visits = house.read(f"visits/{CAMERA}")
    visits["open"][0]["settled"] = settled
    house.db.document(f"visits/{CAMERA}").set(visits)
    event = delete(house)
    make_anew(house)
    house.alert("new", "Bob", is_open=True)
    visits = house.read(f"visits/{CAMERA}")
    visits["open"][1]["firstSeenAt"] = datetime.now(UTC) + timedelta(seconds=5)
    house.db.document(f"visits/{CAMERA}").set(visits)
    event()
    # who an owner said somebody is, is the Bob who is there
    kept = ["old", "new"] if settled else ["new"]
    assert [visit["alertId"] for visit in house.read(f"visits/{CAMERA}")["open"]] == kept
    assert [frame["digest"] for frame in house.read(f"visits/{CAMERA}")["recent"]] == [
        f"d-{one}" for one in kept
    ]


@pytest.mark.long
def test_a_frame_of_an_instance_that_knew_him_still_names_him_for_no_longer_than_the_second_look(
    house: House,
) -> None:
    house.person("Bob")
    house.alert("a1", "Bob", is_open=True)
    house.db.document("people/Bob").delete()
    counts: list[Any] = []
    departing = threading.Thread(target=lambda: counts.append(Departure(house.stores, 2.0).follow("Bob")))
    departing.start()
    try:
        wait_until(lambda: house.read(f"visits/{CAMERA}")["open"] == [], "the first look")
        Frame(house, "stale", recognised="Bob").post()
    finally:
        departing.join()
    house.bucket.blob("faces/Bob/1.jpg").delete()
    assert counts == [{"strangers": 0, "visits": 2}]
    has_no_name(house)


def test_frames_that_do_not_stop_lose_the_name_with_the_person(house: House) -> None:
    begin(house)
    house.person("Bob")
    service = house.service()
    job = service.jobs.name_stranger.begin("s1", Wanted(None, "Bob"), "u")
    frame = Frame(house, "new", "s1")
    frame.post()
    assert house.read("alerts/new")["personId"] == "Bob"
    event = delete(house)
    stale = Frame(house, "stale", "s1")
    stale.read()
    event()
    with pytest.raises(Exception, match=r"FAILED_PRECONDITION|does not match"):
        # the visits were changed since it read them: it is judged anew
        stale.write()
    stale.post()
    assert house.read("alerts/stale")["personId"] is None
    assert service.jobs.runner.resume_all(timedelta(0)) == 0
    assert house.get(f"jobs/{job.id}") is None
    has_no_name(house)


@pytest.mark.long
def test_a_merge_keeps_the_visits_of_whom_it_deletes(house: House) -> None:
    def prepare() -> None:
        clear(house)
        house.person("Rob")
        house.person("Bob")
        house.alert("a1", "Rob", is_open=True)

    def deliver() -> None:
        if house.get("people/Rob") is None:
            EnrolmentService(house.settings, house.stores).person_left("Rob", datetime.now(UTC))

    writes = 0
    for write in everywhere(prepare, lambda: house.done("/people/Rob/merge", {"into": "Bob"})):
        with at_write(write, deliver, after=True):
            house.done("/people/Rob/merge", {"into": "Bob"})
        deliver()
        assert (house.visit()["alertId"], house.visit()["personId"]) == ("a1", "Bob")
        writes += 1
    assert writes >= 6


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "made anew"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_who_is_deleted_while_somebody_is_merged_into_them_is_not_made_again_by_the_photos(
    house: House, after: bool, again: bool
) -> None:
    def prepare() -> None:
        clear(house)
        house.person("Rob")
        house.person("Bob")
        house.upload("faces/Rob/2.jpg", b"another of Rob")

    def leave() -> None:
        delete(house)()
        if again:
            make_anew(house)

    writes = 0
    for write in everywhere(prepare, lambda: house.done("/people/Rob/merge", {"into": "Bob"})):
        with at_write(write, leave, after=after):
            status = house.answer("/people/Rob/merge", {"into": "Bob"}).status_code
        assert status in (200, 404, 409)
        if house.get("people/Rob") is None:
            EnrolmentService(house.settings, house.stores).person_left("Rob", datetime.now(UTC))
        settle(house)
        photos = [path for path in objects(house.bucket) if path.startswith("faces/Bob/")]
        if not again:
            assert (house.get("people/Bob"), photos) == (None, [])
        else:
            assert house.read("people/Bob")["name"] == "Bob"
            assert status == 200 or photos == ["faces/Bob/1.jpg"]
        writes += 1
    assert writes >= 5


def test_erasing_finds_vectors_that_are_left_of_a_naming(house: House) -> None:
    begin(house)
    house.person("Bob")
    house.service().jobs.name_stranger.begin("s1", Wanted(None, "Bob"), "u")
    house.db.document("strangers/s1").delete()
    house.db.document("jobs/name_s1").delete()
    assert house.done("/people/Bob/erase")["counts"]["strangers"] == 1
    assert house.read("stranger_vectors/s1").keys() == {"removed", "changedAt", "expireAt"}
    assert find_traces(house.stores, "Bob", None) == []


def test_a_photo_of_a_job_makes_nobody_and_one_of_an_owner_does(house: House) -> None:
    storage.store(house.stores, {"faces/Bob/stranger-1.jpg": b"a"}, {storage.JOB: "name_s1"})
    house.upload("faces/Anna/1.jpg", b"a")
    enrol(house)
    assert (house.get("people/Bob"), house.read("people/Anna")["name"]) == (None, "Anna")
    assert [path for path in objects(house.bucket) if path.startswith("faces/")] == ["faces/Anna/1.jpg"]
    assert list(house.db.collection("people/Bob/photos").stream()) == []


def test_nobody_is_closed_out_who_is_there(house: House) -> None:
    house.person("Bob")
    made = house.db.document("people/Bob").get().create_time
    house.alert("a1", "Bob", is_open=True)
    visits = house.read(f"visits/{CAMERA}")
    visits["open"][0]["firstSeenAt"] = made
    house.db.document(f"visits/{CAMERA}").set(visits)
    assert close_visits(house.stores, "Bob") == 0
    assert close_visits(house.stores, "Anna") == 0


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "made anew"])
def test_who_is_deleted_in_the_moment_of_a_correction_is_not_on_the_visit(house: House, again: bool) -> None:
    house.person("Bob")
    house.alert("a1", is_open=True)

    def leave() -> None:
        delete(house)()
        if again:
            make_anew(house)

    with at_write(0, leave, after=False):
        status = house.answer("/alerts/a1/correct", {"person_id": "Bob"}).status_code
    # a new Bob was there when it was decided anew
    assert (status, house.visit()["personId"]) == ((200, "Bob") if again else (404, None))
    assert house.read("alerts/a1")["personId"] == house.visit()["personId"]


def test_a_correction_changes_nothing_of_the_person(house: House) -> None:
    house.person("Bob")
    house.alert("a1", is_open=True)
    before = house.read("people/Bob")
    house.done("/alerts/a1/correct", {"person_id": "Bob"})
    assert house.read("people/Bob") == before


WHAT = ("delete", "make", "correct", "tell", "tell twice", "name", "tidy", "enrol", "frame", "resume")


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", first_of(SEEDS))
def test_in_whatever_order_it_happens_the_name_goes_with_the_last_bob(house: House, seed: int) -> None:
    chance = random.Random(seed)
    begin(house)
    house.person("Bob")
    events: list[Acted] = []
    for number in range(chance.randint(4, 9)):
        what = chance.choice(WHAT)
        with killed_at(chance.randint(0, 6), after=chance.random() < 0.5):
            try:
                if what == "delete":
                    events.append(delete(house))
                elif what == "make" and house.get("people/Bob") is None:
                    house.db.document("people/Bob").set({"name": "Bob", "createdAt": datetime.now(UTC)})
                elif what.startswith("tell") and events:
                    event = chance.choice(events)
                    for _ in range(1 + what.endswith("twice")):
                        event()
                elif what == "name":
                    house.client.application.testing = True
                    house.answer("/strangers/s1/name", {"name": "Bob"})
                elif what == "correct":
                    house.client.application.testing = True
                    house.answer("/alerts/a2/correct", {"person_id": "Bob"})
                elif what == "enrol":
                    enrol(house)
                elif what == "frame":
                    Frame(house, f"frame{number}", "s1").post()
                elif what in ("tidy", "resume"):
                    house.service().jobs.runner.resume_all(timedelta(0))
            except Killed:
                pass
    events.append(delete(house))
    for event in events:
        event()
    settle(house)
    for event in events:
        event()
    has_no_name(house)
