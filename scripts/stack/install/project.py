"""The Firebase project as the emulators see it: a folder that links to the repository, with ports of its own."""

from __future__ import annotations

import json
import random
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.console import fail
from stack.install.bootstrap import ROOT

PROJECT = "demo-lookout"
"""A ``demo-`` project never touches the cloud."""

BUCKET = f"{PROJECT}.appspot.com"
"""The default bucket that firebase-tools gives a demo project; functions are triggered by no other."""

REGION = "europe-west1"

SITE = "site"
"""What Hosting serves, within the project's folder."""

HOST = "127.0.0.1"

EMULATORS = ("hosting", "functions", "auth", "firestore", "storage", "hub", "logging", "eventarc", "tasks")
"""In the order of their ports, counted from the base; Firestore's websocket and two fake cameras come after."""

NOBODYS_RULES = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /{document=**} { allow read, write: if false; }
  }
}
"""

CAMERAS = 2
PORTS = len(EMULATORS) + 1 + CAMERAS
DEFAULT_BASE = 5500


@dataclass(frozen=True, slots=True)
class Ports:
    """Twelve ports in a row, all from one number."""

    base: int

    def __getitem__(self, emulator: str) -> int:
        return self.base + EMULATORS.index(emulator)

    @property
    def websocket(self) -> int:
        """Where the Firestore emulator tells its watchers about requests."""
        return self.base + len(EMULATORS)

    @property
    def cameras(self) -> list[int]:
        """Where the fake cameras answer."""
        return [self.websocket + 1 + number for number in range(CAMERAS)]

    def urls(self) -> dict[str, str]:
        """The addresses that ``stack.json`` names."""
        urls = {name: f"http://{HOST}:{self[name]}" for name in EMULATORS[:5]}
        urls["functions"] += f"/{PROJECT}/{REGION}"
        return urls

    def busy(self) -> list[int]:
        """Those that somebody listens on."""
        return [port for port in range(self.base, self.base + PORTS) if not _is_free(port)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_ports() -> Ports:
    """Ports nobody listens on, for a stack of one's own."""
    for _ in range(100):
        ports = Ports(random.randrange(20000, 32000, PORTS))  # noqa: S311 - any will do
        if not ports.busy():
            return ports
    raise fail("no twelve free ports in a row were found; stop what uses them.")


def lay_out(folder: Path, ports: Ports, declared: Mapping[str, str], nobodys: bool = False) -> None:
    """Make ``folder`` a Firebase project: links to the repository and a ``firebase.json`` with ``ports``.

    A project folder of its own keeps the emulators' logs out of the repository, and lets several stacks run.
    ``declared``: the ``functions.yaml`` of each codebase, where its code is not to be asked.
    ``nobodys``: in place of Firestore's rules stand some by which nobody may do anything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = json.loads((ROOT / "firebase.json").read_text())
    for codebase in config["functions"]:
        # what runs here is this virtual environment's Python, whichever is deployed
        codebase["runtime"] = f"python{sys.version_info.major}{sys.version_info.minor}"
        codebase.pop("predeploy")
    config["emulators"] = {
        **{name: {"host": HOST, "port": ports[name]} for name in EMULATORS},
        "ui": {"enabled": False},
        "singleProjectMode": True,
    }
    config["emulators"]["firestore"]["websocketPort"] = ports.websocket
    _lay_out_site(config["hosting"], folder / SITE, ports)
    (folder / "firebase.json").write_text(json.dumps(config, indent=2))
    for path in (*(config["firestore"][name] for name in ("rules", "indexes")), config["storage"]["rules"]):
        _link(folder / path, ROOT / path)
    _lay_out_functions(folder / "functions", declared)
    if nobodys:
        rules = folder / config["firestore"]["rules"]
        rules.unlink()
        rules.write_text(NOBODYS_RULES)


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _lay_out_functions(functions: Path, declared: Mapping[str, str]) -> None:
    """Links to the functions, and beside them what they declare: it must not lie where they are deployed from."""
    if functions.is_symlink():
        functions.unlink()
    shutil.rmtree(functions, ignore_errors=True)
    if not declared:
        _link(functions, ROOT / "functions")
        return
    for codebase, text in declared.items():
        folder = functions / codebase
        folder.mkdir(parents=True)
        for path in (ROOT / "functions" / codebase).iterdir():
            _link(folder / path.name, path)
        (folder / "functions.yaml").write_text(text)


def _lay_out_site(hosting: dict[str, Any], site: Path, ports: Ports) -> None:
    """Fill ``site`` with the built dashboard and what tells it, and its policy, where the emulators are."""
    built = ROOT / hosting["public"]
    hosting["public"] = site.name
    hosting.pop("predeploy", None)
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir()
    for path in built.iterdir():
        (site / path.name).symlink_to(path)
    emulators = {name: url for name, url in ports.urls().items() if name in ("auth", "firestore", "storage")}
    (site / "emulators.json").write_text(json.dumps(emulators))
    for header in (header for rule in hosting["headers"] for header in rule["headers"]):
        if header["key"] == "Content-Security-Policy":
            header["value"] = header["value"].replace(
                "connect-src", " ".join(["connect-src", *emulators.values()])
            )


def codebases() -> list[str]:
    """The names of the functions that the stack must serve."""
    config = json.loads((ROOT / "firebase.json").read_text())
    return [codebase["codebase"] for codebase in config["functions"]]
