"""Whatever cameras and people are called, what is told of them stays what it is: a mail, a message, a push."""

from __future__ import annotations

import re
import unicodedata
from email.header import decode_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lookout.services.notify import mail, mail_message, webhook
from tests.services.notify.conftest import NotifyStores
from tests.services.notify.servers import MailServer, Receiver

HEADERS = [
    *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
]
"""All that a mail has."""

PIECES = (
    *(
        "=?utf-8?q?Door=0D=0AReply-To:_x@example.com?=",
        "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5jb20=?=",
        "=?",
        "?=",
    ),
    *(
        "=?iso-8859-1?q?=0D=0A=0D=0AHello?=",
        "=?utf-8?q?a?= =?utf-8?q?=0AX:_y?=",
        "=?utf-8?q?=",
        "=0D=0A",
        "%0d%0a",
    ),
    *(
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "\u2028",
        "\u2029",
        "\x00",
        "\x1b[2J",
        "\x85",
        "\x0b",
        "\u202e",
        "\u2066",
    ),
    *(
        '"',
        "<",
        ">",
        ",",
        ":",
        ";",
        "(",
        ")",
        "@",
        "\\",
        "&",
        "<b>",
        "Bcc: x@example.com",
        "Reply-To: x",
        ".",
    ),
    *(
        " ",
        "\t",
        "Anna",
        "é",
        "王小明",
        "👩‍👧",
        "עדה",
        "x" * 80,
        "é" * 90,
        "_",
        "=20",
        "--",
        "\ud800",
        "😀" * 30,
    ),
)
NAMES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=10).map("".join)

BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def told(room: NotifyStores, person: str, camera: str) -> Any:
    from datetime import UTC, datetime

    from lookout.cloud.site.settings import default_site
    from lookout.domain.notifications.notice import AlertMessage, Notice, NoticeState

    alert = {"cameraId": "cam", "cameraName": camera, "personId": "p", "person": person, "confidence": 0.9}
    notice = Notice("a1_known", "a1", NoticeState.NEW, datetime.now(UTC))
    return AlertMessage.of(notice, alert, default_site(room.settings), "https://house.example.com")


def decoded(text: str) -> str:
    """What a program makes of a header that decodes whatever it can, again and again."""
    for _ in range(5):
        parts = [
            part if isinstance(part, str) else part.decode(charset or "ascii", "replace")
            for part, charset in decode_header(text)
        ]
        text = "".join(parts)
    return text


@pytest.mark.long
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, NAMES)
def test_a_mail_has_its_own_headers_and_the_names_as_a_text_whatever_they_are(
    room: NotifyStores, smtp: MailServer, person: str, camera: str
) -> None:
    message = told(room, person, camera)
    smtp.mails.clear()
    notifier = mail.Mail(room.settings.email, lambda _: mail_message.MailPictures())
    assert notifier.send(message, 15.0) == "sent"
    (got,) = smtp.mails
    assert sorted(got.keys()) == sorted(HEADERS)
    assert got["Subject"] == message.subject.replace("=?", "= ?")
    assert got["From"] == "Lookout <house@example.com>"
    assert got["To"] == "ann@example.com, bob@example.com"
    assert BREAKS.search(decoded(got["Subject"])) is None
    assert decoded(got["Subject"]) == got["Subject"]
    assert [part.get_content_type() for part in got.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, html = (
        part.get_content()
        for part in got.walk()
        if isinstance(part, EmailMessage) and not part.is_multipart()
    )
    assert plain.replace("\r\n", "\n").startswith(f"{message.sentence}\n\nLookout is 90% sure.\n")
    assert set(re.findall(r"<(\w+)", html)) == {"html", "body", "p", "a"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, NAMES)
def test_a_webhook_has_its_own_headers_and_the_names_on_one_line(
    room: NotifyStores, hook: Receiver, person: str, camera: str
) -> None:
    hook.posted.clear()
    webhook.Webhook(room.settings.webhook).send(told(room, person, camera), 5.0)
    (posted,) = hook.posted
    assert set(posted.headers) == {
        *("Host", "Accept-Encoding", "Content-Length", "Content-Type", "User-Agent", "Connection"),
        *("X-Lookout-Delivery", "X-Lookout-Timestamp", "X-Lookout-Signature"),
    }
    for name in ("person", "camera"):
        assert BREAKS.search(posted.json[name]) is None
        assert len(posted.json[name]) <= 100


@pytest.mark.long
@given(NAMES, NAMES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_push_shows_is_one_line(room: NotifyStores, person: str, camera: str) -> None:
    message = told(room, person, camera)
    for text in (message.subject, message.sentence):
        assert BREAKS.search(text) is None
        assert not any(unicodedata.category(letter) == "Cs" for letter in text)
        assert len(text) < 400


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?Door=0D=0AReply-To:_x@example.com?=", "=?utf-8?q?=0D=0A=0D=0AYou_have_won?="]
)
@pytest.mark.parametrize("field", ["person", "cameraName"])
def test_an_encoded_word_for_a_name_adds_no_header_and_replaces_no_mail(
    room: NotifyStores, smtp: MailServer, name: str, field: str
) -> None:
    room.known(**{field: name})
    room.service(WEBHOOK_URL=None).deliver(room.notice())
    (mail,) = smtp.mails
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert mail["Subject"] == {"person": f"{name} at Front Door", "cameraName": f"Anna at {name}"}[
        field
    ].replace("=?", "= ?")
    assert any(part.get_filename() == "frame.jpg" for part in mail.walk())


def test_an_address_of_another_alphabet_is_written_to_where_the_server_knows_how(
    room: NotifyStores, smtp: MailServer
) -> None:
    room.known()
    room.service(WEBHOOK_URL=None, EMAIL_FROM="häuser@example.com", EMAIL_TO="zoë@example.com").deliver(
        room.notice()
    )
    assert smtp.recipients == [["zoë@example.com"]]
