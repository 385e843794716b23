"""A Firestore client that is bound by the rules, against Firebase and against its emulator alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lookout_agent.cloud import google_private
from lookout_agent.config import Config

PRODUCTION = "firestore.googleapis.com"

CHANNEL = (
    # a connection that died silently is noticed by its unanswered pings: measured, after a minute at the latest
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # and tried again soon when it is back
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 10_000),
)


def connect(config: Config, id_token: Callable[[], str]) -> Any:
    """A ``google.cloud.firestore.Client`` whose every call carries what ``id_token`` returns at that moment.

    Against the emulator too: there the library's own channel would be an administrator's.
    """
    import grpc

    class Bearer(grpc.AuthMetadataPlugin):  # type: ignore[misc]  # grpc has no types
        def __call__(self, context: Any, callback: Any) -> None:
            callback((("authorization", f"Bearer {id_token()}"),), None)

    host = config.firestore_host or PRODUCTION
    secure = (
        grpc.local_channel_credentials(grpc.LocalConnectionType.LOCAL_TCP)
        if config.firestore_host
        else grpc.ssl_channel_credentials()
    )
    credentials = grpc.composite_channel_credentials(secure, grpc.metadata_call_credentials(Bearer()))
    channel = grpc.secure_channel(host, credentials, options=CHANNEL)
    return google_private.client_on(channel, host, config.project)
