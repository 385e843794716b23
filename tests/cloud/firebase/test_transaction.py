"""Several documents are changed as one step, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from lookout.cloud.firebase import transaction
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.errors import Unavailable
from tests.support.outage import StoreLine


def test_counting_up_from_many_threads_loses_no_count(stores: Stores, db: Any) -> None:
    counter = db.document("a/counter")

    def count(one: Transaction) -> int:
        (found,) = one.read([counter])
        number = int((found or {}).get("n", 0)) + 1
        one.set(counter, {"n": number})
        return number

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda _: run(stores, count), range(24)))
    assert sorted(counted) == list(range(1, 25))
    assert counter.get().to_dict() == {"n": 24}


def test_a_step_that_somebody_came_before_is_decided_anew_and_nothing_of_the_first_is_written(
    stores: Stores,
    db: Any,
) -> None:
    watched, other = db.document("a/watched"), db.document("a/other")
    watched.set({"n": 1})
    tries = []

    def step(one: Transaction) -> str:
        (found,) = one.read([watched])
        tries.append(found)
        if len(tries) == 1:
            watched.set({"n": 2})
        one.batch.set(other, {"seen": (found or {})["n"], "try": len(tries)})
        one.set(watched, {"n": 3})
        return "done"

    assert run(stores, step) == "done"
    assert tries == [{"n": 1}, {"n": 2}]
    assert other.get().to_dict() == {"seen": 2, "try": 2}


def test_a_document_that_was_deleted_meanwhile_is_not_made_again(stores: Stores, db: Any) -> None:
    watched = db.document("a/watched")
    watched.set({"n": 1})

    def step(one: Transaction) -> bool:
        (found,) = one.read([watched])
        if found is None:
            return False
        watched.delete()
        one.set(watched, {"n": 2})
        return True

    assert run(stores, step) is False
    assert not watched.get().exists


def test_what_was_decided_by_the_first_look_at_a_document_must_still_hold(stores: Stores, db: Any) -> None:
    watched = db.document("a/watched")
    watched.set({"n": 1})
    first_looks = []

    def step(one: Transaction) -> None:
        first_looks.append(one.read([watched]))
        if len(first_looks) == 1:
            watched.set({"n": 2})
        one.read([watched])
        assert not one.has_write(watched)
        one.set(watched, {"n": 3})
        assert one.has_write(watched)

    run(stores, step)
    assert first_looks == [[{"n": 1}], [{"n": 2}]]


def test_a_step_that_writes_nothing_needs_no_second_try(stores: Stores, db: Any) -> None:
    assert run(stores, lambda one: one.read([db.document("a/nothing")])) == [None]


def test_an_error_of_the_step_itself_is_not_tried_again(stores: Stores) -> None:
    def broken(_: Transaction) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        run(stores, broken)


def test_a_silent_firestore_is_told(stores: Stores, distant_db: Any, line: StoreLine) -> None:
    line.cut()
    with pytest.raises(Unavailable, match="Firestore"):
        run(replace(stores, db=distant_db, timeout=0.5), lambda one: one.read([distant_db.document("a/b")]))
    assert transaction.TRIES > 8
