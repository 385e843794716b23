"""Tells when a starting stack is up, function by function, and why it is not."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stack.console import fail
from stack.install.project import BUCKET, EMULATORS, HOST, PROJECT, REGION, Ports, codebases

START_SECONDS = 300.0
"""Longest wait for the emulators, on a machine with much else to do."""

ANSWER_SECONDS = 180.0
"""Longest wait for a function's first answer, its worker's start included."""

_TELLING = re.compile(
    r"error|⚠|✖|failed|fatal|traceback|exception|not found|cannot|could not|in use", re.IGNORECASE
)
_USUAL = re.compile(r"not currently authenticated|Emulator UI|^Traceback")
"""Warnings of every start, and the head of a trace whose last line is the telling one."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def wait_for_emulators(emulators: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until ``firebase`` says it is up.

    Raises:
        SystemExit: it ended, or took too long; the last telling lines of ``log`` say why.
    """
    deadline = time.monotonic() + START_SECONDS
    while "All emulators ready!" not in log.read_text(errors="replace"):
        if emulators.poll() is not None:
            raise fail(f"the emulators ended while starting:\n{telling_lines(log)}")
        if time.monotonic() > deadline:
            raise fail(f"the emulators did not start within {START_SECONDS:.0f} s:\n{telling_lines(log)}")
        time.sleep(0.1)


def met_another(error: BaseException) -> bool:
    """Whether a stack did not start because a function's code, asked for its triggers, found its port taken."""
    return isinstance(error, SystemExit) and "Address already in use" in str(error)


def require_every_port(ports: Ports, log: Path) -> None:
    """Require that every emulator answers at its own port: some take another one, and say so in ``log`` alone.

    Raises:
        SystemExit: nobody answers at one of them.
    """
    for name, port in {**{name: ports[name] for name in EMULATORS}, "websocket": ports.websocket}.items():
        try:
            socket.create_connection((HOST, port), timeout=ANSWER_SECONDS).close()
        except OSError:
            raise fail(
                f"nothing answers at port {port} ({name}): was it taken? Choose others with --port-base.\n"
                + telling_lines(log)
            ) from None


def wait_for_functions(ports: Ports, log: Path) -> None:
    """Wait until every function was loaded and has answered once.

    Raises:
        SystemExit: one was not loaded, or fails; the last telling lines of ``log`` say why.
    """
    url = f"http://{HOST}:{ports['functions']}"
    with urllib.request.urlopen(f"{url}/backends", timeout=10) as answer:
        triggers = [
            trigger for backend in json.load(answer)["backends"] for trigger in backend["functionTriggers"]
        ]
    loaded = {trigger["codebase"] for trigger in triggers}
    if missing := [name for name in codebases() if name not in loaded]:
        raise fail(f"the function {missing[0]} was not loaded:\n{telling_lines(log)}")
    calls = [(trigger["name"], request) for trigger in triggers if (request := _request(url, trigger))]
    with ThreadPoolExecutor() as pool:
        for (name, _), problem in zip(calls, pool.map(lambda call: _problem(call[1]), calls), strict=True):
            if problem:
                raise fail(f"the function {name} does not answer ({problem}):\n{telling_lines(log)}")


def _problem(call: urllib.request.Request) -> str:
    try:
        urllib.request.urlopen(call, timeout=ANSWER_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()
        # a refusal is an answer too; the emulator itself says 500 for a function that died
        return f"HTTP {error.code}" if error.code >= 500 else ""
    except OSError as error:
        return str(error)
    return ""


def _request(url: str, trigger: dict[str, Any]) -> urllib.request.Request | None:
    """A call that a function answers without doing anything; None for triggers there is none for."""
    if "httpsTrigger" in trigger:
        return urllib.request.Request(f"{url}/{PROJECT}/{REGION}/{trigger['name']}")
    kind = trigger.get("eventTrigger", {}).get("eventType", "")
    if not kind.startswith("google.cloud.storage.object"):
        return None
    now = datetime.now(UTC).isoformat()
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "type": kind,
        "source": f"//storage.googleapis.com/projects/_/buckets/{BUCKET}",
        "time": now,
        # no function minds an object outside the folders it watches
        "data": {"bucket": BUCKET, "name": "ready", "id": "ready", "generation": "1", "metageneration": "1",
                 "timeCreated": now, "updated": now, "size": "0", "storageClass": "STANDARD"},
    }  # fmt: skip
    return urllib.request.Request(
        f"{url}/functions/projects/{PROJECT}/triggers/{trigger['id']}-0",
        data=json.dumps(event).encode(),
        headers={"Content-Type": "application/cloudevents+json; charset=UTF-8"},
        method="POST",
    )


def telling_lines(log: Path, most: int = 8) -> str:
    """The last lines of ``log`` that look like a reason, indented; the last of all when none does."""
    lines = [_COLOUR.sub("", line).rstrip() for line in log.read_text(errors="replace").splitlines()]
    lines = [line for line in lines if line]
    telling = [line for line in lines if _TELLING.search(line) and not _USUAL.search(line)] or lines
    return "\n".join(f"  {line[:300]}" for line in telling[-most:]) + f"\n  (all of it: {log})"
