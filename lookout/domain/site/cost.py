"""What a site costs: how much of what is used, and the prices. Estimates in US dollars, meant to be too high.

The prices are those of Firestore in a region of several (those of ``europe-west1`` are lower), of Cloud Run
functions in tier 1, and of Cloud Storage, as Google published them in 2026; the free quotas are those of the Blaze
plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

DAYS = 30
"""A month, here."""

EMPTY_SECONDS = 0.3
FACE_SECONDS = 0.5
"""So long a frame keeps an instance busy, its upload from an ESP32 included; others at the same time are free."""

EVENT_SECONDS, COLD_SECONDS = 0.1, 2.0
"""Of an event of Storage or Firestore, and of the first after a while, as with each visit."""

LOOK_SECONDS, FACE_LOOK_SECONDS = 30, 2
"""How often an instance reads whether anything changed: while nobody is there, and while somebody is."""

BEAT_SECONDS, BEAT_WRITES = 30, 2
"""How often, and with how many writes, a camera's counts are stored."""

FACE_WRITES = 2
"""Of each frame of a visit that goes on."""

VISIT_READS, VISIT_WRITES, VISIT_UPLOADS = 3, 9, 3
"""Of the frame in which somebody unknown comes, which is the dearest there is."""

TIDY_A_DAY, TIDY_READS, TIDY_SECONDS = 96, 30, 1.0
"""Runs of the tidying, and what each one takes."""

OPENING_READS = 100
"""Of opening the dashboard and looking at a page or two."""

FRAME_GB = 60e3 / 1e9
"""A frame of 800x600."""

DEBUG_DAYS = 7
"""How long debug frames are kept."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests to functions, seconds in which their instances are busy (1 processor, 1 GiB), documents read and
    written, objects uploaded, and gigabytes sent and kept for a month."""

    requests: float = 0.0
    seconds: float = 0.0
    reads: float = 0.0
    writes: float = 0.0
    uploads: float = 0.0
    sent: float = 0.0
    kept: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def times(self, factor: float) -> Usage:
        """So many of it."""
        return Usage(*(getattr(self, one.name) * factor for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for one of ``what``, a field of :class:`Usage`, beyond what is ``free`` in a month."""

    name: str
    what: str
    dollars: float
    free: float = 0.0


PRICES = (
    Price("requests", "requests", 0.40e-6, 2e6),
    Price("processor seconds", "seconds", 24e-6, 180e3),
    Price("gigabyte seconds of memory", "seconds", 2.5e-6, 360e3),
    Price("documents read", "reads", 0.60e-6, 50e3 * DAYS),
    Price("documents written", "writes", 1.80e-6, 20e3 * DAYS),
    Price("objects uploaded", "uploads", 5e-6),
    Price("gigabytes sent", "sent", 0.12),
    Price("gigabytes kept", "kept", 0.026),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill: how much of it was used, how much was free of it, and the dollars for the rest."""

    price: Price
    used: float
    dollars: float


def bill(usage: Usage, free: float = 1.0) -> list[Line]:
    """The lines for a month's ``usage``; ``free``: which part of the month's free quota counts, 0 for none."""
    lines = []
    for price in PRICES:
        used: float = getattr(usage, price.what)
        lines.append(Line(price, used, max(0.0, used - price.free * free) * price.dollars))
    return lines


def dollars(usage: Usage, free: float = 1.0) -> float:
    """The sum of the :func:`bill`."""
    # not `sum`, whose rounding is another from Python 3.12 on
    return math.fsum(line.dollars for line in bill(usage, free))


@dataclass(frozen=True, slots=True)
class Life:
    """A day of a site.

    ``cameras`` post every ``idle_seconds`` while nobody is there. At each, somebody is for ``busy_minutes``, in so
    many ``visits``. ``openings``: of the dashboard; ``watched_hours``: of live pictures.
    """

    cameras: int = 4
    idle_seconds: float = 5.0
    busy_minutes: float = 60.0
    visits: int = 20
    openings: int = 10
    watched_hours: float = 0.0
    debug_frames: bool = False


def frames_of(life: Life) -> tuple[float, float]:
    """Frames of a camera's day that show nobody, and that show somebody: one a second."""
    faces = life.busy_minutes * 60
    return (86400 - faces) / life.idle_seconds, faces


def usage_of(life: Life) -> Usage:
    """What a day of that life uses."""
    empty, faces = frames_of(life)
    camera = frames_usage(empty, faces, life.visits)
    beats = Usage(writes=BEAT_WRITES * 86400 / max(BEAT_SECONDS, life.idle_seconds))
    # one instance is enough for some ten cameras, which share its looks
    looks = Usage(reads=86400 / LOOK_SECONDS).times(max(1, life.cameras / 10))
    sum_ = (camera + beats).times(life.cameras) + looks + site_usage(life.openings)
    if life.watched_hours:
        sum_ += live_usage(life.watched_hours)
    if life.debug_frames:
        sum_ += debug_usage((empty + faces) * life.cameras)
    return sum_


def frames_usage(empty: float, faces: float, visits: float) -> Usage:
    """What so many frames use, but for heartbeats and looks while nobody is there."""
    judged = Usage(empty + faces, empty * EMPTY_SECONDS + faces * FACE_SECONDS)
    going_on = Usage(reads=faces / FACE_LOOK_SECONDS, writes=faces * FACE_WRITES)
    coming = Usage(1, COLD_SECONDS, VISIT_READS, VISIT_WRITES) + objects_usage(VISIT_UPLOADS)
    return judged + going_on + coming.times(visits)


def objects_usage(count: float, gigabytes: float = FRAME_GB, months: float = 1.0) -> Usage:
    """What storing so many objects uses: each starts a function when it comes and when it goes."""
    return Usage(2 * count, 2 * count * EVENT_SECONDS, uploads=count, kept=count * gigabytes * months)


def live_usage(hours: float) -> Usage:
    """What live pictures use, one a second, seen by one page; nothing but the latest is kept."""
    pictures = hours * 3600
    renewals = Usage(requests=hours * 180, seconds=hours * 18, reads=hours * 360, writes=hours * 360)
    return replace(objects_usage(pictures, 0), sent=pictures * FRAME_GB) + renewals


def debug_usage(frames: float) -> Usage:
    """What keeping so many frames for a week uses."""
    return objects_usage(frames, months=DEBUG_DAYS / DAYS)


def site_usage(openings: float) -> Usage:
    """What a day uses without a camera: tidying, and opening the dashboard."""
    tidying = Usage(1, TIDY_SECONDS, TIDY_READS).times(TIDY_A_DAY)
    return tidying + Usage(1, 0.2, OPENING_READS, sent=3e-3 / 10).times(openings)


def flood_usage(judged: float, refused: float) -> Usage:
    """What a flood uses: frames with a face that are ``judged``, up to the budget, and those beyond it."""
    return frames_usage(0, judged, 0) + Usage(refused, refused * 0.1)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a camera on a day: frames, those without a face, and alerts."""

    frames: int
    empty: int
    alerts: int


def counted_usage(days: Iterable[Counted]) -> Usage:
    """What the counted days of cameras used, as far as the counts tell."""
    total = Usage()
    for day in days:
        beats = min(day.frames, 86400 // BEAT_SECONDS)
        frames = frames_usage(day.empty, day.frames - day.empty, day.alerts)
        total += frames + Usage(reads=beats, writes=beats * BEAT_WRITES)
    return total
