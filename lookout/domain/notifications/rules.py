"""In which ways people are told of alerts, and how often of the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """A way to tell people."""

    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Telling:
    """``digest``: of somebody known only the first arrival of a day is told. ``off``: ways that are not taken,
    although they are set up."""

    digest: bool = False
    off: frozenset[Channel] = frozenset()

    @classmethod
    def parse(cls, value: object) -> Telling:
        """What ``{"digest": true, "channels": {"email": false}}`` says; each of the two may be left out.

        Raises:
            ValueError: it is of another form; says what to write instead.
        """
        given = _mapping(value, {"digest", "channels"})
        channels = _mapping(given.get("channels", {}), set(Channel))
        for name, switch in {"digest": given.get("digest", False), **channels}.items():
            if not isinstance(switch, bool):
                raise ValueError(f"{name}={switch!r} is neither true nor false")
        off = frozenset(Channel(name) for name, switch in channels.items() if switch is False)
        return cls(given.get("digest") is True, off)


TELL_EVERY_TIME = Telling()
"""Of everybody, every time, in all ways that are set up."""


def _mapping(value: object, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not set(value) <= known:
        raise ValueError(f"{value!r} is no map of {', '.join(sorted(known))}")
    return value
