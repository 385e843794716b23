"""An interrupted job is finished by the next runner, and of two that exclude each other one is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.runner import Runner
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.errors import Conflict, JobImpossible, Unavailable


def job(job_id: str, takes: str = "", joins: str = "", kind: str = "work") -> Job:
    taken, joined = (tuple(path.split()) for path in (takes, joins))
    return Job(job_id, kind, {"of": job_id}, "uid", datetime.now(UTC), taken, joined)


@pytest.fixture
def book(stores: Stores) -> JobStore:
    return JobStore(stores)


def open_job(stores: Stores, book: JobStore, opened: Job) -> Job:
    def change(transaction: Transaction) -> Job:
        found = book.read(transaction, opened.id)
        if found is None:
            book.open(transaction, opened)
        return found or opened

    return run(stores, change)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        (job("a", "s/1", "p/1"), job("b", "s/2", "p/1"), False),
        (job("a", "s/1", "p/1"), job("b", "p/1", "p/2"), True),
        (job("a", "s/1"), job("b", "s/1"), True),
        (job("a", "s/1"), job("b", "s/2", "s/1"), True),
        (job("a", "s/1"), job("a", "s/1"), False),
        (job("a"), job("b"), False),
    ],
)
def test_any_number_of_jobs_join_into_one_but_what_is_taken_is_taken_once(
    one: Job, other: Job, excluded: bool
) -> None:
    assert one.excludes(other) is other.excludes(one) is excluded


def test_a_job_comes_back_as_it_was_opened(stores: Stores, book: JobStore) -> None:
    opened = open_job(stores, book, job("a", "s/1", "p/1"))
    assert book.find("a") == opened
    assert book.running() == [opened]
    assert book.find("b") is None


def test_a_job_in_the_way_of_another_is_not_opened(stores: Stores, book: JobStore) -> None:
    open_job(stores, book, job("a", "s/1", "p/1"))
    open_job(stores, book, job("b", "s/2", "p/1"))
    with pytest.raises(Conflict, match="try again"):
        open_job(stores, book, job("c", "p/1"))
    assert book.find("c") is None
    open_job(stores, book, job("d", "p/9"))
    with pytest.raises(Conflict, match="p/9 is just being"):
        book.require_untaken("p/9")
    book.require_untaken("p/1")


def test_of_two_jobs_that_exclude_each_other_and_are_opened_at_once_one_is_refused(
    stores: Stores, book: JobStore
) -> None:
    tries: list[int] = []

    def change(transaction: Transaction) -> None:
        book.read(transaction, "b")
        book.open(transaction, job("b", "p/1"))
        tries.append(len(tries))
        if len(tries) == 1:
            open_job(stores, book, job("a", "s/1", "p/1"))

    with pytest.raises(Conflict, match="try again"):
        run(stores, change)
    assert len(tries) == 1
    assert [one.id for one in book.running()] == ["a"]


def test_a_job_is_done_once_and_remembered_for_some_days(stores: Stores, db: Any, book: JobStore) -> None:
    opened = open_job(stores, book, job("a"))
    calls = []

    def work(one: Job) -> dict[str, Any]:
        calls.append(one.about)
        return {"done": len(calls)}

    runner = Runner(book, {"work": work})
    assert runner.finish(opened) == {"done": 1}
    # by another who began before it was done: the work is done again, the result stays
    assert runner.finish(opened) == {"done": 1}
    done = book.find("a")
    assert done is not None
    assert runner.finish(done) == {"done": 1}
    assert calls == [{"of": "a"}] * 2
    assert book.running() == []
    db.document("jobs/a").update({"expireAt": datetime.now(UTC)})
    assert book.find("a") is None
    assert open_job(stores, book, job("a")).result is None


def test_one_job_that_fails_does_not_keep_others_from_being_finished(stores: Stores, book: JobStore) -> None:
    for kind in ("silent", "broken", "unheard_of", "impossible", "work"):
        open_job(stores, book, job(kind, kind=kind))

    def raising(error: Exception) -> Any:
        def work(_: Job) -> dict[str, Any]:
            raise error

        return work

    works = {
        "silent": raising(Unavailable("Storage did not answer")),
        "broken": raising(KeyError("a bug")),
        "impossible": raising(JobImpossible("gone")),
        "work": lambda _: {},
    }
    runner = Runner(book, works)
    assert runner.resume_all(timedelta(minutes=1)) == 0
    assert runner.resume_all(timedelta(0)) == 1
    # what can never be finished is given up, the rest is tried again
    assert sorted(one.id for one in book.running()) == ["broken", "silent", "unheard_of"]
    assert book.find("impossible") is None


def test_a_job_that_was_given_up_is_not_gone_on_with(stores: Stores, book: JobStore) -> None:
    opened = open_job(stores, book, job("a"))
    run(
        stores,
        lambda transaction: book.note(transaction, book.read_open(transaction, opened).id, {"photos": ["1"]}),
    )
    assert book.progress(opened) == {"photos": ["1"]}
    book.give_up("a")
    with pytest.raises(JobImpossible, match="given up"):
        run(stores, lambda transaction: book.read_open(transaction, opened))
    assert book.close("a", {"n": 1}) == {"n": 1}
    assert book.find("a") is None
