"""Webhooks as a real receiver gets them, or does not."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lookout.errors import DeliveryRefused, NotDelivered, Unavailable
from lookout.services.notify import channels, webhook
from tests.services.notify.conftest import SECRET, Certificates, NotifyStores
from tests.services.notify.servers import (
    Answer,
    MailServer,
    Receiver,
    drip,
    endless_body,
    nonsense,
    receiver,
    silence,
    status,
)
from tests.support import answers
from tests.support.outage import closed_port
from tests.support.settings import changed
from tests.support.waiting import SECONDS


@pytest.fixture
def caller(room: NotifyStores) -> NotifyStores:
    """A house with webhooks alone."""
    room.settings = changed(room.settings, EMAIL_ENABLED=False)
    return room


def _reason(room: NotifyStores) -> str:
    return str(room.undelivered()["webhook"]["reason"])


def test_what_is_posted_is_told_in_full_and_signed(caller: NotifyStores, hook: Receiver) -> None:
    caller.db.document("settings/site").set({"timezone": "Europe/Berlin"})
    caller.known()
    caller.service().deliver(caller.notice(at=datetime.now(UTC)))
    (posted,) = hook.posted
    at = datetime.fromisoformat(posted.json.pop("at"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 30
    assert at.utcoffset() == at.astimezone(ZoneInfo("Europe/Berlin")).utcoffset()
    assert posted.path == "/hook?id=7"
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.headers["Host"] == hook.url.removeprefix("http://")
    assert posted.headers["X-Lookout-Delivery"] == "a1_new"
    assert abs(int(posted.headers["X-Lookout-Timestamp"]) - time.time()) < 30
    signed = f"a1_new.{posted.headers['X-Lookout-Timestamp']}.".encode() + posted.body
    wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert posted.headers["X-Lookout-Signature"] == f"sha256={wanted}"
    assert posted.json | {"at": None} == {
        "event": "alert.new",
        "alert_id": "a1",
        "camera_id": "cam_front",
        "camera": "Front Door",
        "person_id": "anna",
        "person": "Anna",
        "is_known": True,
        "stranger_id": None,
        "confidence": 0.97,
        "at": None,
        "url": "https://house.example.com/#/alerts/a1",
    }


def test_names_come_as_they_are_written(caller: NotifyStores, hook: Receiver) -> None:
    caller.known(person='Zoë "Z" Ångström', cameraName="Tür\r\nX-Evil: 1")
    caller.service().deliver(caller.notice())
    (posted,) = hook.posted
    assert (posted.json["person"], posted.json["camera"]) == ('Zoë "Z" Ångström', "Tür X-Evil: 1")
    assert "X-Evil" not in posted.headers


@pytest.mark.parametrize("first", [500, 502, 503, 408, 429])
def test_a_receiver_that_fails_once_is_asked_again(caller: NotifyStores, hook: Receiver, first: int) -> None:
    caller.alert()
    hook.answers = [status(first)]
    assert caller.service().deliver(caller.notice()) == "webhook: sent"
    assert len(hook.posted) == 2
    assert len({posted.headers["X-Lookout-Delivery"] for posted in hook.posted}) == 1
    assert caller.undelivered() == {}


def test_a_receiver_that_fails_for_ever_is_given_up_and_the_alert_says_so_until_people_are_told(
    caller: NotifyStores, hook: Receiver
) -> None:
    caller.alert()
    notice = caller.notice()
    hook.for_ever = status(500)
    for delivery in range(1, 5):
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1 answers 500"):
            caller.service().deliver(notice)
        assert caller.record(notice, "webhook")["tries"] == delivery
        assert caller.undelivered() == {}
    assert caller.service().deliver(notice) == "webhook: 127.0.0.1 answers 500."
    assert caller.undelivered()["webhook"].keys() == {"reason", "at", "state"}
    assert len(hook.posted) == 15
    assert caller.service().deliver(notice) == "webhook: done before"
    assert len(hook.posted) == 15
    hook.for_ever = None
    caller.known()
    caller.db.document("alerts/a1").update({"undelivered": {"webhook": {"reason": "", "state": "new"}}})
    caller.service().deliver(caller.notice(state="known"))
    assert caller.undelivered() == {}


def test_telling_late_that_it_is_new_does_not_hide_that_nobody_knows_the_name(
    caller: NotifyStores, hook: Receiver
) -> None:
    caller.alert()
    caller.db.document("alerts/a1").update({"undelivered": {"webhook": {"reason": "x", "state": "known"}}})
    caller.service().deliver(caller.notice())
    assert len(hook.posted) == 1
    assert _reason(caller) == "x"


@pytest.mark.parametrize("code", [400, 401, 404, 410, 100 + 351])
def test_a_receiver_that_refuses_is_asked_once(caller: NotifyStores, hook: Receiver, code: int) -> None:
    caller.alert()
    hook.for_ever = status(code)
    caller.service().deliver(caller.notice())
    assert len(hook.posted) == 1
    assert _reason(caller) == f"127.0.0.1 answers {code}."


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_wherever_it_leads(
    caller: NotifyStores, hook: Receiver, code: int
) -> None:
    caller.alert()
    with receiver() as inside:
        hook.for_ever = status(code, Location=f"{inside.url}/metadata")
        caller.service().deliver(caller.notice())
        assert inside.posted == []
    assert f"a redirect ({code}), which is not followed" in _reason(caller)


@pytest.mark.few(5)
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.1", "10.0.0.1",
     "192.168.1.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16",
     "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]"],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_written(
    caller: NotifyStores, hook: Receiver, host: str
) -> None:
    caller.alert()
    caller.service(WEBHOOK_URL=f"https://{host}:{hook.port}/", WEBHOOK_ALLOW_PRIVATE=False).deliver(
        caller.notice()
    )
    assert hook.posted == []
    assert "a private address (WEBHOOK_ALLOW_PRIVATE)" in _reason(caller)


def test_a_name_that_leads_inside_at_the_second_look_is_looked_up_once(
    caller: NotifyStores, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, look_up = socket.create_connection, socket.getaddrinfo
    called: list[object] = []
    looked_up: list[str] = []

    def rebinding(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        if host != "rebind.example.com":
            return list(look_up(host, port, *more, **options))
        looked_up.append(host)
        address = "8.8.8.8" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connection(place: tuple[str, int], timeout: float) -> socket.socket:
        called.append(place)
        # a wire to the receiver, wherever the call goes
        return real(("127.0.0.1", hook.port), timeout)

    settings = changed(
        caller.settings, WEBHOOK_URL="https://rebind.example.com/", WEBHOOK_ALLOW_PRIVATE=False
    )
    notifier = webhook.Webhook(settings.webhook, seconds=2.0)
    with monkeypatch.context() as wires:
        wires.setattr(socket, "getaddrinfo", rebinding)
        wires.setattr(socket, "create_connection", connection)
        with pytest.raises(NotDelivered):
            notifier.send(_message(caller), 2.0)
    assert called == [("8.8.8.8", 443)]
    assert looked_up == ["rebind.example.com"]
    assert hook.posted == []


def _message(room: NotifyStores) -> Any:
    from lookout.cloud.site.settings import default_site
    from lookout.domain.notifications.notice import AlertMessage, Notice, NoticeState

    notice = Notice("a1_new", "a1", NoticeState.NEW, datetime.now(UTC))
    return AlertMessage.of(notice, {"cameraId": "cam"}, default_site(room.settings), None)


def test_names_do_not_cross_the_open_network_in_the_clear(
    caller: NotifyStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    for allowed in (True, False):
        settings = changed(
            caller.settings, WEBHOOK_URL="http://hook.example.com/", WEBHOOK_ALLOW_PRIVATE=allowed
        )
        notifier = webhook.Webhook(settings.webhook)
        with monkeypatch.context() as wires:
            wires.setattr(socket, "getaddrinfo", lambda *_, **__: far)
            with pytest.raises(DeliveryRefused, match="use https"):
                notifier.send(_message(caller), 2.0)


def test_a_receiver_behind_tls_is_reached_if_its_certificate_is_good(
    caller: NotifyStores, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver(certificates.server) as secure:
        caller.alert()
        caller.service(WEBHOOK_URL=f"https://localhost:{secure.port}/x").deliver(caller.notice())
        assert _reason(caller) == "The certificate of localhost is not to be trusted."
        assert secure.posted == []
        certificates.trust(monkeypatch)
        caller.alert("a2")
        caller.service(WEBHOOK_URL=f"https://localhost:{secure.port}/x").deliver(caller.notice("a2"))
        assert [posted.path for posted in secure.posted] == ["/x"]
        assert secure.posted[0].headers["Host"] == f"localhost:{secure.port}"


@pytest.mark.parametrize("answer", [silence, drip], ids=["silent", "dripping"])
@pytest.mark.long
def test_a_receiver_that_does_not_come_to_an_end_is_hung_up_on_after_five_seconds(
    caller: NotifyStores, hook: Receiver, answer: Answer
) -> None:
    caller.alert()
    hook.for_ever = answer
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1 did not answer within 5 s"):
        caller.service(pauses=()).deliver(caller.notice())
    assert time.monotonic() - began > 4.5


@pytest.mark.parametrize(
    "answer",
    [
        status(204),
        status(200, b"thanks"),
        status(302, Location="/"),
        status(500, b"x"),
        endless_body,
        nonsense,
    ],
    ids=["empty", "short", "redirect", "refusal", "endless", "nonsense"],
)
def test_every_answer_is_closed(caller: NotifyStores, hook: Receiver, answer: Answer) -> None:
    caller.alert()
    hook.for_ever = answer
    with answers.all_closed(), suppress(Unavailable):
        caller.service(pauses=()).deliver(caller.notice())


def test_an_answer_without_end_is_not_read(caller: NotifyStores, hook: Receiver) -> None:
    caller.alert()
    hook.for_ever = endless_body
    assert caller.service().deliver(caller.notice()) == "webhook: sent"


def test_an_answer_that_is_no_http_is_a_failure(caller: NotifyStores, hook: Receiver) -> None:
    caller.alert()
    hook.for_ever = nonsense
    with pytest.raises(Unavailable, match="did not answer in HTTP"):
        caller.service().deliver(caller.notice())


def test_nobody_there_is_a_failure(caller: NotifyStores) -> None:
    caller.alert()
    notice = caller.notice()
    with pytest.raises(Unavailable, match="does not take calls at port"):
        caller.service(WEBHOOK_URL=f"http://127.0.0.1:{closed_port()}/").deliver(notice)
    with pytest.raises(Unavailable, match="has no address; is the name right"):
        caller.service(WEBHOOK_URL="http://nobody.invalid/").deliver(notice)


def test_a_look_up_that_hangs_is_not_waited_for(
    caller: NotifyStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier = webhook.Webhook(caller.settings.webhook, seconds=0.3)
    given_up, waited = threading.Event(), []
    with monkeypatch.context() as wires:
        wires.setattr(socket, "getaddrinfo", lambda *_, **__: waited.append(given_up.wait(SECONDS)))
        with pytest.raises(NotDelivered, match="did not answer"):
            notifier.send(_message(caller), 5.0)
        assert waited == []  # it hangs still
        given_up.set()


def test_a_webhook_that_is_down_does_not_keep_the_mail_waiting(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert()
    notice = room.notice()
    hook.for_ever = silence
    notifier = webhook.Webhook(room.settings.webhook, seconds=1.0)
    mail = next(notifier for notifier in channels.notifiers(room.settings, room.stores))
    with pytest.raises(Unavailable):
        room.service(pauses=(), notifiers=[notifier, mail]).deliver(notice)
    assert len(smtp.mails) == 1
    assert room.record(notice, "email")["state"] == "sent"
    assert room.record(notice, "webhook")["state"] == "waiting"


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"WEBHOOK_SECRET": None}, "WEBHOOK_URL needs WEBHOOK_SECRET"),
        ({"WEBHOOK_SECRET": "hidden"}, "WEBHOOK_URL needs WEBHOOK_SECRET"),
        ({"WEBHOOK_URL": "ftp://example.com/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https:///hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://ann:hidden@example.com/"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://example.com:port/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://example.com/hidden\r\nX: y"}, "must be percent-encoded"),
        ({"WEBHOOK_URL": "https://example.com/hidden word"}, "must be percent-encoded"),
        ({"WEBHOOK_URL": "https://example.com/hidden-ü"}, "must be percent-encoded"),
        ({"WEBHOOK_URL": "https://[home/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://[home…"}, "must be percent-encoded"),
        ({"WEBHOOK_URL": "https://home]/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://[::1/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://example.com:99999/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://example.com:0/hidden"}, "no address such as https://example.com/hook."),
        ({"WEBHOOK_URL": "https://exam\tple.com/hidden"}, "must be percent-encoded"),
        ({"WEBHOOK_SECRET": "a hidden key \udcff of bytes"}, "cannot be used (UnicodeEncodeError)"),
    ],
)
def test_settings_that_make_no_sense_close_the_way_and_are_told_on_the_alert(
    room: NotifyStores,
    smtp: MailServer,
    changes: dict[str, Any],
    complaint: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    room.alert()
    room.service(**changes).deliver(room.notice())
    assert complaint in _reason(room)
    assert len(smtp.mails) == 1
    logged = capfd.readouterr().out
    assert complaint in logged
    assert "hidden" not in logged


def test_no_secret_is_in_any_log_or_message(
    caller: NotifyStores, hook: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        channel = "email"

        def send(self, message: Any, seconds: float) -> str:
            raise RuntimeError(SECRET)

    caller.alert()
    notifier = webhook.Webhook(caller.settings.webhook)
    hook.for_ever = status(404)
    caller.service(notifiers=[notifier, Broken()]).deliver(caller.notice())
    logged = capfd.readouterr().out
    assert [json.loads(line)["severity"] for line in logged.splitlines()] == ["ERROR"] * 3
    assert caller.undelivered()["email"]["reason"] == "an error in Lookout itself (RuntimeError)"
    for told in (logged, str(caller.undelivered()), repr(caller.settings)):
        assert SECRET not in told
        assert "id=7" not in told
