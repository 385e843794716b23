"""A frame is the same frame in whatever form it is posted; what is left of one that was cut leaves nothing."""

from __future__ import annotations

import random
from typing import Any
from uuid import uuid4

import pytest

from lookout.cloud.cameras.keys import register
from stack.fuzzing.upload_forms import CONTENT_TYPES, FORMS, PADDINGS, Form
from tests.services.detect.conftest import CAMERA, House, People, Shot
from tests.support.stores import objects


def _sent(house: House, body: bytes, kind: str | None, camera: str = CAMERA, key: str = "") -> Any:
    headers = {"X-Camera-Id": camera, "X-Camera-Key": key or house.key}
    return house.client.post("/detect", data=body, content_type=kind, headers=headers)


@pytest.mark.long
def test_one_frame_in_every_form_is_one_alert_with_the_frames_own_bytes(
    house: House, people: People, shot: Shot
) -> None:
    people.enrol("Barack Obama", "obama.jpg", "obama2.jpg")
    frame = shot("obama3.jpg")
    rng = random.Random(8)
    first = house.post(frame)
    for form in FORMS:
        if form.name == "raw, line end behind":  # other bytes, for all that can be told
            continue
        body = rng.choice(PADDINGS) + form.wrap(frame, rng.choice((b"\r\n", b"\n")))
        answer = _sent(house, body, rng.choice(CONTENT_TYPES))
        assert answer.status_code == 200, (form.name, answer.text)
        assert (answer.json["person"], answer.json["alert_id"]) == ("Barack Obama", first["alert_id"])
    alert = house.alert()
    assert (alert["frames"], alert["doubles"]) == (1, len(FORMS) - 1)
    assert house.bucket.blob(alert["imagePath"]).download_as_bytes() == frame


@pytest.mark.few(5)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_that_is_cut_is_refused_and_nothing_is_stored(house: House, shot: Shot, form: Form) -> None:
    frame = shot("obama.jpg")
    whole = form.wrap(frame, b"\r\n")
    camera = f"cam_{uuid4().hex}"  # the tests' cameras share what one may post in a minute
    key = register(house.db, camera, "Garage")
    # cut within the picture: what wraps it is short
    for at in random.Random(form.name).sample(range(300, len(whole) - 600), 6):
        answer = _sent(house, whole[:at], "image/jpeg", camera, key)
        # a picture cut short, or a form without its end
        assert (answer.status_code, answer.json["error"]) in {(422, "broken_image"), (400, "bad_request")}
    assert house.alerts() == []
    assert objects(house.bucket) == []
    assert "lastSeenAt" not in house.db.document(f"cameras/{camera}").get().to_dict()
