"""Hours of every day by the local clock, such as those of the night."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``start`` up to ``end``, over midnight where ``end`` is the earlier of the two.

    By the local clock: when that is put forward or back, they begin and end as it says, an hour shorter or longer
    that night.
    """

    start: time
    end: time

    @classmethod
    def parse(cls, value: object) -> Hours:
        """The hours that ``{"from": "22:00", "to": "06:00"}`` names.

        Raises:
            ValueError: it is of another form, or from and to are the same; says what to write instead.
        """
        if not isinstance(value, Mapping) or set(value) != {"from", "to"}:
            raise ValueError(f'{value!r} is not of the form {{"from": "22:00", "to": "06:00"}}')
        start, end = (_clock(value[name]) for name in ("from", "to"))
        if start == end:
            raise ValueError(
                f"from {value['from']} to {value['to']} may be the whole day or no time at all; "
                "for the whole day leave the hours out"
            )
        return cls(start, end)

    def hold(self, local: datetime) -> bool:
        """Whether the local moment is within them."""
        now = local.time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


def _clock(text: object) -> time:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no time from 00:00 to 23:59")
    return time(int(found[1]), int(found[2]))
