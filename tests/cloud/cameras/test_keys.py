"""Who a camera is, by its key; asked for anew when what is remembered is too old."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from lookout.cloud.cameras import keys
from lookout.cloud.cameras.keys import CameraKeys, new_key, register
from lookout.cloud.firebase.stores import Stores
from lookout.errors import BadRequest, Forbidden, TooMany, Unauthorised, Unavailable
from lookout.web import rate_limit
from lookout.web.rate_limit import RateLimit
from tests.support.outage import StoreLine
from tests.support.reads import Reads
from tests.support.waiting import wait_until


def test_a_key_is_random_long_and_stored_as_a_hash(db: Any) -> None:
    first, second = register(db, "cam", "Door", "Entrance", "192.168.1.100"), register(db, "cam", "Door")
    assert first != second
    assert len(first) >= 43  # 256 bits in base64
    stored = db.document("cameras/cam/private/key").get().to_dict()
    assert len(stored["sha256"]) == 64
    assert second not in str(stored)


def test_no_key_is_taken_for_an_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["-one", "--two", "three-"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: next(drawn))
    assert new_key()[0] == "three-"


@pytest.mark.parametrize("camera_id", ["", "a b", "../x", "ä", "x" * 65])
def test_a_camera_of_a_wrong_name_is_not_registered(db: Any, camera_id: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a camera's id"):
        register(db, camera_id, "Door")
    assert list(db.collections()) == []


def test_a_camera_is_told_with_its_name_and_light(stores: Stores, db: Any) -> None:
    key = register(db, "cam", "Door")
    db.document("cameras/cam").update({"led": 128})
    camera = CameraKeys(stores, 0.0).authorise("cam", key)
    assert (camera.id, camera.name, camera.status, camera.led) == ("cam", "Door", "active", 128)


def test_what_is_remembered_is_trusted_for_a_while(stores: Stores, db: Any) -> None:
    key = register(db, "cam", "Door")
    remembering, asking = CameraKeys(stores, 60.0), CameraKeys(stores, 0.0)
    remembering.authorise("cam", key)
    asking.authorise("cam", key)
    db.document("cameras/cam").update({"status": "disabled"})
    remembering.authorise("cam", key)
    with pytest.raises(Forbidden, match="disabled"):
        asking.authorise("cam", key)


def test_an_unknown_camera_takes_the_same_reads_and_the_same_comparison_as_a_wrong_key(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(db, "cam", "Door")
    keys, reads = CameraKeys(stores, 0.0), Reads(db)
    compared: list[int] = []

    def compare(one: str, other: str) -> bool:
        compared.append(len(one) + len(other))
        return constant_time(one, other)

    constant_time = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    spent = []
    for camera_id in ("cam", "nowhere"):
        before = reads.documents
        with pytest.raises(Unauthorised) as refused:
            keys.authorise(camera_id, "wrong")
        spent.append((reads.documents - before, compared.pop(), refused.value.message))
    assert spent[0] == spent[1]
    assert spent[0][:2] == (2, 128)


def test_a_silent_firestore_is_no_wrong_key(
    distant_db: Any, stores: Stores, db: Any, line: StoreLine
) -> None:
    key = register(db, "cam", "Door")
    line.cut()
    with pytest.raises(Unavailable):
        CameraKeys(replace(stores, db=distant_db, timeout=0.5), 0.0).authorise("cam", key)


def test_guessed_ids_cost_no_unbounded_memory(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "CACHED_CAMERAS", 4)
    known = CameraKeys(stores, 60.0)
    for index in range(10):
        with pytest.raises(Unauthorised):
            known.authorise(f"guess-{index}", "key")
    assert len(known._read) == 4


def test_a_camera_made_by_hand_without_its_fields_still_posts(stores: Stores, db: Any) -> None:
    key = register(db, "cam", "Door")
    db.document("cameras/cam").set({"led": "on"})
    camera = CameraKeys(stores, 0.0).authorise("cam", key)
    assert (camera.name, camera.status, camera.led) == ("cam", "active", 0)


def guesses(keys: CameraKeys, camera_id: str, address: str, count: int) -> list[str]:
    """What each of ``count`` wrong keys is answered."""
    answers = []
    for number in range(count):
        try:
            keys.authorise(camera_id.format(number), f"wrong {number}", address)
        except (Unauthorised, TooMany) as error:
            answers.append(error.code)
    return answers


def limited(stores: Stores, cache_seconds: float = 5.0) -> CameraKeys:
    return CameraKeys(stores, cache_seconds, RateLimit(keys.WRONG_KEYS_PER_MINUTE, "wrong keys"))


@pytest.mark.parametrize("camera_id", ["cam", "nowhere", "guess-{}", "../{}"])
def test_wrong_keys_are_counted_by_address_and_soon_refused(stores: Stores, db: Any, camera_id: str) -> None:
    register(db, "cam", "Door")
    keys = limited(stores)
    answers = guesses(keys, camera_id, "192.0.2.1", 100)
    assert set(answers[:10]) == {"unauthorised"}
    assert set(answers[30:]) <= {"too_many", "unauthorised"}
    assert answers[30:].count("too_many") > 60
    # nobody else is kept waiting
    assert guesses(keys, camera_id, "192.0.2.2", 3) == ["unauthorised"] * 3


def test_an_address_that_guesses_is_told_when_to_try_again(stores: Stores) -> None:
    keys = limited(stores)
    guesses(keys, "guess-{}", "192.0.2.1", 30)
    with pytest.raises(TooMany, match="Too many wrong keys") as refused:
        keys.authorise("nowhere", "key", "192.0.2.1")
    assert 1 <= refused.value.retry_after <= 60


@pytest.mark.parametrize("camera_id", ["cam", "guess-{}"])
def test_guessing_costs_no_two_reads_each_time(stores: Stores, db: Any, camera_id: str) -> None:
    register(db, "cam", "Door")
    keys = limited(stores)
    guesses(keys, camera_id, "192.0.2.1", 30)
    reads = Reads(db)
    guesses(keys, camera_id, "192.0.2.1", 300)
    # each address has a guess a second, and all cameras are read every five seconds
    assert reads.documents < 60


def test_one_wrong_key_again_and_again_is_looked_up_once_in_a_while(stores: Stores, db: Any) -> None:
    register(db, "cam", "Door")
    for camera_id in ("cam", "nowhere"):
        keys, reads = limited(stores), Reads(db)
        guesses(keys, camera_id, "192.0.2.1", 10)
        assert reads.documents <= 4


@pytest.mark.parametrize("is_cold", [True, False])
def test_a_camera_is_let_in_while_its_neighbour_at_the_same_address_guesses(
    stores: Stores, db: Any, is_cold: bool
) -> None:
    key = register(db, "cam", "Door")
    keys = limited(stores, cache_seconds=0.0)
    if not is_cold:
        keys.authorise("cam", key, "192.0.2.1")
    for _ in range(5):
        assert "too_many" in guesses(keys, "guess-{}", "192.0.2.1", 40)
        assert keys.authorise("cam", key, "192.0.2.1").id == "cam"


def test_a_key_that_was_just_made_works_within_seconds_also_while_somebody_guesses(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "WRONG_SECONDS", 0.2)
    monkeypatch.setattr(keys, "ROSTER_SECONDS", 0.2)
    register(db, "cam", "Door")
    known = limited(stores, cache_seconds=60.0)
    guesses(known, "cam", "192.0.2.1", 40)
    guesses(known, "new", "192.0.2.1", 40)
    made = {"cam": register(db, "cam", "Door"), "new": register(db, "new", "Gate")}

    def is_let_in(camera_id: str, key: str, address: str) -> bool:
        with suppress(Unauthorised, TooMany):
            return known.authorise(camera_id, key, address).id == camera_id
        return False

    for camera_id, key in made.items():
        for address in ("192.0.2.1", "192.0.2.2"):
            wait_until(partial(is_let_in, camera_id, key, address), "being let in", 20)


def test_a_disabled_or_removed_camera_is_none_also_while_somebody_guesses(stores: Stores, db: Any) -> None:
    key, gone = register(db, "cam", "Door"), register(db, "gone", "Door")
    db.document("cameras/cam").update({"status": "disabled"})
    db.document("cameras/gone").delete()
    keys = limited(stores, cache_seconds=0.0)
    guesses(keys, "guess-{}", "192.0.2.1", 40)
    with pytest.raises(Forbidden):
        keys.authorise("cam", key, "192.0.2.1")
    with pytest.raises((TooMany, Unauthorised)):
        keys.authorise("gone", gone, "192.0.2.1")


def test_many_addresses_cost_no_unbounded_memory(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "CALLERS", 8)
    keys = limited(stores)
    for number in range(50):
        guesses(keys, "nowhere", f"192.0.2.{number}", 1)
    assert isinstance(keys._wrong, RateLimit)
    assert len(keys._wrong._buckets) == 8
