"""A notice, and the message about its alert that every channel sends."""

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
    """Which change of the alert a notice is about: it is new, or it got a name.

    ``budget``: it is about no alert, but that the day's frames are used up.
    """

    NEW = "new"
    KNOWN = "known"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Notice:
    """A change of an alert that is to be delivered. ``at``: when the frame came that caused it."""

    id: str
    alert_id: str
    state: NoticeState
    at: datetime
    camera_id: str = ""

    @classmethod
    def stored(cls, notice_id: str, document: Mapping[str, Any]) -> Notice:
        """The notice in a stored ``document``."""
        state, camera_id = NoticeState(document["state"]), document["cameraId"]
        return cls(notice_id, document["alertId"], state, document["createdAt"], camera_id)


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """The alert of a notice, as it is when the message is sent.

    ``at`` is in the site's time zone. Names are on one line. ``url``: the alert's page; None without ``SITE_URL``.
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
    def of(cls, notice: Notice, alert: Mapping[str, Any], site: Site, site_url: str | None) -> AlertMessage:
        """The message about a stored ``alert``."""
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
        """Whether the person has a name."""
        return self.person_id is not None

    @property
    def is_upgrade(self) -> bool:
        """Whether somebody who was unknown has a name now."""
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
        said = f"{who} was seen at {self.camera} on {when}."
        return f"{said} The alert was of somebody unknown at first." if self.is_upgrade else said

    def payload(self) -> dict[str, object]:
        """The fields that a webhook gets as JSON."""
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


class TrialMessage(AlertMessage):
    """What is sent to try a channel: it is about no alert."""

    __slots__ = ()

    @classmethod
    def made(cls, trial_id: str, at: datetime) -> TrialMessage:
        """A message of its own, which no mail program takes for an earlier one."""
        notice = Notice(f"test_{trial_id}", f"test_{trial_id}", NoticeState.NEW, at)
        return cls(notice, "test", "Lookout", None, "Test", None, 0.0, at, None)

    @property
    def subject(self) -> str:
        """That it is a test."""
        return "A test of Lookout"

    @property
    def sentence(self) -> str:
        """That it is a test."""
        return "This is a test that an owner asked for. Nobody was seen."

    def payload(self) -> dict[str, object]:
        """As of an alert, with ``test`` as its event."""
        return super().payload() | {"event": "test"}


class BudgetMessage(AlertMessage):
    """That no more frames are judged today, and which camera was the first to be refused."""

    __slots__ = ()

    @classmethod
    def made(cls, notice: Notice, camera_id: str, site: Site, site_url: str | None) -> BudgetMessage:
        """The message of a budget's ``notice``."""
        url = None if site_url is None else f"{site_url}/#/settings"
        at = site.local(notice.at)
        return cls(notice, camera_id, one_line(camera_id), None, UNKNOWN_NAME, None, 0.0, at, url)

    @property
    def subject(self) -> str:
        """That the budget is used up."""
        return f"Too many frames from {self.camera}"

    @property
    def sentence(self) -> str:
        """What that means, and what to do."""
        return (
            f"Since {self.at:%H:%M} Lookout judges no more frames of {self.camera} today: the day's budget of "
            "frames is used up. Look whether somebody misuses its key, or raise the budget in the settings."
        )

    def payload(self) -> dict[str, object]:
        """As of an alert, with ``over_budget`` as its event."""
        return super().payload() | {"event": "over_budget", "alert_id": None, "person": None}


def one_line(text: object) -> str:
    """A name on one line, without control characters, line separators and changes of the writing direction.

    No name may add a header to a mail.
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(" " if _breaks(character) else character for character in text)
    return " ".join(kept.split())[:NAME_CHARACTERS]


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTIONS


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
