"""Everything that is stored about a person, and deleting it: documents, counts, vectors and pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lookout.cloud.alerts import debug_frames
from lookout.cloud.corrections.jobs import DONE, Job
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.misplaced import MisplacedPhotos
from lookout.cloud.privacy import deletions, exported_files
from lookout.cloud.privacy.deletion_counts import DeletionCounts
from lookout.cloud.strangers.named import NamedStrangers
from lookout.domain.cameras.live import FOLDER
from lookout.domain.people import erasure

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

    from lookout.cloud.firebase.types import Documents, Snapshot

Alerts = Mapping[str, Mapping[str, Any]]

CHUNK = 50
"""Alerts whose pictures are deleted at once."""


class PersonData:
    """Deletes what is stored about a person, for a job that counts it.

    The person's alerts lose the name last, after everything that is found by them was deleted. So an interrupted
    sweep can be made again. Every method raises ``Unavailable`` when a store does not answer.
    """

    def __init__(self, stores: Stores, counts: DeletionCounts) -> None:
        self._stores = stores
        self._counts = counts
        self._strangers = NamedStrangers(stores)

    def sweep(self, job: Job, person_id: str) -> int:
        """Delete what is stored now, also about people who were merged into this one; how many things."""
        ids = [person_id, *self._former_ids(person_id)]
        count = sum(self._sweep(job, one) for one in ids)
        # last: the former ids are found by them
        return count + sum(self._jobs(job, one) for one in ids)

    def _sweep(self, job: Job, person_id: str) -> int:
        alerts = dict(self._where("alerts", "personId", person_id))
        return sum(
            (
                self._visits(job, person_id),
                self._frames_of_others(job, alerts),
                self._frames_beside(job, person_id),
                self._vectors_of_others(job, person_id, alerts.keys()),
                self._debug_frames(job, person_id, alerts.keys()),
                self._alerts(job, person_id, alerts),
                self._candidates(job, person_id),
                self._of_all(job, "days", lambda day: erasure.without_counts(day, person_id)),
                self._of_all(job, "people", lambda other: erasure.without_lookalike(other, person_id)),
                self._named_strangers(job, person_id),
                self._documents(job, "notices", person_id),
                self._documents(job, "arrivals", person_id),
                self._counts.pictures(job, "exports", exported_files.paths_of(self._stores, person_id)),
                self.photos(job, person_id),
            )
        )

    def _former_ids(self, person_id: str) -> list[str]:
        """The ids of people who were merged into the person, except those that somebody else has now."""
        jobs = [one.to_dict() or {} for one in self._streamed(self._stores.db.collection("jobs"))]
        former = sorted(erasure.former_ids(jobs, person_id))
        people = [self._stores.db.collection("people").document(one) for one in former]
        with store_errors("Firestore"):
            found = self._stores.db.get_all(people, ["name"], **self._stores.options) if people else []
            living = {one.id for one in found if one.exists}
        return [one for one in former if one not in living]

    def photos(self, job: Job, person_id: str) -> int:
        """Delete the person's photos, their documents, and the list of misplaced files in the folder."""
        folder = f"faces/{person_id}/"
        names = storage.names(self._stores, folder)
        count = self._counts.pictures(job, "photos", [folder + name for name in names])
        documents = self._stores.db.collection("people").document(person_id).collection("photos")
        with store_errors("Firestore"):
            for one in documents.list_documents(page_size=100, **self._stores.options):
                one.delete(**self._stores.options)
        return count + MisplacedPhotos(self._stores).forget_folder(folder)

    def live_pictures(self, job: Job) -> int:
        """Delete the live pictures of all cameras: nobody knows who is in them; how many there were."""
        names = storage.names(self._stores, FOLDER)
        return self._counts.pictures(job, "live_pictures", [FOLDER + name for name in names])

    def _visits(self, job: Job, person_id: str) -> int:
        """Delete the person's open visits, so that no frame is added to the person's alerts."""
        return self._of_all(job, "visits", lambda visits: erasure.without_visits(visits, person_id))

    def _frames_of_others(self, job: Job, alerts: Alerts) -> int:
        """Delete frames of others' alerts in which the person may be too. The others' faces stay."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        count = 0
        for camera_id in sorted({alert["cameraId"] for alert in alerts.values()}):
            own = [alert for alert in alerts.values() if alert["cameraId"] == camera_id]
            since = min(alert["firstSeenAt"] for alert in own)
            query = self._stores.db.collection("alerts").where(
                filter=FieldFilter("cameraId", "==", camera_id)
            )
            query = query.where(filter=FieldFilter("lastSeenAt", ">=", since))
            query = query.order_by("lastSeenAt", direction="DESCENDING")
            for one in self._streamed(query):
                alert = one.to_dict() or {}
                path = alert.get("imagePath")
                if one.id not in alerts and path and erasure.at_the_same_time(alert, own):
                    count += self._frame_of_another(job, one.reference, path)
        return count

    def _frames_beside(self, job: Job, person_id: str) -> int:
        """Delete frames of others' alerts in which the person was recognised, with or without an alert."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        recognised = FieldFilter("beside", "array_contains", person_id)
        count = 0
        for one in self._streamed(self._stores.db.collection("alerts").where(filter=recognised)):
            count += self._frame_of_another(job, one.reference, (one.to_dict() or {}).get("imagePath"))
        return count

    def _frame_of_another(self, job: Job, alert: DocumentReference, path: str | None) -> int:
        there = path is not None and storage.photo(self._stores, path) is not None
        count = self._counts.pictures(job, "frames_of_others", [path] if path and there else [])
        self._counts.step(job, partial(deletions.clear_frame, alert, path))
        return count

    def _vectors_of_others(self, job: Job, person_id: str, alert_ids: Collection[str]) -> int:
        """Delete the person's faces among the negatives of others, and the person among their look-alikes."""
        count = 0
        for one in self._streamed(self._stores.db.collection("gallery")):
            if erasure.without_person(one.to_dict() or {}, person_id, alert_ids) is not None:
                step = partial(deletions.without_person, self._stores.db, one.id, person_id, alert_ids)
                count += self._counts.step(job, step)
        return count

    def _alerts(self, job: Job, person_id: str, alerts: Alerts) -> int:
        ids = sorted(alerts)
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            for _ in range(2):  # the second time finds pictures that were still being stored the first time
                folders = [f"alerts/{alert_id}/" for alert_id in chunk]
                paths = [folder + name for folder in folders for name in storage.names(self._stores, folder)]
                self._counts.pictures(job, "alert_pictures", paths)
                for alert_id in chunk:
                    self._counts.step(
                        job, partial(deletions.erase_alert, self._stores.db, alert_id, person_id)
                    )
        return len(ids)

    def _candidates(self, job: Job, person_id: str) -> int:
        """Delete the person from the candidates of ambiguous alerts."""
        count = 0
        for alert_id, alert in self._where("alerts", "reason", "ambiguous"):
            if erasure.without_candidate(alert, person_id) is not None:
                reference = self._stores.db.collection("alerts").document(alert_id)
                change = partial(erasure.without_candidate, person_id=person_id)
                count += self._counts.step(job, partial(deletions.change, reference, change, "candidates"))
        return count

    def _of_all(
        self, job: Job, collection: str, change: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    ) -> int:
        """Change each document of a collection for which ``change`` returns fields."""
        count = 0
        for one in self._streamed(self._stores.db.collection(collection)):
            if change(one.to_dict() or {}) is not None:
                count += self._counts.step(job, partial(deletions.change, one.reference, change, collection))
        return count

    def _named_strangers(self, job: Job, person_id: str) -> int:
        count = 0
        for stranger_id in self._strangers.of(person_id):
            folder = f"strangers/{stranger_id}/"
            names = storage.names(self._stores, folder)
            self._counts.pictures(job, "stranger_pictures", [folder + name for name in names])
            count += self._counts.step(
                job, partial(deletions.remove_stranger, self._strangers, stranger_id, person_id)
            )
        return count

    def _documents(self, job: Job, collection: str, person_id: str) -> int:
        references = [
            self._stores.db.collection(collection).document(found)
            for found, _ in self._where(collection, "personId", person_id)
        ]
        return sum(self._counts.step(job, partial(deletions.remove, one, collection)) for one in references)

    def _jobs(self, job: Job, person_id: str) -> int:
        """Delete the finished jobs about the person, which are kept to answer the same call again."""
        count = 0
        for one in self._streamed(self._stores.db.collection("jobs")):
            stored = one.to_dict() or {}
            about = stored.get("about", {})
            if stored.get("state") == DONE and person_id in (about.get("personId"), about.get("into")):
                count += self._counts.step(job, partial(deletions.remove, one.reference, "jobs"))
        return count

    def _debug_frames(self, job: Job, person_id: str, alert_ids: Collection[str]) -> int:
        kept = debug_frames.debug_frames(self._stores)
        paths = [path for path, metadata in kept if erasure.shows(metadata, person_id, alert_ids)]
        return self._counts.pictures(job, "debug_frames", paths)

    def _where(self, collection: str, field: str, value: str) -> Iterator[tuple[str, dict[str, Any]]]:
        from google.cloud.firestore_v1.base_query import FieldFilter

        query = self._stores.db.collection(collection).where(filter=FieldFilter(field, "==", value))
        return ((one.id, one.to_dict() or {}) for one in self._streamed(query))

    def _streamed(self, query: Documents) -> list[Snapshot]:
        with store_errors("Firestore"):
            return list(query.stream(**self._stores.options))
