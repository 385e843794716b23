"""``lookout-agent check``: what works and what does not, each after what it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookout_agent.camera import addresses, http
from lookout_agent.clock import ServerClock
from lookout_agent.cloud.client import connect
from lookout_agent.cloud.inbox import Inbox
from lookout_agent.cloud.tokens import Tokens
from lookout_agent.config import Config
from lookout_agent.errors import AgentError, CameraFailed, CommandFailed

OFFLINE_SECONDS = 90
"""The cloud calls an agent offline that did not report for so long."""

CLOCK_SECONDS = 30
"""A clock that is off by more is reported: the agent uses the server's time, but its log does not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, whether it works, and what was found."""

    is_good: bool
    about: str
    message: str

    def __str__(self) -> str:
        return f"{'ok ' if self.is_good else 'NO '} {self.about}: {self.message}"


def check(folder: Path) -> Iterator[Finding]:
    """Check one thing after another; ends where the rest could not work."""
    try:
        config = Config.load(folder)
    except AgentError as error:
        yield Finding(False, "settings", error.message)
        return
    yield Finding(True, "settings", f"agent {config.agent_id} of project {config.project}")
    tokens = Tokens(config, folder)
    try:
        tokens.refresh()
    except AgentError as error:
        yield Finding(False, "account", error.message)
        return
    yield Finding(True, "account", f"{config.email} is signed in")
    clock = ServerClock()
    inbox = Inbox(connect(config, lambda: tokens.id_token), config.agent_id, clock)
    try:
        yield from _cloud(inbox, clock, config)
    finally:
        inbox.close()


def _cloud(inbox: Inbox, clock: ServerClock, config: Config) -> Iterator[Finding]:
    from google.api_core.exceptions import GoogleAPICallError, PermissionDenied

    try:
        seen = inbox.last_seen()
        waiting = inbox.queued()
        cameras = inbox.cameras()
    except PermissionDenied:
        yield Finding(
            False,
            "commands",
            "the rules refuse this account; deploy firestore.rules, or give it its role again",
        )
        return
    except GoogleAPICallError as error:
        yield Finding(
            False, "commands", f"Firestore does not answer ({type(error).__name__}); is this machine online?"
        )
        return
    yield Finding(True, "commands", f"readable, {len(waiting)} queued")
    yield _clock(clock)
    if seen is None:
        yield Finding(False, "running", "the agent never ran: start it with `lookout-agent run`")
    else:
        ago = (clock.now() - seen.at).total_seconds()
        if seen.is_stopped:
            yield Finding(
                False, "running", f"it was stopped {ago:.0f} s ago: start it with `lookout-agent run`"
            )
        else:
            yield Finding(ago < OFFLINE_SECONDS, "running", f"it last reported {ago:.0f} s ago")
    if not cameras:
        yield Finding(
            False, "cameras", f"none is assigned to this agent: set a camera's agentId to {config.agent_id}"
        )
    for camera_id, camera in sorted(cameras.items()):
        yield _camera(camera_id, camera, config)


def _clock(clock: ServerClock) -> Finding:
    off = clock.off_by().total_seconds()
    if abs(off) < CLOCK_SECONDS:
        return Finding(True, "clock", "right")
    side = "ahead" if off > 0 else "behind"
    return Finding(
        False, "clock", f"{abs(off):.0f} s {side}; switch on time synchronisation (timedatectl set-ntp true)"
    )


def _camera(camera_id: str, camera: dict[str, Any], config: Config) -> Finding:
    about = f"camera {camera_id}"
    try:
        address = addresses.parse(camera.get("ipAddress"), config.networks)
        http.get(address, "/status", config.camera_seconds)
    except CameraFailed as error:
        # an error of its own: the camera is there
        return Finding(True, about, f"it is there, but: {error.message}")
    except CommandFailed as error:
        return Finding(False, about, error.message)
    return Finding(True, about, f"it answers at {address.host}")
