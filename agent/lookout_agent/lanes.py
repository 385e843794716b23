"""Commands at work: one lane per camera, each command taken once, and given an end.

::

    accept -> lane of the camera -> take -> camera -> done | failed
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from lookout_agent import carrying
from lookout_agent.backoff import Backoff
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.commands import Action, Command
from lookout_agent.config import Config
from lookout_agent.errors import CommandFailed, Interrupted
from lookout_agent.inbox import MOST, Inbox

log = logging.getLogger("lookout-agent")

END_TRIES = 5
"""How often the end of a command is written at once; after that, with the rounds."""

Ending = Callable[[Command], None]
Complain = Callable[[str, Exception], None]


class Lanes:
    """Carries out what it accepts until ``stopping`` is set; ``complain`` is told what went wrong where."""

    def __init__(
        self,
        config: Config,
        id_token: Callable[[], str],
        inbox: Inbox,
        clock: ServerClock,
        stopping: threading.Event,
        complain: Complain,
    ) -> None:
        self._config, self._id_token, self._inbox, self._clock = config, id_token, inbox, clock
        self._stopping, self._complain = stopping, complain
        self._lock = threading.Lock()
        self._at_work: set[str] = set()
        """Ids of commands that were accepted and have no end."""
        self._unsaid: dict[str, Ending] = {}
        """Ends that could not be written yet."""
        self._stands: dict[str, dict[str, Any]] = {}
        """Where each servo came to: a command for one angle may be queued before another was carried out."""
        self._lanes: dict[str, queue.Queue[Command | None]] = {}
        self._threads: list[threading.Thread] = []

    @property
    def has_unsaid(self) -> bool:
        """Whether there are ends that could not be written yet."""
        return bool(self._unsaid)

    def accept(self, command: Command) -> None:
        """Carry out the command when its camera's turn comes, unless that is under way."""
        with self._lock:
            if command.id in self._at_work or self._stopping.is_set():
                return
            self._at_work.add(command.id)
            lane = self._lanes.get(command.camera_id)
            if lane is None:
                lane = self._lanes[command.camera_id] = queue.Queue()
                thread = threading.Thread(target=self._work, args=(lane,), daemon=True)
                self._threads.append(thread)
                thread.start()
        lane.put(command)

    def sweep(self) -> None:
        """Give every taken command an end that nobody is working on any more."""
        with self._lock:
            unsaid = set(self._unsaid)
        taken = self._inbox.taken()
        if len(taken) < MOST:
            with self._lock:
                for command_id in unsaid - {command.id for command in taken}:
                    # it has its end: only the confirmation was lost
                    self._unsaid.pop(command_id, None)
        for command in taken:
            with self._lock:
                if command.id in self._at_work:
                    continue
                end = self._unsaid.get(command.id, self._interrupted)
            end(command)
            with self._lock:
                self._unsaid.pop(command.id, None)
            log.warning("command %s (%s): its end is told late", command.id, command.action)

    def end(self, seconds: float) -> None:
        """Wait up to ``seconds`` for what is at work; what takes longer is told as interrupted the next time."""
        with self._lock:
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.put(None)
        deadline = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            log.warning("what is at work takes too long; its end will be told at the next start")

    def _interrupted(self, command: Command) -> None:
        self._inbox.failed(
            command,
            Interrupted(
                "The agent was interrupted while it carried this out; whether the camera did it is not known."
            ),
        )

    def _work(self, lane: queue.Queue[Command | None]) -> None:
        # one at a time and in order: a camera serves one request at a time
        while (command := lane.get()) is not None:
            try:
                if not self._stopping.is_set():
                    self._handle(command)
            except Exception as error:
                self._complain(f"command {command.id}", error)
            finally:
                with self._lock:
                    self._at_work.discard(command.id)

    def _handle(self, command: Command) -> None:
        if self._clock.now() >= command.deadline:
            self._inbox.expired(command)
            log.info("command %s (%s): came too late", command.id, command.action)
            return
        started = monotonic()
        try:
            errand: carrying.Errand | CommandFailed = self._prepare(command)
        except CommandFailed as error:
            errand = error
        taken = self._take(command)
        if taken is None:
            return
        try:
            result = self._carry_out(taken, errand)
        except CommandFailed as error:
            failure = error
            self._tell(taken, lambda one: self._inbox.failed(one, failure))
            log.info("command %s (%s): %s: %s", command.id, command.action, error.code, error.message)
            return
        if taken.action == Action.SERVO:
            self._stands[taken.camera_id] = result
        self._tell(taken, lambda one: self._inbox.done(one, result))
        log.info(
            "command %s (%s): done in %.0f ms", command.id, command.action, (monotonic() - started) * 1000
        )

    def _prepare(self, command: Command) -> carrying.Errand:
        camera = self._inbox.camera(command.camera_id) if command.camera_id else None
        command = command.standing(self._stands.get(command.camera_id, {}))
        return carrying.prepare(command, camera, self._config, self._id_token)

    def _take(self, command: Command) -> Command | None:
        from google.api_core.exceptions import PermissionDenied

        try:
            return self._inbox.take(command)
        except PermissionDenied:
            # the rules let nobody take a command after its deadline, whatever the agent's clock says
            self._inbox.expired(command)
            log.info("command %s (%s): came too late", command.id, command.action)
            return None

    def _carry_out(self, command: Command, errand: carrying.Errand | CommandFailed) -> dict[str, Any]:
        if isinstance(errand, CommandFailed):
            raise errand
        if self._clock.now() >= command.deadline:
            raise Interrupted("The agent was held up until it was too late; nothing was sent to the camera.")
        try:
            return errand()
        except CommandFailed:
            raise
        except Exception as error:
            self._complain(f"command {command.id}", error)
            raise Interrupted("The agent failed in the middle of this; its log says why.") from error

    def _tell(self, command: Command, end: Ending) -> None:
        waits = Backoff(first=0.2)
        for _ in range(END_TRIES):
            try:
                end(command)
            except Exception as error:
                self._complain(f"command {command.id}", error)
            else:
                return
            if self._stopping.wait(waits.next()):
                break
        with self._lock:
            self._unsaid[command.id] = end
        log.warning("command %s: its end will be told later", command.id)
