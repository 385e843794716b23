"""``agents/{id}`` in Firestore: the agent's commands, their results, and its heartbeats."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lookout_agent import __version__
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.cloud import google_private
from lookout_agent.cloud.tokens import RENEW_AHEAD_SECONDS
from lookout_agent.command import Command, State
from lookout_agent.errors import CommandFailed
from lookout_agent.text import plain

CALL_SECONDS = 5.0
"""Longest wait for one call of Firestore."""

STOPPED_SECONDS = 2.0
"""Longest wait for writing that the agent stopped: its process is asked to end."""

CONTENTION_SECONDS = 2.0
"""How long a write is tried again while others write to the same document."""

STREAM_SECONDS = RENEW_AHEAD_SECONDS - 60.0
"""A listener is renewed after this time. A token is valid for at least :data:`RENEW_AHEAD_SECONDS`, so no listener
outlives the token it began with."""

OPENING_SECONDS = 10.0
"""Longest wait for a new listener's first results: a server that is just starting may leave one hanging."""

MESSAGE_CHARACTERS = 500
"""Longest error message; the rules allow no more."""

MAX_COMMANDS = 50
"""Commands read at once."""

TARGET = 1


@dataclass(frozen=True, slots=True)
class LastSeen:
    """When the agent last reported, and whether it reported its stop."""

    at: datetime
    is_stopped: bool


