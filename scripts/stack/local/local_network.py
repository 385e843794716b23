"""What stands in a house beside the cloud: two fake cameras, and the agent that reaches them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from stack.console import fail
from stack.install import project
from stack.install.bootstrap import ROOT
from stack.local import processes, seed
from stack.local.info import Account, AgentAccount, CameraKey, StackInfo
from stack.local.readiness import telling_lines

AGENT = "agent_001"
EMAIL = "agent@example.com"
AGENT_LOG = Path("logs") / "agent.log"
CAMERA_LOG = Path("logs") / "cameras.log"
FOLDER = "agent"
START_SECONDS = 30.0

FIRMWARES = {"cam_001": "simple", "cam_002": "camerawebserver"}
"""The stack's cameras, in the order of their ports, and what they run."""

_launched: dict[str, list[subprocess.Popen[bytes]]] = {}
"""What this process started, by the folder of its stack."""

NAMES = {"cam_001": ("Front Door", "Entrance"), "cam_002": ("Back Door", "Garden")}


def seeds(ports: project.Ports) -> list[seed.Camera]:
    """The cameras as they are registered in the cloud."""
    return [
        seed.Camera(camera, *NAMES[camera], f"{project.HOST}:{port}", firmware, AGENT)
        for (camera, firmware), port in zip(FIRMWARES.items(), ports.cameras, strict=True)
    ]


def make_agent(auth_url: str) -> AgentAccount:
    """Create the agent's account in the Auth emulator, with a random password."""
    account = Account(EMAIL, seed.password())
    seed.make_account(auth_url, project.PROJECT, account, {"role": "agent", "agentId": AGENT})
    return AgentAccount(AGENT, account.email, account.password)


def switch_on_cameras(ports: project.Ports, folder: Path) -> None:
    """Switch the cameras on, and wait until each answers; they end with the stack of ``folder``.

    Before the emulators, whose functions take any free port above 8081 for themselves.

    Raises:
        SystemExit: one does not answer; says at which port, and why.
    """
    (folder / CAMERA_LOG).parent.mkdir(parents=True, exist_ok=True)
    with (folder / CAMERA_LOG).open("wb") as log:
        cameras = {
            port: _launch(
                [
                    *(str(ROOT / "scripts" / "fake_camera"), "--serve"),
                    *("--firmware", firmware, "--port", str(port)),
                ],
                _environment(folder),
                log,
            )
            for firmware, port in zip(FIRMWARES.values(), ports.cameras, strict=True)
        }
    deadline = time.monotonic() + START_SECONDS
    for port, camera in cameras.items():
        while f":{port}/ " not in (folder / CAMERA_LOG).read_text():
            if camera.poll() is not None or time.monotonic() > deadline:
                raise fail(
                    f"no fake camera can answer at port {port}: choose other ports with --port-base.\n"
                    + telling_lines(folder / CAMERA_LOG)
                )
            time.sleep(0.05)


def start_agent(info: StackInfo, account: AgentAccount, folder: Path, launcher: Sequence[str] = ()) -> None:
    """Pair the agent and start it; it ends with the stack of ``folder``.

    ``launcher``: a Python program, with its arguments, that runs the agent in its own process.

    Raises:
        SystemExit: it does not start; its last telling lines say why.
    """
    environment = _environment(folder)
    _pair(info, account, folder / FOLDER, environment)
    command = [*launcher, "-m", "lookout_agent", "--folder", str(folder / FOLDER), "run"]
    with (folder / AGENT_LOG).open("wb") as log:
        agent = _launch(command, environment, log)
    _wait(agent, folder / AGENT_LOG)


def reap(folder: Path) -> None:
    """Take leave of what this process started for the stack of ``folder``; all of it was told to end."""
    for process in _launched.pop(str(folder), []):
        process.wait()


def all_cameras(keys: Mapping[str, str]) -> tuple[CameraKey, ...]:
    """The cameras with their keys."""
    return tuple(CameraKey(camera, keys[camera]) for camera in FIRMWARES)


def _environment(folder: Path) -> dict[str, str]:
    # the rules bind the agent: it must not hear of an emulator from anybody but its own settings
    kept = {name: text for name, text in os.environ.items() if "EMULATOR" not in name}
    return kept | {"PYTHONPATH": str(ROOT / "agent"), processes.MARK: str(folder)}


def _launch(arguments: list[str], environment: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    # kept until it is reaped: a process that nobody holds is complained about while it runs
    _launched.setdefault(environment[processes.MARK], []).append(process)
    return process


def _pair(info: StackInfo, account: AgentAccount, folder: Path, environment: dict[str, str]) -> None:
    urls = info.urls
    done = subprocess.run(
        [
            sys.executable, "-m", "lookout_agent", "--folder", str(folder), "pair", "--project", info.project,
            "--api-key", "any", "--email", account.email, "--password-stdin", "--bucket", info.bucket,
            "--network", f"{project.HOST}/32", "--auth-url", urls["auth"],
            "--firestore-host", urls["firestore"].removeprefix("http://"), "--storage-url", urls["storage"],
        ],
        input=account.password, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise fail(f"the agent could not be paired ({done.stderr.strip()}).")


def _wait(agent: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "listening for commands" not in log.read_text():
        if agent.poll() is not None or time.monotonic() > deadline:
            raise fail(f"the agent does not start:\n{telling_lines(log)}")
        time.sleep(0.05)
