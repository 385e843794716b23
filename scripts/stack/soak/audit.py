"""What is stored, held against what cameras were answered: whatever failed meanwhile, nothing may be lost.

Each check returns what is wrong, in words; nothing when all is well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.privacy.retention import EVERY, PARTS, Retention

Fields = Mapping[str, Any]
Documents = Mapping[str, Fields]
"""By their ids, or by their paths."""

SKEW = 5.0
"""Seconds by which the clocks of two instances may differ, and what a frame takes to be decoded."""

LATE = 60.0
"""An instance may still be at a frame for so many seconds after it came."""


@dataclass(frozen=True, slots=True)
class Post:
    """A frame of ``who`` as a camera posted it, and what it was answered; no status where no answer came.

    ``sent`` and ``answered`` are seconds since 1970. A ``frame`` may be posted more than once.
    """

    camera: str
    who: str
    frame: str
    sent: float
    answered: float
    status: int | None
    alert_id: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the camera was told that it was taken."""
        return self.status == 200

    @property
    def may_be_stored(self) -> bool:
        """Whether nobody knows what became of it: no answer, or one that says to post again."""
        return self.status is None or self.status >= 500


def answers(posts: Iterable[Post]) -> list[str]:
    """Answers that tell of an error of the program, whatever failed."""
    wrong = [post for post in posts if post.status in (500, 501)]
    return [f"a frame of {post.who} at {post.camera} was answered {post.status}" for post in wrong]


def visits(posts: Iterable[Post], visit_seconds: float) -> list[str]:
    """Frames of one visit that have several alerts, and visits that share one.

    A frame that is posted again shows who was there when it was posted first: it keeps no visit open.
    """
    wrong = []
    for (camera, who), own in _by_visitor(posts).items():
        answered = [post for post in own if post.is_accepted and post.alert_id is not None]
        unclear = [post for post in own if post.may_be_stored]
        taken: dict[str, float] = {}
        for post in own:
            taken.setdefault(post.frame, post.sent)
        for one, other in pairwise(answered):
            same = one.alert_id == other.alert_id
            if not same and other.answered - taken[one.frame] <= visit_seconds - SKEW:
                times = " and ".join(
                    f"{post.sent - own[0].sent:.1f}-{post.answered - own[0].sent:.1f} s"
                    for post in (one, other)
                )
                wrong.append(
                    f"one visit of {who} at {camera} has the alerts {one.alert_id} and {other.alert_id} ({times})"
                )
            is_seen = any(one.sent <= post.sent <= other.answered for post in unclear)
            if same and not is_seen and taken[other.frame] - one.answered > visit_seconds + SKEW:
                wrong.append(f"two visits of {who} at {camera} share the alert {one.alert_id}")
    return wrong


def outcomes(posts: Iterable[Post], alerts: Documents) -> list[str]:
    """Accepted frames whose alert is not there or counts too few or too many, and alerts that nobody caused."""
    wrong = []
    visitors = _by_visitor(posts)
    told = Counter(post.alert_id for own in visitors.values() for post in own if post.is_accepted)
    unclear: dict[str, list[Post]] = defaultdict(list)
    for own in visitors.values():
        seen: dict[str, list[Post]] = defaultdict(list)
        for post in own:
            if post.may_be_stored:
                unclear[post.camera].append(post)
            elif post.alert_id is not None:
                seen[post.alert_id].append(post)
        for alert_id, answered in seen.items():
            if alert_id not in alerts:
                wrong.append(f"alert {alert_id} was answered {len(answered)} times and is not there")
    for alert_id, alert in alerts.items():
        counted, least = alert["frames"] + alert["doubles"], told[alert_id]
        lost = unclear[alert["cameraId"]]
        if not least <= counted <= least + len(lost):
            wrong.append(f"alert {alert_id} counts {counted} frames, {least} were answered with it")
        first = alert["firstSeenAt"].timestamp()
        if not least and not any(post.sent - SKEW <= first <= post.sent + LATE for post in lost):
            wrong.append(f"alert {alert_id} is of no frame that was posted")
    return wrong


