"""The whole life of a local stack: started, used, ended, started again on its data; nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import requests

from stack.install import project
from stack.install.bootstrap import ROOT
from stack.local import emulators, owner, processes
from stack.local.info import StackInfo
from tests.support.waiting import wait_until

SECONDS = 180

COLOURS = re.compile(r"\x1b\[[\d;]*m")
"""Vite has them where ``CI`` is set, in the middle of what it says."""

ADMIN = {"Authorization": "Bearer owner"}


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "scripts" / "dev"), "--folder", str(folder), *arguments]


def _detached(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # to a file: what goes on in the background must not keep a pipe of ours open
    with (folder / "printed").open("w+") as printed:
        done = subprocess.run(
            _command(folder, *arguments), stdout=printed, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            check=False, timeout=SECONDS,
        )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, (folder / "printed").read_text())


@contextmanager
def _in_front(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    with subprocess.Popen(
        _command(folder, *arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        text=True,
    ) as dev:  # fmt: skip
        assert dev.stdout is not None
        # nothing reads on for ever, should it never say what is waited for
        ending = threading.Timer(SECONDS, dev.terminate)
        ending.start()
        try:
            yield dev, dev.stdout
        finally:
            ending.cancel()


def _until(output: IO[str], sign: str) -> list[str]:
    lines = []
    for line in output:
        lines.append(COLOURS.sub("", line))
        if sign in lines[-1]:
            return lines
    raise AssertionError("".join(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    emulators.stop(tmp_path)


def _documents(info: StackInfo) -> str:
    return f"{info.urls['firestore']}/v1/projects/{info.project}/databases/(default)/documents"


def _fields(info: StackInfo, path: str) -> dict[str, Any]:
    answer = requests.get(f"{_documents(info)}/{path}", headers=ADMIN, timeout=20)
    answer.raise_for_status()
    fields: dict[str, Any] = answer.json()["fields"]
    return fields


def _signs_in(info: StackInfo) -> bool:
    return bool(owner.sign_in(info))


def _key_fits(info: StackInfo) -> bool:
    stored = _fields(info, f"cameras/{info.camera.id}/private/key")["sha256"]["stringValue"]
    return bool(stored == hashlib.sha256(info.camera.key.encode()).hexdigest())


def _object(info: StackInfo) -> str:
    return f"{info.urls['storage']}/v0/b/{info.bucket}/o"


@pytest.mark.long
def test_ctrl_c_ends_every_process_and_kept_data_is_there_the_next_time(folder: Path) -> None:
    base = str(project.free_ports().base)
    with _in_front(folder, "--port-base", base, "--keep", "--watch") as (dev, output):
        printed = "".join(_until(output, "Ctrl-C ends it."))
        vite = _until(output, "Local:")[-1].split()[-1]
        # the dashboard's sources themselves, beside the built one that Hosting serves
        assert "/src/main.tsx" in requests.get(vite, timeout=20).text
        assert "export function App" in requests.get(f"{vite}src/app.tsx", timeout=20).text
        # and what only the stack knows
        assert requests.get(f"{vite}__/firebase/init.json", timeout=20).json()["projectId"]
        first = emulators.running(folder)
        assert first is not None
        assert first.camera.key in printed
        assert f"{first.urls['functions']}/detect" in printed
        document = {"fields": {"name": {"stringValue": "Alice"}}}
        requests.patch(
            f"{_documents(first)}/people/kept", json=document, headers=ADMIN, timeout=20
        ).raise_for_status()
        requests.post(
            _object(first), params={"name": "debug/kept.jpg"}, data=b"kept", headers=ADMIN, timeout=20
        ).raise_for_status()
        dev.send_signal(signal.SIGINT)
        rest = output.read()
        assert dev.wait(timeout=SECONDS) == 0, rest
    assert "Stopped." in rest
    assert processes.marked(folder) == []
    assert emulators.running(folder) is None
    with pytest.raises(requests.ConnectionError):
        requests.get(vite, timeout=20)

    done = _detached(folder, "--port-base", base, "--keep", "--detach")
    assert done.returncode == 0, done.stdout
    again = emulators.running(folder)
    assert again == first
    assert _fields(again, "people/kept")["name"]["stringValue"] == "Alice"
    kept = requests.get(
        f"{_object(again)}/debug%2Fkept.jpg", params={"alt": "media"}, headers=ADMIN, timeout=20
    )
    assert kept.content == b"kept"
    assert _signs_in(again)
    assert _key_fits(again)

    second = _detached(folder, "--port-base", base, "--detach")
    assert second.returncode == 1
    assert "a stack is running already" in second.stdout
    assert "Traceback" not in second.stdout

    assert "Stopped." in _detached(folder, "--stop").stdout
    assert processes.marked(folder) == []


@pytest.mark.long
def test_a_stack_told_to_end_while_it_starts_leaves_nothing_behind(folder: Path) -> None:
    base = str(project.free_ports().base)
    with _in_front(folder, "--port-base", base) as (dev, output):
        _until(output, "starting the emulators")
        wait_until(lambda: processes.marked(folder), "the start of the emulators", SECONDS)
        dev.send_signal(signal.SIGTERM)
        assert "Traceback" not in output.read()
        dev.wait(timeout=SECONDS)
    assert processes.marked(folder) == []
    assert not (folder / "stack.json").exists()


@pytest.mark.long
def test_a_command_that_is_told_to_end_ends_the_stack_that_it_started(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "fuzz"), "--seconds", "600"]
    # none that runs already is found
    clean = {name: value for name, value in os.environ.items() if name != "LOOKOUT_TEST_STACK"}
    with subprocess.Popen(
        command, env=clean | {"TMPDIR": str(tmp_path)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as fuzz:  # fmt: skip
        assert fuzz.stdout is not None
        _until(fuzz.stdout, "fuzzing with seed")
        (folder,) = tmp_path.glob("lookout-*/stack.json")
        assert processes.marked(folder.parent) != []
        fuzz.send_signal(signal.SIGTERM)
        fuzz.stdout.read()
        fuzz.wait(timeout=SECONDS)
    assert processes.marked(folder.parent) == []
    assert not folder.exists()


def test_the_shared_stack_serves_everything_it_names(stack: StackInfo) -> None:
    page = requests.get(stack.urls["hosting"], timeout=20)
    assert "Lookout" in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert requests.get(_object(stack), headers=ADMIN, timeout=20).status_code == 200
    assert _signs_in(stack)
    assert _key_fits(stack)
    through_hosting = requests.get(f"{stack.urls['hosting']}/detect", timeout=30)
    directly = requests.get(f"{stack.urls['functions']}/detect", timeout=30)
    assert through_hosting.status_code == directly.status_code == 405


def test_this_process_speaks_to_the_shared_stack(stack: StackInfo) -> None:
    assert os.environ["FIRESTORE_EMULATOR_HOST"] in stack.urls["firestore"]
