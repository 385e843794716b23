"""The edge of an instance: its lines to Firestore and Storage, where any call can fail as real ones do.

The calls to both are counted as one sequence. The instance's own code is not touched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import grpc
import requests
from werkzeug.wrappers import Request, Response

from bench.bill import Bill
from bench.forwarding import SECONDS as HELD_SECONDS
from bench.forwarding import Forwarder


class Fault(StrEnum):
    """What becomes of a call. A late one is carried out when the edge is released, and nobody waits for it any
    more. Killed is an instance from which nothing arrives from then on."""

    REFUSED = "refused, not carried out"
    UNANSWERED = "carried out, the answer is lost"
    CANCELLED = "carried out, answered with an error"
    LATE = "carried out late"
    SLOW = "carried out slowly"
    SILENT = "carried out, and Firestore answers nothing from then on"
    KILLED_BEFORE = "killed before it is carried out"
    KILLED_AFTER = "killed after it was carried out"


Faults = Mapping[int | str, Fault]


class Edge(Forwarder):
    """``faults``: what becomes of the calls with these numbers, counted from 0 over both stores, or of every call
    of these names: Firestore's methods, as ``Commit``, and Storage's, as ``POST``.

    ``killed`` is called when the instance is to die; without it, it is merely cut off.
    """

    def __init__(
        self,
        faults: Faults,
        firestore: str,
        storage: str,
        killed: Callable[[], None] = lambda: None,
    ) -> None:
        self._faults = faults
        self._killed = killed
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._is_dead = self._is_silent = False
        self.calls: list[str] = []
        super().__init__(firestore, storage)

    def begin(self, faults: Faults) -> None:
        """Count anew from the next call on."""
        with self._lock:
            self._faults = faults
            self.calls.clear()
            self.bill = Bill()

    def heal(self) -> None:
        """No call fails any more."""
        with self._lock:
            self._faults = {}
            self._is_dead = self._is_silent = False

    @property
    def is_dead(self) -> bool:
        """Whether a fault killed the instance."""
        return self._is_dead

    def release(self) -> None:
        """Let every call that is held go on."""
        self._released.set()

    def close(self) -> None:
        """Wait until all calls have ended."""
        self.release()
        super().close()

    def _next(self, call: str) -> Fault | None:
        with self._lock:
            fault = self._faults.get(len(self.calls), self._faults.get(call))
            self.calls.append(call)
            if self._is_dead:
                return Fault.REFUSED
            if fault is Fault.KILLED_BEFORE:
                self._die()
            return fault

    def _die(self) -> None:
        self._is_dead = True
        self._killed()

    def _hold(self, seconds: float = HELD_SECONDS) -> None:
        self._released.wait(seconds)

    def call_firestore(self, method: str, sent: list[bytes], context: Any) -> list[bytes]:
        """What becomes of a call of Firestore."""
        if self._is_silent:
            self._hold()
            context.abort(grpc.StatusCode.UNAVAILABLE, "cut off")
        fault = self._next(method.rpartition("/")[2])
        if fault in (Fault.REFUSED, Fault.KILLED_BEFORE):
            # nobody asks a dead instance whether it would try again
            code = grpc.StatusCode.PERMISSION_DENIED if self._is_dead else grpc.StatusCode.UNAVAILABLE
            context.abort(code, "cut off")
        if fault is Fault.LATE:
            self._hold()
        if fault is Fault.SLOW:
            self._hold(0.4)
        answers = self.pass_on(method, sent, context)
        if fault is Fault.KILLED_AFTER:
            self._die()
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "cut off")
        if fault in (Fault.UNANSWERED, Fault.SILENT):
            self._is_silent = fault is Fault.SILENT
            self._hold()
        if fault is Fault.CANCELLED:
            context.abort(grpc.StatusCode.CANCELLED, "cancelled")
        return answers

    def call_storage(self, request: Request) -> Response:
        """What becomes of a request to Storage."""
        request.get_data()
        fault = self._next(request.method)
        if fault in (Fault.REFUSED, Fault.KILLED_BEFORE):
            return Response("{}", 403 if self._is_dead else 503, mimetype="application/json")
        if fault is Fault.LATE:
            self._hold()
        if fault is Fault.SLOW:
            self._hold(0.4)
        try:
            answer = self.pass_on_http(request)
        except requests.RequestException:
            return Response("{}", 504, mimetype="application/json")
        if fault is Fault.KILLED_AFTER:
            self._die()
            return Response("{}", 403, mimetype="application/json")
        if fault in (Fault.UNANSWERED, Fault.SILENT):
            self._hold()
        if fault is Fault.CANCELLED:
            return Response("{}", 500, mimetype="application/json")
        return answer
