"""The agent's folder: its settings in ``agent.toml``, and beside them ``tokens.json``."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from lookout_agent.camera import addresses
from lookout_agent.errors import ConfigError

SETTINGS = "agent.toml"
TOKENS = "tokens.json"

REQUIRED = ("project", "api_key", "agent_id", "email", "bucket")
ENDPOINTS = ("auth_url", "firestore_host", "storage_url")

ESP32_TIMEOUT = 2.0
"""Seconds a camera may take to answer; the environment variable of that name changes it."""

CAMERA_SECONDS = (0.1, 10.0)
"""Range of ``ESP32_TIMEOUT``, as the server has it too."""


@dataclass(frozen=True, slots=True)
class Config:
    """Which project the agent belongs to, and what it may call.

    ``auth_url``, ``firestore_host`` and ``storage_url`` are empty, which means Firebase itself, or lead to its
    emulators (``http://127.0.0.1:5502``, ``127.0.0.1:5503``, ``http://127.0.0.1:5504``).
    """

    project: str
    api_key: str
    agent_id: str
    email: str
    bucket: str
    networks: tuple[IPv4Network, ...] = addresses.PRIVATE
    auth_url: str = ""
    firestore_host: str = ""
    storage_url: str = ""
    camera_seconds: float = ESP32_TIMEOUT

    def save(self, folder: Path) -> None:
        """Write ``agent.toml``, for people to read and change."""
        lines = [
            "# Written by `lookout-agent pair`; restart the agent after a change.",
            *(f"{name} = {json.dumps(getattr(self, name))}" for name in REQUIRED),
            "",
            '# Only cameras at these addresses are ever called. Narrow it to yours: ["192.168.1.100/32"].',
            f"networks = {json.dumps([str(network) for network in self.networks])}",
        ]  # fmt: skip
        endpoints = [name for name in ENDPOINTS if getattr(self, name)]
        if endpoints:
            lines += ["", "# Firebase's emulators instead of Firebase."]
            lines += [f"{name} = {json.dumps(getattr(self, name))}" for name in endpoints]
        write_private(folder / SETTINGS, "\n".join(lines) + "\n")

    @classmethod
    def load(cls, folder: Path, environ: Mapping[str, str] | None = None) -> Config:
        """The settings in ``folder``, with ``ESP32_TIMEOUT`` from ``environ`` (default: ``os.environ``).

        Raises:
            ConfigError: there are none, or one is impossible.
        """
        path = folder / SETTINGS
        try:
            read = tomllib.loads(path.read_text())
        except FileNotFoundError:
            raise ConfigError(f"{path} is missing: run `lookout-agent pair` first.") from None
        except PermissionError:
            raise ConfigError(
                f"{path} may not be read by this user: run the agent as the one who paired it."
            ) from None
        except ValueError as error:
            raise ConfigError(f"{path} cannot be read ({error}): mend it, or pair again.") from None
        return cls._of(read, path, os.environ if environ is None else environ)

    @classmethod
    def _of(cls, read: dict[str, Any], path: Path, environ: Mapping[str, str]) -> Config:
        if missing := [name for name in REQUIRED if not isinstance(read.get(name), str) or not read[name]]:
            raise ConfigError(f"{path} has no {missing[0]}: pair again.")
        if unknown := sorted(read.keys() - {*REQUIRED, *ENDPOINTS, "networks"}):
            raise ConfigError(f"{path} has {unknown[0]}, which is no setting.")
        texts = read.get("networks", [str(network) for network in addresses.PRIVATE])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ConfigError(f'networks in {path} must be a list such as ["192.168.1.0/24"].')
        endpoints = {name: str(read.get(name, "")) for name in ENDPOINTS}
        if any(endpoints.values()) and not all(endpoints.values()):
            raise ConfigError(
                f"{path} must lead to all three emulators ({', '.join(ENDPOINTS)}), or to none."
            )
        return cls(
            **{name: read[name] for name in REQUIRED},
            **endpoints,
            networks=addresses.networks(texts),
            camera_seconds=_camera_seconds(environ.get("ESP32_TIMEOUT", "")),
        )


def _camera_seconds(text: str) -> float:
    low, high = CAMERA_SECONDS
    try:
        seconds = float(text) if text.strip() else ESP32_TIMEOUT
    except ValueError:
        raise ConfigError(f"ESP32_TIMEOUT={text!r} is no number of seconds.") from None
    if not low <= seconds <= high:
        raise ConfigError(f"ESP32_TIMEOUT={text} must be from {low} to {high} seconds.")
    return seconds


def default_folder() -> Path:
    """Where the agent keeps its files: systemd's state directory, else ``~/.lookout-agent``."""
    given = os.environ.get("STATE_DIRECTORY")
    return Path(given) if given else Path.home() / ".lookout-agent"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; a crash leaves the old file or the new one, complete."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
