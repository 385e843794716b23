"""An agent of one's own for each test: an account in the Auth emulator, a folder, a fake camera."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from stack.fake_camera.firmware import Firmware
from stack.fake_camera.server import FakeCamera
from stack.install.bootstrap import ROOT
from stack.local import seed
from stack.local.info import Account, StackInfo
from tests.support.waiting import SECONDS, wait_until

FINAL = {"done", "failed", "expired"}
JPEG = b"\xff\xd8\xff\xe0 a picture of the yard \xff\xd9"


def environment(**changes: str) -> dict[str, str]:
    """An agent's environment: without the emulators' variables, as on a Raspberry Pi."""
    kept = {
        name: text for name, text in os.environ.items() if "EMULATOR" not in name and "FIREBASE" not in name
    }
    return kept | {"PYTHONPATH": str(ROOT / "agent"), **changes}


def run(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """One call of ``lookout-agent``."""
    return subprocess.run(
        [sys.executable, "-m", "lookout_agent", "--folder", str(folder), *arguments],
        input=typed, env=environment(), capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip


@dataclass
class Harness:
    """An agent's account and folder, and the cloud's side of its commands."""

    stack: StackInfo
    db: Any
    agent_id: str
    account: Account
    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def pair(self, firestore_host: str = "", network: str = "127.0.0.0/8") -> None:
        """Pair the agent, as a person does it once."""
        urls = self.stack.urls
        done = run(
            self.folder, "pair", "--project", self.stack.project, "--api-key", "any", "--password-stdin",
            "--email", self.account.email, "--bucket", self.stack.bucket, "--network", network,
            "--auth-url", urls["auth"], "--firestore-host", firestore_host or urls["firestore"].removeprefix("http://"),
            "--storage-url", urls["storage"], typed=self.account.password + "\n",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self, **changes: str) -> subprocess.Popen[str]:
        """Start the agent; its log goes to ``log`` in its folder."""
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "lookout_agent", "--folder", str(self.folder), "run"],
                env=environment(**changes), stdout=log, stderr=log, stdin=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def up(self, **changes: str) -> subprocess.Popen[str]:
        """Start the agent and wait until it listens."""
        before = self.log.count("listening")
        process = self.start(**changes)
        wait_until(lambda: self.log.count("listening") > before, "the agent's start")
        return process

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def register(self, camera: FakeCamera | str, **fields: object) -> str:
        """Register a camera of this agent; returns its id."""
        camera_id = f"cam_{secrets.token_hex(4)}"
        address = camera if isinstance(camera, str) else camera.address
        firmware = "camerawebserver" if isinstance(camera, str) else str(camera.firmware)
        plain = {"name": "Yard", "ipAddress": address, "status": "active", "agentId": self.agent_id}
        self.db.collection("cameras").document(camera_id).set(plain | {"commandMap": firmware} | fields)
        return camera_id

    def queue(
        self, camera_id: str, action: str, seconds: float = 60.0, state: str = "queued", **args: object
    ) -> Any:
        """Queue a command as `control` does; returns its document's reference."""
        now = datetime.now(UTC)
        reference = self.commands.document()
        reference.create(
            {
                "cameraId": camera_id,
                "action": action,
                "args": args,
                "state": state,
                "createdBy": "a test",
                "createdAt": now,
                "deadlineAt": now + timedelta(seconds=seconds),
                "expireAt": now + timedelta(days=1),
            }
        )
        return reference

    def ended(self, command: Any) -> dict[str, Any]:
        """The command's document once it has ended."""
        found: list[dict[str, Any]] = []

        def has_ended() -> bool:
            found.append(command.get().to_dict())
            return found[-1]["state"] in FINAL

        wait_until(has_ended, f"the end of a command\n{self.log}")
        return found[-1]

    @property
    def commands(self) -> Any:
        return self.db.collection("agents").document(self.agent_id).collection("commands")

    def said(self) -> Any:
        """The fields by which the agent said that it is there, or ended; None when it never was."""
        return self.db.collection("agents").document(self.agent_id).get().to_dict()

    def stop(self) -> None:
        """Kill what still runs of it."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def make_harness(stack: StackInfo, tmp_path: Path) -> Iterator[Callable[[], Harness]]:
    """Makes agents; all of them end with the test."""
    db = firestore.Client(stack.project, AnonymousCredentials())  # type: ignore[no-untyped-call]
    made: list[Harness] = []

    def make() -> Harness:
        agent_id = f"pi_{secrets.token_hex(4)}"
        account = Account(f"{agent_id}@example.com", secrets.token_urlsafe(12))
        claims = {"role": "agent", "agentId": agent_id}
        seed.make_account(stack.urls["auth"], stack.project, account, claims)
        folder = tmp_path / agent_id
        folder.mkdir()
        made.append(Harness(stack, db, agent_id, account, folder))
        return made[-1]

    yield make
    for one in made:
        one.stop()
    db.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def harness(make_harness: Callable[[], Harness]) -> Harness:
    """A paired agent that is not up yet."""
    made = make_harness()
    made.pair()
    return made


@pytest.fixture
def servo() -> Iterator[FakeCamera]:
    """A camera with a servo."""
    with FakeCamera(Firmware.SIMPLE, jpeg=JPEG) as camera:
        yield camera


@pytest.fixture
def stock() -> Iterator[FakeCamera]:
    """A camera with the stock sketch."""
    with FakeCamera(jpeg=JPEG) as camera:
        yield camera
