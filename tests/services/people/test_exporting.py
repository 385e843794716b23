"""All that is stored about somebody, as a zip file in Storage: whole, of nobody else, and for a day."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.cloud.storage import Blob

from lookout.cloud.privacy import exported_files
from lookout.cloud.privacy.retention import Retention
from tests.services.people.conftest import House, vector
from tests.services.people.test_erasing import live_with
from tests.support.documents import MODEL


def export(house: House, person_id: str) -> Any:
    headers = {"Authorization": f"Bearer {house.token}"}
    return house.client.get(f"/people/{quote(person_id, safe='')}/export", headers=headers)


def stored(house: House, answer: Any) -> Blob:
    """The file that the answer says it stored."""
    assert answer.status_code == 200, answer.text
    assert answer.json.keys() == {"path", "name", "bytes", "expires_at"}
    blob = house.bucket.get_blob(answer.json["path"])
    assert (blob.content_type, blob.size) == ("application/zip", answer.json["bytes"])
    return blob


def opened(house: House, answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(stored(house, answer).download_as_bytes())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_about_somebody_is_in_it_and_nothing_about_others(house: House) -> None:
    live_with(house, "Anna")
    of_bob = {"alertId": "b2", "personId": "Bob", "modelId": MODEL, "vector": vector(7)}
    house.db.document("gallery/Anna").update({"negatives": [of_bob]})
    files = opened(house, export(house, "Anna"))
    assert set(files) == {
        "README.txt",
        "person.json",
        "photos/001_1.jpg",
        "alerts/h1/001_0123456789ab_face.jpg",
        "alerts/h1/002_0123456789ab_frame.jpg",
        "alerts/h2/001_0123456789ab_face.jpg",
        "debug/FACE_Anna_20260531T120000.000Z.jpg",
    }
    assert files["photos/001_1.jpg"] == b"Anna"
    assert files["alerts/h1/001_0123456789ab_face.jpg"] == b"face of h1"
    told = json.loads(files["person.json"])
    assert told["id"] == "Anna"
    assert told["person"]["name"] == "Anna"
    assert base64.b64decode(told["recognition"]["vectors"]) == vector(1)
    assert "negatives" not in told["recognition"]
    assert {alert["id"] for alert in told["alerts"]} == {"h1", "h2"}
    assert {one["alertId"] for one in told["alert_vectors"]} == {"h1", "h2"}
    assert base64.b64decode(told["alert_vectors"][0]["vector"]) == vector(2)
    assert {one["alertId"] for one in told["not_others"]} == {"h1", "x"}
    assert told["may_have_been_in"] == ["m1"]
    assert [visit["alertId"] for visit in told["visits"]] == ["h1"]
    assert [day["alerts"] for day in told["days"]] == [1, 1]
    assert [arrival["alertId"] for arrival in told["arrivals"]] == ["h1"]
    assert "Anna" in files["README.txt"].decode()


def test_it_is_a_file_to_keep_called_as_the_person_is(house: House) -> None:
    house.person("p1", "Zoë Łukasz")
    answer = export(house, "p1")
    assert answer.json["name"] == "Zoë Łukasz.zip"
    disposition = stored(house, answer).content_disposition
    assert disposition.startswith("attachment; filename=")
    assert f"filename*=UTF-8''{quote('Zoë Łukasz.zip')}" in disposition


def test_it_is_there_for_a_day_and_then_tidied_away(house: House) -> None:
    house.person("Anna")
    answer = export(house, "Anna")
    expires_at = datetime.fromisoformat(answer.json["expires_at"])
    left = expires_at - datetime.now(UTC)
    assert timedelta(hours=23, minutes=55) < left <= timedelta(days=1)
    retention = Retention(house.stores, 200, lambda: 30)
    assert "exports" not in retention.run(expires_at - timedelta(minutes=5))
    assert retention.run(expires_at + timedelta(minutes=5))["exports"] == 1
    assert house.bucket.get_blob(answer.json["path"]) is None


def test_with_somebody_the_exports_go_too(house: House) -> None:
    house.person("Anna")
    house.person("Bob")
    of_anna, of_bob = (export(house, one).json["path"] for one in ("Anna", "Bob"))
    assert house.done("/people/Anna/erase")["counts"]["exports"] == 1
    assert house.bucket.get_blob(of_anna) is None
    assert house.bucket.get_blob(of_bob) is not None


def test_somebody_who_is_erased_while_exported_leaves_no_file(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.person("Anna")
    keep = exported_files.keep

    def late(*arguments: Any) -> Any:
        made = keep(*arguments)
        monkeypatch.undo()
        # as if all of it had happened before the file was stored
        with house.bucket.blob(made.path).open("rb") as file:
            whole = file.read()
        house.done("/people/Anna/erase")
        house.bucket.blob(made.path).upload_from_string(whole, "application/zip")
        return made

    monkeypatch.setattr(exported_files, "keep", late)
    assert export(house, "Anna").status_code == 404
    assert list(house.bucket.list_blobs(prefix="exports/")) == []


def test_a_large_export_is_stored_in_pieces(house: House) -> None:
    house.person("Anna")
    photos = {f"{number}.jpg": bytes([number]) * 3_000_000 for number in range(2, 5)}
    for name, photo in photos.items():
        house.upload(f"faces/Anna/{name}", photo)
    files = opened(house, export(house, "Anna"))
    assert {data for path, data in files.items() if path.startswith("photos/")} >= set(photos.values())


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a"; filename="b', "a\\b", "..", "x\x7fy", "CON|<>*?"])
def test_a_hostile_name_leads_nowhere(house: House, name: str) -> None:
    house.person("p1", name)
    house.upload(f"faces/p1/{name.replace('/', '_')}.jpg", b"photo")
    house.upload("faces/p1/..", b"no picture")
    answer = export(house, "p1")
    for path in opened(house, answer):
        assert ".." not in path.split("/")
        assert not path.startswith("/")
        assert "\\" not in path
    assert stored(house, answer).content_disposition.count("filename=") == 1


def test_photos_whose_names_become_the_same_are_both_there(house: House) -> None:
    house.person("p1")
    house.upload("faces/p1/a?.jpg", b"one")
    house.upload("faces/p1/a*.jpg", b"other")
    files = opened(house, export(house, "p1"))
    photos = [data for path, data in files.items() if path.startswith("photos/")]
    assert sorted(photos) == [b"one", b"other", b"p1"]


def test_somebody_who_is_not_there_is_a_404_in_json(house: House) -> None:
    answer = export(house, "Nobody")
    assert answer.status_code == 404
    assert answer.json["message"] == "There is no person 'Nobody'."
    assert export(house, "__all__").status_code == 404


def test_after_erasing_there_is_nothing_to_export(house: House) -> None:
    live_with(house, "Anna")
    house.done("/people/Anna/erase")
    assert export(house, "Anna").status_code == 404


def test_exporting_is_reading(house: House) -> None:
    house.person("Anna")
    answer = house.answer("/people/Anna/export")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_a_picture_that_is_deleted_meanwhile_is_left_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.person("Anna")
    house.upload("faces/Anna/2.jpg", b"second")
    download = Blob.download_as_bytes

    def late(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.name.endswith("1.jpg"):
            house.bucket.blob(self.name).delete()
        return download(self, *args, **kwargs)

    monkeypatch.setattr(Blob, "download_as_bytes", late)
    assert "photos/002_2.jpg" in (files := opened(house, export(house, "Anna")))
    assert "photos/001_1.jpg" not in files


def test_when_the_store_goes_silent_no_half_of_it_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    house.person("Anna")
    house.upload("faces/Anna/1.jpg", b"first" * 1_000_000)
    house.upload("faces/Anna/2.jpg", b"second")
    download = Blob.download_as_bytes

    def silent(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.name.endswith("2.jpg"):
            raise ServiceUnavailable("gone")  # type: ignore[no-untyped-call]
        return download(self, *args, **kwargs)

    monkeypatch.setattr(Blob, "download_as_bytes", silent)
    answer = export(house, "Anna")
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert list(house.bucket.list_blobs(prefix="exports/")) == []
    assert "zip file broken off" in capfd.readouterr().out
