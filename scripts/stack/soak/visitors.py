"""Those who go on while things fail: cameras that post, an owner who uploads photos, one who steers a camera."""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import requests
from PIL import Image

from stack.fake_camera import client
from stack.local import owner
from stack.local.info import CameraKey, StackInfo
from stack.soak.audit import SKEW, Post
from stack.soak.instances import Instance
from stack.tools import household

VISIT_SECONDS = 20
"""The site's ``visitSeconds`` while it is soaked: short, so that everybody comes back."""

PATIENCE = 12.0
"""Seconds that a camera waits for an answer, as a rule."""

Result = TypeVar("Result")

PRESIDENTS = {"Barack": "obama3.jpg", "Joe": "biden.jpg"}


def faces(folder: Path) -> dict[str, list[bytes]]:
    """Everybody who comes, each in frames in which the face is small and large."""
    made = {}
    for who in (*household.FACES, *PRESIDENTS):
        if who in PRESIDENTS:
            whole = client.on_frame((folder / PRESIDENTS[who]).read_bytes(), 800, 600)
        else:
            whole = household.frame(folder, who)
        with Image.open(io.BytesIO(whole)) as opened:
            small = opened.resize((560, 420))
        made[who] = [household.jpeg(small), whole]
    return made


def unlike_any_other(jpeg: bytes, number: int) -> bytes:
    """The same picture in other bytes: with a comment that holds the number."""
    comment = f"{number:012}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + jpeg[2:]


class Camera:
    """Posts visit after visit to whichever instance, in frames that nobody posted before."""

    def __init__(
        self, seed: str, key: CameraKey, instances: Sequence[Instance], frames: Mapping[str, list[bytes]]
    ) -> None:
        self._rng = random.Random(f"{seed} {key.id}")  # noqa: S311 - to be had again, not to be secret
        self._key = key
        self._instances = instances
        self._frames = frames
        self._numbers = itertools.count(self._rng.randrange(10**9))
        self._left: dict[str, float] = {}
        self.posts: list[Post] = []
        self.cut_short = self.empty = 0

    def run(self, ends: threading.Event) -> None:
        """Let people come and go until it ``ends``."""
        while not ends.is_set():
            now = time.time()
            away = VISIT_SECONDS + 2 * SKEW
            free = [who for who in self._frames if now - self._left.get(who, 0.0) > away]
            if not free:
                self._post("nobody", client.empty_frame(320, 240))
                self.empty += 1
                ends.wait(1.0)
                continue
            self._visit(self._rng.choice(free), ends)

    def _visit(self, who: str, ends: threading.Event) -> None:
        for _ in range(self._rng.randrange(1, 7)):
            if ends.is_set():
                break
            jpeg = unlike_any_other(self._rng.choice(self._frames[who]), next(self._numbers))
            chance = self._rng.random()
            if chance < 0.1:
                self._post(who, client.cut_short(jpeg))
                self.cut_short += 1
            elif chance < 0.2:
                # doubled, both on their way at once
                twice = [threading.Thread(target=self._post, args=[who, jpeg]) for _ in range(2)]
                for one in twice:
                    one.start()
                for one in twice:
                    one.join()
            elif chance < 0.3:
                # it gives up waiting, and posts the same again
                self._post(who, jpeg, self._rng.uniform(0.02, 0.2))
                self._post_until_taken(who, jpeg, ends)
            else:
                self._post_until_taken(who, jpeg, ends)
            ends.wait(self._rng.uniform(0.1, 0.8))
        self._left[who] = time.time()

    def _post_until_taken(self, who: str, jpeg: bytes, ends: threading.Event) -> None:
        for _ in range(4):
            if self._post(who, jpeg).is_accepted or ends.wait(1.0):
                return

    def _post(self, who: str, jpeg: bytes, patience: float = PATIENCE) -> Post:
        form = self._rng.choice(list(client.Variant))
        sent = time.time()
        instance = self._rng.choice(self._instances)
        answer = client.post(instance.url, self._key.id, self._key.key, jpeg, form, patience)
        frame = hashlib.sha256(jpeg).hexdigest()
        made = Post(self._key.id, who, frame, sent, time.time(), answer.status, answer.json.get("alert_id"))
        self.posts.append(made)
        return made


class Owner:
    """Uploads photos of people and deletes some, once more and once more until Storage takes it."""

    def __init__(self, seed: str, bucket: Any, folder: Path) -> None:
        self._rng = random.Random(f"{seed} owner")  # noqa: S311
        self._bucket = bucket
        pictures = {who: household.jpeg(household.face(folder, who)) for who in household.KNOWN}
        self._photos = pictures | {who: (folder / name).read_bytes() for who, name in PRESIDENTS.items()}
        self.wanted: dict[str, bool | None] = {}

    def run(self, ends: threading.Event) -> None:
        """Go on until it ``ends``."""
        while not ends.wait(self._rng.uniform(0.5, 2.0)):
            who, number = self._rng.choice(sorted(self._photos)), self._rng.randrange(3)
            path = f"faces/{who}/{number}.jpg"
            jpeg = unlike_any_other(self._photos[who], self._rng.randrange(10**9))
            chance = self._rng.random()
            upload = partial(self._bucket.blob(path).upload_from_string, content_type="image/jpeg", timeout=5)
            if chance < 0.15:
                until_done(partial(self._delete, path))
                self.wanted[path] = None
                continue
            photo = client.cut_short(jpeg) if chance < 0.3 else jpeg
            for _ in range(2 if chance > 0.85 else 1):
                until_done(partial(upload, photo))
            self.wanted[path] = photo is jpeg

    def _delete(self, path: str) -> None:
        blob = self._bucket.get_blob(path, timeout=5)
        if blob is not None:
            blob.delete(timeout=5)


class Driver:
    """Turns a camera, each time to where it never was."""

    def __init__(self, info: StackInfo) -> None:
        self._info = info
        self._token = owner.sign_in(info)
        self.done: list[dict[str, int]] = []
        self.refused = 0

    def run(self, ends: threading.Event) -> None:
        """Go on until it ``ends``."""
        url = f"{self._info.urls['functions']}/control"
        places = ((pan, tilt) for pan in range(181) for tilt in range(181))
        while not ends.wait(2.0):
            pan, tilt = next(places)
            turn = {"pan": pan, "tilt": tilt}
            wanted = {"camera_id": self._info.camera.id, "action": "servo", **turn}
            headers = {"Authorization": f"Bearer {self._token}"}
            try:
                answer = requests.post(url, json=wanted, headers=headers, timeout=30)
                success = answer.ok and answer.json()["status"] == "success"
            except (requests.RequestException, ValueError):
                success = False
            if success:
                self.done.append(turn)
            else:
                self.refused += 1


def until_done(call: Callable[[], Result], seconds: float = 60.0) -> Result:
    """Call until a store takes it; what it returned.

    Raises:
        Exception: what it raised at last, after so many ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except Exception:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.5)
