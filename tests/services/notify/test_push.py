"""Pushes: Cloud Messaging itself is out of reach, so a server stands where it would answer."""

from __future__ import annotations

import json
import secrets
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import firebase_admin
import pytest
from firebase_admin import auth

from lookout.cloud.accounts.devices import Devices
from lookout.cloud.firebase import google_private
from lookout.cloud.firebase.clients import firebase_app, messaging_app
from lookout.errors import Unavailable
from lookout.services.notify import channels
from lookout.services.notify.push import Push
from stack.local import seed
from stack.local.info import Account, StackInfo
from tests.services.notify.conftest import NotifyStores
from tests.services.notify.servers import Answer, Receiver, endless_body, silence, status
from tests.support.outage import storage_that_answers
from tests.support.reads import Reads
from tests.support.settings import changed

Register = Callable[..., None]

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
    service = google_private.messaging_service()
    monkeypatch.setattr(service, "FCM_URL", hook.url + "/v1/projects/{0}/messages:send")
    hook.for_ever = SENT
    return hook


@pytest.fixture
def push(room: NotifyStores, fcm: Receiver) -> Iterator[Any]:
    """The notifier by push."""
    options = {"projectId": "p", "httpTimeout": 2.0}
    app = firebase_admin.initialize_app(firebase_app().credential, options, f"push-{room.db.project}")
    assert fcm.port
    yield Push(Devices(room.stores, lambda: app), seconds=3.0)
    firebase_admin.delete_app(app)


def account(stack: StackInfo, **claims: str) -> str:
    """The uid of a new account with these claims."""
    made = Account(f"{secrets.token_hex(6)}@example.com", secrets.token_hex(8))
    return seed.make_account(stack.urls["auth"], stack.project, made, claims)


@pytest.fixture(scope="session")
def owner(stack: StackInfo) -> str:
    """The uid of an owner."""
    return account(stack, role="owner")


@pytest.fixture
def register(room: NotifyStores, owner: str) -> Callable[..., None]:
    """Registers devices of these names, of the owner's where nobody else is named."""

    def registered(*names: str, uid: str = owner, age: float = 0.0) -> None:
        for name in names:
            at = datetime.now(UTC) - timedelta(seconds=age)
            fields = {"token": f"token-{name}", "uid": uid, "createdAt": at}
            room.db.document(f"devices/{name}").set(fields)

    return registered


def devices(room: NotifyStores) -> list[str]:
    return sorted(one.id for one in room.db.collection("devices").get())


def test_every_registered_device_is_told_once(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register
) -> None:
    register("phone", "laptop")
    room.known()
    notice = room.notice()
    assert room.service(notifiers=[push]).deliver(notice) == "push: sent to 2 devices"
    assert room.service(notifiers=[push]).deliver(notice) == "push: done before"
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
    room: NotifyStores, push: Any, fcm: Receiver, register: Register
) -> None:
    register("old")
    fcm.for_ever = GONE
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 0 devices"
    assert devices(room) == []
    assert room.undelivered() == {}


def test_where_nobody_registered_nobody_is_told(
    room: NotifyStores, push: Any, fcm: Receiver, owner: str
) -> None:
    room.alert()
    room.db.document("devices/broken").set({"uid": owner})
    room.db.document("devices/nobodys").set({"token": "t"})
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 0 devices"
    assert fcm.posted == []


def test_one_device_that_fails_is_logged_and_the_other_is_not_told_twice(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, capfd: pytest.CaptureFixture[str]
) -> None:
    register("phone", "laptop")
    fcm.for_ever, fcm.answers = None, [SENT, failure(400, "INVALID_ARGUMENT")]
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 1 devices"
    assert "devices not reached" in capfd.readouterr().out
    assert len(devices(room)) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failure(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), "PERMISSION_DENIED"),
        (failure(400, "INVALID_ARGUMENT"), "INVALID_ARGUMENT"),
    ],
)
def test_what_messaging_refuses_is_told_at_once(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, answer: Answer, code: str
) -> None:
    register("phone")
    fcm.for_ever = answer
    room.alert()
    room.service(notifiers=[push]).deliver(room.notice())
    assert room.undelivered()["push"]["reason"] == f"Firebase Cloud Messaging did not take it ({code})."
    assert devices(room) == ["phone"]


