"""Listening for commands, at a server that does not do its part."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.api_core.exceptions import DeadlineExceeded

from lookout_agent.clock import ServerClock
from lookout_agent.cloud import inbox
from lookout_agent.cloud.client import connect
from tests.agent.test_parts import CONFIG


@pytest.fixture
def silent() -> Iterator[str]:
    """Where a Firestore takes every call and answers none."""
    gone = threading.Event()

    def answers(requests: Any, context: Any) -> Iterator[bytes]:
        gone.wait()
        yield from ()

    class Silent(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
        def service(self, call: Any) -> Any:
            return grpc.stream_stream_rpc_method_handler(answers)

    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, [Silent()])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"127.0.0.1:{port}"
        gone.set()
        server.stop(0).wait()


def test_a_listener_that_is_never_told_anything_is_given_up(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "OPENING_SECONDS", 0.5)
    commands = inbox.Inbox(connect(replace(CONFIG, firestore_host=silent), lambda: "t"), "pi", ServerClock())
    with pytest.raises(DeadlineExceeded, match="not opened in time"):
        list(commands.listen(lambda: None))
    commands.close()
