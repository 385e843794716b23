"""Closing the open visits of somebody who was deleted: the next frame is judged anew, and opens another one."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.people.erasure import without_visits


def close_visits(stores: Stores, person_id: str) -> int:
    """Close the person's open visits at every camera; at how many there were any.

    Of a person who was made again under the same id, visits that began since then are left alone, and those of
    which an owner said who it is. Where ``detect`` writes a frame meanwhile, the step is decided anew.

    Raises:
        Unavailable: Firestore did not answer.
    """
    with store_errors("Firestore"):
        person = stores.db.collection("people").document(person_id).get(["name"], **stores.options)
        cameras = [one.id for one in stores.db.collection("visits").select([]).stream(**stores.options)]
    since = person.create_time if person.exists else None
    return sum(run(stores, partial(_close, stores, camera_id, person_id, since)) for camera_id in cameras)


def _close(
    stores: Stores, camera_id: str, person_id: str, since: datetime | None, transaction: Transaction
) -> bool:
    reference = stores.db.collection("visits").document(camera_id)
    (visits,) = transaction.read([reference])
    changes = None if visits is None else without_visits(visits, person_id, since)
    if changes is not None:
        transaction.set(reference, changes)
    return changes is not None
