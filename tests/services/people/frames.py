"""Frames that arrive while an owner puts something right: ``detect``, with its preconditions and no pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition, NotFound
from google.cloud.firestore import SERVER_TIMESTAMP, Increment
from google.cloud.firestore_v1.batch import WriteBatch

from lookout.cloud.strangers.removal import StrangerRemoval
from tests.services.people.conftest import CAMERA, House, vector
from tests.support.documents import DAY, LATER, MODEL, NOON

TRIES = 20


class Frame:
    """A frame with one face, which is read, judged and written as ``detect`` does it.

    ``recognised``: the id of the person by whose photos the face is known; else it is the stranger ``stranger_id``
    as long as there is that stranger, and nobody after that.
    """

    def __init__(
        self,
        house: House,
        alert_id: str,
        stranger_id: str | None = None,
        recognised: str | None = None,
        camera: str = CAMERA,
    ) -> None:
        self.house = house
        self.alert_id = alert_id
        self.stranger_id = stranger_id
        self.recognised = recognised
        self.camera = camera
        self.tries = 0

    def post(self) -> None:
        """Read, judge and write until nobody was faster."""
        for _ in range(TRIES):
            self.read()
            try:
                self.write()
            except (FailedPrecondition, NotFound):
                continue
            return
        raise AssertionError("a frame was never written")

    def read(self) -> None:
        self.tries += 1
        db = self.house.db
        self.visits = db.document(f"visits/{self.camera}").get()
        self.vectors = db.document(f"stranger_vectors/{self.stranger_id}").get() if self.stranger_id else None

    def write(self) -> None:
        db = self.house.db
        batch = db.batch()
        person_id, stranger_id = self._judged(batch)
        visits = self.visits.to_dict() or {"open": [], "recent": [], "expireAt": LATER}
        visit = next((one for one in visits["open"] if one["alertId"] == self.alert_id), None)
        alert = db.document(f"alerts/{self.alert_id}")
        left = None
        if visit is None:
            visit = self._opened(batch, alert, person_id, stranger_id)
            visits["open"].append(visit)
        else:
            visit["frames"] += 1
            changes: dict[str, Any] = {"frames": visit["frames"]}
            if visit["personId"] is None and person_id is not None and not visit["settled"]:
                left = visit["strangerId"]
                visit |= {"personId": person_id, "person": person_id, "strangerId": None}
                changes |= {"personId": person_id, "person": person_id, "isKnown": True, "reason": "known"}
                changes["strangerId"] = None
                self._count(batch, person_id, {"known": Increment(1), "unknown": Increment(-1)})
            batch.update(alert, changes)
        reference = self.visits.reference
        if self.visits.exists:
            batch.update(reference, visits, db.write_option(last_update_time=self.visits.update_time))
        else:
            batch.create(reference, visits)
        batch.commit()
        if left is not None:
            StrangerRemoval(self.house.stores).lose_alert(left, self.alert_id, person_id)

    def _judged(self, batch: Any) -> tuple[str | None, str | None]:
        """Who the face is: a person's id, or a stranger's."""
        if self.recognised is not None:
            return self.recognised, None
        stored = None if self.vectors is None else self.vectors.to_dict()
        if stored is None or self.vectors is None or stored.get("removed"):
            return None, None
        if stored["personId"] is not None:
            return stored["personId"], None
        # the stranger's vectors grow in the very commit, and only if they are as they were read
        db = self.house.db
        unchanged = db.write_option(last_update_time=self.vectors.update_time)
        grown = stored["vectors"] | {self.alert_id: vector(3)}
        batch.update(self.vectors.reference, {"vectors": grown, "changedAt": SERVER_TIMESTAMP}, unchanged)
        batch.set(db.document("stranger_state/current"), {"changedAt": SERVER_TIMESTAMP})
        return None, self.stranger_id

    def _opened(
        self, batch: Any, alert: Any, person_id: str | None, stranger_id: str | None
    ) -> dict[str, Any]:
        known = person_id is not None
        name = person_id or "Unknown"
        who = {"personId": person_id, "person": name, "strangerId": stranger_id}
        seen = {"firstSeenAt": NOON, "lastSeenAt": NOON, "frames": 1, "quality": 0.5}
        path = f"alerts/{self.alert_id}/0123456789ab/face.jpg"
        batch.create(
            alert,
            {"cameraId": self.camera, "isKnown": known, "reason": "known" if known else "unknown", "day": DAY}
            | {"facePath": path, "candidates": [], "reviewed": False, "expireAt": LATER, **who, **seen},
        )
        batch.set(
            self.house.db.document(f"alert_vectors/{self.alert_id}"),
            {"vector": vector(3), "modelId": MODEL, "expireAt": LATER},
        )
        if stranger_id is not None:
            stranger = self.house.db.document(f"strangers/{stranger_id}")
            batch.update(stranger, {"visits": Increment(1), "lastSeenAt": NOON})
        self._count(batch, person_id, {"known" if known else "unknown": Increment(1)})
        kept = {"shot": "0123456789ab", "vectors": vector(9), "vectorCount": 1}
        return {"alertId": self.alert_id, "silent": False, "settled": False, **who, **seen, **kept}

    def _count(self, batch: Any, person_id: str | None, counts: dict[str, Any]) -> None:
        fields: dict[str, Any] = {"day": DAY, "cameraId": self.camera, "hours": {"12": counts}}
        if person_id is not None:
            fields["people"] = {person_id: {"name": person_id, "alerts": Increment(1)}}
        batch.set(self.house.db.document(f"days/{DAY}_{self.camera}"), fields, merge=True)


@contextmanager
def before_write(number: int, act: Callable[[], None]) -> Iterator[list[int]]:
    """Let something happen right before the function's ``number``-th write to Firestore, which has read by then.

    How many writes there were, as the length of the list.
    """
    writes: list[int] = []
    acting: list[bool] = []
    commit = WriteBatch.commit

    def delayed(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not acting:
            if len(writes) == number:
                acting.append(True)
                act()
                acting.clear()
            writes.append(len(writes))
        return commit(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WriteBatch, "commit", delayed)
        yield writes
