"""One process of ``detect`` as the platform serves it, in a project of its own, with cameras that post to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.contenders.first_answer import processes_of
from bench.context import Context, stores_at
from lookout.cloud.cameras.keys import register
from stack.fake_camera.client import Answer, Variant, post
from stack.install.bootstrap import ROOT
from stack.local.info import CameraKey, emulator_environment
from stack.local.serving import served

PROJECT = "demo-bench"
SECONDS = 30.0

MANY = "6000"
"""Frames a minute from one camera: what is measured is not the limit."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Where it answers, its processes, and the registered ``cameras``."""

    url: str
    leader: int
    cameras: tuple[CameraKey, ...]

    @property
    def processes(self) -> list[int]:
        """The leader and its worker."""
        return processes_of(self.leader)

    def post(self, camera: CameraKey, frame: bytes) -> Answer:
        """Post a frame as a camera does, but with more patience."""
        return post(self.url, camera.id, camera.key, frame, Variant.RAW_JPEG, SECONDS)


@contextmanager
def detect(context: Context, cameras: int) -> Iterator[Instance]:
    """The instance for the length of a ``with`` block."""
    urls = context.stack.urls
    stores = stores_at(urlsplit(urls["firestore"]).netloc, urls["storage"], PROJECT)
    names = [f"bench_{number}" for number in range(cameras)]
    keys = tuple(CameraKey(name, register(stores.db, name, name)) for name in names)
    environment = emulator_environment(urls, PROJECT, f"{PROJECT}.appspot.com")
    environment["CAMERA_FRAMES_PER_MINUTE"] = MANY
    log = context.folder / "detect.log"
    with served(ROOT / "functions" / "detect" / "main.py", "detect", environment, log) as function:
        yield Instance(function.url, function.process.pid, keys)
