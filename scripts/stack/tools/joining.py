"""People who are there twice, under names that look alike: who they are, and making one of them."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import firebase_stores
from lookout.domain.people.person import Profile
from lookout.domain.people.requests import look_alikes
from lookout.services.jobs import build_jobs
from lookout.settings import Settings

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of several people whose names look alike."""

    person_id: str
    profile: Profile
    photos: int
    since: datetime

    def __str__(self) -> str:
        told = f"{self.person_id!a} ({self.profile.name!a}, {self.photos} photos)"
        told += ", muted" if self.profile.muted else ""
        ends = self.profile.consent_ends
        return told if ends is None else f"{told}, consent until {ends:%Y-%m-%d}"


def namesakes() -> list[list[Namesake]]:
    """Those who are called the same, by name; of each the one who stays comes first.

    That is the one with the most photos, of several the one who was there first.

    Raises:
        Unavailable: Firestore did not answer.
    """
    stores = firebase_stores(TIMEOUT)
    with store_errors("Firestore"):
        people = stores.db.collection("people").stream(**stores.options)
        found = {one.id: _namesake(one.id, one.to_dict() or {}) for one in people}
    groups = look_alikes({person_id: one.profile.name for person_id, one in found.items()})
    return [
        sorted(
            (found[person_id] for person_id in ids), key=lambda one: (-one.photos, one.since, one.person_id)
        )
        for ids in groups
    ]


def join(person_id: str, into_id: str) -> dict[str, Any]:
    """Merge the one person into the other, as an owner does; what was done.

    Raises:
        Conflict: a running job excludes this.
        JobImpossible: the one who stays was deleted meanwhile.
        NotFound: one of them is gone.
        Unavailable: a store did not answer.
    """
    jobs = build_jobs(Settings.from_environment(), firebase_stores(TIMEOUT))
    jobs.runner.resume_excluding(f"people/{person_id}", f"people/{into_id}")
    job = jobs.merge_people.begin(person_id, into_id, f"scripts/join_people {getpass.getuser()}")
    return jobs.runner.finish(job)


def _namesake(person_id: str, fields: dict[str, Any]) -> Namesake:
    count, since = fields.get("photoCount"), fields.get("createdAt")
    return Namesake(
        person_id,
        Profile.read(person_id, fields)[0],
        count if isinstance(count, int) else 0,
        since if isinstance(since, datetime) else datetime.max.replace(tzinfo=UTC),
    )
