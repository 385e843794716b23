"""Commands under way: one queue and one thread per camera; each command is taken once and gets an end.

::

    accept -> queue of the camera -> take -> execute -> report as done | failed
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.cloud.backoff import Backoff
from lookout_agent.cloud.inbox import MAX_COMMANDS, Inbox
from lookout_agent.command import Action, Command
from lookout_agent.config import Config
from lookout_agent.errors import CommandFailed, Interrupted
from lookout_agent.execution.prepared import PreparedCommand, prepare
from lookout_agent.log import log

REPORT_TRIES = 5
"""How often the end of a command is reported at once; after that, with the agent's heartbeats."""

Report = Callable[[Command], None]
OnError = Callable[[str, Exception], None]


class CameraQueues:
    """Executes what it accepts until ``stopping`` is set; ``on_error`` gets what went wrong, and where."""

    def __init__(
        self,
        config: Config,
        id_token: Callable[[], str],
        inbox: Inbox,
        clock: ServerClock,
        stopping: threading.Event,
        on_error: OnError,
    ) -> None:
        self._config, self._id_token, self._inbox, self._clock = config, id_token, inbox, clock
        self._stopping, self._on_error = stopping, on_error
        self._lock = threading.Lock()
        self._accepted: set[str] = set()
        """Ids of commands that were accepted and have no end."""
        self._unreported: dict[str, Report] = {}
        """Ends that could not be written yet."""
        self._servo_positions: dict[str, dict[str, Any]] = {}
        """By camera: a command for one angle may be queued before another one was executed."""
        self._queues: dict[str, queue.Queue[Command | None]] = {}
        self._threads: list[threading.Thread] = []

    @property
    def has_unreported(self) -> bool:
        """Whether there are ends that could not be written yet."""
        return bool(self._unreported)

    def accept(self, command: Command) -> None:
        """Queue the command for its camera, unless that was done already."""
        with self._lock:
            if command.id in self._accepted or self._stopping.is_set():
                return
            self._accepted.add(command.id)
            waiting = self._queues.get(command.camera_id)
            if waiting is None:
                waiting = self._queues[command.camera_id] = queue.Queue()
                thread = threading.Thread(target=self._work, args=(waiting,), daemon=True)
                self._threads.append(thread)
                thread.start()
        waiting.put(command)

    def recover(self) -> None:
        """Report an end of every taken command that nobody is working on any more."""
        with self._lock:
            unreported = set(self._unreported)
        taken = self._inbox.taken()
        if len(taken) < MAX_COMMANDS:
            with self._lock:
                for command_id in unreported - {command.id for command in taken}:
                    # its end is stored: only the confirmation was lost
                    self._unreported.pop(command_id, None)
        for command in taken:
            with self._lock:
                if command.id in self._accepted:
                    continue
                report = self._unreported.get(command.id, self._report_interrupted)
            report(command)
            with self._lock:
                self._unreported.pop(command.id, None)
            _log(logging.WARNING, "command reported late", command)

    def close(self, seconds: float) -> None:
        """Wait up to ``seconds`` for commands under way; the rest is reported at the next start."""
        with self._lock:
            queues = list(self._queues.values())
        for waiting in queues:
            waiting.put(None)
        deadline = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            log(logging.WARNING, "commands unfinished at stop")

    def _report_interrupted(self, command: Command) -> None:
        self._inbox.failed(
            command,
            Interrupted(
                "The agent was interrupted while it carried this out; whether the camera did it is not known."
            ),
        )

    def _work(self, waiting: queue.Queue[Command | None]) -> None:
        # one at a time and in order: a camera serves one request at a time
        while (command := waiting.get()) is not None:
            try:
                if not self._stopping.is_set():
                    self._handle(command)
            except Exception as error:
                self._on_error(f"command {command.id}", error)
            finally:
                with self._lock:
                    self._accepted.discard(command.id)

    def _handle(self, command: Command) -> None:
        if self._clock.now() >= command.deadline:
            self._expire(command)
            return
        started = monotonic()
        try:
            prepared: PreparedCommand | CommandFailed = self._prepare(command)
        except CommandFailed as error:
            prepared = error
        taken = self._take(command)
        if taken is None:
            return
        try:
            result = self._execute(taken, prepared)
        except CommandFailed as error:
            failure = error
            self._report(taken, lambda one: self._inbox.failed(one, failure))
            _log(logging.INFO, "command failed", command, reason=error.code, error=error.message)
            return
        if taken.action == Action.SERVO:
            self._servo_positions[taken.camera_id] = result
        self._report(taken, lambda one: self._inbox.done(one, result))
        _log(logging.INFO, "command done", command, milliseconds=round((monotonic() - started) * 1000))

    def _prepare(self, command: Command) -> PreparedCommand:
        camera = self._inbox.camera(command.camera_id) if command.camera_id else None
        command = command.at_position(self._servo_positions.get(command.camera_id, {}))
        return prepare(command, camera, self._config, self._id_token)

    def _take(self, command: Command) -> Command | None:
        from google.api_core.exceptions import PermissionDenied

        try:
            return self._inbox.take(command)
        except PermissionDenied:
            # the rules let nobody take a command after its deadline, whatever the agent's clock shows
            self._expire(command)
            return None

    def _expire(self, command: Command) -> None:
        self._inbox.expired(command)
        _log(logging.INFO, "command expired", command)

    def _execute(self, command: Command, prepared: PreparedCommand | CommandFailed) -> dict[str, Any]:
        if isinstance(prepared, CommandFailed):
            raise prepared
        if self._clock.now() >= command.deadline:
            raise Interrupted("The agent was held up until it was too late; nothing was sent to the camera.")
        try:
            return prepared()
        except CommandFailed:
            raise
        except Exception as error:
            self._on_error(f"command {command.id}", error)
            raise Interrupted("The agent failed in the middle of this; its log says why.") from error

    def _report(self, command: Command, report: Report) -> None:
        waits = Backoff(first=0.2)
        for _ in range(REPORT_TRIES):
            try:
                report(command)
            except Exception as error:
                self._on_error(f"command {command.id}", error)
            else:
                return
            if self._stopping.wait(waits.next()):
                break
        with self._lock:
            self._unreported[command.id] = report
        _log(logging.WARNING, "command report postponed", command)


def _log(level: int, event: str, command: Command, **fields: object) -> None:
    # the trace of the request that queued it: one look-up shows both sides of a command
    trace = {"logging.googleapis.com/trace": command.trace} if command.trace else {}
    log(level, event, command=command.id, action=command.action, **fields, **trace)
