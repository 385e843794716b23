"""Functions in cells, on the emulators of a stack and on projects of their own, and a table of what they took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

from bench.contenders import large_network
from lookout.cloud.cameras.keys import register
from lookout.settings import Settings
from stack.install.models import MODELS
from stack.local.info import Account, StackInfo, emulator_environment
from stack.local.seed import make_account, password
from stack.parity.environment import HOME
from stack.parity.instance import Instance, instance
from stack.testing.groups import PATIENT
from tests.support.household import Household
from tests.support.stores import bucket, db, photos, project, settings

__all__ = ["bucket", "db", "photos", "project", "settings"]

MB = 1_000_000
SECONDS = 600
"""Longer than any answer takes; only a function that hangs is waited for so long."""

CAMERA = "cam_front"
SIZES, ROWS = pytest.StashKey[dict[str, str]](), pytest.StashKey[dict[str, str]]()
"""Lines of the tables at the end, by function."""

HEAD = (
    f"{'function':<34} {'memory':>8} {'peak':>8} {'of it':>6} {'processor':>10}  "
    "(seconds of it to the first answer) how it was held"
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what is installed for each function, and what each took."""
    if sizes := config.stash.get(SIZES, {}):
        terminalreporter.section("what is installed for each function")
        for line in sizes.values():
            terminalreporter.write_line(line)
    if rows := config.stash.get(ROWS, {}):
        terminalreporter.section("functions as they are deployed")
        for line in (HEAD, *rows.values()):
            terminalreporter.write_line(line)


@dataclass
class Calls:
    """A function in its cell, and what it is asked.

    ``first`` has the processor's seconds until it first answered, ``began`` its processes then.
    """

    instance: Instance
    token: str
    keys: dict[str, str]
    first: list[float] = field(default_factory=list)
    began: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the owner is answered."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(
            method, f"{self.instance.url}{path}", json=body, headers=headers, timeout=SECONDS
        )
        return self._answered(answer).json()

    def post(self, frame: bytes, camera: str = CAMERA) -> requests.Response:
        """The answer to a camera's frame."""
        headers = {"X-Camera-Id": camera, "X-Camera-Key": self.keys[camera], "Content-Type": "image/jpeg"}
        url = f"{self.instance.url}/detect"
        return self._noted(requests.post(url, frame, headers=headers, timeout=SECONDS))

    def deliver(self, event: CloudEvent) -> None:
        """Have an event arrive as Eventarc sends it: Firestore's as protobuf, Storage's as JSON."""
        headers, body = to_binary(event)
        if "firestore" in event["type"]:
            told = DocumentEventData.from_json(event.data)
            headers["ce-datacontenttype"] = "application/protobuf"
            headers["content-type"], body = "application/protobuf", DocumentEventData.serialize(told)
        else:
            headers["content-type"] = "application/json"
        self._answered(requests.post(self.instance.url, body, headers=headers, timeout=SECONDS))

    def tick(self) -> None:
        """Call it as Cloud Scheduler does."""
        headers = {"X-CloudScheduler": "true", "X-CloudScheduler-ScheduleTime": "2026-11-27T09:00:00Z"}
        self._answered(requests.post(self.instance.url, b"", headers=headers, timeout=SECONDS))

    def _answered(self, answer: requests.Response) -> requests.Response:
        assert answer.status_code == 200, f"{answer.text}\n{self.instance.printed()[-2000:]}"
        return self._noted(answer)

    def _noted(self, answer: requests.Response) -> requests.Response:
        if not self.first:
            self.first.append(self.instance.processor())
            self.began = self.instance.processes
        return answer


@dataclass
class Deployed(Household):
    """A project, and its functions as the platform runs them."""

    project: str
    environment: dict[str, str]
    token: str
    config: pytest.Config
    keys: dict[str, str] = field(default_factory=dict)

    def camera(self, camera_id: str = CAMERA) -> str:
        """Register a camera."""
        self.keys[camera_id] = register(self.db, camera_id, camera_id)
        return camera_id

    @contextmanager
    def run(
        self,
        function: str,
        codebase: str | None = None,
        variables: Mapping[str, str] | None = None,
        note: str = "",
        by_group: bool = True,
    ) -> Iterator[Calls]:
        """Run a function, and see that it kept within its memory."""
        signature = "cloudevent" if function in EVENTS else "http"
        told = self.environment | PATIENT | {"CAMERA_FRAMES_PER_MINUTE": "6000"} | dict(variables or {})
        with instance(function, codebase or function, signature, told, by_group) as running:
            calls = Calls(running, self.token, self.keys)
            yield calls
            assert running.cell.killed() == 0, running.printed()[-2000:]
            assert running.processes == calls.began, running.printed()[-2000:]
            peak, memory = running.peak(), running.cell.memory
            name = f"{function}{note}"
            self.config.stash.setdefault(ROWS, {})[name] = (
                f"{name:<34} {memory / MB:5.0f} MB {peak / MB:5.0f} MB {peak / memory:6.0%} "
                f"{calls.first[0]:8.1f} s  {running.cell}"
            )
            assert peak < 0.8 * memory, f"{peak / MB:.0f} MB of {memory / MB:.0f}"


EVENTS = ("alert_deleted", "notify", "enroll", "forget_photo", "person_changed")
"""Functions that are told of events; the others answer calls."""


@pytest.fixture
def deployed(
    stack: StackInfo, project: str, settings: Settings, db: Any, bucket: Any, request: pytest.FixtureRequest
) -> Deployed:
    environment = emulator_environment(stack.urls, project, bucket.name)
    token = owner_of(stack, project)
    return Deployed(settings, db, bucket, project, environment, token, request.config)


def owner_of(stack: StackInfo, project: str) -> str:
    """The ID token of a new owner of a project."""
    account = Account("owner@example.com", password())
    make_account(stack.urls["auth"], project, account, {"role": "owner"})
    answer = requests.post(
        f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword",
        json={
            "email": account.email, "password": account.password, "returnSecureToken": True,
            "targetProjectId": project,
        },
        headers={"Authorization": "Bearer owner"},
        timeout=20,
    )  # fmt: skip
    assert answer.ok, answer.text
    return str(answer.json()["idToken"])


@pytest.fixture(scope="session")
def large() -> Path:
    """A folder of networks with one of 136 MB, of random weights, in place of the recogniser; made once."""
    folder = HOME / "large"
    folder.mkdir(parents=True, exist_ok=True)
    return large_network.install(MODELS, folder)
