"""A stranger is named on the running site: the crops of his alerts are enrolled by the site's own triggers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.settings import Settings
from lookout.vision.image.frame import crop, decode, encode_jpeg
from lookout.vision.recogniser import recogniser
from stack.install import photos
from stack.local import owner
from stack.local.info import StackInfo
from tests.support.faces import good

SECONDS = 60
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=30)


def face(photo: Path) -> tuple[bytes, bytes, str]:
    """The largest face of a photo: its crop as ``detect`` stores it, its vector, and the model's id."""
    frame = decode(photo.read_bytes())
    seen = max(recogniser(Settings()).see(frame).faces, key=lambda one: one.box.area)
    return encode_jpeg(crop(frame.pixels, seen.box)), good(seen).embedding.astype("<f2").tobytes(), "e2e"


@pytest.fixture
def stranger(stack: StackInfo) -> Iterator[str]:
    """Somebody who came twice and nobody knows, with real pictures; his id."""
    assert stack.project
    stranger_id = f"a{secrets.token_hex(8)}"
    db = firestore_client()
    vectors = {}
    for alert_id, photo in ((stranger_id, "obama.jpg"), (f"{stranger_id}2", "obama2.jpg")):
        jpeg, vectors[alert_id], model = face(photos.ensure() / photo)
        path = f"alerts/{alert_id}/0123456789ab/face.jpg"
        bucket().blob(path).upload_from_string(jpeg, "image/jpeg")
        seen = {"firstSeenAt": NOW, "lastSeenAt": NOW, "quality": 0.9, "expireAt": LATER}
        who: dict[str, Any] = {
            "personId": None,
            "person": "Unknown",
            "isKnown": False,
            "reason": "unknown",
            "candidates": [],
        }
        where = {"cameraId": "cam_e2e", "cameraName": "Door", "day": NOW.date().isoformat(), "facePath": path}
        db.document(f"alerts/{alert_id}").set(who | where | seen | {"strangerId": stranger_id})
    seen = {"visits": 2, "firstSeenAt": NOW, "lastSeenAt": NOW, "expireAt": LATER, "modelId": model}
    picture = {"facePath": None, "quality": 0.0, "ignored": False}
    db.document(f"strangers/{stranger_id}").set(seen | picture)
    kept = {"vectors": vectors, "modelId": model, "ignored": False, "personId": None, "name": None}
    more = {"removed": False, "lastSeenAt": NOW, "changedAt": NOW, "expireAt": LATER}
    db.document(f"stranger_vectors/{stranger_id}").set(kept | more)
    yield stranger_id
    for alert_id in vectors:
        db.document(f"alerts/{alert_id}").delete()


def test_a_named_stranger_is_enrolled_from_his_alerts(stack: StackInfo, stranger: str) -> None:
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    name = f"Jörg der Briefträger {secrets.token_hex(3)}"

    def call(path: str, body: object) -> requests.Response:
        return requests.post(f"{stack.urls['hosting']}{path}", json=body, headers=headers, timeout=SECONDS)

    db = firestore_client()
    person = db.collection("people").document(name)
    try:
        answer = call(f"/strangers/{stranger}/name", {"name": name})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["person_id"], told["alerts"], told["pictures"]) == (name, 2, 2)
        assert (told["enrolled"], told["rejected"], told["waiting"]) == (2, [], 0)
        gallery = db.collection("gallery").document(name).get().to_dict()
        assert sorted(gallery["photoIds"]) == [f"stranger-{stranger}.jpg", f"stranger-{stranger}2.jpg"]
        assert person.get().to_dict()["photoCount"] == 2
        assert not db.document(f"strangers/{stranger}").get().exists
        assert db.document(f"alerts/{stranger}").get().to_dict()["person"] == name

        corrected = call(f"/alerts/{stranger}/correct", {"person_id": None})
        assert corrected.json()["was"]["person"] == name
        # an id of any letters reaches the function as it is
        refused = call(f"/people/{quote(name)}/merge", {"into": "Nobody at all"})
        assert (refused.status_code, "Nobody at all" in refused.json()["message"]) == (404, True)
    finally:
        person.delete()
