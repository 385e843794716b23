"""What a warm instance knows of the strangers, and when it reads them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore import SERVER_TIMESTAMP
from google.cloud.firestore_v1.query import Query

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.strangers.reader import StrangerReader
from lookout.domain.recognition.gallery import pack
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.errors import Unavailable
from tests.cloud.conftest import MODEL
from tests.unit.domain.conftest import face

NOW = datetime.now(UTC)
SELDOM = 3600.0
RULE = Rule(0.5, 0.4, 0.5, Calibration(0.45, 12.0), Calibration(0.5, 12.0))


def remember(db: Any, *stranger_ids: str) -> None:
    """As ``detect`` writes strangers."""
    for stranger_id in stranger_ids:
        batch = db.batch()
        seen = {"vectors": {stranger_id: pack(face(1)[None, :])}, "modelId": MODEL, "removed": False}
        seen |= {"expireAt": NOW + timedelta(days=1), "changedAt": SERVER_TIMESTAMP}
        batch.set(db.document(f"stranger_vectors/{stranger_id}"), seen)
        batch.set(db.document("stranger_state/current"), {"changedAt": SERVER_TIMESTAMP})
        batch.commit()


def reader(stores: Stores) -> StrangerReader:
    return StrangerReader(stores, MODEL, RULE, 100, SELDOM)


def known(strangers: StrangerReader) -> set[str]:
    return set(strangers.current(NOW).versions)


def test_strangers_are_read_again_only_when_something_was_invalidated(stores: Stores, db: Any) -> None:
    strangers = reader(stores)
    remember(db, "a")
    assert known(strangers) == {"a"}
    remember(db, "b")
    assert known(strangers) == {"a"}
    strangers.invalidate()
    assert known(strangers) == {"a", "b"}


def test_a_change_during_a_refresh_is_read_the_next_time(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers = reader(stores)
    remember(db, "a")
    stream = Query.stream

    def slow(self: Query, *args: Any, **kwargs: Any) -> Any:
        found = list(stream(self, *args, **kwargs))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Query, "stream", stream)
            # another thread of this instance has stored a new stranger after the query was answered
            remember(db, "late")
            strangers.invalidate()
        return iter(found)

    with monkeypatch.context() as patch:
        patch.setattr(Query, "stream", slow)
        assert known(strangers) == {"a"}
    assert known(strangers) == {"a", "late"}


@pytest.mark.parametrize("warm", [False, True])
def test_an_answer_that_broke_off_is_read_again_from_its_beginning(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch, warm: bool
) -> None:
    from google.api_core.exceptions import ServiceUnavailable

    strangers = reader(stores)
    if warm:
        remember(db, "0")
        assert known(strangers) == {"0"}
    # by id, the first one of the answer is the one that changed last
    remember(db, "c", "b", "a")
    strangers.invalidate()
    stream = Query.stream

    def broken(self: Query, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield next(iter(stream(self, *args, **kwargs)))
        raise ServiceUnavailable("broken off")  # type: ignore[no-untyped-call]

    with monkeypatch.context() as patch:
        patch.setattr(Query, "stream", broken)
        with pytest.raises(Unavailable):
            known(strangers)
    assert known(strangers) == {"a", "b", "c"} | ({"0"} if warm else set())
