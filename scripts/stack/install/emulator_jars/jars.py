"""The two jars the emulators run on: fetched by firebase-tools, or built where their host cannot be reached."""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stack.console import fail, say, step
from stack.install.emulator_jars import offline_jars

PATIENCE = 4.0
"""Seconds to wait for the jars' host, name look-up included."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar as the installed firebase-tools want it: its file name, and where it is published."""

    emulator: str
    name: str
    url: str


def wanted(packages: Path) -> list[Jar]:
    """The jars of the Firestore emulator and of the Storage rules, as firebase-tools in ``packages`` pins them."""
    pins = packages / "firebase-tools" / "lib" / "emulator" / "downloadableEmulatorInfo.json"
    details = json.loads(pins.read_text())
    return [
        Jar(emulator, details[emulator]["downloadPathRelativeToCacheDir"], details[emulator]["remoteUrl"])
        for emulator in ("firestore", "storage")
    ]


def ensure(folder: Path, packages: Path, environment: dict[str, str]) -> None:
    """Have both jars in ``folder``; ``packages`` holds firebase-tools, which fetches them in ``environment``.

    Jars that were built here are built again when their sources changed.

    Raises:
        SystemExit: they can neither be fetched nor built; one line says what to install.
    """
    jars = wanted(packages)
    missing = [jar for jar in jars if not _is_there(folder / jar.name)]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    # a proxy may answer for the host and then refuse it, hence the second look
    if is_reachable(missing[0].url) and all(_fetch(jar, folder, packages, environment) for jar in missing):
        return
    firestore, storage = (folder / jar.name for jar in jars)
    try:
        with step("building the emulators' jars from the Google Cloud SDK"):
            offline_jars.build(firestore, storage)
    except offline_jars.CannotBuild as error:
        host = urlsplit(missing[0].url).hostname
        raise fail(f"the emulators' jars cannot be downloaded from {host}, and {error}") from None
    say(
        "  The emulators' engine comes from the installed Google Cloud SDK, as the official one was out of reach."
    )


def _is_there(jar: Path) -> bool:
    return jar.is_file() and not offline_jars.is_outdated(jar)


def is_reachable(url: str, patience: float = PATIENCE) -> bool:
    """Whether the host of ``url`` answers at all within ``patience`` seconds."""
    answered = threading.Event()

    def ask() -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=patience).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return
        answered.set()

    # In a thread of its own: no timeout bounds the look-up of a name.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(patience)
    return answered.is_set()


def _fetch(jar: Jar, folder: Path, packages: Path, environment: dict[str, str]) -> bool:
    with step(f"downloading {jar.name}"):
        done = subprocess.run(
            [str(packages / ".bin" / "firebase"), f"setup:emulators:{jar.emulator}"],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
    return done.returncode == 0 and (folder / jar.name).is_file()
