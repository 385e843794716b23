"""``jobs/{id}``: changes that take many writes, and are finished even if they are interrupted.

A job is opened in the step that makes its first change. Its work may be done again from the start at any time,
by several instances at once: a part that is done already changes nothing. So an unfinished job is finished by
the next call that is the same or about the same subject, and by the tidying.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.documents import site as documents
from lookout.domain.site.expiry import has_expired
from lookout.errors import Conflict, JobImpossible

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

KEPT = timedelta(days=7)
"""How long a finished job is kept: the same call is answered with its result."""

RUNNING = "running"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    ``about`` is the input of its work. ``takes`` are the paths of documents (``strangers/x``) that the job
    deletes, ``joins`` of those that it adds to. ``progress`` is what its work noted so far. ``result`` is None
    while it runs.
    """

    id: str
    kind: str
    about: dict[str, Any]
    created_by: str
    created_at: datetime
    takes: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None

    def excludes(self, other: Job) -> bool:
        """Whether the two may not run at once, because one takes what the other works on. Any number may join."""
        mine, theirs = {*self.takes, *self.joins}, {*other.takes, *other.joins}
        return self.id != other.id and bool(mine & set(other.takes) or theirs & set(self.takes))


class JobStore:
    """The jobs. Every method raises ``Unavailable`` when Firestore does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def find(self, job_id: str) -> Job | None:
        """The job, running or done; None when there is none, or it has expired."""
        with store_errors("Firestore"):
            found = self._reference(job_id).get(**self._stores.options)
        return _living(found.id, found.to_dict())

    def is_about(self, job: Job, person_id: str) -> bool:
        """Whether the person that the job was opened for exists: not one made since, of the same id.

        Both moments are the database's own. A person whom the job made is as old as the job.

        Raises:
            JobImpossible: the job was given up.
        """
        person = self._stores.db.collection("people").document(person_id)
        references = [person, self._reference(job.id)]
        with store_errors("Firestore"):
            found = {
                one.reference.path: one
                for one in self._stores.db.get_all(references, ["name"], **self._stores.options)
            }
        there, opened = (found[reference.path] for reference in references)
        if not opened.exists:
            raise JobImpossible("It was given up meanwhile.")
        return bool(there.exists and there.create_time <= opened.create_time)

    def running(self) -> list[Job]:
        """All jobs that are not done, oldest first."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        unfinished = self._stores.db.collection("jobs").where(filter=FieldFilter("state", "==", RUNNING))
        with store_errors("Firestore"):
            jobs = [
                _job(found.id, found.to_dict() or {}) for found in unfinished.stream(**self._stores.options)
            ]
        return sorted(jobs, key=lambda job: job.created_at)

    def read(self, transaction: Transaction, job_id: str) -> Job | None:
        """The job as a step reads it that notes progress in it, or opens it if there is none.

        A step that opens the job calls this before it reads anything else.
        """
        stored, _ = transaction.read([self._reference(job_id), self._turn()])
        return _living(job_id, stored)

    def read_open(self, transaction: Transaction, job: Job) -> Job:
        """The job as a step reads it that does a part of its work.

        Raises:
            JobImpossible: it was given up.
        """
        now = self.read(transaction, job.id)
        if now is None:
            raise JobImpossible("It was given up meanwhile.")
        return now

    def progress(self, job: Job) -> dict[str, Any]:
        """The progress noted in the job at the moment."""
        return (self.find(job.id) or job).progress

    def open(self, transaction: Transaction, job: Job) -> None:
        """Open the job, in a step that read it and found none.

        Raises:
            Conflict: a running job excludes it.
        """
        from google.cloud.firestore import SERVER_TIMESTAMP

        if any(job.excludes(other) for other in self.running()):
            raise Conflict("Something else is being done with one of them: try again in a minute.")
        # one that is done or has expired: by when this one was made it is known whom it is about
        transaction.remove_first(self._reference(job.id))
        # every step that opens a job writes this document: of two at once, the second is decided anew
        transaction.set(self._turn(), {"changedAt": SERVER_TIMESTAMP})
        made: documents.Job = {
            "kind": job.kind,
            "about": job.about,
            "takes": list(job.takes),
            "joins": list(job.joins),
            "progress": {},
            "createdBy": job.created_by,
            "createdAt": job.created_at,
            "state": RUNNING,
            "result": None,
            "expireAt": None,
        }
        transaction.batch.set(self._reference(job.id), dict(made))

    def require_untaken(self, path: str) -> None:
        """Check that no running job takes the document at ``path``.

        Raises:
            Conflict: one does.
        """
        if any(path in job.takes for job in self.running()):
            raise Conflict(f"{path} is just being merged, named or erased: try again in a minute.")

    def note(self, transaction: Transaction, job_id: str, progress: Mapping[str, Any]) -> None:
        """Replace the progress of the job that the step read."""
        transaction.set(self._reference(job_id), {"progress": dict(progress)})

    def close(self, job_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
        """Mark the job as done. Returns its result: the first one, if it was closed before."""

        def change(transaction: Transaction) -> dict[str, Any]:
            job = self.read(transaction, job_id)
            if job is None:
                return dict(result)
            if job.result is not None:
                return job.result
            expire_at = datetime.now(UTC) + KEPT
            done = {"state": DONE, "result": dict(result), "expireAt": expire_at}
            transaction.set(self._reference(job_id), done)
            return dict(result)

        return run(self._stores, change)

    def forget(self, transaction: Transaction, job_id: str) -> None:
        """Delete a job that the step read, because its result may not be kept."""
        transaction.remove(self._reference(job_id))

    def give_up(self, job_id: str) -> None:
        """Delete a job that cannot be finished."""
        with store_errors("Firestore"):
            self._reference(job_id).delete(**self._stores.options)

    def _turn(self) -> DocumentReference:
        return self._stores.db.collection("jobs_state").document("current")

    def _reference(self, job_id: str) -> DocumentReference:
        return self._stores.db.collection("jobs").document(job_id)


def _living(job_id: str, stored: dict[str, Any] | None) -> Job | None:
    if stored is None or has_expired(stored, datetime.now(UTC)):
        return None
    return _job(job_id, stored)


def _job(job_id: str, stored: dict[str, Any]) -> Job:
    return Job(
        id=job_id,
        kind=stored["kind"],
        about=stored["about"],
        created_by=stored["createdBy"],
        created_at=stored["createdAt"],
        takes=tuple(stored["takes"]),
        joins=tuple(stored["joins"]),
        progress=stored["progress"],
        result=stored["result"],
    )
