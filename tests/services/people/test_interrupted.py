"""The function is killed half-way: made again, the call ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.batch import WriteBatch
from google.cloud.storage import Blob

from lookout.cloud.corrections.jobs import JobStore
from lookout.cloud.privacy.verification import find_traces
from lookout.services import people as people_service
from lookout.services.jobs import build_jobs
from tests.services.people.conftest import House


class Killed(BaseException):
    """The instance is gone: nothing catches this."""


@contextmanager
def killed_at(write: int, *, after: bool) -> Iterator[list[str]]:
    """Die at the ``write``-th write to a store, before or ``after`` it was carried out; the writes so far."""
    written: list[str] = []
    originals: dict[Any, str] = {WriteBatch: "commit", Blob: "upload_from_string"}
    with pytest.MonkeyPatch.context() as patch:

        def lay(owner: Any, method: str) -> None:
            original = getattr(owner, method)

            def dying(self: Any, *args: Any, **kwargs: Any) -> Any:
                if len(written) == write and not after:
                    raise Killed
                done = original(self, *args, **kwargs)
                written.append(method)
                if len(written) == write + 1 and after:
                    raise Killed
                return done

            patch.setattr(owner, method, dying)

        for owner, method in originals.items():
            lay(owner, method)
        lay(Blob, "delete")
        yield written


def interrupted_everywhere(
    house: House, begin: Any, path: str, body: dict[str, Any], *, after: bool
) -> tuple[int, list[tuple[dict[str, Any], dict[str, Any]]]]:
    """The call ``path`` killed at its first, second, ... write, and made again, on a house that ``begin`` makes.

    The number of writes, and each end: what was answered, and what is stored.
    """
    ends = []
    write = 0
    while True:
        clear(house)
        begin()
        with killed_at(write, after=after) as written:
            try:
                house.client.application.testing = True
                answer = house.done(path, body)
            except Killed:
                answer = {}
        complete = bool(answer)
        if not complete:
            people_service.service.replace(house.service())
            answer = house.done(path, body)
        ends.append((answer, house.all()))
        if complete:
            return len(written), ends
        write += 1


def clear(house: House) -> None:
    for collection in house.db.collections():
        house.db.recursive_delete(collection)
    for blob in list(house.bucket.list_blobs()):
        blob.delete()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_naming_a_stranger(house: House, after: bool) -> None:
    def begin() -> None:
        house.stranger("s1", "s1", picture=b"the best", quality=0.9)
        house.alert("a2", stranger_id="s1", is_open=True)

    writes, ends = interrupted_everywhere(
        house, begin, "/strangers/s1/name", {"name": "Postman"}, after=after
    )
    assert writes >= 9
    assert ends[0][0]["alerts"] == 2
    assert ends[0][0]["pictures"] == 3
    assert all(end == ends[-1] for end in ends), differing(ends)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_merging_two_strangers(house: House, after: bool) -> None:
    def begin() -> None:
        house.stranger("s1", "s1", picture=b"better", quality=0.9)
        house.stranger("s2", "s2", picture=b"worse", quality=0.2)
        house.alert("a2", stranger_id="s1", is_open=True)

    writes, ends = interrupted_everywhere(house, begin, "/strangers/s1/merge", {"into": "s2"}, after=after)
    assert writes >= 7
    assert ends[0][0]["alerts"] == 2
    assert all(end == ends[-1] for end in ends), differing(ends)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.long
def test_merging_two_people(house: House, after: bool) -> None:
    def begin() -> None:
        house.person("Rob")
        house.person("Bob")
        house.alert("a1", "Rob")
        house.alert("a2", "Rob", is_open=True)

    writes, ends = interrupted_everywhere(house, begin, "/people/Rob/merge", {"into": "Bob"}, after=after)
    assert writes >= 6
    assert ends[0][0]["alerts"] == 2
    assert all(end == ends[-1] for end in ends), differing(ends)


def differing(ends: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[Any]:
    """What is not the same in all ends, for the failing test to show."""
    last_answer, last = ends[-1]
    return [
        (write, answer if answer != last_answer else "", path, stored.get(path), last.get(path))
        for write, (answer, stored) in enumerate(ends)
        for path in {*stored, *last}
        if stored.get(path) != last.get(path) or answer != last_answer
    ]


def test_what_nobody_calls_for_again_is_finished_by_the_tidying(house: House) -> None:
    house.stranger("s1", "s1", "a2")
    with killed_at(2, after=True), pytest.raises(Killed):
        house.done("/strangers/s1/name", {"name": "Postman"})
    service = house.service()
    assert service.jobs.runner.resume_all(timedelta(minutes=5)) == 0
    assert house.read("jobs/name_s1")["state"] == "running"
    assert service.jobs.runner.resume_all(timedelta(0)) == 1
    assert house.read("jobs/name_s1")["state"] == "done"
    assert house.get("strangers/s1") is None
    assert service.jobs.runner.resume_all(timedelta(0)) == 0


def test_a_call_about_the_same_person_finishes_what_was_interrupted_first(house: House) -> None:
    house.person("Bob")
    house.person("Rob")
    house.person("Robert")
    house.alert("a1", "Rob")
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done("/people/Rob/merge", {"into": "Bob"})
    answer = house.done("/people/Bob/merge", {"into": "Robert"})
    assert answer["alerts"] == 1
    assert house.read("alerts/a1")["personId"] == "Robert"
    assert [person.id for person in house.db.collection("people").stream()] == ["Robert"]


@pytest.mark.few(1)
@pytest.mark.parametrize("path", ["/strangers/s1/name", "/strangers/s1/merge", "/people/Rob/merge"])
def test_the_scripts_finish_whatever_kind_of_job_was_interrupted_first(house: House, path: str) -> None:
    house.stranger("s1", "s1")
    house.stranger("s2", "s2")
    house.person("Bob")
    house.person("Rob")
    house.alert("a1", "Rob")
    body = {"/strangers/s1/name": {"person_id": "Bob"}, "/strangers/s1/merge": {"into": "s2"}}
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done(path, body.get(path, {"into": "Bob"}))
    jobs = build_jobs(house.settings, house.stores, enrol_seconds=0.0)
    if path == "/strangers/s1/merge":
        # it is about no person, so only the tidying finishes it
        assert jobs.runner.resume_all(timedelta(0)) == 1
    receipt = jobs.erasure.erase(jobs.runner, "Bob", "scripts/erase")
    assert receipt["counts"]["people"] == 1
    assert [job.id for job in JobStore(house.stores).running()] == []
    assert find_traces(house.stores, "Bob", None) == []


def test_a_call_whose_job_can_never_be_finished_is_told_why(house: House) -> None:
    house.person("Bob")
    house.person("Rob")
    house.alert("a1", "Rob")
    with killed_at(0, after=True), pytest.raises(Killed):
        house.done("/people/Rob/merge", {"into": "Bob"})
    # the tidying's finishing of it would end the job; here the call itself finds that Bob is gone
    runner = people_service.service().jobs.runner
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(runner), "resume_excluding", lambda *_: house.db.document("people/Bob").delete())
        answer = house.answer("/people/Rob/merge", {"into": "Bob"})
    assert (answer.status_code, answer.json["error"]) == (409, "conflict")
    assert "Bob was deleted meanwhile" in answer.json["message"]
    assert house.get("jobs/merge_person_Rob") is None
