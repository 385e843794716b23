"""What Google's libraries keep to themselves and the agent needs all the same, in this one module.

``tests/agent/test_google_private.py`` fails when a new version moves any of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def client_on(channel: Any, host: str, project: str) -> Any:
    """A ``google.cloud.firestore.Client`` that makes every call over the gRPC ``channel``.

    The library takes no channel, and speaks to an emulator as an administrator whom no rule binds.
    """
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import firestore
    from google.cloud.firestore_v1.services.firestore import FirestoreClient
    from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

    transport = FirestoreGrpcTransport(host=host, channel=channel)
    # otherwise opening a stream waits for the server's first message, and cannot be cancelled meanwhile
    listen: Any = transport.listen
    listen._prefetch_first_result_ = False
    client = firestore.Client(project, AnonymousCredentials())  # type: ignore[no-untyped-call]
    client._firestore_api_internal = FirestoreClient(transport=transport)
    return client


def listen_request(client: Any, query: Any, target_id: int) -> Any:
    """The ``ListenRequest`` that follows the results of ``query``."""
    from google.cloud.firestore_v1.types import ListenRequest, Target

    parent, _ = query._parent._parent_info()
    followed = Target.QueryTarget(parent=parent, structured_query=query._to_protobuf())
    return ListenRequest(
        database=client._database_string, add_target=Target(target_id=target_id, query=followed)
    )


def open_stream(client: Any, requests: Iterator[Any], seconds: float) -> Any:
    """A stream of ``ListenResponse``, which lasts ``seconds`` at most and can be cancelled at any time.

    ``Client`` has listeners of its own, which open a broken stream again without end and without a wait.
    """
    return client._firestore_api.listen(
        requests=requests, retry=None, timeout=seconds, metadata=client._rpc_metadata
    )


def fields_of(client: Any, document: Any) -> dict[str, Any]:
    """The fields of a document that a stream brought, as Python's values."""
    from google.cloud.firestore_v1._helpers import decode_dict

    fields: dict[str, Any] = decode_dict(document.fields, client)  # type: ignore[assignment]
    return fields


def close(client: Any) -> None:
    """Close the client's channel: calls and streams under way end with an error."""
    client._firestore_api.transport.close()
