"""A stranger's best crops become photos of the person that it is named as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.photo_import import PhotoImport, Source
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.documents import reference
from lookout.domain.visits.stranger_record import CROPS_ENROLLED

_OWN = "~"  # the stranger's own picture among the ids of alerts; sorts after a crop of the same quality


class StrangerCrops:
    """Imports crops for naming jobs. Raises ``Unavailable`` when a store does not answer."""

    def __init__(self, stores: Stores, jobs: JobStore, photo_import: PhotoImport) -> None:
        self._stores = stores
        self._jobs = jobs
        self._photo_import = photo_import

    def import_best(self, job: Job, check: Callable[[], None]) -> list[str]:
        """Import the best crops; the ids of the photos. Which ones is decided once and noted in the job.

        ``check`` is called before each crop; what it raises ends the import.
        """
        noted = self._jobs.progress(job)
        if "photos" in noted:
            photos: list[str] = noted["photos"]
            return photos
        photos = self._photo_import.run(
            job.about["personId"], self._sources(job, noted, check), CROPS_ENROLLED, job.id
        )

        def change(transaction: Transaction) -> list[str]:
            progress = self._jobs.read_open(transaction, job).progress
            kept: list[str] = progress.get("photos", photos)
            self._jobs.note(transaction, job.id, progress | {"photos": kept})
            return kept

        return run(self._stores, change)

    def _sources(self, job: Job, noted: dict[str, Any], check: Callable[[], None]) -> Iterator[Source]:
        """The crops, best first."""
        stranger_id = job.about["strangerId"]
        with store_errors("Firestore"):
            stranger = reference(self._stores.db, stranger_id).get(**self._stores.options).to_dict() or {}
        # the alerts of the first step too: a frame may have named one of them before the job did
        alert_ids = {*job.about["alerts"], *(crop["alertId"] for crop in noted.get("crops", ()))}
        crops = [
            (-float(alert.get("quality") or 0.0), alert_id)
            for alert_id, alert in self._alerts(alert_ids)
            if self._crop(job, alert) is not None
        ]
        if stranger.get("facePath"):
            # a copy of an alert's crop, which is all that is left when that alert was deleted
            crops.append((-float(stranger.get("quality") or 0.0), _OWN))
        for _, alert_id in sorted(crops):
            check()
            if alert_id == _OWN:
                yield Source(f"stranger-{stranger_id}-best.jpg", partial(stranger.get, "facePath"))
            else:
                yield Source(f"stranger-{alert_id}.jpg", partial(self._crop_of, job, alert_id))

    def _alerts(self, alert_ids: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
        references = [self._stores.db.collection("alerts").document(alert_id) for alert_id in alert_ids]
        with store_errors("Firestore"):
            found = list(self._stores.db.get_all(references, **self._stores.options)) if references else []
        return [(one.id, one.to_dict() or {}) for one in found]

    def _crop_of(self, job: Job, alert_id: str) -> str | None:
        return self._crop(job, dict(self._alerts([alert_id]))[alert_id])

    def _crop(self, job: Job, alert: dict[str, Any]) -> str | None:
        """The path of the alert's crop, if the alert is of the person now."""
        path: str | None = alert.get("facePath")
        return path if alert.get("personId") == job.about["personId"] else None