class Inbox:
    """The commands of one agent, through a client that the rules bind.

    Every method may raise the errors of ``google.api_core.exceptions``.
    """

    def __init__(self, client: Any, agent_id: str, clock: ServerClock) -> None:
        self._client, self._clock = client, clock
        self._agent = client.collection("agents").document(agent_id)
        self._agent_id = agent_id

    def queued(self) -> list[Command]:
        """Commands that were not taken yet, oldest first."""
        query = self._in_state(State.QUEUED).order_by("createdAt").limit(MAX_COMMANDS)
        return self._read(query)

    def taken(self) -> list[Command]:
        """Commands that were taken and have no end yet."""
        return self._read(self._in_state(State.TAKEN).limit(MAX_COMMANDS))

    def listen(self, ready: Callable[[], None]) -> Iterator[Command]:
        """Queued commands as they come, those already queued first; ends after :data:`STREAM_SECONDS`.

        ``ready`` is called once the server has sent all that were queued.
        """
        from google.api_core.exceptions import Cancelled, DeadlineExceeded
        from google.cloud.firestore_v1.types import TargetChange

        query = self._in_state(State.QUEUED).order_by("createdAt").limit(MAX_COMMANDS)
        request = google_private.listen_request(self._client, query, TARGET)
        ended = threading.Event()
        renewal_at = monotonic() + STREAM_SECONDS

        def requests() -> Iterator[Any]:
            # the stream stays open as long as this iterator does
            yield request
            ended.wait()

        stream = google_private.open_stream(self._client, requests(), STREAM_SECONDS)
        opening = threading.Timer(OPENING_SECONDS, stream.cancel)
        opening.daemon = True
        opening.start()
        try:
            for response in stream:
                change = response.target_change
                if change.cause.code:
                    raise _refused(change.cause)
                if change.target_change_type == TargetChange.TargetChangeType.CURRENT:
                    opening.cancel()
                    ready()
                document = response.document_change.document
                if document.name and TARGET in response.document_change.target_ids:
                    fields = google_private.fields_of(self._client, document)
                    if fields.get("state") == State.QUEUED:
                        yield Command.read(document.name.rpartition("/")[2], fields, document.update_time)
        except DeadlineExceeded:
            if monotonic() < renewal_at:
                raise
        except Cancelled as error:
            raise DeadlineExceeded("not opened in time") from error  # type: ignore[no-untyped-call]
        finally:
            opening.cancel()
            ended.set()
            stream.cancel()

    def take(self, command: Command) -> Command | None:
        """Take the command for this agent alone; None when somebody else did, or it ended meanwhile.

        One conditional write, which Firestore carries out as a transaction: it holds only if nobody changed the
        command since it was read, and the rules let it through only before the deadline on the server's clock.
        """
        from google.api_core.exceptions import Aborted, FailedPrecondition, NotFound
        from google.cloud.firestore import SERVER_TIMESTAMP

        try:
            version = self._update(command, {"state": State.TAKEN, "takenAt": SERVER_TIMESTAMP})
        except (FailedPrecondition, Aborted, NotFound):
            return None
        return Command(command.id, command.camera_id, command.action, command.args, command.deadline, version)

    def done(self, command: Command, result: dict[str, Any]) -> None:
        """Report the result of a taken command."""
        self._finish(command, {"state": State.DONE, "result": result})

    def failed(self, command: Command, error: CommandFailed) -> None:
        """Report why a taken command was not carried out."""
        error_fields = {"code": error.code, "message": plain(error.message, MESSAGE_CHARACTERS)}
        self._finish(command, {"state": State.FAILED, "error": error_fields})

    def expired(self, command: Command) -> None:
        """Report that a queued command came too late."""
        self._finish(command, {"state": State.EXPIRED})

    def camera(self, camera_id: str) -> dict[str, Any] | None:
        """The camera's document; None when there is none that this agent may read."""
        from google.api_core.exceptions import PermissionDenied

        try:
            asked_at = monotonic()
            snapshot = (
                self._client.collection("cameras").document(camera_id).get(retry=None, timeout=CALL_SECONDS)
            )
        except PermissionDenied:
            # the rules refuse a camera that does not exist just as another agent's
            return None
        self._clock.observe(snapshot.read_time, asked_at)
        fields: dict[str, Any] | None = snapshot.to_dict()
        return fields

    def cameras(self) -> dict[str, dict[str, Any]]:
        """The documents of all cameras that this agent serves, by id."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        mine = self._client.collection("cameras").where(filter=FieldFilter("agentId", "==", self._agent_id))
        return {camera.id: camera.to_dict() for camera in mine.stream(retry=None, timeout=CALL_SECONDS)}

    def heartbeat(self, cameras: list[str]) -> None:
        """Report that the agent runs, and which cameras it reaches; clears ``stoppedAt``."""
        from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

        fields = {"lastSeenAt": SERVER_TIMESTAMP, "version": __version__, "cameras": cameras}
        fields["stoppedAt"] = DELETE_FIELD
        asked_at = monotonic()
        written = self._agent.set(fields, merge=True, retry=None, timeout=CALL_SECONDS)
        self._clock.observe(written.update_time, asked_at)

    def stopped(self) -> None:
        """Report that the agent stopped, so that the server does not wait for it."""
        from google.cloud.firestore import SERVER_TIMESTAMP

        self._agent.update({"stoppedAt": SERVER_TIMESTAMP}, retry=None, timeout=STOPPED_SECONDS)

    def last_seen(self) -> LastSeen | None:
        """When the agent last reported; None when it never did."""
        asked_at = monotonic()
        snapshot = self._agent.get(retry=None, timeout=CALL_SECONDS)
        self._clock.observe(snapshot.read_time, asked_at)
        fields = snapshot.to_dict() or {}
        seen, stopped = fields.get("lastSeenAt"), fields.get("stoppedAt")
        if isinstance(stopped, datetime):
            return LastSeen(stopped, is_stopped=True)
        return LastSeen(seen, is_stopped=False) if isinstance(seen, datetime) else None

    def close(self) -> None:
        """Close the connection; a listener that waits ends with an error."""
        google_private.close(self._client)

    def _in_state(self, state: State) -> Any:
        from google.cloud.firestore_v1.base_query import FieldFilter

        return self._agent.collection("commands").where(filter=FieldFilter("state", "==", state))

    def _read(self, query: Any) -> list[Command]:
        asked_at = monotonic()
        found = list(query.stream(retry=None, timeout=CALL_SECONDS))
        for snapshot in found:
            self._clock.observe(snapshot.read_time, asked_at)
        return [Command.read(one.id, one.to_dict(), one.update_time) for one in found]

    def _finish(self, command: Command, fields: dict[str, Any]) -> None:
        from google.api_core.exceptions import Aborted, FailedPrecondition, NotFound
        from google.cloud.firestore import SERVER_TIMESTAMP

        try:
            self._update(command, fields | {"finishedAt": SERVER_TIMESTAMP})
        except (FailedPrecondition, Aborted, NotFound):
            # it has ended already: by an update whose confirmation was lost, or by the server
            return

    def _update(self, command: Command, fields: dict[str, Any]) -> Any:
        from google.api_core.exceptions import Aborted
        from google.api_core.retry import Retry, if_exception_type

        # aborted: others wrote to the same place, and nothing was written here
        again = Retry(if_exception_type(Aborted), initial=0.05, maximum=0.5, timeout=CONTENTION_SECONDS)
        asked_at = monotonic()
        written = self._agent.collection("commands").document(command.id).update(
            fields,
            option=self._client.write_option(last_update_time=command.version),
            retry=again,
            timeout=CALL_SECONDS,
        )  # fmt: skip
        self._clock.observe(written.update_time, asked_at)
        return written.update_time


def _refused(cause: Any) -> Exception:
    from google.api_core.exceptions import from_grpc_status

    error: Exception = from_grpc_status(cause.code, cause.message)  # type: ignore[no-untyped-call]
    return error
