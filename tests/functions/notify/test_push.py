"""Pushes: Cloud Messaging itself is out of reach, so a server stands where it would answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import firebase_admin
import pytest
from firebase_admin import messaging

from lookout.cloud.app import firebase_app, messaging_app
from lookout.cloud.devices import Devices
from lookout.errors import Unavailable
from tests.functions.notify.conftest import Newsroom
from tests.functions.notify.servers import Answer, Receiver, silence, status

SENT = status(200, json.dumps({"name": "projects/p/messages/1"}).encode())


def failure(code: int, word: str, fcm: str | None = None) -> Answer:
    details = [] if fcm is None else [
        {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": fcm}
    ]  # fmt: skip
    error = {"code": code, "status": word, "message": "no", "details": details}
    return status(code, json.dumps({"error": error}).encode())


GONE = failure(404, "NOT_FOUND", "UNREGISTERED")


@pytest.fixture
def fcm(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """What takes the place of Cloud Messaging."""
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", hook.url + "/v1/projects/{0}/messages:send")
    hook.for_ever = SENT
    return hook


@pytest.fixture
def push(room: Newsroom, fcm: Receiver) -> Iterator[Any]:
    """The way by push."""
    options = {"projectId": "p", "httpTimeout": 2.0}
    app = firebase_admin.initialize_app(firebase_app().credential, options, f"push-{room.db.project}")
    assert fcm.port
    yield room.modules["push"].Push(Devices(room.db, lambda: app, 5.0), seconds=3.0)
    firebase_admin.delete_app(app)


def register(room: Newsroom, *names: str) -> None:
    for name in names:
        fields = {"token": f"token-{name}", "uid": "u", "createdAt": datetime.now(UTC)}
        room.db.document(f"devices/{name}").set(fields)


def devices(room: Newsroom) -> list[str]:
    return sorted(one.id for one in room.db.collection("devices").get())


def test_every_registered_device_is_told_once(room: Newsroom, push: Any, fcm: Receiver) -> None:
    register(room, "phone", "laptop")
    room.known()
    notice = room.notice()
    assert room.desk(ways=[push]).tell(notice) == "push: sent to 2 devices"
    assert room.desk(ways=[push]).tell(notice) == "push: done with before"
    messages = [posted.json["message"] for posted in fcm.posted]
    assert sorted(message["token"] for message in messages) == ["token-laptop", "token-phone"]
    assert fcm.posted[0].path == "/v1/projects/p/messages:send"
    assert messages[0]["notification"]["title"] == "Anna at Front Door"
    assert messages[0]["data"] == {
        "event": "alert.new",
        "alert_id": "a1",
        "url": "https://house.example.com/#/alerts/a1",
    }
    assert messages[0]["webpush"]["fcm_options"] == {"link": "https://house.example.com/#/alerts/a1"}
    assert messages[0]["webpush"]["notification"]["tag"] == "a1"


def test_a_device_that_is_gone_is_forgotten_and_the_others_are_told(
    room: Newsroom, push: Any, fcm: Receiver
) -> None:
    register(room, "old")
    fcm.for_ever = GONE
    room.alert()
    assert room.desk(ways=[push]).tell(room.notice()) == "push: sent to 0 devices"
    assert devices(room) == []
    assert room.undelivered() == {}


def test_where_nobody_registered_nobody_is_told(room: Newsroom, push: Any, fcm: Receiver) -> None:
    room.alert()
    room.db.document("devices/broken").set({"uid": "u"})
    assert room.desk(ways=[push]).tell(room.notice()) == "push: sent to 0 devices"
    assert fcm.posted == []


def test_one_device_that_fails_is_logged_and_the_other_is_not_told_twice(
    room: Newsroom, push: Any, fcm: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    register(room, "phone", "laptop")
    fcm.for_ever, fcm.answers = None, [SENT, failure(400, "INVALID_ARGUMENT")]
    room.alert()
    assert room.desk(ways=[push]).tell(room.notice()) == "push: sent to 1 devices"
    assert "some devices were not reached" in capsys.readouterr().out
    assert len(devices(room)) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failure(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), "PERMISSION_DENIED"),
        (failure(400, "INVALID_ARGUMENT"), "INVALID_ARGUMENT"),
    ],
)
def test_what_messaging_refuses_is_told_at_once(
    room: Newsroom, push: Any, fcm: Receiver, answer: Answer, code: str
) -> None:
    register(room, "phone")
    fcm.for_ever = answer
    room.alert()
    room.desk(ways=[push]).tell(room.notice())
    assert room.undelivered()["push"]["reason"] == f"Firebase Cloud Messaging did not take it ({code})."
    assert devices(room) == ["phone"]


def test_a_messaging_that_is_overloaded_has_the_notice_come_again(
    room: Newsroom, push: Any, fcm: Receiver
) -> None:
    register(room, "phone")
    fcm.for_ever = failure(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
    room.alert()
    with pytest.raises(Unavailable, match="RESOURCE_EXHAUSTED"):
        room.desk(pauses=(), ways=[push]).tell(room.notice())
    assert devices(room) == ["phone"]


def test_a_silent_messaging_is_not_waited_for(room: Newsroom, push: Any, fcm: Receiver) -> None:
    register(room, "phone")
    fcm.for_ever = silence
    room.alert()
    began = time.monotonic()
    with pytest.raises(Unavailable, match="Firebase Cloud Messaging did not"):
        room.desk(pauses=(), ways=[push]).tell(room.notice())
    assert time.monotonic() - began < 15


def test_messaging_is_called_by_one_app_that_does_not_wait_for_minutes(room: Newsroom) -> None:
    made = messaging_app(5.0)
    assert room.db.project
    assert made is messaging_app(5.0)
    assert made.options.get("httpTimeout") == 5.0
    assert made.project_id == firebase_app().project_id


def test_push_is_one_of_the_ways_when_it_is_switched_on(room: Newsroom) -> None:
    import dataclasses

    ways = room.modules["channels"].ways
    on = dataclasses.replace(room.settings, push_enabled=True)
    assert [way.channel for way in ways(on, room.db, room.bucket)] == ["email", "push", "webhook"]
    assert [way.channel for way in ways(room.settings, room.db, room.bucket)] == ["email", "webhook"]
