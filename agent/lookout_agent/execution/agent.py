"""The running agent: one listener, one queue per camera, and a heartbeat every twenty seconds."""

from __future__ import annotations

import logging
import threading

from lookout_agent.camera import addresses
from lookout_agent.clock import ServerClock, monotonic
from lookout_agent.cloud.backoff import Backoff
from lookout_agent.cloud.inbox import Inbox
from lookout_agent.cloud.tokens import Tokens
from lookout_agent.config import Config
from lookout_agent.errors import AgentError, NotAllowed, Unreachable
from lookout_agent.execution.queues import CameraQueues
from lookout_agent.log import LOGGER, log

HEARTBEAT_SECONDS = 20.0
"""How often the agent reports that it runs; the cloud calls it offline after 90 s without a report."""

POLL_EVERY = 2
"""Heartbeats after which it looks for commands itself, in case the listener misses some."""

CAMERAS_EVERY = 15
"""Heartbeats after which it looks which cameras it serves."""

STEADY_SECONDS = 30.0
"""A listener that lasted so long begins with the shortest wait again."""

STOP_SECONDS = 15.0
"""Commands under way when the agent is stopped may take so long to end."""


class Agent:
    """Runs until :meth:`stop`."""

    def __init__(self, config: Config, tokens: Tokens, inbox: Inbox, clock: ServerClock) -> None:
        self._config, self._tokens, self._inbox = config, tokens, inbox
        self._stopping = threading.Event()
        self._heartbeat_is_due = threading.Event()
        self._queues = CameraQueues(
            config, lambda: tokens.id_token, inbox, clock, self._stopping, self._log_error
        )
        self._cameras: list[str] = []
        self._is_announced = False
        self._is_listening = self._was_disconnected = False

    def stop(self) -> None:
        """Take no new command, and end soon; a command under way is finished first."""
        self._stopping.set()
        self._heartbeat_is_due.set()

    def run(self) -> None:
        """Work until :meth:`stop` is called; returns only then."""
        waits = Backoff(limit=HEARTBEAT_SECONDS)
        number = 0
        while not self._stopping.is_set():
            try:
                self._heartbeat(number)
            except Exception as error:
                self._log_error("heartbeat", error)
                self._pause(waits.next())
                continue
            if number == 0:
                log(logging.INFO, "agent started", agent=self._config.agent_id, cameras=self._cameras)
                threading.Thread(target=self._listen, daemon=True).start()
            number += 1
            waits.reset()
            self._pause(HEARTBEAT_SECONDS)
        self._shut_down()

    def _pause(self, seconds: float) -> None:
        self._heartbeat_is_due.wait(seconds)
        if not self._stopping.is_set():
            self._heartbeat_is_due.clear()

    def _heartbeat(self, number: int) -> None:
        self._renew_token()
        if number % CAMERAS_EVERY == 0:
            self._cameras = self._reachable_cameras()
        if number == 0:
            # nobody else works for this agent: what is taken was under way when it last ended
            self._queues.recover()
        # set before the call: of a heartbeat whose confirmation is lost nobody knows whether it arrived
        self._is_announced = True
        self._inbox.heartbeat(self._cameras)
        is_poll = number > 0 and number % POLL_EVERY == 0
        if is_poll or self._queues.has_unreported:
            self._queues.recover()
        if is_poll:
            for command in self._inbox.queued():
                self._queues.accept(command)

    def _renew_token(self) -> None:
        try:
            self._tokens.refresh_if_due()
        except Unreachable as error:
            # renewed ahead of time, so everything else goes on until it ends
            if not self._tokens.is_valid:
                raise
            self._log_error("token", error)

    def _reachable_cameras(self) -> list[str]:
        reachable = []
        for camera_id, camera in sorted(self._inbox.cameras().items()):
            try:
                addresses.parse(camera.get("ipAddress"), self._config.networks)
            except NotAllowed as error:
                log(logging.WARNING, "camera not reachable", camera=camera_id, error=error.message)
            else:
                reachable.append(camera_id)
        return reachable

    def _listen(self) -> None:
        waits = Backoff()
        while not self._stopping.is_set():
            started = monotonic()
            try:
                for command in self._inbox.listen(self._on_listening):
                    self._queues.accept(command)
            except Exception as error:
                if self._stopping.is_set():
                    return
                self._is_listening, self._was_disconnected = False, True
                self._log_error("listener", error)
            if monotonic() - started >= STEADY_SECONDS:
                waits.reset()
            self._stopping.wait(waits.next())

    def _on_listening(self) -> None:
        if not self._is_listening:
            log(logging.INFO, "listening for commands")
        if self._was_disconnected or self._queues.has_unreported:
            # back online: the cloud may take the agent for offline, or wait for the end of a command
            self._heartbeat_is_due.set()
        self._is_listening, self._was_disconnected = True, False

    def _shut_down(self) -> None:
        if self._is_announced:
            # before commands under way are finished: from now on no new one is taken
            try:
                self._inbox.stopped()
            except Exception as error:
                self._log_error("stopped", error)
        self._queues.close(STOP_SECONDS)
        self._inbox.close()

    def _log_error(self, where: str, error: Exception) -> None:
        from google.api_core.exceptions import GoogleAPICallError, PermissionDenied, Unauthenticated

        if isinstance(error, Unauthenticated | PermissionDenied):
            self._tokens.reject()
        if isinstance(error, PermissionDenied):
            said = "the rules refuse it; does the account still have its role? Run `lookout-agent check`."
        elif isinstance(error, AgentError):
            said = error.message
        elif isinstance(error, GoogleAPICallError):
            said = f"Firestore: {type(error).__name__}"
        else:
            LOGGER.exception("internal error", exc_info=error, extra={"fields": {"where": where}})
            return
        log(logging.WARNING, "call failed", where=where, error=said)