def test_a_messaging_that_is_overloaded_has_the_notice_come_again(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register
) -> None:
    register("phone")
    fcm.for_ever = failure(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")
    room.alert()
    with pytest.raises(Unavailable, match="RESOURCE_EXHAUSTED"):
        room.service(pauses=(), notifiers=[push]).deliver(room.notice())
    assert devices(room) == ["phone"]


@pytest.mark.long
def test_a_silent_messaging_is_not_waited_for(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register
) -> None:
    register("phone")
    fcm.for_ever = silence
    room.alert()
    with pytest.raises(Unavailable, match="Firebase Cloud Messaging did not"):
        room.service(pauses=(), notifiers=[push]).deliver(room.notice())


def test_messaging_is_called_by_one_app_that_does_not_wait_for_minutes(room: NotifyStores) -> None:
    made = messaging_app(5.0)
    assert room.db.project
    assert made is messaging_app(5.0)
    assert made.options.get("httpTimeout") == 5.0
    assert made.project_id == firebase_app().project_id


def test_push_is_one_of_the_ways_when_it_is_switched_on(room: NotifyStores) -> None:

    notifiers = channels.notifiers
    on = changed(room.settings, PUSH_ENABLED=True)
    assert [one.channel for one in notifiers(on, room.stores)] == [
        "email",
        "push",
        "webhook",
    ]
    assert [one.channel for one in notifiers(room.settings, room.stores)] == [
        "email",
        "webhook",
    ]


def told(fcm: Receiver) -> list[str]:
    return [posted.json["message"]["token"] for posted in fcm.posted]


@pytest.mark.parametrize("claims", [{}, {"role": "agent", "agentId": "pi"}, {"role": "admin"}])
def test_devices_of_users_without_a_role_are_notified_no_more_and_deleted(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, stack: StackInfo, claims: dict[str, str]
) -> None:
    register("mine")
    register("theirs", uid=account(stack, **claims))
    register("nobodys", uid="nobody of that id")
    register("odd", uid="x" * 500)
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 1 devices"
    assert told(fcm) == ["token-mine"]
    assert devices(room) == ["mine"]


def test_a_role_that_is_taken_is_felt_within_seconds(
    room: NotifyStores,
    push: Any,
    fcm: Receiver,
    register: Register,
    stack: StackInfo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lookout.cloud.accounts.devices.ROLE_SECONDS", 0.0)
    uid = account(stack, role="viewer")
    register("phone", uid=uid)
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 1 devices"
    auth.set_custom_user_claims(uid, None, firebase_app())
    room.alert("a2")
    assert room.service(notifiers=[push]).deliver(room.notice("a2")) == "push: sent to 0 devices"
    assert devices(room) == []


@pytest.mark.long
def test_the_devices_of_one_viewer_keep_no_owner_from_being_told(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, stack: StackInfo
) -> None:
    viewers = [account(stack, role="viewer") for _ in range(2)]
    for uid in viewers:
        register(*(f"{uid}-{number:03}" for number in range(200)), uid=uid, age=100)
        register(*(f"{uid}-new-{number}" for number in range(10)), uid=uid)
    register("phone", "laptop")
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 22 devices"
    assert {"token-phone", "token-laptop"} <= set(told(fcm))
    for uid in viewers:
        assert {one for one in told(fcm) if uid in one} == {
            f"token-{uid}-new-{number}" for number in range(10)
        }
    # the oldest go, some at each time
    assert len(devices(room)) < 422


def test_owners_come_first_where_there_are_more_devices_than_are_told(
    room: NotifyStores,
    push: Any,
    fcm: Receiver,
    register: Register,
    stack: StackInfo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lookout.cloud.accounts.devices.MAX_DEVICES", 3)
    for number in range(4):
        register(f"viewer-{number}", uid=account(stack, role="viewer"))
    register("phone", "laptop")
    room.alert()
    assert room.service(notifiers=[push]).deliver(room.notice()) == "push: sent to 3 devices"
    assert {"token-phone", "token-laptop"} <= set(told(fcm))


def test_reads_stay_bounded_however_many_devices_there_are(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, stack: StackInfo
) -> None:
    viewer = account(stack, role="viewer")
    register(*(f"{number:03}" for number in range(300)), uid=viewer)
    register("phone")
    reads = Reads(room.db)
    assert push._devices._recipients()
    assert reads.documents < 150


@pytest.mark.long
def test_an_auth_that_does_not_answer_has_the_notice_come_again(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("phone")
    room.alert()
    with storage_that_answers(503) as url, monkeypatch.context() as environment:
        environment.setenv("FIREBASE_AUTH_EMULATOR_HOST", url.removeprefix("http://"))
        options = {"projectId": "p", "httpTimeout": 1.0}
        elsewhere = firebase_admin.initialize_app(firebase_app().credential, options, "auth-503")
        environment.setattr("lookout.cloud.accounts.id_token.firebase_app", lambda: elsewhere)
        with pytest.raises(Unavailable, match="did not answer"):
            room.service(pauses=(), notifiers=[push]).deliver(room.notice())
        firebase_admin.delete_app(elsewhere)
    assert (devices(room), fcm.posted) == (["phone"], [])


def test_an_answer_of_messaging_without_end_is_not_read(
    room: NotifyStores, push: Any, fcm: Receiver, register: Register
) -> None:
    register("phone", "laptop")
    fcm.for_ever = endless_body
    room.alert()
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable):
            room.service(pauses=(), notifiers=[push]).deliver(room.notice())
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
