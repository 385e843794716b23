"""The agent at work: one listener, one lane per camera, and a round every twenty seconds.

::

    listener, round -> accept -> lane of the camera -> take -> camera -> done | failed
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from lookout_agent import addresses, carrying
from lookout_agent.backoff import Backoff
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.commands import Command
from lookout_agent.config import Config
from lookout_agent.errors import AgentError, CommandFailed, Interrupted, NotAllowed
from lookout_agent.inbox import Inbox
from lookout_agent.tokens import Tokens

log = logging.getLogger("lookout-agent")

ROUND_SECONDS = 20.0
"""How often the agent says that it is there; the cloud calls it offline after 90 s of silence."""

POLL_ROUNDS = 2
"""Every so many rounds it looks for commands itself, in case the listener is deaf."""

CAMERA_ROUNDS = 15
"""Every so many rounds it looks which cameras it serves."""

STEADY_SECONDS = 30.0
"""A listener that lasted so long begins with the shortest wait again."""

END_TRIES = 5
"""How often the end of a command is written at once; after that, with the rounds."""

Ending = Callable[[Command], None]


class Agent:
    """Runs until :meth:`stop`."""

    def __init__(self, config: Config, tokens: Tokens, inbox: Inbox, clock: ServerClock) -> None:
        self._config, self._tokens, self._inbox, self._clock = config, tokens, inbox, clock
        self._stopping = threading.Event()
        self._round_is_due = threading.Event()
        self._lock = threading.Lock()
        self._at_work: set[str] = set()
        """Ids of commands that were accepted and have no end."""
        self._unsaid: dict[str, Ending] = {}
        """Ends that could not be written yet."""
        self._lanes: dict[str, queue.Queue[Command | None]] = {}
        self._threads: list[threading.Thread] = []
        self._cameras: list[str] = []
        self._is_heard = False

    def stop(self) -> None:
        """Take no new command, and end soon; a command at work is finished first."""
        self._stopping.set()
        self._round_is_due.set()

    def run(self) -> None:
        """Work until :meth:`stop` is called. Only then it returns."""
        waits = Backoff(limit=ROUND_SECONDS)
        rounds = 0
        while not self._stopping.is_set():
            try:
                self._round(rounds)
            except Exception as error:
                self._complain("round", error)
                self._pause(waits.next())
                continue
            if rounds == 0:
                log.info(
                    "agent %s is up; cameras: %s", self._config.agent_id, ", ".join(self._cameras) or "none"
                )
                self._start(self._listen)
            rounds += 1
            waits.reset()
            self._pause(ROUND_SECONDS)
        self._end(was_up=rounds > 0)

    def _pause(self, seconds: float) -> None:
        self._round_is_due.wait(seconds)
        if not self._stopping.is_set():
            self._round_is_due.clear()

    def _round(self, number: int) -> None:
        self._tokens.refresh_if_due()
        if number % CAMERA_ROUNDS == 0:
            self._cameras = self._reached()
        if number == 0:
            # nobody else works for this agent: what is taken was being done when it last ended
            self._sweep()
        self._inbox.beat(self._cameras)
        is_poll = number > 0 and number % POLL_ROUNDS == 0
        if is_poll or self._unsaid:
            self._sweep()
        if is_poll:
            for command in self._inbox.queued():
                self._accept(command)

    def _reached(self) -> list[str]:
        reached = []
        for camera_id, camera in sorted(self._inbox.cameras().items()):
            try:
                addresses.parse(camera.get("ipAddress"), self._config.networks)
            except NotAllowed as error:
                log.warning("camera %s: %s", camera_id, error.message)
            else:
                reached.append(camera_id)
        return reached

    def _sweep(self) -> None:
        """Give every taken command an end that nobody is working on any more."""
        for command in self._inbox.taken():
            with self._lock:
                if command.id in self._at_work:
                    continue
                end = self._unsaid.pop(command.id, self._interrupted)
            end(command)
            log.warning("command %s (%s): its end is told late", command.id, command.action)

    def _interrupted(self, command: Command) -> None:
        self._inbox.failed(
            command,
            Interrupted(
                "The agent was interrupted while it carried this out; whether the camera did it is not known."
            ),
        )

    # the listener

    def _listen(self) -> None:
        waits = Backoff()
        while not self._stopping.is_set():
            started = monotonic()
            try:
                for command in self._inbox.listen(self._heard):
                    self._accept(command)
            except Exception as error:
                if self._stopping.is_set():
                    return
                if monotonic() - started >= STEADY_SECONDS:
                    waits.reset()
                self._is_heard = False
                self._complain("listener", error)
            self._stopping.wait(waits.next())

    def _heard(self) -> None:
        if not self._is_heard:
            log.info("listening for commands")
        self._is_heard = True
        if self._unsaid:
            # the line is back: whoever waits for an end has waited long enough
            self._round_is_due.set()

    # commands

    def _accept(self, command: Command) -> None:
        with self._lock:
            if command.id in self._at_work or self._stopping.is_set():
                return
            self._at_work.add(command.id)
            lane = self._lanes.get(command.camera_id)
            if lane is None:
                lane = self._lanes[command.camera_id] = queue.Queue()
                self._start(self._work, lane)
        lane.put(command)

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
        self._tell(taken, lambda one: self._inbox.done(one, result))
        log.info(
            "command %s (%s): done in %.0f ms", command.id, command.action, (monotonic() - started) * 1000
        )

    def _prepare(self, command: Command) -> carrying.Errand:
        camera = self._inbox.camera(command.camera_id) if command.camera_id else None
        return carrying.prepare(command, camera, self._config, lambda: self._tokens.id_token)

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

    # threads

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _end(self, was_up: bool) -> None:
        if was_up:
            # before what is at work is finished: from now on nothing new is taken
            try:
                self._inbox.farewell()
            except Exception as error:
                self._complain("farewell", error)
        with self._lock:
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.put(None)
        for thread in self._threads[1:]:
            thread.join(timeout=10)
        self._inbox.close()

    def _complain(self, where: str, error: Exception) -> None:
        from google.api_core.exceptions import GoogleAPICallError, PermissionDenied, Unauthenticated

        if isinstance(error, Unauthenticated):
            self._tokens.reject()
        if isinstance(error, PermissionDenied):
            self._tokens.reject()
            told = "the rules refuse it; has the account lost its role? `lookout-agent check` tells"
        elif isinstance(error, AgentError):
            told = error.message
        elif isinstance(error, GoogleAPICallError):
            told = f"Firestore: {type(error).__name__}"
        else:
            log.exception("%s: unexpected", where)
            return
        log.warning("%s: %s", where, told)
