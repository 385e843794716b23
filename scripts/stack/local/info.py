"""What a running stack is known by: ``stack.json``, for scripts, tests and people."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = "stack.json"

ADDED = ("agent", "cameras")
"""What files of older versions do not have."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of Firebase Auth that can sign in with a password."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class CameraKey:
    """A registered camera and its key."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class AgentAccount:
    """The account of the agent with that id."""

    id: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class StackInfo:
    """Where a stack answers and who may use it.

    ``urls`` has ``hosting``, ``functions``, ``auth``, ``firestore`` and ``storage``, each without a final slash;
    ``functions`` goes down to the region, so that ``urls["functions"] + "/detect"`` is the function itself.
    ``cameras`` are all that the stack registered, ``camera`` the first; a stack of an older version has no
    ``agent`` and names none.
    """

    urls: dict[str, str]
    project: str
    bucket: str
    owner: Account
    camera: CameraKey
    agent: AgentAccount | None = None
    cameras: tuple[CameraKey, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that send Google's and Firebase's libraries to this stack."""
        return emulator_environment(self.urls, self.project, self.bucket)

    def plain(self) -> dict[str, Any]:
        """What ``stack.json`` holds; without the agent and its cameras where there are none."""
        return {name: value for name, value in asdict(self).items() if value or name not in ADDED}

    def save(self, folder: Path) -> None:
        """Write ``folder/stack.json``, readable by its owner alone: it holds a password and a key."""
        path = folder / FILE
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(self.plain(), file, indent=2)
            file.write("\n")
        unfinished.replace(path)

    @classmethod
    def load(cls, folder: Path) -> StackInfo | None:
        """What ``folder/stack.json`` says; None when there is none, or it is of another version."""
        try:
            read = json.loads((folder / FILE).read_text())
            return cls(
                urls=dict(read["urls"]),
                project=read["project"],
                bucket=read["bucket"],
                owner=Account(**read["owner"]),
                camera=CameraKey(**read["camera"]),
                agent=AgentAccount(**read["agent"]) if "agent" in read else None,
                cameras=tuple(CameraKey(**camera) for camera in read.get("cameras", ())),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def emulator_environment(urls: dict[str, str], project: str, bucket: str) -> dict[str, str]:
    """The variables that send Google's and Firebase's libraries to the emulators at ``urls``."""
    return {
        "FIREBASE_AUTH_EMULATOR_HOST": urlsplit(urls["auth"]).netloc,
        "FIRESTORE_EMULATOR_HOST": urlsplit(urls["firestore"]).netloc,
        "FIREBASE_STORAGE_EMULATOR_HOST": urlsplit(urls["storage"]).netloc,
        "STORAGE_EMULATOR_HOST": urls["storage"],
        "GCLOUD_PROJECT": project,
        "GOOGLE_CLOUD_PROJECT": project,
        "FIREBASE_CONFIG": json.dumps({"projectId": project, "storageBucket": bucket}),
    }
