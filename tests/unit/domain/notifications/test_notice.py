"""What people are told of an alert."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lookout.domain.notifications.notice import NAME_CHARACTERS, AlertMessage, Notice, NoticeState, one_line
from lookout.domain.site.site import Site

SITE = Site(threshold=None, margin=0.05, visit_seconds=120, retention_days=30, timezone="Europe/Berlin")
AT = datetime(2026, 5, 31, 12, 3, 4, 567000, tzinfo=UTC)
UNKNOWN: dict[str, Any] = {
    "cameraId": "cam_front",
    "cameraName": "Front Door",
    "personId": None,
    "person": "Unknown",
    "isKnown": False,
    "strangerId": "s1",
    "confidence": 0.0123456,
}
ANNA = UNKNOWN | {"personId": "anna", "person": "Anna", "isKnown": True, "strangerId": None}


def _message(
    alert: dict[str, Any], state: NoticeState = NoticeState.NEW, site_url: str | None = None
) -> AlertMessage:
    return AlertMessage.of(Notice("a1_x", "a1", state, AT), alert, SITE, site_url)


@pytest.mark.parametrize(
    ("alert", "state", "subject"),
    [
        (UNKNOWN, NoticeState.NEW, "Unknown at Front Door"),
        (ANNA, NoticeState.NEW, "Anna at Front Door"),
        (ANNA, NoticeState.KNOWN, "Anna at Front Door (at first unknown)"),
        (UNKNOWN, NoticeState.KNOWN, "Unknown at Front Door"),
        (ANNA | {"cameraName": ""}, NoticeState.NEW, "Anna at cam_front"),
        (ANNA | {"cameraName": None, "person": None}, NoticeState.NEW, "Unknown at cam_front"),
    ],
)
def test_the_subject_says_who_and_where(alert: dict[str, Any], state: NoticeState, subject: str) -> None:
    assert _message(alert, state).subject == subject


def test_the_sentence_says_when_by_the_clock_of_the_house() -> None:
    assert _message(ANNA).sentence == "Anna was seen at Front Door on Sunday, 31 May 2026, 14:03."
    assert _message(UNKNOWN).sentence.startswith("Somebody unknown was seen at Front Door on ")
    assert _message(ANNA, NoticeState.KNOWN).sentence.endswith(
        "14:03. The alert was of somebody unknown at first."
    )


def test_a_webhook_is_told_all_of_it() -> None:
    assert _message(UNKNOWN, site_url="https://house.example.com").payload() == {
        "event": "alert.new",
        "alert_id": "a1",
        "camera_id": "cam_front",
        "camera": "Front Door",
        "person_id": None,
        "person": "Unknown",
        "is_known": False,
        "stranger_id": "s1",
        "confidence": 0.0123,
        "at": "2026-05-31T14:03:04+02:00",
        "url": "https://house.example.com/#/alerts/a1",
    }
    known = _message(ANNA, NoticeState.KNOWN).payload()
    assert (known["event"], known["is_known"], known["url"]) == ("alert.known", True, None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Anna", "Anna"),
        ("  Anna   Maria ", "Anna Maria"),
        ("Anna\r\nBcc: x", "Anna Bcc: x"),
        ("A\x00\x1b\u2028\u2029\x85B", "A B"),
        ("\u202eannA", "annA"),
        ("Zoë 王 👩‍👧", "Zoë 王 👩‍👧"),
        ("x" * 500, "x" * NAME_CHARACTERS),
        ("\n", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_name_is_one_line(text: object, line: str) -> None:
    assert one_line(text) == line


def test_a_notice_is_read_as_it_is_stored() -> None:
    stored = {"alertId": "a1", "state": "known", "createdAt": AT, "cameraId": "cam", "personId": None}
    assert Notice.stored("a1_known", stored) == Notice("a1_known", "a1", NoticeState.KNOWN, AT, "cam")
