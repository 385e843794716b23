"""Strangers and negatives as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lookout.domain.recognition import gallery, negative
from lookout.domain.visits.stranger_record import CROPS_ENROLLED, VECTORS_KEPT, best_crops, merged, newest


def at(hour: int) -> datetime:
    return datetime(2026, 5, 31, hour, tzinfo=UTC)


def test_two_strangers_that_are_one_were_seen_as_often_as_both() -> None:
    one = {"visits": 2, "firstSeenAt": at(8), "lastSeenAt": at(9), "expireAt": at(20), "cameras": ["a", "b"]}
    other = {"visits": 1, "firstSeenAt": at(7), "lastSeenAt": at(8), "expireAt": at(21), "cameras": ["b"]}
    both = {"visits": 3, "firstSeenAt": at(7), "lastSeenAt": at(9), "expireAt": at(21)}
    assert merged(one, other) == merged(other, one) == both | {"cameras": ["a", "b"]}
    # written by a version that did not keep where
    del other["cameras"]
    assert merged(one, other) == both | {"cameras": ["a", "b"]}


def test_the_newest_vectors_are_kept_and_those_of_alerts_that_are_gone_go_first() -> None:
    vectors = {f"a{index}": bytes([index]) for index in range(VECTORS_KEPT + 2)}
    seen = {name: at(index) for index, name in enumerate(vectors) if name != "a5"}
    kept = newest(vectors, seen)
    assert sorted(kept) == ["a1", "a2", "a3", "a4", "a6", "a7", "a8", "a9"]
    assert kept["a1"] == b"\x01"
    assert newest({}, {}) == {}


def test_the_best_crops_are_kept_best_first_and_each_once() -> None:
    crops: list[dict[str, Any]] = []
    for index in range(CROPS_ENROLLED + 2):
        crops = best_crops(crops, f"a{index}", index / 10)
    assert [crop["alertId"] for crop in crops] == ["a6", "a5", "a4", "a3", "a2"]
    assert best_crops(crops, "a6", 0.6) == crops
    assert best_crops(crops, "a3", 0.9)[0] == {"alertId": "a3", "quality": 0.9}


def said(alert_id: str, person_id: str | None = None) -> dict[str, Any]:
    return {"alertId": alert_id, "personId": person_id, "modelId": "m", "vector": b""}


def test_an_alert_is_one_negative_and_the_newest_is_last() -> None:
    negatives = negative.with_negative([said("a"), said("b")], said("a", "bob"))
    assert negatives == [said("b"), said("a", "bob")]
    assert negative.without_alert(negatives, "b") == [said("a", "bob")]
    many = [said(str(index)) for index in range(negative.KEPT)]
    assert negative.with_negative(many, said("new")) == [*many[1:], said("new")]


def test_merged_people_keep_what_is_neither_of_them() -> None:
    theirs = [said("a", "bob"), said("b"), said("c", "eve")]
    own = [said("c"), said("d", "rob"), said("e")]
    assert negative.merged("bob", own, "rob", theirs) == [said("b"), said("c"), said("e")]
    assert negative.merged("bob", [], "rob", []) == []


def test_what_light_functions_cannot_import_is_the_same_there() -> None:
    assert negative.KEPT == gallery.NEGATIVES_KEPT