def pictures(
    alerts: Documents, open_visits: Documents, stored: Collection[str], complete: bool = False
) -> list[str]:
    """What alerts say of their pictures that is not so; with ``complete`` also which are without.

    ``open_visits``: those of all cameras, by their alerts. ``stored``: the paths of all that is in Storage.
    """
    wrong = []
    for alert_id, alert in alerts.items():
        paths = [alert["imagePath"], alert["facePath"]]
        match alert["picture"]:
            case "stored":
                wrong += [f"{path} is not there" for path in paths if path not in stored]
            case "missing":
                wrong += [f"{path} is named" for path in paths if path is not None]
                wrong += [f"{alert_id} is without its picture"] * complete
            case other:
                wrong.append(f"{alert_id} says {other}")
        visit = open_visits.get(alert_id)
        if visit is not None and (visit["shot"] or None) != alert["shot"]:
            wrong.append(f"the visit says {visit['shot']}, the alert {alert['shot']}")
    return wrong


def orphans(alerts: Documents, strangers: Documents, stored: Iterable[str]) -> list[str]:
    """Pictures of alerts and strangers that none of them names."""
    named = set(named_pictures(alerts.values(), strangers.values()))
    ours = (path for path in stored if path.startswith(("alerts/", "strangers/")))
    return [f"{path} is named by nobody" for path in ours if path not in named]


def named_pictures(alerts: Iterable[Fields], strangers: Iterable[Fields]) -> list[str]:
    """The pictures that an alert or a stranger names."""
    paths = [alert[name] for alert in alerts for name in ("imagePath", "facePath")]
    paths += [stranger.get("facePath") for stranger in strangers]
    return sorted(path for path in paths if path is not None)


def vectors(documents: Mapping[str, Documents], stored: Collection[str]) -> list[str]:
    """Vectors whose photo, alert or stranger is not there. ``documents`` by collection, then by path or id."""
    wrong = []
    photos = documents["photos"]
    for person_id, person in documents["gallery"].items():
        for photo_id in person.get("photoIds") or ():
            path = f"faces/{person_id}/{photo_id}"
            status = photos.get(path, {}).get("status")
            if path not in stored or status != "enrolled":
                wrong.append(f"{person_id} has a vector of {path}, which is {status or 'not there'}")
    for path, photo in photos.items():
        _, person_id, photo_id = path.split("/")
        owned = documents["gallery"].get(person_id, {}).get("photoIds") or ()
        if photo.get("status") == "enrolled" and photo_id not in owned:
            wrong.append(f"{path} is enrolled and has no vector")
    for vectors_of, owners in (("alert_vectors", "alerts"), ("stranger_vectors", "strangers")):
        wrong += [
            f"{vectors_of}/{one} is of nobody"
            for one, fields in documents[vectors_of].items()
            if one not in documents[owners] and not fields.get("removed")
        ]
    return wrong


def photos(wanted: Mapping[str, bool | None], documents: Documents, stored: Collection[str]) -> list[str]:
    """Photos without an outcome. ``wanted``: whether the photo last uploaded to that path was whole, None where
    it was deleted."""
    wrong = []
    for path, is_whole in wanted.items():
        status = documents.get(path, {}).get("status")
        if is_whole is None:
            wrong += [f"{path} was deleted and is {status}"] if status or path in stored else []
        elif path not in stored:
            wrong.append(f"{path} was uploaded and is not there")
        elif status not in (("enrolled", "rejected") if is_whole else ("rejected",)):
            wrong.append(f"{path}, {'whole' if is_whole else 'cut short'}, is {status or 'not looked at'}")
    return wrong


def commands(done: Sequence[Fields], stored: Iterable[Fields]) -> list[str]:
    """Commands that were answered as carried out, and were not, or twice."""
    carried_out = [one["args"] for one in stored if one["state"] == "done"]
    counts = [(args, carried_out.count(args)) for args in done]
    return [f"the command {args} was carried out {count} times" for args, count in counts if count != 1]


def tidy_pictures(stores: Stores, stored: Iterable[str]) -> None:
    """Let the tidying look for pictures that nobody names in all its parts, two hours and more from now."""
    tidying = Retention(stores, 200, lambda: 30)
    later = datetime.now(UTC) + timedelta(hours=2)
    first = int(later.timestamp() // EVERY.total_seconds())
    for folder, part in sorted(
        {(path.split("/")[0], path.split("/")[1][:2]) for path in stored if "/" in path}
    ):
        if folder in ("alerts", "strangers"):
            tidying._unclaimed(folder, later + (int(part, 16) - first) % PARTS * EVERY)


def _by_visitor(posts: Iterable[Post]) -> dict[tuple[str, str], list[Post]]:
    found: dict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in sorted(posts, key=lambda post: post.sent):
        found[post.camera, post.who].append(post)
    return found
