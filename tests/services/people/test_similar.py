"""The past alerts whose faces are nearest to that of one alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from lookout.cloud.alerts import similar
from lookout.domain.recognition.gallery import pack
from lookout.domain.recognition.nearest import nearest
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.people.conftest import House
from tests.support.accounts import account_with
from tests.support.documents import LATER, MODEL, NOON


def face(angle: float) -> bytes:
    """A face in a plane of the space: its cosine distance to that of angle 0 is 1 - cos(angle)."""
    made = np.zeros((1, 512), np.float32)
    made[0, :2] = np.cos(angle), np.sin(angle)
    return pack(made)


def seen(house: House, alert_id: str, angle: float, **vector: Any) -> None:
    house.alert(alert_id)
    fields = {"vector": face(angle), "modelId": MODEL, "expireAt": LATER} | vector
    house.db.document(f"alert_vectors/{alert_id}").set(fields)


def similar_to(house: House, alert_id: str, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {house.token if token is None else token}"}
    return house.client.get(f"/alerts/{alert_id}/similar", headers=headers)


def test_the_nearest_faces_come_first_with_their_distances_and_nothing_else(house: House) -> None:
    for alert_id, angle in (("a0", 0.0), ("far", 1.5), ("near", 0.1), ("middle", 0.7)):
        seen(house, alert_id, angle)
    answer = similar_to(house, "a0").json
    assert set(answer) == {"alerts"}
    assert [one["alert_id"] for one in answer["alerts"]] == ["near", "middle", "far"]
    assert all(set(one) == {"alert_id", "distance"} for one in answer["alerts"])
    distances = [one["distance"] for one in answer["alerts"]]
    assert distances == pytest.approx([1 - np.cos(angle) for angle in (0.1, 0.7, 1.5)], abs=1e-3)


def test_faces_of_another_model_and_expired_ones_are_not_compared(house: House) -> None:
    for alert_id, vector in (
        ("a0", {}),
        ("other", {"modelId": "m-2"}),
        ("expired", {"expireAt": NOON - timedelta(days=900)}),
        ("broken", {"vector": b"abc"}),
        ("nothing", {"vector": bytes(1024)}),
        ("like", {}),
    ):
        seen(house, alert_id, 0.0, **vector)
    assert similar_to(house, "a0").json == {"alerts": [{"alert_id": "like", "distance": 0.0}]}


def test_at_most_fifty_are_told_and_a_bounded_number_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "COMPARED", 60)
    batch = house.db.batch()
    for number in range(70):
        fields = {"vector": face(number / 100), "modelId": MODEL, "expireAt": LATER + timedelta(hours=number)}
        batch.set(house.db.document(f"alert_vectors/v{number:02}"), fields)
    batch.commit()
    house.alert("v69")
    house.db.document("alert_vectors/v69").set({"vector": face(0), "modelId": MODEL, "expireAt": LATER})
    told = [one["alert_id"] for one in similar_to(house, "v69").json["alerts"]]
    # of the sixty that are kept longest, v09 to v68, the nearest to the angle 0
    assert told == [f"v{number:02}" for number in range(9, 59)]


def test_an_alert_that_is_not_there_is_told_and_one_without_a_face_has_none_like_it(house: House) -> None:
    house.alert("expired", expireAt=NOON - timedelta(days=900))
    assert [similar_to(house, one).status_code for one in ("none", "expired", "__x__")] == [404] * 3
    house.alert("faceless")
    house.db.document("alert_vectors/faceless").delete()
    assert similar_to(house, "faceless").json == {"alerts": []}


def test_owners_and_viewers_may_ask_and_nobody_else(house: House, stack: StackInfo) -> None:
    seen(house, "a0", 0.0)
    viewer = owner.sign_in(stack, account_with(stack, {"role": "viewer"}))
    nobody = owner.sign_in(stack, account_with(stack, {}))
    answers = [similar_to(house, "a0", token).status_code for token in (viewer, nobody, "", "a.b.c")]
    assert answers == [200, 403, 401, 401]


def test_the_nearest_are_those_that_numpy_finds() -> None:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(200, 512)).astype(np.float32)
    packed = {f"v{number}": pack(vector[None, :]) for number, vector in enumerate(vectors)}
    stored = vectors.astype(np.float16).astype(np.float64)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    expected = 1 - stored @ stored[0]
    found = nearest(packed["v0"], packed, 50)
    assert [one for one, _ in found] == [f"v{number}" for number in np.argsort(expected)[:50]]
    assert [distance for _, distance in found] == pytest.approx(np.sort(expected)[:50], abs=1e-9)
