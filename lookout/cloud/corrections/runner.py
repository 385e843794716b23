"""Finishing jobs: at once for the call that opened one, later for those that were interrupted."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.errors import JobImpossible, LookoutError
from lookout.log import Severity, log


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The result so far of work that has to wait for something. Its job stays open, and is resumed later."""

    result: dict[str, Any]


Work = Callable[[Job], dict[str, Any] | Unfinished]
"""Does the rest of a job and returns its result.

It raises ``JobImpossible`` when the job can never be finished, after undoing what must not stay half done. The
job is then given up.
"""


class Runner:
    """Does the work of jobs, by their kinds."""

    def __init__(self, jobs: JobStore, works: Mapping[str, Work]) -> None:
        self._jobs = jobs
        self._works = works

    def finish(self, job: Job) -> dict[str, Any]:
        """Do the rest of the job. Returns its result, or the result so far if the job stays open.

        Raises:
            JobImpossible: it can never be finished, and was given up.
            Unavailable: a store did not answer; the job is resumed later.
        """
        done = self._work(job)
        return done.result if isinstance(done, Unfinished) else done

    def _work(self, job: Job) -> dict[str, Any] | Unfinished:
        if job.result is not None:
            return job.result
        try:
            done = self._works[job.kind](job)
            return done if isinstance(done, Unfinished) else self._jobs.close(job.id, done)
        except JobImpossible:
            self._jobs.give_up(job.id)
            raise

    def resume_excluding(self, takes: str, joins: str | None = None) -> None:
        """Resume the jobs that exclude a job which ``takes`` and ``joins`` these documents, and that job itself.

        Errors in their work are logged.

        Raises:
            Unavailable: Firestore did not answer.
        """
        for job in self._jobs.running():
            if takes in (*job.takes, *job.joins) or joins in job.takes:
                self._resume(job)

    def resume_all(self, older_than: timedelta) -> int:
        """Resume the jobs opened longer ago than that; how many were finished. Errors in their work are logged."""
        before = datetime.now(UTC) - older_than
        old = [job for job in self._jobs.running() if job.created_at <= before]
        return sum(map(self._resume, old))

    def _resume(self, job: Job) -> bool:
        """Finish a job that nobody waits for; whether it is finished. Its errors must not keep back others."""
        try:
            if isinstance(self._work(job), Unfinished):
                return False
        except LookoutError as error:
            log(Severity.ERROR, "job not finished", job=job.id, kind=job.kind, error=error.message)
            return False
        except Exception as error:
            cause = "".join(traceback.format_exception(error))
            log(Severity.ERROR, "job failed", job=job.id, kind=job.kind, cause=cause)
            return False
        log(Severity.INFO, "job resumed and finished", job=job.id, kind=job.kind)
        return True
