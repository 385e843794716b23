"""The edge of an instance: its lines to Firestore and Storage, where any call can fail as real ones do.

The calls to both are counted as one sequence. The instance's own code is not touched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from typing import Any

import grpc
import requests
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.bill import Bill

HELD_SECONDS = 20.0
"""A call that nobody frees goes on after so long, so that a failing test ends."""


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


class Edge:
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
        self.bill = Bill()
        self._channel = grpc.insecure_channel(firestore)
        self._grpc = grpc.server(ThreadPoolExecutor(32))
        self._grpc.add_generic_rpc_handlers((_Calls(self._firestore),))
        self.firestore = f"127.0.0.1:{self._grpc.add_insecure_port('127.0.0.1:0')}"
        self._grpc.start()
        self._storage_url = storage
        application = Request.application(self._storage)
        self._http = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
        self.storage = f"http://127.0.0.1:{self._http.server_port}"
        self._serving = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._serving.start()

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

    def release(self) -> None:
        """Let every call that is held go on."""
        self._released.set()

    def close(self) -> None:
        """Wait until all calls have ended."""
        self.release()
        self._grpc.stop(grace=HELD_SECONDS).wait()
        self._http.shutdown()
        self._serving.join()
        self._http.server_close()
        self._channel.close()

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

    def _firestore(self, method: str, asked: Iterator[bytes], context: Any) -> Iterator[bytes]:
        sent = list(asked)
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
        metadata = [one for one in context.invocation_metadata() if one[0] not in ("user-agent",)]
        try:
            answers = list(self._channel.stream_stream(method)(iter(sent), metadata=metadata))
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
        self.bill.count_call(method.rpartition("/")[2], sent, answers)
        if fault is Fault.KILLED_AFTER:
            self._die()
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "cut off")
        if fault in (Fault.UNANSWERED, Fault.SILENT):
            self._is_silent = fault is Fault.SILENT
            self._hold()
        if fault is Fault.CANCELLED:
            context.abort(grpc.StatusCode.CANCELLED, "cancelled")
        return iter(answers)

    def _storage(self, request: Request) -> Response:
        body = request.get_data()
        fault = self._next(request.method)
        if fault in (Fault.REFUSED, Fault.KILLED_BEFORE):
            return Response("{}", 403 if self._is_dead else 503, mimetype="application/json")
        if fault is Fault.LATE:
            self._hold()
        if fault is Fault.SLOW:
            self._hold(0.4)
        headers = {
            name: value
            for name, value in request.headers
            if name not in ("Host", "Connection", "Accept-Encoding")
        }
        url = self._storage_url + request.environ["REQUEST_URI"]
        answer = requests.request(request.method, url, headers=headers, data=body, timeout=HELD_SECONDS)
        self.bill.count_request(request.method)
        if fault is Fault.KILLED_AFTER:
            self._die()
            return Response("{}", 403, mimetype="application/json")
        if fault in (Fault.UNANSWERED, Fault.SILENT):
            self._hold()
        if fault is Fault.CANCELLED:
            return Response("{}", 500, mimetype="application/json")
        kind = answer.headers.get("Content-Type", "application/json")
        return Response(answer.content, answer.status_code, content_type=kind)


class _Calls(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Any method of any service, as bytes."""

    def __init__(self, answer: Callable[[str, Iterator[bytes], Any], Iterator[bytes]]) -> None:
        self._answer = answer

    def service(self, details: Any) -> Any:
        return grpc.stream_stream_rpc_method_handler(partial(self._answer, details.method))


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        return
