"""How long the bucket keeps what is deleted: Google's soft delete, seven days unless it is switched off."""

from __future__ import annotations

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.storage import storage_options
from lookout.cloud.firebase.stores import Stores
from lookout.errors import Unavailable

DAY = 24 * 60 * 60


def soft_delete_days(stores: Stores) -> int | None:
    """For how many days, begun ones counted, the project's owner can bring back what is deleted now.

    0 where soft delete is off; None where the bucket does not say, as that of the emulator, or may not be asked.
    """
    try:
        with store_errors("Storage"):
            stores.bucket.reload(**storage_options(stores))
        seconds = stores.bucket.soft_delete_policy.retention_duration_seconds
    except (Unavailable, AttributeError, TypeError, ValueError):
        return None
    return None if seconds is None else -(-int(seconds) // DAY)
