"""What the agent takes from the inside of Google's libraries is where it was, and is used in one module only."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.types import Document, Value

from lookout_agent.cloud import google_private
from stack.install.bootstrap import ROOT

PACKAGE = ROOT / "agent" / "lookout_agent"


@pytest.fixture
def client() -> Iterator[Any]:
    """A client on a channel of its own, to a server that answers no stream."""
    gone = threading.Event()

    def answers(requests: Any, context: Any) -> Iterator[bytes]:
        gone.wait()
        yield from ()

    class Silent(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
        def service(self, call: Any) -> Any:
            return grpc.stream_stream_rpc_method_handler(answers)

    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool, [Silent()])
        host = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        channel = grpc.insecure_channel(host)
        made = google_private.client_on(channel, host, "demo-x")
        yield made
        gone.set()
        google_private.close(made)
        server.stop(0).wait()


def test_the_client_calls_over_the_channel_that_it_was_given(client: Any) -> None:
    # the public way to the same object makes a new channel where the attribute has another name
    assert client._firestore_api is client._firestore_api_internal


def test_a_listen_request_names_the_query_and_its_place(client: Any) -> None:
    commands = client.collection("agents").document("pi").collection("commands")
    query = commands.where(filter=FieldFilter("state", "==", "queued")).order_by("createdAt").limit(5)
    request = google_private.listen_request(client, query, 1)
    assert request.database == "projects/demo-x/databases/(default)"
    followed = request.add_target.query
    assert followed.parent == "projects/demo-x/databases/(default)/documents/agents/pi"
    assert followed.structured_query.from_[0].collection_id == "commands"
    assert followed.structured_query.where.field_filter.value.string_value == "queued"
    assert (request.add_target.target_id, followed.structured_query.limit) == (1, 5)


def test_a_stream_is_opened_without_waiting_for_its_first_message_and_can_be_cancelled(client: Any) -> None:
    query = client.collection("agents").limit(1)
    ended = threading.Event()

    def requests() -> Iterator[Any]:
        yield google_private.listen_request(client, query, 1)
        ended.wait()

    opened: list[Any] = []
    opening = threading.Thread(
        target=lambda: opened.append(google_private.open_stream(client, requests(), 30)), daemon=True
    )
    opening.start()
    opening.join(10)
    ended.set()
    assert opened, "opening waits for the server: the attribute that prevents it has another name now"
    opened[0].cancel()


def test_the_fields_of_a_document_come_as_values_of_python(client: Any) -> None:
    document = Document(fields={"led": Value(integer_value=7), "state": Value(string_value="queued")})
    assert google_private.fields_of(client, document) == {"led": 7, "state": "queued"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_other_module_reaches_into_a_library(path: Path) -> None:
    if path.name == "google_private.py":
        return
    tree = ast.parse(path.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in modules if "._" in name]
    private = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]
    assert not private
