"""What is done about a face: an alert and a notification, an alert only, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Treatment(StrEnum):
    """``tell``: an alert, and people are notified. ``record``: an alert only. ``ignore``: neither."""

    TELL = "tell"
    RECORD = "record"
    IGNORE = "ignore"


class Silence(StrEnum):
    """Why nobody is notified of an alert."""

    QUIET_HOURS = "quiet_hours"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class CameraRules:
    """What a camera does otherwise than its site; None where it does the same."""

    visit_seconds: int | None = None
    armed: bool | None = None
    known: Treatment | None = None
    unknown: Treatment | None = None


AS_THE_SITE = CameraRules()
"""A camera without rules of its own."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How known and unknown faces are treated by one camera at one moment. ``quiet``: nobody is notified now."""

    known: Treatment = Treatment.TELL
    unknown: Treatment = Treatment.TELL
    quiet: bool = False

    def treatment(self, is_known: bool, muted: bool) -> Treatment:
        """What is done about a face; ``muted``: whether the person or the stranger is."""
        if muted:
            return Treatment.IGNORE
        return self.known if is_known else self.unknown

    def silence(self, treatment: Treatment) -> Silence | None:
        """Why nobody is notified of an alert of that ``treatment``; None when people are."""
        if treatment is not Treatment.TELL:
            return Silence.RECORD
        return Silence.QUIET_HOURS if self.quiet else None


TELL_ALL = Policy()
"""Everybody makes an alert and a notification."""
