"""``agents/{agentId}/commands``: sends a command to a camera's agent, and waits for its result."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lookout.cloud.firebase import google_private
from lookout.cloud.firebase.calls import store_errors
from lookout.cloud.firebase.stores import Stores
from lookout.documents import cameras as documents
from lookout.domain.cameras.command import (
    AGENT_SILENT_AFTER,
    FINAL,
    Action,
    CameraRoute,
    CommandRequest,
    CommandState,
    FailureCode,
    spoken,
)
from lookout.domain.cameras.report import MESSAGE_CHARACTERS, plain_report, plain_text
from lookout.errors import CameraFailed, CameraSilent, Unavailable
from lookout.log import current_trace

if TYPE_CHECKING:
    from google.cloud.firestore import DocumentReference

    from lookout.cloud.firebase.types import Snapshot

BUSY_SECONDS = 30.0
"""A command that was queued longer ago does not keep its camera busy any more."""

QUEUE_SECONDS = 2.0
"""How long a command may wait for its agent: a listener gets it in milliseconds, or not at all."""

SNAPSHOT_SECONDS = 8.0
"""What a snapshot takes beyond one answer of the camera: captures until the picture is fresh, and the upload."""

ANSWER_SECONDS = 1.5
"""For the way of the result from the agent to the waiting request."""

KEPT = timedelta(days=1)


class CommandQueue:
    """Sends commands and waits for their end. ``camera_seconds``: how long an agent waits for a camera."""

    def __init__(self, stores: Stores, camera_seconds: float) -> None:
        self._stores = stores
        self._camera_seconds = camera_seconds

    def send(self, route: CameraRoute, request: CommandRequest, created_by: str) -> dict[str, Any]:
        """Have the agent carry the command out; what the camera answered.

        Raises:
            Unavailable: the agent is stopped, offline, or did not take the command, which then never runs.
            CameraSilent: the camera did not answer the agent, or was busy with an earlier command.
            CameraFailed: the camera refused, or may not be called.
        """
        last_seen = self._require_agent(route.agent_id)
        now = datetime.now(UTC)
        deadline = now + timedelta(seconds=QUEUE_SECONDS)
        reference = (
            self._stores.db.collection("agents").document(route.agent_id).collection("commands").document()
        )
        with store_errors("Firestore"):
            reference.create(
                dict(_document(route, request, created_by, now, deadline)), **self._stores.options
            )
        ended = _wait(reference, QUEUE_SECONDS, self._busy_seconds(request.action) + ANSWER_SECONDS)
        if ended is None:
            ended = self._give_up(reference)
        if ended.get("state") == CommandState.EXPIRED:
            if self._was_busy(reference, route.camera_id, now):
                raise CameraSilent(
                    f"Camera {route.camera_id} was still at an earlier command, so this one was not carried out "
                    "and never will be; try again."
                )
            raise Unavailable(
                f"Agent {route.agent_id} did not take the command, so it was not carried out and never will be. "
                f"The agent has been silent for {spoken(datetime.now(UTC) - last_seen)}."
            )
        return _result(ended)

    def _was_busy(self, reference: DocumentReference, camera_id: str, since: datetime) -> bool:
        """Whether an earlier command kept the camera busy: then the agent is there, and this one had to wait."""
        from google.cloud.firestore_v1.base_query import FieldFilter

        recent = FieldFilter("createdAt", ">=", since - timedelta(seconds=BUSY_SECONDS))
        with store_errors("Firestore"):
            found = list(reference.parent.where(filter=recent).stream(**self._stores.options))
        others = [one.to_dict() for one in found if one.id != reference.id]
        return any(self._kept_busy(one, since) for one in others if one.get("cameraId") == camera_id)

    def _kept_busy(self, command: dict[str, Any], since: datetime) -> bool:
        taken_at, finished_at = command.get("takenAt"), command.get("finishedAt")
        if not isinstance(taken_at, datetime):
            return False
        if command.get("state") == CommandState.TAKEN:
            # after that it is not under way any more: its agent was killed
            seconds = self._busy_seconds(str(command.get("action"))) + ANSWER_SECONDS
            finished_at = taken_at + timedelta(seconds=seconds)
        return isinstance(finished_at, datetime) and finished_at > since

    def _busy_seconds(self, action: str) -> float:
        """How many seconds a command may take once the agent took it."""
        return self._camera_seconds + (SNAPSHOT_SECONDS if action == Action.SNAPSHOT else 0.0)

    def _require_agent(self, agent_id: str) -> datetime:
        """When the agent was last seen.

        Raises:
            Unavailable: it never ran, was stopped, or has been silent for too long.
        """
        with store_errors("Firestore"):
            agent = self._stores.db.collection("agents").document(agent_id).get(**self._stores.options)
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
                snapshot = reference.get(**self._stores.options)
                stored: dict[str, Any] = snapshot.to_dict() or {}
                if stored.get("state") != CommandState.QUEUED:
                    return stored
                unchanged = self._stores.db.write_option(last_update_time=snapshot.update_time)
                ended = {"state": CommandState.EXPIRED}
                try:
                    reference.update(ended, option=unchanged, **self._stores.options)
                except FailedPrecondition:
                    # changed between the two calls: states only move forward, so this ends soon
                    continue
                return stored | ended


def _document(
    route: CameraRoute, request: CommandRequest, created_by: str, now: datetime, deadline: datetime
) -> documents.Command:
    return {
        "cameraId": route.camera_id,
        "action": request.action,
        "args": request.filled(route.pan, route.tilt),
        "kept": list(request.kept),
        "state": CommandState.QUEUED,
        "createdBy": created_by,
        "createdAt": now,
        "deadlineAt": deadline,
        "expireAt": now + KEPT,
        "trace": current_trace(),
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
        google_private.end_watch(watch)
    return seen[0] if seen else None


def _result(ended: dict[str, Any]) -> dict[str, Any]:
    match ended.get("state"):
        case CommandState.DONE:
            return dict(plain_report(ended.get("result")))
        case CommandState.FAILED:
            error = ended.get("error")
            error = error if isinstance(error, dict) else {}
            said = plain_text(str(error.get("message") or ""), MESSAGE_CHARACTERS)
            message = said or "The camera did not do it."
            if error.get("code") in (FailureCode.CAMERA_SILENT, FailureCode.INTERRUPTED):
                raise CameraSilent(message)
            raise CameraFailed(message)
        case _:
            raise CameraSilent("The agent took the command, but the camera did not answer in time.")
