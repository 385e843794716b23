"""``agents/{agentId}/commands``: sending a command to a camera's agent, and waiting for what came of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase.calls import call_options, store_errors
from lookout.domain.cameras.command import AGENT_SILENT_AFTER, FINAL, Action, Arguments, CommandState, spoken
from lookout.domain.cameras.report import MESSAGE_CHARACTERS, plain_report, plain_text
from lookout.errors import CameraFailed, CameraSilent, Unavailable

if TYPE_CHECKING:
    from google.cloud.firestore import Client, DocumentReference
    from google.cloud.firestore_v1.watch import Watch

    from lookout.cloud.firebase.types import Snapshot

BUSY_SECONDS = 30.0
"""A command that was given longer ago than that keeps no camera busy."""

QUEUE_SECONDS = 2.0
"""How long a command may lie before its agent takes it: a listener gets it in milliseconds, or not at all."""

SNAPSHOT_SECONDS = 10.0
"""A snapshot is fetched more than once, since the camera's first pictures are old ones, and then uploaded."""

ANSWER_SECONDS = 1.5
"""For the way back of the answer."""

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Command:
    """What ``agent_id`` is to have ``camera_id`` do, on whose word. Arguments that are ``kept`` were not given."""

    agent_id: str
    camera_id: str
    action: Action
    arguments: Arguments
    created_by: str
    kept: tuple[str, ...] = ()


