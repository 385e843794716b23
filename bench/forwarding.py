"""Stands between an instance and its stores, passes every call on, and counts what it costs.

``scripts/stack/soak/edge.py`` makes calls fail here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import grpc
import requests
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from bench.bill import Bill

SECONDS = 20.0
"""The longest wait for an emulator's answer, and for calls to end."""

NOT_PASSED_ON = ("Host", "Connection", "Accept-Encoding")


class Forwarder:
    """Answers as Firestore at ``firestore`` ("host:port") and as Storage at ``storage`` (an address), for those at
    the addresses that it was given; ``bill`` counts what passes. A subclass changes what becomes of a call."""

    def __init__(self, firestore: str, storage: str) -> None:
        self.bill = Bill()
        self._channel = grpc.insecure_channel(firestore)
        self._grpc = grpc.server(ThreadPoolExecutor(32))
        self._grpc.add_generic_rpc_handlers((_Calls(self._called),))
        self.firestore = f"127.0.0.1:{self._grpc.add_insecure_port('127.0.0.1:0')}"
        self._grpc.start()
        self._storage_url = storage
        application = Request.application(self.call_storage)
        self._http = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
        self.storage = f"http://127.0.0.1:{self._http.server_port}"
        self._serving = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._serving.start()

    def close(self) -> None:
        """Wait until all calls have ended."""
        self._grpc.stop(grace=SECONDS).wait()
        self._http.shutdown()
        self._serving.join()
        self._http.server_close()
        self._channel.close()

    def call_firestore(self, method: str, sent: list[bytes], context: Any) -> list[bytes]:
        """The messages that answer a call of ``method``, as in "/google.firestore.v1.Firestore/Commit"."""
        return self.pass_on(method, sent, context)

    def pass_on(self, method: str, sent: list[bytes], context: Any) -> list[bytes]:
        """What Firestore itself answers; an error of its own ends the call with the same one."""
        metadata = [one for one in context.invocation_metadata() if one[0] not in ("user-agent",)]
        try:
            answers = list(self._channel.stream_stream(method)(iter(sent), metadata=metadata))
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
            raise
        self.bill.count_call(method.rpartition("/")[2], sent, answers)
        return answers

    def call_storage(self, request: Request) -> Response:
        """The answer to a request to Storage."""
        return self.pass_on_http(request)

    def pass_on_http(self, request: Request) -> Response:
        """What Storage itself answers."""
        headers = {name: value for name, value in request.headers if name not in NOT_PASSED_ON}
        url = self._storage_url + request.environ["REQUEST_URI"]
        body = request.get_data()
        answer = requests.request(request.method, url, headers=headers, data=body, timeout=SECONDS)
        self.bill.count_request(request.method, len(body) + len(answer.content))
        kind = answer.headers.get("Content-Type", "application/json")
        return Response(answer.content, answer.status_code, content_type=kind)

    def _called(self, method: str, asked: Iterator[bytes], context: Any) -> Iterator[bytes]:
        return iter(self.call_firestore(method, list(asked), context))


class _Calls(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Any method of any service, as bytes."""

    def __init__(self, answer: Callable[[str, Iterator[bytes], Any], Iterator[bytes]]) -> None:
        self._answer = answer

    def service(self, details: Any) -> Any:
        return grpc.stream_stream_rpc_method_handler(partial(self._answer, details.method))


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        return
