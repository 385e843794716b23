"""The firmware, compiled for this computer: its tests, and the whole camera as a program on real sockets."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stack.install import compiler
from tests.support.waiting import wait_until

STOP_SECONDS = 60


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the compiled programs."""
    return compiler.build()


@dataclass
class HostCamera:
    """A running camera. ``lines`` is what its serial port said so far."""

    store: Path
    log: Path
    process: subprocess.Popen[bytes]
    read: int = field(default=0)

    @property
    def lines(self) -> list[str]:
        """Every whole line so far."""
        return self.log.read_text(errors="replace").split("\n")[:-1]

    @property
    def address(self) -> str:
        """``host:port`` of its HTTP server."""
        found: list[str] = re.findall(r"127\.0\.0\.1:\d+", "\n".join(self.lines))
        return found[-1]

    def count(self, part: str) -> int:
        """How many lines have ``part`` in them."""
        return sum(part in line for line in self.lines)

    def wait_for(self, part: str, times: int = 1, seconds: float = 150.0) -> None:
        """Wait until it said ``part`` so many times."""
        try:
            wait_until(lambda: self.count(part) >= times or self.process.poll() is not None, part, seconds)
        except AssertionError:
            raise AssertionError(f"still waiting for {part!r} in\n" + "\n".join(self.lines)) from None
        assert self.count(part) >= times, "\n".join(self.lines)

    def stop(self) -> None:
        """Pull the plug. What the sanitizers found fails the test."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=STOP_SECONDS) == 0, "\n".join(self.lines)


Launch = Callable[..., HostCamera]

GOOD_KEY = "k" * 43


def settings(url: str, key: str = GOOD_KEY, camera_id: str = "cam_host") -> dict[str, str]:
    """What an owner types into the portal."""
    return {"wifi": "Home", "password": "", "url": url, "camera_id": camera_id, "key": key}


@pytest.fixture
def launch(built: Path, tmp_path: Path) -> Iterator[Launch]:
    """Start cameras: ``launch(photos, settings(url))``; without settings one waits to be set up."""
    running: list[HostCamera] = []

    def start(photos: list[Path], stored: dict[str, str] | None = None, *options: str) -> HostCamera:
        store = tmp_path / f"store-{len(running)}"
        if stored is not None:
            store.write_text("".join(f"{name}={value}\n" for name, value in stored.items()))
        log = tmp_path / f"serial-{len(running)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(built / "camera"), "--store", str(store), *options, *map(str, photos)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        camera = HostCamera(store, log, process)
        running.append(camera)
        camera.wait_for("ready, at" if stored is not None else "not set up yet")
        return camera

    yield start
    for camera in running:
        camera.stop()
