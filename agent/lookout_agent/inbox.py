"""``agents/{id}`` in Firestore: hearing of commands, taking them, saying how they ended, being alive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lookout_agent import __version__
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.commands import Command, State
from lookout_agent.errors import CommandFailed
from lookout_agent.text import plain
from lookout_agent.tokens import AHEAD_SECONDS

CALL_SECONDS = 5.0
"""Longest wait for one call of Firestore."""

FAREWELL_SECONDS = 2.0
"""Longest wait for the word that the agent ends: whoever stops it is waiting."""

CONTENTION_SECONDS = 2.0
"""How long a write is tried again while others write to the same document."""

STREAM_SECONDS = AHEAD_SECONDS - 60.0
"""A listener is renewed after this time: a token is good for at least :data:`AHEAD_SECONDS`, so it never outlives
the one it began with."""

OPENING_SECONDS = 10.0
"""Longest wait for what a new listener is told first: a server that is just starting may let one hang for good."""

MESSAGE_CHARACTERS = 500
"""Of what went wrong so much is told; the rules take no more."""

MOST = 50
"""Commands read at once."""

TARGET = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """When the cloud last heard of the agent, and whether that was its farewell."""

    at: datetime
    is_farewell: bool


class Inbox:
    """The commands of one agent, through a client that the rules bind.

    Every method may raise what ``google.api_core`` raises for a call that failed or was refused.
    """

    def __init__(self, client: Any, agent_id: str, clock: ServerClock) -> None:
        self._client, self._clock = client, clock
        self._agent = client.collection("agents").document(agent_id)
        self._agent_id = agent_id

    def queued(self) -> list[Command]:
        """Commands nobody took yet, oldest first."""
        query = self._in_state(State.QUEUED).order_by("createdAt").limit(MOST)
        return self._read(query)

    def taken(self) -> list[Command]:
        """Commands that were taken and have no end."""
        return self._read(self._in_state(State.TAKEN).limit(MOST))

    def listen(self, ready: Callable[[], None]) -> Iterator[Command]:
        """Queued commands as they come, those that wait already included; ends after :data:`STREAM_SECONDS`.

        ``ready`` is called once the server has told all that waited.
        """
        from google.api_core.exceptions import Cancelled, DeadlineExceeded
        from google.cloud.firestore_v1._helpers import decode_dict
        from google.cloud.firestore_v1.types import ListenRequest, Target, TargetChange

        query = self._in_state(State.QUEUED).order_by("createdAt").limit(MOST)
        parent, _ = query._parent._parent_info()
        target = Target(
            target_id=TARGET,
            query=Target.QueryTarget(parent=parent, structured_query=query._to_protobuf()),
        )
        request = ListenRequest(database=self._client._database_string, add_target=target)
        ended = threading.Event()
        renewal_at = monotonic() + STREAM_SECONDS

        def requests() -> Iterator[Any]:
            # the stream lasts as long as there may be more to ask
            yield request
            ended.wait()

        stream = self._client._firestore_api.listen(
            requests=requests(), retry=None, timeout=STREAM_SECONDS, metadata=self._client._rpc_metadata
        )
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
                    fields: Any = decode_dict(document.fields, self._client)
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
            version = self._step(command, {"state": State.TAKEN, "takenAt": SERVER_TIMESTAMP})
        except (FailedPrecondition, Aborted, NotFound):
            return None
        return Command(command.id, command.camera_id, command.action, command.args, command.deadline, version)

    def done(self, command: Command, result: dict[str, Any]) -> None:
        """Say what came of a taken command."""
        self._end(command, {"state": State.DONE, "result": result})

    def failed(self, command: Command, error: CommandFailed) -> None:
        """Say why a taken command was not carried out."""
        said = {"code": error.code, "message": plain(error.message, MESSAGE_CHARACTERS)}
        self._end(command, {"state": State.FAILED, "error": said})

    def expired(self, command: Command) -> None:
        """Say that a queued command came too late."""
        self._end(command, {"state": State.EXPIRED})

    def camera(self, camera_id: str) -> dict[str, Any] | None:
        """The camera's document; None when there is none that this agent may read."""
        from google.api_core.exceptions import PermissionDenied

        try:
            asked_at = monotonic()
            snapshot = (
                self._client.collection("cameras").document(camera_id).get(retry=None, timeout=CALL_SECONDS)
            )
        except PermissionDenied:
            # of a camera that does not exist, or is another agent's, the rules say the same
            return None
        self._clock.observe(snapshot.read_time, asked_at)
        fields: dict[str, Any] | None = snapshot.to_dict()
        return fields

    def cameras(self) -> dict[str, dict[str, Any]]:
        """The documents of all cameras that this agent serves, by id."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        mine = self._client.collection("cameras").where(filter=FieldFilter("agentId", "==", self._agent_id))
        return {camera.id: camera.to_dict() for camera in mine.stream(retry=None, timeout=CALL_SECONDS)}

    def beat(self, cameras: list[str]) -> None:
        """Say that the agent is there, and which cameras it reaches; takes a farewell back."""
        from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

        fields = {"lastSeenAt": SERVER_TIMESTAMP, "version": __version__, "cameras": cameras}
        fields["stoppedAt"] = DELETE_FIELD
        asked_at = monotonic()
        written = self._agent.set(fields, merge=True, retry=None, timeout=CALL_SECONDS)
        self._clock.observe(written.update_time, asked_at)

    def farewell(self) -> None:
        """Say that the agent ends, so that nobody waits for it."""
        from google.cloud.firestore import SERVER_TIMESTAMP

        self._agent.update({"stoppedAt": SERVER_TIMESTAMP}, retry=None, timeout=FAREWELL_SECONDS)

    def last_heard(self) -> Heard | None:
        """When the agent last said something of itself; None when it never did."""
        asked_at = monotonic()
        snapshot = self._agent.get(retry=None, timeout=CALL_SECONDS)
        self._clock.observe(snapshot.read_time, asked_at)
        fields = snapshot.to_dict() or {}
        seen, stopped = fields.get("lastSeenAt"), fields.get("stoppedAt")
        if isinstance(stopped, datetime):
            return Heard(stopped, is_farewell=True)
        return Heard(seen, is_farewell=False) if isinstance(seen, datetime) else None

    def close(self) -> None:
        """Hang up; a listener that waits ends with an error."""
        self._client._firestore_api.transport.close()

    def _in_state(self, state: State) -> Any:
        from google.cloud.firestore_v1.base_query import FieldFilter

        return self._agent.collection("commands").where(filter=FieldFilter("state", "==", state))

    def _read(self, query: Any) -> list[Command]:
        asked_at = monotonic()
        found = list(query.stream(retry=None, timeout=CALL_SECONDS))
        for snapshot in found:
            self._clock.observe(snapshot.read_time, asked_at)
        return [Command.read(one.id, one.to_dict(), one.update_time) for one in found]

    def _end(self, command: Command, fields: dict[str, Any]) -> None:
        from google.api_core.exceptions import Aborted, FailedPrecondition, NotFound
        from google.cloud.firestore import SERVER_TIMESTAMP

        try:
            self._step(command, fields | {"finishedAt": SERVER_TIMESTAMP})
        except (FailedPrecondition, Aborted, NotFound):
            # it has an end already: ours, when its confirmation was lost on the way, or the cloud's
            return

    def _step(self, command: Command, fields: dict[str, Any]) -> Any:
        from google.api_core.exceptions import Aborted
        from google.api_core.retry import Retry, if_exception_type

        # aborted means that others were writing nearby, and that nothing was written here
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
