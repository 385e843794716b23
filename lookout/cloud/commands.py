"""``agents/{agentId}/commands``: sending a command to a camera's agent, and waiting for what came of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lookout.cloud.app import patience, reaching
from lookout.domain.command import AGENT_SILENT_AFTER, FINAL, Action, Arguments, CommandState, spoken
from lookout.errors import CameraFailed, CameraSilent, Unavailable

QUEUE_SECONDS = 2.0
"""How long a command may lie before its agent takes it: a listener gets it in milliseconds, or not at all."""

SNAPSHOT_SECONDS = 10.0
"""A snapshot is fetched more than once, since the camera's first pictures are old ones, and then uploaded."""

ANSWER_SECONDS = 1.5
"""For the way back of the answer."""

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Command:
    """What ``agent_id`` is to have ``camera_id`` do, on whose word."""

    agent_id: str
    camera_id: str
    action: Action
    arguments: Arguments
    created_by: str


class CommandDesk:
    """Sends commands and waits for their end. ``camera_seconds``: how long an agent waits for a camera."""

    def __init__(self, db: Any, camera_seconds: float, timeout: float) -> None:
        self._db = db
        self._camera_seconds = camera_seconds
        self._timeout = timeout

    def carry_out(self, command: Command) -> dict[str, Any]:
        """What the camera answered.

        Raises:
            Unavailable: the agent is stopped, silent, or did not take the command; then it is never carried out.
            CameraSilent: the camera did not answer the agent.
            CameraFailed: the camera refused, or may not be called.
        """
        last_seen = self._require_agent(command.agent_id)
        now = datetime.now(UTC)
        deadline = now + timedelta(seconds=QUEUE_SECONDS)
        reference = self._db.collection("agents").document(command.agent_id).collection("commands").document()
        with reaching("Firestore"):
            reference.create(_document(command, now, deadline), **patience(self._timeout))
        at_work = SNAPSHOT_SECONDS if command.action is Action.SNAPSHOT else self._camera_seconds
        ended = _wait(reference, QUEUE_SECONDS, at_work + ANSWER_SECONDS)
        if ended is None:
            ended = self._give_up(reference)
        if ended.get("state") == CommandState.EXPIRED:
            raise Unavailable(
                f"Agent {command.agent_id} did not take the command, so it was not carried out and never will be. "
                f"The agent has been silent for {spoken(datetime.now(UTC) - last_seen)}."
            )
        return _result(ended)

    def _require_agent(self, agent_id: str) -> datetime:
        """When the agent was last seen, if it is there.

        Raises:
            Unavailable: it never was, was stopped, or has been silent for too long.
        """
        with reaching("Firestore"):
            agent = self._db.collection("agents").document(agent_id).get(**patience(self._timeout))
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

    def _give_up(self, reference: Any) -> dict[str, Any]:
        """Let a command that nobody took expire, unless it was taken, or ended, at the last moment."""
        from google.api_core.exceptions import FailedPrecondition

        with reaching("Firestore"):
            while True:
                snapshot = reference.get(**patience(self._timeout))
                stored: dict[str, Any] = snapshot.to_dict() or {}
                if stored.get("state") != CommandState.QUEUED:
                    return stored
                unchanged = self._db.write_option(last_update_time=snapshot.update_time)
                ended = {"state": CommandState.EXPIRED}
                try:
                    reference.update(ended, option=unchanged, **patience(self._timeout))
                except FailedPrecondition:
                    # taken between the two: it only moves forward, so this soon comes to an end
                    continue
                return stored | ended


def _document(command: Command, now: datetime, deadline: datetime) -> dict[str, Any]:
    return {
        "cameraId": command.camera_id,
        "action": command.action,
        "args": command.arguments,
        "state": CommandState.QUEUED,
        "createdBy": command.created_by,
        "createdAt": now,
        "deadlineAt": deadline,
        "expireAt": now + KEPT,
    }


def _wait(reference: Any, until_taken: float, until_ended: float) -> dict[str, Any] | None:
    """The command's document once it has ended; None when nobody took it in time, or it did not end in time.

    Both times are seconds; the second begins when the command is taken.
    """
    taken, ended = threading.Event(), threading.Event()
    seen: list[dict[str, Any]] = []

    def on_snapshot(documents: list[Any], changes: object, read_time: object) -> None:
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


def _end(watch: Any) -> None:
    """Listen no more.

    google-api-core goes on for ever to open a stream anew that broke off just before it was closed, as fast as it
    can and with a thread each time: it is told to take the next error for the last.
    """
    stream = watch._rpc
    if stream is not None:
        stream._should_terminate = lambda error: True
    watch.unsubscribe()
    if stream is not None:
        stream.close()  # also one that was just being opened


def _result(ended: dict[str, Any]) -> dict[str, Any]:
    match ended.get("state"):
        case CommandState.DONE:
            return dict(ended.get("result") or {})
        case CommandState.FAILED:
            error = ended.get("error") or {}
            message = str(error.get("message") or "The camera did not do it.")
            if error.get("code") in ("camera_silent", "interrupted"):
                raise CameraSilent(message)
            raise CameraFailed(message)
        case _:
            raise CameraSilent("The agent took the command, but the camera did not answer in time.")
