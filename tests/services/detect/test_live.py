"""Live pictures: a watched camera's latest frame is kept, for a minute; nothing is kept of the others."""

from __future__ import annotations

from concurrent.futures import wait
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from lookout.cloud.cameras import live
from lookout.domain.cameras.live import KEPT, live_path
from tests.services.detect.conftest import CAMERA, ROOM, House, Shot
from tests.services.detect.test_outages import _failing_bucket
from tests.support.reads import Reads
from tests.support.stores import objects

PATH = live_path(CAMERA)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no silent Storage."""
    monkeypatch.setattr(live, "STORE_SECONDS", 30.0)


def watched(house: House, seconds: float = 30) -> None:
    """Somebody looks at the camera for so long; every instance knows it at once."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    house.db.document(f"cameras/{CAMERA}").update({"watchedUntil": until})
    house.run_on(house.another_instance(CAMERA_CACHE_SECONDS=0.0))


def picture(house: House) -> bytes | None:
    """The live picture of the moment."""
    blob = house.bucket.get_blob(PATH)
    return None if blob is None else blob.download_as_bytes()


def kept(pictures: Any, at: datetime, jpeg: bytes) -> None:
    begun = pictures.keep(CAMERA, at, lambda: jpeg)
    if begun is not None:
        wait([begun])


def test_the_latest_frame_of_a_watched_camera_is_kept_with_people_on_it_or_without(
    house: House, shot: Shot
) -> None:
    watched(house)
    house.post(shot("obama.jpg", 80, 60))
    assert picture(house) == shot("obama.jpg", 80, 60)
    watched(house)
    pictures = live.LivePictures(house.stores)
    kept(pictures, datetime.now(UTC) + timedelta(seconds=2), shot("biden.jpg"))
    assert picture(house) == shot("biden.jpg")


def test_nothing_is_kept_of_a_camera_that_nobody_watches(house: House, shot: Shot) -> None:
    house.post(shot("obama.jpg", 80, 60))
    watched(house, seconds=-1)
    house.post(shot("obama.jpg", 160, 120))
    assert not any(path.startswith("live/") for path in objects(house.bucket))


def test_a_camera_that_nobody_watches_costs_no_more_reads_than_before(house: House, shot: Shot) -> None:
    house.run_on(house.another_instance(CAMERA_CACHE_SECONDS=60.0, HEARTBEAT_SECONDS=60.0))
    house.post(shot("obama.jpg", 80, 60))
    reads = Reads(house.db)
    for width in (84, 88, 92):
        house.post(shot("obama.jpg", width, 66))
    assert (reads.documents, reads.aggregations) == (0, 0)
    assert not any(path.startswith("live/") for path in objects(house.bucket))


def test_at_most_one_frame_a_second_is_kept(house: House, shot: Shot) -> None:
    start, pictures = datetime.now(UTC), live.LivePictures(house.stores)
    for tenths, expected in ((0, 0), (4, 0), (9, 0), (10, 10), (19, 10), (21, 21)):
        kept(pictures, start + timedelta(seconds=tenths / 10), str(tenths).encode())
        assert picture(house) == str(expected).encode()


def test_two_instances_keep_one_frame_a_second_between_them_and_never_an_older_one(house: House) -> None:
    start = datetime.now(UTC) - timedelta(seconds=10)
    one, other = live.LivePictures(house.stores), live.LivePictures(house.stores)
    for who, seconds, expected in (
        (one, 0.0, b"0.0"),
        (other, 0.5, b"0.0"),
        (other, 1.6, b"1.6"),
        (one, 1.2, b"1.6"),
        (one, 2.7, b"2.7"),
    ):
        kept(who, start + timedelta(seconds=seconds), str(seconds).encode())
        assert picture(house) == expected


@pytest.mark.parametrize("rules", [{"armed": False}, {"status": "disabled"}])
def test_a_camera_that_is_disarmed_or_disabled_shows_nobody_anything(
    house: House, shot: Shot, rules: dict[str, Any]
) -> None:
    house.db.document(f"cameras/{CAMERA}").update(rules)
    watched(house)
    assert house.answer(shot("obama.jpg")).status_code == (403 if "status" in rules else 200)
    assert objects(house.bucket) == []


def test_a_disarmed_site_shows_nobody_anything(house: House, shot: Shot) -> None:
    house.db.document("settings/site").set({"armed": False})
    watched(house)
    assert house.post(shot("obama.jpg"))["reason"] == "disarmed"
    assert objects(house.bucket) == []


def test_a_camera_mounted_on_its_side_is_watched_upright(house: House, shot: Shot) -> None:
    house.db.document(f"cameras/{CAMERA}").update({"rotation": 90})
    watched(house)
    house.post(shot("obama.jpg", 160, 120))
    upright = picture(house)
    assert upright is not None
    assert upright != shot("obama.jpg", 160, 120)


@pytest.mark.parametrize("kind", ["down", "hanging", "500", "403"])
def test_without_storage_a_watched_camera_is_answered_as_ever_and_does_not_wait_for_it_again(
    house: House, shot: Shot, project: str, kind: str
) -> None:
    before = house.post(shot("obama.jpg", 80, 60))
    with _failing_bucket(kind, project) as bucket, ExitStack() as end:
        watched(house)
        watch = house.another_instance(bucket=bucket, STORE_TIMEOUT_SECONDS=0.3)
        end.callback(watch._live._pool.shutdown)
        house.run_on(watch)
        assert house.post(shot("obama.jpg", 80, 60)) == before
        wait_for(watch)
        assert watch._live.keep("another", datetime.now(UTC), lambda: b"") is None
        assert house.post(shot("obama.jpg", 88, 66))["reason"] == before["reason"]


def wait_for(watch: Any) -> None:
    """Until the instance's threads have nothing more to do."""
    settle(watch._live)


def settle(pictures: live.LivePictures) -> None:
    # as one thread takes the last of them, all that was begun before has ended
    barrier = Barrier(live.AT_ONCE)
    wait([pictures._pool.submit(barrier.wait) for _ in range(live.AT_ONCE)])


def test_the_next_frame_of_any_camera_deletes_what_is_older_than_a_minute(house: House, shot: Shot) -> None:
    watch = house.another_instance()
    kept(watch._live, datetime.now(UTC) - KEPT, b"old")
    assert picture(house) == b"old"
    watch.judge(ROOM, shot("obama.jpg", 80, 60))
    wait_for(watch)
    assert picture(house) is None


def test_what_could_not_be_deleted_is_deleted_at_a_later_frame(
    house: House, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = live.LivePictures(house.stores)
    kept(pictures, datetime.now(UTC) - KEPT, b"old")
    with _failing_bucket("500", project) as bucket, monkeypatch.context() as broken:
        broken.setattr(pictures, "_stores", replace(house.stores, bucket=bucket))
        pictures.forget_old(datetime.now(UTC))
        settle(pictures)
    assert picture(house) == b"old"
    pictures.forget_old(datetime.now(UTC))
    settle(pictures)
    assert picture(house) is None


def test_an_instance_leaves_what_another_one_has_kept_since(house: House) -> None:
    one, other = live.LivePictures(house.stores), live.LivePictures(house.stores)
    start = datetime.now(UTC) - timedelta(minutes=2)
    kept(one, start, b"first")
    kept(other, start + KEPT, b"second")
    one.forget_old(start + KEPT + timedelta(seconds=1))
    one._pool.shutdown()
    assert picture(house) == b"second"