class CommandQueue:
    """Sends commands and waits for their end. ``camera_seconds``: how long an agent waits for a camera."""

    def __init__(self, db: Client, camera_seconds: float, timeout: float) -> None:
        self._db = db
        self._camera_seconds = camera_seconds
        self._timeout = timeout

    def carry_out(self, command: Command) -> dict[str, Any]:
        """What the camera answered.

        Raises:
            Unavailable: the agent is stopped, silent, or did not take the command; then it is never carried out.
            CameraSilent: the camera did not answer the agent, or was at another command all the while.
            CameraFailed: the camera refused, or may not be called.
        """
        last_seen = self._require_agent(command.agent_id)
        now = datetime.now(UTC)
        deadline = now + timedelta(seconds=QUEUE_SECONDS)
        reference = self._db.collection("agents").document(command.agent_id).collection("commands").document()
        with store_errors("Firestore"):
            reference.create(_document(command, now, deadline), **call_options(self._timeout))
        ended = _wait(reference, QUEUE_SECONDS, self._at_work(command.action) + ANSWER_SECONDS)
        if ended is None:
            ended = self._give_up(reference)
        if ended.get("state") == CommandState.EXPIRED:
            if self._was_busy(reference, command.camera_id, now):
                raise CameraSilent(
                    f"Camera {command.camera_id} was still at an earlier command, so this one was not carried out "
                    "and never will be; try again."
                )
            raise Unavailable(
                f"Agent {command.agent_id} did not take the command, so it was not carried out and never will be. "
                f"The agent has been silent for {spoken(datetime.now(UTC) - last_seen)}."
            )
        return _result(ended)

    def _was_busy(self, reference: DocumentReference, camera_id: str, since: datetime) -> bool:
        """Whether an earlier command kept the camera: commands wait for each other, the agent is there."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        recent = FieldFilter("createdAt", ">=", since - timedelta(seconds=BUSY_SECONDS))
        with store_errors("Firestore"):
            found = list(reference.parent.where(filter=recent).stream(**call_options(self._timeout)))
        others = [one.to_dict() for one in found if one.id != reference.id]
        return any(self._kept_busy(one, since) for one in others if one.get("cameraId") == camera_id)

    def _kept_busy(self, command: dict[str, Any], since: datetime) -> bool:
        taken_at, finished_at = command.get("takenAt"), command.get("finishedAt")
        if not isinstance(taken_at, datetime):
            return False
        if command.get("state") == CommandState.TAKEN:
            # longer than that nobody is at it: its agent was killed
            seconds = self._at_work(str(command.get("action"))) + ANSWER_SECONDS
            finished_at = taken_at + timedelta(seconds=seconds)
        return isinstance(finished_at, datetime) and finished_at > since

    def _at_work(self, action: str) -> float:
        """How many seconds the agent may be at a command."""
        return SNAPSHOT_SECONDS if action == Action.SNAPSHOT else self._camera_seconds

    def _require_agent(self, agent_id: str) -> datetime:
        """When the agent was last seen, if it is there.

        Raises:
            Unavailable: it never was, was stopped, or has been silent for too long.
        """
        with store_errors("Firestore"):
            agent = self._db.collection("agents").document(agent_id).get(**call_options(self._timeout))
        fields, now = agent.to_dict() or {}, datetime.now(UTC)
        last_seen, stopped = fields.get("lastSeenAt"), fields.get("stoppedAt")
        if not isinstance(last_seen, datetime):
            raise Unavailable(f"Agent {agent_id} was never seen: pair it and start it.", retry_after=30)
        if isinstance(stopped, datetime):
            raise Unavailable(
                f"Agent {agent_id} was stopped {spoken(now - stopped)} ago: start it again.", retry_after=30
            )
        if now - last_seen > AGENT_SILENT_AFTER:
            raise Unavailable(
                f"Agent {agent_id} has been silent for {spoken(now - last_seen)}: is its machine on, and online?",
                retry_after=30,
            )
        return last_seen

    def _give_up(self, reference: DocumentReference) -> dict[str, Any]:
        """Let a command that nobody took expire, unless it was taken, or ended, at the last moment."""
        from google.api_core.exceptions import FailedPrecondition

        with store_errors("Firestore"):
            while True:
                snapshot = reference.get(**call_options(self._timeout))
                stored: dict[str, Any] = snapshot.to_dict() or {}
                if stored.get("state") != CommandState.QUEUED:
                    return stored
                unchanged = self._db.write_option(last_update_time=snapshot.update_time)
                ended = {"state": CommandState.EXPIRED}
                try:
                    reference.update(ended, option=unchanged, **call_options(self._timeout))
                except FailedPrecondition:
                    # taken between the two: it only moves forward, so this soon comes to an end
                    continue
                return stored | ended


def _document(command: Command, now: datetime, deadline: datetime) -> dict[str, Any]:
    return {
        "cameraId": command.camera_id,
        "action": command.action,
        "args": command.arguments,
        "kept": list(command.kept),
        "state": CommandState.QUEUED,
        "createdBy": command.created_by,
        "createdAt": now,
        "deadlineAt": deadline,
        "expireAt": now + KEPT,
    }


def _wait(reference: DocumentReference, until_taken: float, until_ended: float) -> dict[str, Any] | None:
    """The command's document once it has ended; None when nobody took it in time, or it did not end in time.

    Both times are seconds; the second begins when the command is taken.
    """
    taken, ended = threading.Event(), threading.Event()
    seen: list[dict[str, Any]] = []

    def on_snapshot(documents: list[Snapshot], changes: object, read_time: object) -> None:
        for document in documents:
            stored = document.to_dict() or {}
            if stored.get("state") != CommandState.QUEUED:
                taken.set()
            if stored.get("state") in FINAL:
                seen.append(stored)
                ended.set()

    watch = reference.on_snapshot(on_snapshot)
    try:
        if taken.wait(until_taken):
            ended.wait(until_ended)
    finally:
        _end(watch)
    return seen[0] if seen else None


def _end(watch: Watch) -> None:
    """Listen no more.

    google-api-core goes on for ever to open a stream anew that broke off just before it was closed, as fast as it
    can and with a thread each time: it is told to take the next error for the last.
    """
    stream = watch._rpc
    if stream is not None:
        stream._should_terminate = lambda error: True
    watch.unsubscribe()  # type: ignore[no-untyped-call]
    if stream is not None:
        stream.close()  # type: ignore[no-untyped-call]  # also one that was just being opened


def _result(ended: dict[str, Any]) -> dict[str, Any]:
    match ended.get("state"):
        case CommandState.DONE:
            return dict(plain_report(ended.get("result")))
        case CommandState.FAILED:
            error = ended.get("error")
            error = error if isinstance(error, dict) else {}
            said = plain_text(str(error.get("message") or ""), MESSAGE_CHARACTERS)
            message = said or "The camera did not do it."
            if error.get("code") in ("camera_silent", "interrupted"):
                raise CameraSilent(message)
            raise CameraFailed(message)
        case _:
            raise CameraSilent("The agent took the command, but the camera did not answer in time.")
