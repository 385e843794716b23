"""Importing pictures as photos of a person: copied into ``faces/{personId}/``, where they are enrolled."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores

ENROL_SECONDS = 15.0
"""The longest wait for the enrolment of imported photos. Those that take longer are enrolled afterwards."""

LOOK_SECONDS = 0.25
"""Between two looks at their state."""


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to import. ``path`` gives its current path, None when there is none.

    A better shot may replace it at any time, so ``path`` is asked again when nothing is stored there.
    """

    photo_id: str
    path: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The state of photos: how many are enrolled, which were rejected and why, how many are not finished."""

    enrolled: int
    rejected: list[dict[str, str]] = field(default_factory=list)
    waiting: int = 0

    def plain(self) -> dict[str, Any]:
        """The fields of a job's result."""
        return {"enrolled": self.enrolled, "rejected": self.rejected, "waiting": self.waiting}


class PhotoImport:
    """Imports pictures. Every method raises ``Unavailable`` when a store does not answer.

    ``enrol_seconds`` is the longest wait for their enrolment.
    """

    def __init__(self, stores: Stores, enrol_seconds: float = ENROL_SECONDS) -> None:
        self._stores = stores
        self.enrol_seconds = enrol_seconds

    def run(self, person_id: str, sources: Iterable[Source], most: int, job_id: str) -> list[str]:
        """Store the first ``most`` pictures as photos of the person, leaving out copies. Returns the photos' ids.

        A photo that is stored already is not written again, so that it is not enrolled twice. Each says which job
        brought it: those are enrolled only for a person who exists, and never make one.
        """
        imported: list[str] = []
        digests: set[bytes] = set()
        for source in sources:
            if len(imported) == most:
                break
            place = f"faces/{person_id}/{source.photo_id}"
            there = storage.photo_bytes(self._stores, place)
            data = self._bytes(source) if there is None else there
            if data is None or (digest := hashlib.sha256(data).digest()) in digests:
                continue
            if there is None:
                storage.store(self._stores, {place: data}, {storage.JOB: job_id})
            digests.add(digest)
            imported.append(source.photo_id)
        return imported

    def take_back(self, person_id: str, job_id: str) -> None:
        """Delete the photos that the job brought."""
        storage.remove_all(self._stores, storage.brought_by(self._stores, f"faces/{person_id}/", job_id))

    def wait(self, person_id: str, photo_ids: Sequence[str]) -> Enrolled:
        """Wait until the photos are enrolled or rejected, but no longer than ``enrol_seconds``."""
        photos = self._stores.db.collection("people").document(person_id).collection("photos")
        references = [photos.document(photo_id) for photo_id in photo_ids]
        deadline = time.monotonic() + self.enrol_seconds
        while True:
            with store_errors("Firestore"):
                found = (
                    list(self._stores.db.get_all(references, **self._stores.options)) if references else []
                )
            stored = {one.id: one.to_dict() or {} for one in found}
            states = [stored[photo_id].get("status") for photo_id in photo_ids]
            waiting = sum(state not in ("enrolled", "rejected") for state in states)
            if not waiting or time.monotonic() >= deadline:
                rejected = [
                    {"photo": photo_id, "reason": str(stored[photo_id].get("reason"))}
                    for photo_id, state in zip(photo_ids, states, strict=True)
                    if state == "rejected"
                ]
                return Enrolled(states.count("enrolled"), rejected, waiting)
            time.sleep(LOOK_SECONDS)

    def _bytes(self, source: Source) -> bytes | None:
        asked: set[str] = set()
        while (path := source.path()) is not None and path not in asked:
            data = storage.photo_bytes(self._stores, path)
            if data is not None:
                return data
            asked.add(path)
        return None
