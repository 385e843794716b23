"""Deletes expired documents, and the pictures that Firestore's TTL leaves behind.

Each run is bounded, so that it ends in time. The rest is left to the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.corrections.alert_removal import UnseenStrangers
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import count, store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.privacy import exported_files
from lookout.cloud.strangers.removal import StrangerRemoval
from lookout.domain.cameras.live import FOLDER, KEPT
from lookout.domain.people.erasure import PICTURE_ERASED
from lookout.domain.people.requests import is_document_id
from lookout.domain.visits.stranger_record import remembered_until
from lookout.errors import LookoutError
from lookout.log import Severity, log

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Documents, Snapshot

EVERY = timedelta(minutes=15)
"""The interval of the runs."""

EXPIRING = (
    "alerts",
    "alert_vectors",
    "arrivals",
    "days",
    "gallery",
    "jobs",
    "notices",
    "strangers",
    "stranger_vectors",
    "visits",
)
"""Documents of these collections are deleted after their ``expireAt``. In ``gallery`` only tombstones have one."""

AT_MOST = 500
"""Documents of a collection that one run deletes."""

GRACE = timedelta(minutes=1)
"""The largest difference of clocks: after this, every instance takes the document for expired."""

DEBUG_KEPT = timedelta(days=7)
"""How long a judged frame stays under ``debug/``; ``storage.lifecycle.json`` says the same to the bucket."""

UNCLAIMED_KEPT = timedelta(hours=1)
"""A picture is stored before the document that names it. An older one without a document is deleted."""

CLAIMS = ("picture", "imagePath", "facePath")
"""The fields of an alert or a stranger that say which pictures belong to it."""

PARTS = 256
"""Each run looks for pictures without a document in one part of the ids, because that costs a read per document.
Ids are hexadecimal, and a part are those that begin with the same two digits."""


class Retention:
    """Deletes what has expired. ``retention_days`` is asked at every run, because an owner may have changed it.

    At most ``max_strangers`` strangers are kept. Those that came once, the longest ago, are removed first.
    """

    def __init__(
        self,
        stores: Stores,
        max_strangers: int,
        retention_days: Callable[[], int],
    ) -> None:
        self._stores = stores
        self._max_strangers = max_strangers
        self._retention_days = retention_days
        self._removal = StrangerRemoval(stores)
        self._unseen = UnseenStrangers(stores)

    def run(self, now: datetime | None = None) -> dict[str, int]:
        """Delete; how many there were of each kind.

        An error in one part is logged, and does not keep back the other parts.
        """
        at = now or datetime.now(UTC)
        done = {name: self._part(name, self._expired, name, at) for name in EXPIRING}
        done["commands"] = self._part("commands", self._expired_commands, at)
        done["old_alerts"] = self._part("old_alerts", self._old_alerts, at)
        done["old_strangers"] = self._part("old_strangers", self._old_strangers, at)
        done["unseen_strangers"] = self._part("unseen_strangers", self._unseen.sweep, _run(at))
        done["too_many_strangers"] = self._part("too_many_strangers", self._too_many_strangers)
        for folder in ("alerts", "strangers"):
            done[f"{folder}_pictures"] = self._part(f"{folder}_pictures", self._unclaimed, folder, at)
        done["live_pictures"] = self._part("live_pictures", self._live_pictures, at)
        done["snapshots"] = self._part("snapshots", self._snapshots, at)
        done["debug_frames"] = self._part("debug_frames", self._older, "debug/", at - DEBUG_KEPT)
        exports = exported_files.FOLDER, at - exported_files.KEPT
        done["exports"] = self._part("exports", self._older, *exports)
        return {name: count for name, count in done.items() if count}

    def _part(self, name: str, work: Callable[..., int], *arguments: object) -> int:
        try:
            return work(*arguments)
        except LookoutError as error:
            log(Severity.WARNING, "part not tidied", part=name, error=error.message)
            return 0

    def _expired(self, collection: str, at: datetime) -> int:
        gone = self._delete_where(self._stores.db.collection(collection), "expireAt", at - GRACE)
        if collection == "strangers":
            for stranger_id in gone:
                storage.remove_folder(self._stores, f"strangers/{stranger_id}/")
        return len(gone)

    def _expired_commands(self, at: datetime) -> int:
        return len(self._delete_where(self._stores.db.collection_group("commands"), "expireAt", at - GRACE))

    def _old_alerts(self, at: datetime) -> int:
        """Delete alerts that are older than the days kept now, and were made when more days were kept."""
        before = at - timedelta(days=self._retention_days())
        return len(self._delete_where(self._stores.db.collection("alerts"), "lastSeenAt", before))

    def _old_strangers(self, at: datetime) -> int:
        """Remove strangers that were last seen before the days kept now, when more days were kept."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        days = self._retention_days()

        def is_old(fields: Mapping[str, Any]) -> bool:
            return remembered_until(fields["lastSeenAt"], fields.get("visits", 1), days) <= at

        before = at - timedelta(days=days)
        query = self._stores.db.collection("strangers").where(filter=FieldFilter("lastSeenAt", "<=", before))
        with store_errors("Firestore"):
            found = list(query.select(["visits", "lastSeenAt"]).stream(**self._stores.options))
        old = [one.id for one in found if is_old(one.to_dict() or {})]
        return sum(
            self._removal.remove_if(stranger_id, lambda one: is_old(one.fields))
            for stranger_id in old[:AT_MOST]
        )

    def _delete_where(self, collection: Documents, field: str, until: datetime) -> list[str]:
        """Delete the documents whose ``field`` is at most ``until``, unless they change meanwhile; their ids."""
        from google.api_core.exceptions import FailedPrecondition, NotFound
        from google.cloud.firestore_v1.base_query import FieldFilter

        query = collection.where(filter=FieldFilter(field, "<=", until)).select([]).limit(AT_MOST)
        with store_errors("Firestore"):
            found = list(query.stream(**self._stores.options))
            if not found:
                return []
            batch = self._stores.db.batch()
            for one in found:
                batch.delete(one.reference, self._stores.db.write_option(last_update_time=one.update_time))
            try:
                batch.commit(retry=None, timeout=self._stores.timeout)
            except (FailedPrecondition, NotFound):
                return self._delete_one_by_one(found)
        return [one.id for one in found]

    def _delete_one_by_one(self, found: Iterable[Snapshot]) -> list[str]:
        """Delete those that nobody changed or deleted meanwhile; their ids."""
        from google.api_core.exceptions import FailedPrecondition, NotFound

        gone = []
        for one in found:
            unchanged = self._stores.db.write_option(last_update_time=one.update_time)
            try:
                one.reference.delete(unchanged, **self._stores.options)
            except (FailedPrecondition, NotFound):
                continue
            gone.append(one.id)
        return gone

    def _too_many_strangers(self) -> int:
        strangers = self._stores.db.collection("strangers")
        with store_errors("Firestore"):
            excess = count(strangers, self._stores.timeout) - self._max_strangers
            if excess <= 0:
                return 0
            wanted = strangers.select(["visits", "lastSeenAt", "ignored"])
            found = list(wanted.stream(**self._stores.options))
        ranked = sorted(found, key=_worth)
        return sum(
            self._removal.remove_if(stranger.id, lambda one: True)
            for stranger in ranked[: min(excess, AT_MOST)]
        )

    def _unclaimed(self, folder: str, at: datetime) -> int:
        """Delete pictures whose alert or stranger does not exist or names another picture.

        They are left when an instance is killed between two writes, or a write was not confirmed.
        """
        part = _run(at) % PARTS
        old = storage.older_than(self._stores, f"{folder}/{part:02x}", at - UNCLAIMED_KEPT)
        ids = sorted({path.split("/")[1] for path in old})
        found = {one.id: one.to_dict() for one in self._found(folder, ids)}
        unclaimed = [path for path in old if not _is_claimed(path, found.get(path.split("/")[1]))]
        return storage.remove_all(self._stores, unclaimed)

    def _live_pictures(self, at: datetime) -> int:
        """Delete those of cameras that post no more; ``detect`` deletes the others."""
        return storage.remove_all(self._stores, storage.older_than(self._stores, FOLDER, at - KEPT))

    def _snapshots(self, at: datetime) -> int:
        """Delete snapshots of cameras that were removed."""
        old = storage.older_than(self._stores, "snapshots/", at - UNCLAIMED_KEPT)
        of_camera = {path: path.removeprefix("snapshots/").removesuffix(".jpg") for path in old}
        cameras = sorted(filter(is_document_id, of_camera.values()))
        there = {one.id for one in self._found("cameras", cameras)}
        gone = [path for path, camera_id in of_camera.items() if camera_id not in there]
        return storage.remove_all(self._stores, gone)

    def _found(self, collection: str, ids: Sequence[str]) -> list[Snapshot]:
        """The documents that exist, with their :data:`CLAIMS`."""
        references = [self._stores.db.collection(collection).document(one) for one in ids]
        with store_errors("Firestore"):
            found = list(self._stores.db.get_all(references, CLAIMS, **self._stores.options)) if ids else []
        return [one for one in found if one.exists]

    def _older(self, folder: str, moment: datetime) -> int:
        old = storage.older_than(self._stores, folder, moment)
        return storage.remove_all(self._stores, old[: 2 * AT_MOST])


def _run(at: datetime) -> int:
    """The number of the run ``at`` a moment."""
    return int(at.timestamp() // EVERY.total_seconds())


def _is_claimed(path: str, document: Mapping[str, Any] | None) -> bool:
    """Whether the document names the picture. An erased alert names none, whatever was stored afterwards."""
    if document is None or document.get("picture") == PICTURE_ERASED:
        return False
    return path in (document.get("imagePath"), document.get("facePath"))


def _worth(stranger: Snapshot) -> tuple[bool, bool, datetime]:
    """The order of removal: those that came once, then those that came back, muted ones last; the oldest first."""
    fields = stranger.to_dict() or {}
    never = datetime.min.replace(tzinfo=UTC)
    return bool(fields.get("ignored")), fields.get("visits", 1) > 1, fields.get("lastSeenAt") or never
