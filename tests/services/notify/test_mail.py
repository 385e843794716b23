"""Mails as a real mail server gets them, or refuses to."""

from __future__ import annotations

import socket
import tracemalloc
from email.message import EmailMessage
from typing import Any

import pytest

from lookout.errors import DeliveryRefused, NotDelivered, Unavailable
from lookout.services.notify import channels, mail, mail_message, webhook
from tests.services.notify.conftest import FACE, FRAME, Certificates, NotifyStores
from tests.services.notify.servers import (
    PASSWORD,
    USER,
    MailServer,
    Receiver,
    mail_server,
    mute_server,
    talkative_server,
)
from tests.support.outage import closed_port, storage_that_answers
from tests.support.settings import changed
from tests.support.waiting import SECONDS


@pytest.fixture
def post(room: NotifyStores) -> NotifyStores:
    """A house with mails alone."""
    room.settings = changed(room.settings, WEBHOOK_URL=None)
    return room


def _parts(mail: EmailMessage) -> dict[str, Any]:
    return {part.get_content_type() + (part.get_filename() or ""): part.get_content() for part in mail.walk()
            if not part.is_multipart()}  # fmt: skip


def test_a_mail_says_who_where_and_when_with_the_face_in_it_and_the_frame_beside_it(
    post: NotifyStores, smtp: MailServer
) -> None:
    post.known()
    post.service().deliver(post.notice())
    (mail,) = smtp.mails
    assert mail["Subject"] == "Anna at Front Door"
    assert mail["From"] == "Lookout <house@example.com>"
    assert mail["To"] == "ann@example.com, bob@example.com"
    assert smtp.recipients == [["ann@example.com", "bob@example.com"]]
    assert mail["Message-ID"] == "<lookout.a1.new@example.com>"
    parts = _parts(mail)
    assert "Anna was seen at Front Door on " in parts["text/plain"]
    assert "https://house.example.com/#/alerts/a1" in parts["text/plain"]
    assert 'src="cid:face@lookout"' in parts["text/html"]
    assert parts["image/jpegface.jpg"] == FACE
    assert parts["image/jpegframe.jpg"] == FRAME
    (face,) = [part for part in mail.walk() if part["Content-ID"]]
    assert face["Content-ID"] == "<face@lookout>"


def test_a_mail_that_comes_twice_is_recognised(post: NotifyStores, smtp: MailServer) -> None:
    post.alert()
    notice = post.notice()
    post.service().deliver(notice)
    post.notice()  # as if nothing had been recorded
    post.service().deliver(notice)
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 1
    assert len(smtp.mails) == 2


def test_an_alert_without_pictures_is_told_all_the_same(post: NotifyStores, smtp: MailServer) -> None:
    post.alert(pictures=False)
    post.service(SITE_URL=None).deliver(post.notice())
    parts = _parts(smtp.mails[0])
    assert set(parts) == {"text/plain", "text/html"}
    assert "no picture" in parts["text/plain"]
    assert "http" not in parts["text/plain"]


def test_pictures_that_are_still_being_stored_are_waited_for(post: NotifyStores) -> None:
    from threading import Timer

    post.alert(pictures=False, facePath="alerts/a1/1/face.jpg", imagePath="alerts/a1/1/frame.jpg")

    def arrive() -> None:
        for name, jpeg in (("face", FACE), ("frame", FRAME)):
            post.bucket.blob(f"alerts/a1/1/{name}.jpg").upload_from_string(jpeg, "image/jpeg")

    later = Timer(0.5, arrive)
    later.start()
    mail_pictures = channels.mail_pictures(post.stores, "a1")
    later.join()
    assert (mail_pictures.face, mail_pictures.frame) == (FACE, FRAME)


def test_pictures_that_never_come_are_not_waited_for_long(post: NotifyStores) -> None:
    post.alert(pictures=False, facePath="alerts/a1/1/face.jpg", imagePath="alerts/a1/1/frame.jpg")
    mail_pictures = channels.mail_pictures(post.stores, "a1", seconds=0.5)
    assert (mail_pictures.face, mail_pictures.frame) == (None, None)


def test_a_storage_that_fails_costs_the_pictures_and_not_the_mail(
    post: NotifyStores, smtp: MailServer
) -> None:
    from tests.support.stores import bucket_at

    post.alert()
    notice = post.notice()
    with storage_that_answers(503) as url:
        post.bucket = bucket_at(url, post.db.project)
        post.service(STORE_TIMEOUT_SECONDS=0.5).deliver(notice)
        post.bucket.client.close()
    assert set(_parts(smtp.mails[0])) == {"text/plain", "text/html"}


