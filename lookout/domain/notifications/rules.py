"""Which channels send notifications, and how often about the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """A channel of notifications."""

    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class NotificationRules:
    """``digest``: about a known person, only the first arrival of a day is sent. ``off``: configured channels that
    are switched off."""

    digest: bool = False
    off: frozenset[Channel] = frozenset()

    @classmethod
    def parse(cls, value: object) -> NotificationRules:
        """The rules in ``{"digest": true, "channels": {"email": false}}``; each of the two may be left out.

        Raises:
            ValueError: it has another form; the message says what to write.
        """
        given = _mapping(value, {"digest", "channels"})
        channels = _mapping(given.get("channels", {}), set(Channel))
        for name, switch in {"digest": given.get("digest", False), **channels}.items():
            if not isinstance(switch, bool):
                raise ValueError(f"{name}={switch!r} is neither true nor false")
        off = frozenset(Channel(name) for name, switch in channels.items() if switch is False)
        return cls(given.get("digest") is True, off)


DEFAULT_RULES = NotificationRules()
"""Every alert, over every configured channel."""


def _mapping(value: object, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not set(value) <= known:
        raise ValueError(f"{value!r} is no map of {', '.join(sorted(known))}")
    return value
