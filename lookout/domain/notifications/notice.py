"""What people are told of an alert, whichever way they are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lookout.domain.people.relabel import UNKNOWN_NAME
from lookout.domain.site.site import Site

NAME_CHARACTERS = 100


class NoticeState(StrEnum):
    """Of which change of the alert a notice tells: that it is there, or that it got a name."""

    NEW = "new"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Notice:
    """That people are to be told of an alert. ``at``: when the frame came that is the reason."""

    id: str
    alert_id: str
    state: NoticeState
    at: datetime

    @classmethod
    def stored(cls, notice_id: str, document: Mapping[str, Any]) -> Notice:
        """A notice as it is stored."""
        return cls(notice_id, document["alertId"], NoticeState(document["state"]), document["createdAt"])


@dataclass(frozen=True, slots=True)
class News:
    """The alert of a notice, as it is when people are told.

    ``at`` is by the site's clock. Names are on one line. ``url``: where the site shows the alert; None where it is
    not known where the site is.
    """

    notice: Notice
    camera_id: str
    camera: str
    person_id: str | None
    person: str
    stranger_id: str | None
    confidence: float
    at: datetime
    url: str | None

    @classmethod
    def of(cls, notice: Notice, alert: Mapping[str, Any], site: Site, site_url: str | None) -> News:
        """What is told of a stored ``alert``."""
        return cls(
            notice=notice,
            camera_id=alert["cameraId"],
            camera=one_line(alert.get("cameraName")) or one_line(alert["cameraId"]),
            person_id=alert.get("personId"),
            person=one_line(alert.get("person")) or UNKNOWN_NAME,
            stranger_id=alert.get("strangerId"),
            confidence=float(alert.get("confidence") or 0.0),
            at=site.local(notice.at),
            url=None if site_url is None else f"{site_url}/#/alerts/{notice.alert_id}",
        )

    @property
    def is_known(self) -> bool:
        """Whether it is somebody with a name."""
        return self.person_id is not None

    @property
    def is_upgrade(self) -> bool:
        """Whether it is told that somebody unknown has a name now."""
        return self.notice.state is NoticeState.KNOWN and self.is_known

    @property
    def subject(self) -> str:
        """Who and where, in one line: ``Anna at Front Door``."""
        return f"{self.person} at {self.camera}" + (" (at first unknown)" if self.is_upgrade else "")

    @property
    def sentence(self) -> str:
        """Who was seen where and when."""
        who = self.person if self.is_known else "Somebody unknown"
        when = f"{self.at:%A}, {self.at.day} {self.at:%B %Y}, {self.at:%H:%M}"
        told = f"{who} was seen at {self.camera} on {when}."
        return f"{told} The alert was of somebody unknown at first." if self.is_upgrade else told

    def plain(self) -> dict[str, object]:
        """What a webhook is sent, as JSON holds it."""
        return {
            "event": f"alert.{self.notice.state}",
            "alert_id": self.notice.alert_id,
            "camera_id": self.camera_id,
            "camera": self.camera,
            "person_id": self.person_id,
            "person": self.person,
            "is_known": self.is_known,
            "stranger_id": self.stranger_id,
            "confidence": round(self.confidence, 4),
            "at": self.at.isoformat(timespec="seconds"),
            "url": self.url,
        }


def one_line(text: object) -> str:
    """A name on one line, without what ends lines, controls terminals or turns the direction of writing.

    Whatever people call cameras and each other must not become a header of a mail.
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(" " if _breaks(character) else character for character in text)
    return " ".join(kept.split())[:NAME_CHARACTERS]


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTIONS


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
