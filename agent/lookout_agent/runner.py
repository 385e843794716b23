"""The agent at work: one listener, one lane per camera, and a round every twenty seconds."""

from __future__ import annotations

import logging
import threading

from lookout_agent import addresses
from lookout_agent.backoff import Backoff
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.config import Config
from lookout_agent.errors import AgentError, NotAllowed, Unreachable
from lookout_agent.inbox import Inbox
from lookout_agent.lanes import Lanes
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

STOP_SECONDS = 15.0
"""What is at work when the agent is stopped may take so long to end."""


class Agent:
    """Runs until :meth:`stop`."""

    def __init__(self, config: Config, tokens: Tokens, inbox: Inbox, clock: ServerClock) -> None:
        self._config, self._tokens, self._inbox = config, tokens, inbox
        self._stopping = threading.Event()
        self._round_is_due = threading.Event()
        self._lanes = Lanes(config, lambda: tokens.id_token, inbox, clock, self._stopping, self._complain)
        self._cameras: list[str] = []
        self._is_announced = False
        self._is_heard = self._was_lost = False

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
                threading.Thread(target=self._listen, daemon=True).start()
            rounds += 1
            waits.reset()
            self._pause(ROUND_SECONDS)
        self._end()

    def _pause(self, seconds: float) -> None:
        self._round_is_due.wait(seconds)
        if not self._stopping.is_set():
            self._round_is_due.clear()

    def _round(self, number: int) -> None:
        self._renew()
        if number % CAMERA_ROUNDS == 0:
            self._cameras = self._reached()
        if number == 0:
            # nobody else works for this agent: what is taken was being done when it last ended
            self._lanes.sweep()
        # before it is said: of a beat whose confirmation is lost nobody knows whether it was heard
        self._is_announced = True
        self._inbox.beat(self._cameras)
        is_poll = number > 0 and number % POLL_ROUNDS == 0
        if is_poll or self._lanes.has_unsaid:
            self._lanes.sweep()
        if is_poll:
            for command in self._inbox.queued():
                self._lanes.accept(command)

    def _renew(self) -> None:
        try:
            self._tokens.refresh_if_due()
        except Unreachable as error:
            # renewed ahead of time, so that until it ends everything else goes on
            if not self._tokens.is_alive:
                raise
            self._complain("token", error)

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

    def _listen(self) -> None:
        waits = Backoff()
        while not self._stopping.is_set():
            started = monotonic()
            try:
                for command in self._inbox.listen(self._heard):
                    self._lanes.accept(command)
            except Exception as error:
                if self._stopping.is_set():
                    return
                self._is_heard, self._was_lost = False, True
                self._complain("listener", error)
            if monotonic() - started >= STEADY_SECONDS:
                waits.reset()
            self._stopping.wait(waits.next())

    def _heard(self) -> None:
        if not self._is_heard:
            log.info("listening for commands")
        if self._was_lost or self._lanes.has_unsaid:
            # the line is back: whoever takes the agent for silent, or waits for an end, has waited long enough
            self._round_is_due.set()
        self._is_heard, self._was_lost = True, False

    def _end(self) -> None:
        if self._is_announced:
            # before what is at work is finished: from now on nothing new is taken
            try:
                self._inbox.farewell()
            except Exception as error:
                self._complain("farewell", error)
        self._lanes.end(STOP_SECONDS)
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