@pytest.mark.few(4)
@pytest.mark.parametrize(
    "name",
    [
        "Anna\r\nBcc: everybody@example.com",
        "Anna\nSubject: You have won",
        "Anna\r\n\r\n<script>alert(1)</script>",
        "Anna\u2028Bcc: everybody@example.com",
        "Anna\x00\x1b[2J",
        "<img src=x onerror=alert(1)>",
        "Änne Öztürk 王小明 " + "x" * 300,
    ],
)
@pytest.mark.parametrize("field", ["person", "cameraName"])
def test_a_name_is_a_name_and_no_header_or_markup(
    post: NotifyStores, smtp: MailServer, name: str, field: str
) -> None:
    post.known(**{field: name})
    post.service().deliver(post.notice())
    (mail,) = smtp.mails
    assert set(mail.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "X-Peer",
        "X-MailFrom", "X-RcptTo",
    } - ({"X-Peer", "X-MailFrom", "X-RcptTo"} - set(mail.keys()))  # fmt: skip
    assert smtp.recipients == [["ann@example.com", "bob@example.com"]]
    assert len(mail["Subject"].splitlines()) == 1
    assert mail["Subject"].startswith(name.split("\r")[0].split("\n")[0][:4]) or field == "cameraName"
    html = _parts(mail)["text/html"]
    assert "<script>" not in html
    assert "<img src=x" not in html


def _reason(room: NotifyStores) -> str:
    return str(room.undelivered()["email"]["reason"])


def test_a_wrong_password_is_told_at_once_and_shown_nowhere(
    post: NotifyStores, capfd: pytest.CaptureFixture[str]
) -> None:
    post.alert()
    with mail_server(auth=True) as server:
        service = post.service(EMAIL_PORT=server.port, EMAIL_USER=USER, EMAIL_PASSWORD="not the password")
        service.deliver(post.notice())
    assert _reason(post) == "127.0.0.1 does not take EMAIL_USER and EMAIL_PASSWORD (535)."
    assert set(server.logins) == {False}
    assert server.mails == []
    assert post.record("a1_new", "email")["tries"] == 1
    assert "not the password" not in capfd.readouterr().out


