"""Time that passes at a door: what is stored of it gets older, so that nobody has to wait."""

from __future__ import annotations

from datetime import timedelta

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run


def let_pass(stores: Stores, camera_id: str, time: timedelta) -> None:
    """Have that much time pass since the frames of the camera came."""
    reference = stores.db.document(f"visits/{camera_id}")

    def change(transaction: Transaction) -> None:
        (visits,) = transaction.read([reference])
        assert visits is not None
        for visit in visits["open"]:
            visit |= {"firstSeenAt": visit["firstSeenAt"] - time, "lastSeenAt": visit["lastSeenAt"] - time}
        for frame in visits["recent"]:
            frame["at"] -= time
        transaction.set(reference, visits)

    run(stores, change)
