"""The mail that tells of an alert: plain text and HTML, with the face in it and the frame beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from lookout.domain.notifications.notice import News, NoticeState


@dataclass(frozen=True, slots=True)
class Shots:
    """The pictures of an alert, as JPEGs; None for one that is not there."""

    face: bytes | None = None
    frame: bytes | None = None


def letter(news: News, shots: Shots, sender: str, to: list[str]) -> EmailMessage:
    """The mail, whole. The same news make the same ``Message-ID``: a mail that comes twice is recognised."""
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    # as it is: the mail library would decode a name that looks encoded, and write out what comes of it
    mail.set_raw("Subject", header_text(news.subject))
    mail["From"] = f"Lookout <{sender}>"
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(news.at)
    mail["Message-ID"] = message_id(news, news.notice.state, domain)
    mail["Auto-Submitted"] = "auto-generated"
    if news.notice.state is NoticeState.KNOWN:
        # mail programs show the name below the mail that had none yet
        mail["In-Reply-To"] = mail["References"] = message_id(news, NoticeState.NEW, domain)
    paragraphs = [news.sentence]
    if news.is_known:
        paragraphs.append(f"Lookout is {news.confidence:.0%} sure.")
    if shots.face is None:
        paragraphs.append("There is no picture of it.")
    link = [] if news.url is None else [f"See the alert: {news.url}"]
    mail.set_content("\n\n".join([*paragraphs, *link]) + "\n")
    mail.add_alternative(_html(news, paragraphs, shots.face is not None), subtype="html")
    if shots.face is not None:
        html = list(mail.iter_parts())[-1]
        assert isinstance(html, EmailMessage)  # noqa: S101 - what it was made as
        html.add_related(
            shots.face, "image", "jpeg", cid=f"<{_FACE}>", filename="face.jpg", disposition="inline"
        )
    if shots.frame is not None:
        mail.add_attachment(shots.frame, "image", "jpeg", filename="frame.jpg")
    return mail


_FACE = "face@lookout"

_PLAIN = re.compile(r"[A-Za-z0-9.,()'-]+( [A-Za-z0-9.,()'-]+)*")
_LINE_CHARACTERS = 60


def header_text(text: str) -> str:
    """A text of one line as the value of a header that is decoded to the same text, and to nothing more.

    Whatever is not plain is encoded as a whole (RFC 2047). What looks like an encoded word is parted, so that also
    a program that decodes twice finds none in it.
    """
    parted = text.replace("=?", "= ?")
    if len(parted) <= _LINE_CHARACTERS and _PLAIN.fullmatch(parted):
        return parted
    return Header(parted, "utf-8", header_name="Subject").encode()


def message_id(news: News, state: NoticeState, domain: str) -> str:
    """By what mail programs tell the mails of an alert apart."""
    alert_id = re.sub(r"[^A-Za-z0-9_-]", "_", news.notice.alert_id)
    return f"<lookout.{alert_id}.{state}@{domain}>"


def _html(news: News, paragraphs: list[str], has_face: bool) -> str:
    parts = [f"<p>{escape(text)}</p>" for text in paragraphs]
    if has_face:
        parts.insert(1, f'<p><img src="cid:{_FACE}" alt="{escape(news.person)}" width="240"></p>')
    if news.url is not None:
        parts.append(f'<p><a href="{escape(news.url)}">See the alert</a></p>')
    return f"<html><body>{''.join(parts)}</body></html>\n"
