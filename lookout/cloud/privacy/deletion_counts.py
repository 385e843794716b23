"""Deleting for a job, and counting in its progress: each thing once, however often the job is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from lookout.cloud.corrections.jobs import Job, JobStore
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.firebase.transaction import Transaction, run

AT_ONCE = 100
"""Pictures deleted between two notes in the job."""

Deletion = Callable[[Transaction], Mapping[str, int]]
"""A part of a step that deletes documents or some of their fields; how many of each kind."""


class DeletionCounts:
    """Deletes for jobs.

    Every method raises ``Unavailable`` when a store does not answer, and ``JobImpossible`` when another instance
    has finished the job.
    """

    def __init__(self, stores: Stores, jobs: JobStore) -> None:
        self._stores = stores
        self._jobs = jobs

    def step(self, job: Job, deletion: Deletion) -> int:
        """Delete documents and count them, as one step; how many there were."""

        def change(transaction: Transaction) -> int:
            progress = self._jobs.read_open(transaction, job).progress
            deleted = {kind: count for kind, count in deletion(transaction).items() if count}
            if deleted:
                self._jobs.note(transaction, job.id, _counted(progress, deleted))
            return sum(deleted.values())

        return run(self._stores, change)

    def pictures(self, job: Job, kind: str, paths: Iterable[str]) -> int:
        """Delete what is stored at ``paths`` and count it; how many there were.

        The paths are noted in the job first: after an interruption they could not be found again, to be counted.
        """
        waiting = sorted(paths)
        for start in range(0, len(waiting), AT_ONCE):
            self.resume(job)
            going = {"kind": kind, "paths": waiting[start : start + AT_ONCE]}
            self._note(job, partial(_begun, going))
            self.resume(job)
        return len(waiting)

    def resume(self, job: Job) -> None:
        """Finish the deletion that was interrupted, if one was."""
        going = self._jobs.progress(job).get("going")
        if not going:
            return
        storage.remove_all(self._stores, going["paths"])

        def done(progress: dict[str, Any]) -> dict[str, Any]:
            # another instance may have done the same at the same time
            if progress.get("going") != going:
                return progress
            return _counted(progress, {going["kind"]: len(going["paths"])}) | {"going": None}

        self._note(job, done)

    def counts(self, job: Job) -> dict[str, int]:
        """What was deleted so far, by kind."""
        counted: dict[str, int] = self._jobs.progress(job).get("counts", {})
        return dict(counted)

    def _note(self, job: Job, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        def step(transaction: Transaction) -> None:
            progress = self._jobs.read_open(transaction, job).progress
            after = change(progress)
            if after != progress:
                self._jobs.note(transaction, job.id, after)

        run(self._stores, step)


def _begun(going: Mapping[str, Any], progress: dict[str, Any]) -> dict[str, Any]:
    return progress | {"going": going}


def _counted(progress: Mapping[str, Any], deleted: Mapping[str, int]) -> dict[str, Any]:
    counts = dict(progress.get("counts", {}))
    for kind, count in deleted.items():
        counts[kind] = counts.get(kind, 0) + count
    return dict(progress) | {"counts": counts}
