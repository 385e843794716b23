"""What is billed for calls of Firestore and Storage, counted in the bytes that pass on the wire."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    CommitRequest,
    CommitResponse,
    RunQueryResponse,
)


@dataclass
class Bill:
    """``reads`` and ``writes`` of documents, deletions among the latter, and ``uploads`` of objects.
    ``carried``: bytes of all of them, there and back, without their headers."""

    reads: int = 0
    writes: int = 0
    uploads: int = 0
    carried: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def sums(self) -> tuple[int, int, int]:
        """Reads, writes, uploads."""
        with self._lock:
            return self.reads, self.writes, self.uploads

    def count_call(self, method: str, sent: Sequence[bytes], answers: Sequence[bytes]) -> None:
        """Count a call of Firestore that was answered."""
        with self._lock:
            self.carried += sum(map(len, (*sent, *answers)))
            if method == "BatchGetDocuments":
                # one that is not there costs as much
                told = [BatchGetDocumentsResponse.deserialize(answer) for answer in answers]
                self.reads += sum(bool(one.found.name or one.missing) for one in told)
            elif method == "RunQuery":
                found = sum(bool(RunQueryResponse.deserialize(answer).document.name) for answer in answers)
                # a query that finds nothing costs a read
                self.reads += max(found, 1)
            elif method == "Commit" and any(CommitResponse.deserialize(one).write_results for one in answers):
                self.writes += sum(len(CommitRequest.deserialize(one).writes) for one in sent)
            elif method != "Commit":
                raise AssertionError(f"nobody knows yet what {method} costs")

    def count_request(self, method: str, size: int) -> None:
        """Count a request to Storage of so many bytes, its answer's among them."""
        with self._lock:
            self.carried += size
            self.uploads += method in ("POST", "PUT")
