"""``jobs/{id}``: what an owner set going that takes many writes, and is finished whatever interrupts it.

A job is opened in the very step that makes its first change. Its work may be done again from the start at any
time, by several at once: a part that is done already changes nothing. So whoever finds a job unfinished (the
same call made again, a call about the same subject, the hourly tidying) simply does its work.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run
from lookout.domain.site.expiry import has_expired
from lookout.errors import Conflict, LookoutError
from lookout.log import Severity, log

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

KEPT = timedelta(days=7)
"""How long the same call is answered with the result of a job that is done."""

RUNNING = "running"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Job:
    """``about``: what its work has to know. ``takes``: paths of documents (``strangers/x``) that will be gone at
    its end, ``joins``: of those that others join into. ``progress``: what its work noted so far. ``result`` is
    None as long as it runs."""

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
        """Whether the two may not run at once: one takes away what the other works on. Any number may join."""
        mine, theirs = {*self.takes, *self.joins}, {*other.takes, *other.joins}
        return self.id != other.id and bool(mine & set(other.takes) or theirs & set(self.takes))


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Work that only time can finish, and what may be said of it by now. Its job stays open."""

    result: dict[str, Any]


Work = Callable[[Job], dict[str, Any] | Unfinished]
"""Does what is left of a job and returns its result.

It raises :class:`Conflict` when the job can never be finished; the job is then given up. It must have undone by
then what nobody would want half done.
"""


class JobStore:
    """The jobs. Every method raises ``Unavailable`` when Firestore does not answer."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def find(self, job_id: str) -> Job | None:
        """The job, running or done; None when there is none, or it is too old."""
        with store_errors("Firestore"):
            found = self._reference(job_id).get(**self._stores.options)
        return _living(found.id, found.to_dict())

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
        """The job as it is in a step that will note something in it, or open it if there is none. Has to come
        before everything that the opening is decided by."""
        stored, _ = transaction.read([self._reference(job_id), self._turn()])
        return _living(job_id, stored)

    def going_on(self, transaction: Transaction, job: Job) -> Job:
        """The job of which a part is about to be done.

        Raises:
            Conflict: somebody gave it up.
        """
        now = self.read(transaction, job.id)
        if now is None:
            raise Conflict("It was given up meanwhile.")
        return now

    def progress(self, job: Job) -> dict[str, Any]:
        """What is noted in the job by now."""
        return (self.find(job.id) or job).progress

    def open(self, transaction: Transaction, job: Job) -> None:
        """Open the job in a step that read it and found none.

        Raises:
            Conflict: another job is at work on the same subject.
        """
        from google.cloud.firestore import SERVER_TIMESTAMP

        if any(job.excludes(other) for other in self.running()):
            raise Conflict("Something else is being done with one of them: try again in a minute.")
        # all who open a job write this document: whoever comes second decides anew
        transaction.set(self._turn(), {"changedAt": SERVER_TIMESTAMP})
        transaction.batch.set(
            self._reference(job.id),
            {
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
            },
        )

    def require_untaken(self, path: str) -> None:
        """Go on only while no running job takes away the document at ``path``.

        Raises:
            Conflict: one does.
        """
        if any(path in job.takes for job in self.running()):
            raise Conflict(f"{path} is just being merged, named or erased: try again in a minute.")

    def note(self, transaction: Transaction, job_id: str, progress: Mapping[str, Any]) -> None:
        """Put what is done so far into the job that the step read, in the place of what was noted before."""
        transaction.set(self._reference(job_id), {"progress": dict(progress)})

    def close(self, job_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
        """The job is done. Returns its result, that of whoever closed it first."""

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
        """Delete a job that is done, in a step that read it, where its result may not be kept."""
        transaction.remove(self._reference(job_id))

    def give_up(self, job_id: str) -> None:
        """Forget a job that cannot be finished."""
        with store_errors("Firestore"):
            self._reference(job_id).delete(**self._stores.options)

    def _turn(self) -> DocumentReference:
        return self._stores.db.collection("jobs_state").document("current")

    def _reference(self, job_id: str) -> DocumentReference:
        return self._stores.db.collection("jobs").document(job_id)


class Runner:
    """Does the work of jobs, each by its kind."""

    def __init__(self, book: JobStore, works: Mapping[str, Work]) -> None:
        self._book = book
        self._works = works

    def finish(self, job: Job) -> dict[str, Any]:
        """Do what is left of the job. Returns its result, or what may be said by now of one that stays open.

        Raises:
            Conflict: it can never be finished, and was given up.
            Unavailable: a store did not answer; the job is taken up again later.
        """
        done = self._work(job)
        return done.result if isinstance(done, Unfinished) else done

    def _work(self, job: Job) -> dict[str, Any] | Unfinished:
        if job.result is not None:
            return job.result
        try:
            done = self._works[job.kind](job)
            return done if isinstance(done, Unfinished) else self._book.close(job.id, done)
        except Conflict:
            self._book.give_up(job.id)
            raise

    def clear_the_way(self, takes: str, joins: str | None = None) -> None:
        """Finish, as good as can be, what was interrupted and excludes a job that ``takes`` and ``joins`` these
        documents; also that job itself.

        Raises:
            Unavailable: Firestore did not answer.
        """
        for job in self._book.running():
            if takes in (*job.takes, *job.joins) or joins in job.takes:
                self._finish_for_others(job)

    def resume_all(self, older_than: timedelta) -> int:
        """Finish every job that was opened longer ago than that, as good as can be; how many are done now."""
        before = datetime.now(UTC) - older_than
        jobs = [job for job in self._book.running() if job.created_at <= before]
        return sum(map(self._finish_for_others, jobs))

    def _finish_for_others(self, job: Job) -> bool:
        """Finish a job that nobody waits for. Whatever is wrong with it must not keep others from being done."""
        try:
            if isinstance(self._work(job), Unfinished):
                return False
        except LookoutError as error:
            log(Severity.ERROR, "a job is still not done", job=job.id, kind=job.kind, error=error.message)
            return False
        except Exception as error:
            cause = "".join(traceback.format_exception(error))
            log(Severity.ERROR, "a job cannot be done", job=job.id, kind=job.kind, cause=cause)
            return False
        log(Severity.INFO, "a job was taken up again and finished", job=job.id, kind=job.kind)
        return True


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
