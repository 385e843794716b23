"""Merging two strangers: one gets the other's alerts, vectors and, if it is better, picture."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lookout.cloud.corrections.alert_removal import UnseenStrangers
from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.corrections.relabelling import RelabelAll, Subject
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.cloud.strangers.documents import pictures_folder
from lookout.cloud.strangers.records import Stranger, StrangerRecords, require_unnamed
from lookout.domain.people.relabel import Identity
from lookout.domain.people.requests import is_document_id
from lookout.domain.visits.shot import merged_picture_path
from lookout.domain.visits.stranger_record import merged
from lookout.errors import BadRequest, Conflict, NotFound

KIND = "merge_stranger"


class MergeStrangers:
    """Merges strangers. Every method raises ``Unavailable`` when a store does not answer."""

    def __init__(
        self,
        stores: Stores,
        jobs: JobStore,
        relabel_all: RelabelAll,
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._strangers = StrangerRecords(stores)
        self._unseen = UnseenStrangers(stores)
        self._relabel_all = relabel_all

    def begin(self, stranger_id: str, into_id: str, by: str) -> Job:
        """Merge the stranger into another one for all frames from now on, and open the job for the rest.

        Returns the job that is there already when the same call was made before.

        Raises:
            BadRequest: it is the same stranger.
            NotFound: there is no such stranger.
            Conflict: one is being named, the first was merged into a third, or a running job excludes this.
        """
        if not is_document_id(stranger_id):
            raise NotFound(f"There is no stranger {stranger_id!r}.")
        if stranger_id == into_id:
            raise BadRequest("A stranger cannot be merged into itself: name another one.")

        def change(transaction: Transaction) -> Job:
            job = self._jobs.read(transaction, f"{KIND}_{stranger_id}")
            if job is not None:
                if job.about["into"] != into_id:
                    raise Conflict(f"Stranger {stranger_id!r} was merged into {job.about['into']!r}.")
                return job
            other = self._strangers.read(transaction, stranger_id)
            into = self._strangers.read(transaction, into_id)
            require_unnamed(other)
            require_unnamed(into)
            job = _job(other, into_id, by)
            self._jobs.open(transaction, job)
            fields = merged(into.fields, other.fields)
            seen = {name: fields[name] for name in ("lastSeenAt", "expireAt")}
            vectors = self._strangers.joined_vectors(transaction, into, other)
            self._strangers.set(transaction, into, fields, seen | {"vectors": vectors})
            self._strangers.remove(transaction, other)
            return job

        return run(self._stores, change)

    def work(self, job: Job) -> dict[str, Any]:
        """Do the rest: relabel alerts and open visits, keep the better picture.

        Raises:
            JobImpossible: the job was given up.
        """
        stranger_id, into_id = job.about["strangerId"], job.about["into"]
        subject = Subject("strangerId", stranger_id, Identity(stranger_id=into_id, settled=False))
        self._relabel_all.run(job, subject)
        self._keep_better_picture(job)
        storage.remove_folder(self._stores, pictures_folder(stranger_id))
        # all alerts of the two may have been deleted or corrected meanwhile
        self._unseen.remove(into_id, finishing=job.id)
        alerts = self._jobs.progress(job).get("alerts", 0)
        return {"stranger_id": stranger_id, "into": into_id, "alerts": alerts}

    def _keep_better_picture(self, job: Job) -> None:
        """Give the remaining stranger the better one of the two pictures."""
        path, quality = job.about["facePath"], float(job.about["quality"] or 0.0)
        if path is None:
            return
        to = merged_picture_path(job.about["into"], job.about["strangerId"])
        if storage.copy(self._stores, path, to):

            def change(transaction: Transaction) -> str | None:
                progress = self._jobs.read_open(transaction, job).progress
                into = self._strangers.find(transaction, job.about["into"])
                if "unused" in progress:
                    unused: str | None = progress["unused"]
                    if into is not None and unused == into.fields.get("facePath"):
                        unused = None  # older versions stored the pictures of both under one path
                elif into is not None and quality > float(into.fields.get("quality") or 0.0):
                    unused = into.fields.get("facePath")
                    picture = {"facePath": to, "faceAlertId": job.about["faceAlertId"], "quality": quality}
                    self._strangers.set(transaction, into, picture, {})
                else:
                    unused = to
                self._jobs.note(transaction, job.id, progress | {"unused": unused})
                return unused

            unused = run(self._stores, change)
            if unused is not None:
                storage.remove(self._stores, unused)


def _job(other: Stranger, into_id: str, by: str) -> Job:
    picture = {name: other.fields.get(name) for name in ("facePath", "faceAlertId", "quality")}
    return Job(
        id=f"{KIND}_{other.id}",
        kind=KIND,
        about={"strangerId": other.id, "into": into_id} | picture,
        created_by=by,
        created_at=datetime.now(UTC),
        takes=(f"strangers/{other.id}",),
        joins=(f"strangers/{into_id}",),
    )
