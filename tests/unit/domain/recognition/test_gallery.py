"""Vectors are stored in half the bytes, checked when they come back, and kept in one matrix."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from lookout.domain.recognition.face import Embedding
from lookout.domain.recognition.gallery import Gallery, Negative, PersonVectors, pack, unpack
from lookout.errors import CorruptGallery
from tests.unit.domain.conftest import face


def _vectors(count: int, dimension: int = 512) -> NDArray[np.float32]:
    return np.stack([face(seed, dimension) for seed in range(count)])


def _person(name: str, *vectors: Embedding, model_id: str = "m") -> PersonVectors:
    return PersonVectors(name, name, model_id, np.stack(vectors), tuple(map(str, range(len(vectors)))))


@pytest.mark.parametrize(("count", "dimension"), [(1, 512), (7, 128), (100, 512), (2, 4096)])
def test_vectors_come_back_with_hardly_a_change(count: int, dimension: int) -> None:
    vectors = _vectors(count, dimension)
    packed = pack(vectors)
    assert len(packed) == count * dimension * 2
    again = unpack(packed, count, dimension)
    assert again.shape == vectors.shape
    assert again.dtype == np.float32
    probe = face(1234, dimension)
    assert np.abs(again @ probe - vectors @ probe).max() < 0.001
    assert np.abs(1 - (again * vectors).sum(axis=1)).max() < 0.001
    assert np.allclose(np.linalg.norm(again, axis=1), 1, atol=1e-6)


def test_vectors_are_packed_row_by_row_whatever_their_order_in_memory() -> None:
    vectors = _vectors(3)
    assert pack(np.asfortranarray(vectors)) == pack(vectors)
    assert pack(vectors[::-1]) == b"".join(pack(vectors[row][None]) for row in (2, 1, 0))


def test_nobody_has_no_vectors() -> None:
    assert unpack(b"", 0).shape == (0, 0)
    assert pack(np.empty((0, 512), np.float32)) == b""


@pytest.mark.parametrize(
    ("data", "count", "dimension"),
    [
        (b"", 1, None),
        (b"\x00\x3c" * 512, 0, None),
        (b"\x00\x3c" * 512, -1, None),
        (b"\x00\x3c" * 511 + b"\x00", 1, 512),
        (pack(_vectors(2))[:-2], 2, None),
        (pack(_vectors(2))[:1024], 2, 512),
        (pack(_vectors(1)), 1, 256),
        (bytes(1024), 1, 512),
        (b"\x00\x7e" * 512, 1, 512),
        (b"\x00\x7c" * 512, 1, 512),
        (b"\xff" * 1024, 1, 512),
        (pack(_vectors(1) * 2), 1, 512),
        (pack(_vectors(1) * 0.5), 1, 512),
    ],
    ids=[
        "empty",
        "too much",
        "negative",
        "odd",
        "cut",
        "half",
        "other dimension",
        "zeros",
        "nan",
        "infinity",
        "ones",
        "too long",
        "too short",
    ],
)
def test_damaged_bytes_are_noticed(data: bytes, count: int, dimension: int | None) -> None:
    with pytest.raises(CorruptGallery):
        unpack(data, count, dimension)


def test_a_photo_is_added_replaced_and_taken_away(alice: Embedding, bob: Embedding) -> None:
    nobody = PersonVectors("p", "P", "m", np.empty((0, 0), np.float32), ())
    one = nobody.with_photo("a.jpg", alice)
    two = one.with_photo("b.jpg", bob)
    assert (two.photo_ids, two.vectors.shape) == (("a.jpg", "b.jpg"), (2, 512))
    replaced = two.with_photo("a.jpg", bob)
    assert replaced.photo_ids == ("b.jpg", "a.jpg")
    assert np.array_equal(replaced.vectors[1], bob)
    assert two.without_photo("nothing").photo_ids == two.photo_ids
    assert np.array_equal(two.without_photo("a.jpg").vectors, bob[None])
    emptied = two.without_photo("a.jpg").without_photo("b.jpg")
    assert (emptied.photo_ids, len(emptied.vectors)) == ((), 0)
    assert emptied.with_photo("c.jpg", alice).vectors.shape == (1, 512)
    assert one.photo_ids == ("a.jpg",)  # nothing of it was changed in place


def test_people_lie_one_after_another_in_the_matrix(alice: Embedding, bob: Embedding) -> None:
    gallery = Gallery("m", [_person("a", alice, bob), _person("b", bob)])
    assert len(gallery) == 2
    assert gallery.starts.tolist() == [0, 2]
    assert gallery.matrix.shape == (3, 512)
    assert gallery.matrix.flags.c_contiguous


def test_an_empty_gallery_is_a_gallery() -> None:
    gallery = Gallery("m")
    assert (len(gallery), gallery.matrix.size, gallery.starts.size) == (0, 0, 0)


def test_changes_make_a_new_gallery(alice: Embedding, bob: Embedding) -> None:
    first = Gallery("m", [_person("a", alice), _person("b", bob)])
    second = first.updated([_person("b", bob, alice), _person("c", alice)], ["a", "nobody"])
    assert [(one.person_id, len(one.vectors)) for one in second.people] == [("b", 2), ("c", 1)]
    assert [one.person_id for one in first.people] == ["a", "b"]
    assert len(second.updated([], ["b", "c"])) == 0


def test_a_person_who_loses_his_vectors_or_changes_the_model_is_gone(alice: Embedding) -> None:
    first = Gallery("m", [_person("a", alice), _person("b", alice)])
    emptied = PersonVectors("a", "a", "m", np.empty((0, 0), np.float32), ())
    second = first.updated([emptied, _person("b", face(3, 128), model_id="m2")])
    assert len(second) == 0
    assert [one.person_id for one in second.updated([_person("b", alice)]).people] == ["b"]


def test_nobody_is_matched_with_a_person_whose_consent_has_ended(alice: Embedding, bob: Embedding) -> None:
    end = datetime(2026, 6, 1, tzinfo=UTC)
    agreed = replace(_person("alice", alice), consent_ends=end)
    gallery = Gallery("m", [agreed, _person("bob", bob)])
    assert gallery.consenting(end - timedelta(seconds=1)) is gallery
    assert [known.person_id for known in gallery.consenting(end).people] == ["bob"]
    assert len(Gallery("m", [agreed]).consenting(end)) == 0


def test_a_photo_that_comes_or_goes_leaves_what_else_is_known_of_the__person(alice: Embedding) -> None:
    negative = Negative("a1", None, "m", alice)
    noted = replace(_person("alice", alice), muted=True, negatives=(negative,), lookalikes={"bob": 0.3})
    for after in (noted.with_photo("new.jpg", alice), noted.without_photo(noted.photo_ids[0])):
        assert (after.muted, after.negatives, after.lookalikes) == (True, (negative,), {"bob": 0.3})