def test_the_right_password_lets_the_mail_through_under_starttls(
    post: NotifyStores, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.trust(monkeypatch)
    post.alert()
    with mail_server(starttls=certificates.server, auth=True) as server:
        post.service(
            EMAIL_HOST="localhost",
            EMAIL_PORT=server.port,
            EMAIL_TLS="starttls",
            EMAIL_USER=USER,
            EMAIL_PASSWORD=PASSWORD,
            EMAIL_FROM=None,
        ).deliver(post.notice())
        (mail,) = server.mails
    assert server.logins == [True]
    assert mail["From"] == f"Lookout <{USER}>"


def test_a_mail_goes_by_tls_from_the_first_byte(
    post: NotifyStores, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.trust(monkeypatch)
    post.alert()
    with mail_server(tls=certificates.server) as server:
        post.service(EMAIL_PORT=server.port, EMAIL_TLS="tls").deliver(post.notice())
        assert len(server.mails) == 1


@pytest.mark.parametrize("protection", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_ends_the_call(
    post: NotifyStores, certificates: Certificates, protection: str
) -> None:
    post.alert()
    tls, starttls = (certificates.server if protection == kind else None for kind in ("tls", "starttls"))
    with mail_server(tls, starttls) as server:
        post.service(EMAIL_PORT=server.port, EMAIL_TLS=protection).deliver(post.notice())
        assert server.mails == []
    assert _reason(post) == "The certificate of 127.0.0.1 is not to be trusted."


def test_a_server_without_starttls_gets_neither_password_nor_mail(post: NotifyStores) -> None:
    post.alert()
    with mail_server(auth=True) as server:
        post.service(
            EMAIL_PORT=server.port, EMAIL_TLS="starttls", EMAIL_USER=USER, EMAIL_PASSWORD=PASSWORD
        ).deliver(post.notice())
        assert (server.logins, server.mails) == ([], [])
    assert _reason(post) == "127.0.0.1 does not offer STARTTLS; look at EMAIL_TLS."


def test_a_server_that_takes_no_passwords_is_told_of(post: NotifyStores) -> None:
    post.alert()
    with mail_server(auth=True, passwords=False) as server:
        post.service(EMAIL_PORT=server.port, EMAIL_USER=USER, EMAIL_PASSWORD=PASSWORD).deliver(post.notice())
    assert _reason(post) == "127.0.0.1 lets nobody sign in with a password."


def test_a_server_that_takes_its_time_over_a_mail_is_hung_up_on(post: NotifyStores, smtp: MailServer) -> None:
    post.alert()
    smtp.slow = SECONDS
    notifier = mail.Mail(post.settings.email, lambda _: mail_message.MailPictures(), seconds=0.5)
    with pytest.raises(Unavailable, match="did not answer within"):
        post.service(pauses=(), notifiers=[notifier]).deliver(post.notice())


def test_without_tls_a_password_leaves_this_machine_to_nobody(
    post: NotifyStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 25))]
    settings = changed(post.settings, EMAIL_HOST="mail.example.com", EMAIL_USER=USER, EMAIL_PASSWORD=PASSWORD)
    notifier = mail.Mail(settings.email, lambda _: mail_message.MailPictures())
    with monkeypatch.context() as wires:
        wires.setattr(socket, "getaddrinfo", lambda *_, **__: far)
        wires.setattr(socket, "create_connection", lambda *args, **_: called.append(args))
        with pytest.raises(DeliveryRefused, match="EMAIL_PASSWORD to the network"):
            notifier.send(_message(post), 5.0)
    assert called == []


def _message(post: NotifyStores) -> Any:
    from datetime import UTC, datetime

    from lookout.cloud.site.settings import default_site
    from lookout.domain.notifications.notice import AlertMessage, Notice, NoticeState

    alert = {"cameraId": "cam_front", "person": "Unknown"}
    notice = Notice("a1_new", "a1", NoticeState.NEW, datetime.now(UTC))
    return AlertMessage.of(notice, alert, default_site(post.settings), None)


def test_recipients_whom_nobody_knows_are_told_of_at_once(
    post: NotifyStores, smtp: MailServer, capfd: pytest.CaptureFixture[str]
) -> None:
    post.alert()
    smtp.unknown = {"bob@example.com"}
    post.service().deliver(post.notice())
    assert smtp.recipients == [["ann@example.com"]]
    assert "mail partly refused" in capfd.readouterr().out
    smtp.unknown.add("ann@example.com")
    post.alert("a2")
    post.service().deliver(post.notice("a2"))
    assert post.undelivered("a2")["email"]["reason"] == "127.0.0.1 takes no mail for EMAIL_TO (550)."
    assert len(smtp.mails) == 1


def test_a_server_that_is_busy_is_asked_again(post: NotifyStores, smtp: MailServer) -> None:
    post.alert()
    smtp.refusals = ["451 4.3.0 later", "452 4.3.1 later"]
    assert post.service().deliver(post.notice()) == "email: sent"
    assert len(smtp.mails) == 1


def test_a_server_that_refuses_the_mail_for_good_is_asked_once(post: NotifyStores, smtp: MailServer) -> None:
    post.alert()
    smtp.refusals = ["554 5.7.1 no spam", "250 never said"]
    post.service().deliver(post.notice())
    assert _reason(post) == "127.0.0.1 did not take the mail (554)."
    assert len(smtp.refusals) == 1


def test_a_server_that_takes_no_calls_has_the_notice_come_again(post: NotifyStores) -> None:
    post.alert()
    notice = post.notice()
    with pytest.raises(Unavailable, match="does not take calls"):
        post.service(EMAIL_PORT=closed_port()).deliver(notice)
    assert post.record(notice, "email")["state"] == "waiting"
    assert post.undelivered() == {}


@pytest.mark.parametrize(
    ("greeting", "every"), [(b"", 0.0), (b"220 " + b"x" * 1000, 0.05)], ids=["mute", "drip"]
)
def test_a_slow_server_is_hung_up_on_in_time(post: NotifyStores, greeting: bytes, every: float) -> None:
    post.alert()
    with mute_server(greeting, every) as port:
        settings = changed(post.settings, EMAIL_PORT=port)
        notifier = mail.Mail(settings.email, lambda _: mail_message.MailPictures(), seconds=0.5)
        with pytest.raises(Unavailable, match="did not answer within"):
            post.service(pauses=(), notifiers=[notifier]).deliver(post.notice())


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"220 ready\r\n", b"250-more\r\n"),
        (b"220 ready\r\n", b"250-\r\n"),
        (b"220 ready\r\n", b"250-" + b"x" * 8000 + b"\r\n"),
        (b"220 ready\r\n", b"x" * 8000),
        (b"220 ready\r\n", b"\r\n"),
        (b"220-hello\r\n", b"220-more\r\n"),
        (b"220 ", b"x"),
        (b"", b"\x00"),
    ],
    ids=[
        "lines",
        "short lines",
        "long lines",
        "one line",
        "empty lines",
        "greeting",
        "long greeting",
        "zeros",
    ],
)
def test_a_server_whose_reply_has_no_end_is_hung_up_on_before_it_fills_the_memory(
    post: NotifyStores, first: bytes, then: bytes
) -> None:
    post.alert(pictures=False)
    notifier = mail.Mail
    with talkative_server(first, then) as port:
        settings = changed(post.settings, EMAIL_PORT=port)
        tracemalloc.start()
        try:
            with pytest.raises(NotDelivered):
                notifier(settings.email, lambda _: mail_message.MailPictures(), seconds=60.0).send(
                    _message(post), 60.0
                )
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_a_mail_server_that_is_down_does_not_keep_the_webhook_waiting(
    room: NotifyStores, hook: Receiver
) -> None:
    room.alert()
    notice = room.notice()
    with mute_server() as port:
        settings = changed(room.settings, EMAIL_PORT=port)
        slow = mail.Mail(settings.email, lambda _: mail_message.MailPictures(), seconds=1.0)
        notifiers = [slow, webhook.Webhook(room.settings.webhook)]
        with pytest.raises(Unavailable):
            room.service(pauses=(), notifiers=notifiers).deliver(notice)
    assert len(hook.posted) == 1
    assert room.record(notice, "webhook")["state"] == "sent"
    assert room.service().deliver(notice) == "email: sent; webhook: done before"


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"EMAIL_HOST": None}, "EMAIL_ENABLED needs EMAIL_HOST."),
        ({"EMAIL_TO": " , "}, "EMAIL_ENABLED needs EMAIL_TO."),
        ({"EMAIL_FROM": None}, "EMAIL_FROM, or EMAIL_USER without it, is no e-mail address."),
        ({"EMAIL_TO": "ann@example.com, bob"}, "EMAIL_TO has 'bob', which is no e-mail address."),
        ({"EMAIL_TO": "a@b.c>\r\nRCPT TO:<x@y.z"}, "no e-mail address."),
        ({"EMAIL_TLS": "ssl"}, "EMAIL_TLS='ssl' is none of starttls, tls, none."),
        ({"EMAIL_PASSWORD": "hidden words"}, "EMAIL_PASSWORD needs EMAIL_USER."),
        ({"EMAIL_HOST": "smtp.example.com:587"}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "https://smtp.example.com"}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "[::1"}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "smtp example.com"}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "127.0.0.1\x00"}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "." * 3}, "its port is EMAIL_PORT."),
        ({"EMAIL_HOST": "a" * 300}, "its port is EMAIL_PORT."),
        ({"EMAIL_TO": "=?utf-8?q?a=0D=0A?=@example.com"}, "which is no e-mail address."),
        ({"EMAIL_TO": "a\x00@example.com"}, "which is no e-mail address."),
        ({"EMAIL_TO": "a@exa\u2028mple.com"}, "which is no e-mail address."),
        (
            {"EMAIL_FROM": "=?utf-8?q?a?=@example.com"},
            "EMAIL_FROM, or EMAIL_USER without it, is no e-mail address.",
        ),
        ({"EMAIL_FROM": "a@b@c"}, "EMAIL_FROM, or EMAIL_USER without it, is no e-mail address."),
        ({"EMAIL_USER": "x", "EMAIL_PASSWORD": "hidden wörds"}, "must be of letters without accents."),
    ],
)
def test_settings_that_make_no_sense_close_the_way_and_are_told_on_the_alert(
    room: NotifyStores,
    hook: Receiver,
    changes: dict[str, Any],
    complaint: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    room.alert()
    room.service(**changes).deliver(room.notice())
    assert _reason(room).endswith(complaint)
    assert len(hook.posted) == 1
    logged = capfd.readouterr().out
    assert "channel misconfigured" in logged
    assert "hidden" not in logged
