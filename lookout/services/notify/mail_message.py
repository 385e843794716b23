"""The mail about an alert: plain text and HTML, the face inline, the frame attached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from lookout.domain.notifications.notice import AlertMessage, NoticeState


@dataclass(frozen=True, slots=True)
class MailPictures:
    """The pictures of an alert, as JPEGs; None for one that is not there."""

    face: bytes | None = None
    frame: bytes | None = None


def mail_message(message: AlertMessage, pictures: MailPictures, sender: str, to: list[str]) -> EmailMessage:
    """The complete mail. The same message gives the same ``Message-ID``: a repeated mail is recognised."""
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    # raw: the mail library would decode a name that looks encoded, and write the result
    mail.set_raw("Subject", header_text(message.subject))
    mail["From"] = f"Lookout <{sender}>"
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = message_id(message, message.notice.state, domain)
    mail["Auto-Submitted"] = "auto-generated"
    if message.notice.state is NoticeState.KNOWN:
        # mail programs show it in the thread of the mail without a name
        mail["In-Reply-To"] = mail["References"] = message_id(message, NoticeState.NEW, domain)
    paragraphs = [message.sentence]
    if message.is_known:
        paragraphs.append(f"Lookout is {message.confidence:.0%} sure.")
    if pictures.face is None and message.notice.state is not NoticeState.BUDGET:
        paragraphs.append("There is no picture of it.")
    link = [] if message.url is None else [f"See {_what(message)}: {message.url}"]
    mail.set_content("\n\n".join([*paragraphs, *link]) + "\n")
    mail.add_alternative(_html(message, paragraphs, pictures.face is not None), subtype="html")
    if pictures.face is not None:
        html = list(mail.iter_parts())[-1]
        assert isinstance(html, EmailMessage)  # noqa: S101 - what it was made as
        html.add_related(
            pictures.face, "image", "jpeg", cid=f"<{_FACE}>", filename="face.jpg", disposition="inline"
        )
    if pictures.frame is not None:
        mail.add_attachment(pictures.frame, "image", "jpeg", filename="frame.jpg")
    return mail


_FACE = "face@lookout"

_PLAIN = re.compile(r"[A-Za-z0-9.,()'-]+( [A-Za-z0-9.,()'-]+)*")
_LINE_CHARACTERS = 60


def header_text(text: str) -> str:
    """A one-line text as a header's value, which decodes to the same text.

    Anything but plain ASCII is encoded as a whole (RFC 2047). An encoded word within the text is broken up, for
    programs that decode twice.
    """
    parted = text.replace("=?", "= ?")
    if len(parted) <= _LINE_CHARACTERS and _PLAIN.fullmatch(parted):
        return parted
    return Header(parted, "utf-8", header_name="Subject").encode()


def message_id(message: AlertMessage, state: NoticeState, domain: str) -> str:
    """The ``Message-ID``; the same alert and state give the same one."""
    alert_id = re.sub(r"[^A-Za-z0-9_-]", "_", message.notice.alert_id)
    return f"<lookout.{alert_id}.{state}@{domain}>"


def _what(message: AlertMessage) -> str:
    return "the settings" if message.notice.state is NoticeState.BUDGET else "the alert"


def _html(message: AlertMessage, paragraphs: list[str], has_face: bool) -> str:
    parts = [f"<p>{escape(text)}</p>" for text in paragraphs]
    if has_face:
        parts.insert(1, f'<p><img src="cid:{_FACE}" alt="{escape(message.person)}" width="240"></p>')
    if message.url is not None:
        parts.append(f'<p><a href="{escape(message.url)}">See {_what(message)}</a></p>')
    return f"<html><body>{''.join(parts)}</body></html>\n"
