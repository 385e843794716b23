"""A camera's day in a minute: two people are enrolled, then frames come as ESP32s send them.

Everything goes the way it goes in life: photos through Storage and its rules, frames through the Hosting
address. What is told of the stores is read from them afterwards.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lookout.cloud.cameras.keys import register
from lookout.cloud.firebase.clients import bucket, firestore_client
from stack.console import fail, step
from stack.fake_camera import client
from stack.fake_camera.client import Answer, Variant
from stack.local import owner
from stack.local.info import CameraKey, StackInfo

PEOPLE = {"Obama": ("obama.jpg", "obama2.jpg"), "Biden": ("biden.jpg",)}
ENROL_SECONDS = 60.0
FRESH_SECONDS = 2.5
"""A warm instance asks for changed people every two seconds (``GALLERY_REFRESH_SECONDS``)."""

SIZE = (800, 600)


@dataclass(frozen=True, slots=True)
class Scene:
    """One frame: what it is, how it is sent, and what should come back."""

    title: str
    frame: bytes
    variant: Variant
    expected: str
    is_right: Callable[[Answer], bool]
    key: str | None = None
    gives_up_after: float = 5.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the table."""

    frame: str
    sent_as: str
    answer: str
    milliseconds: int
    stored: str
    expected: str
    right: bool


class Demo:
    """Plays the scenes on a running stack, with a camera of its own."""

    def __init__(self, info: StackInfo, photos: Path) -> None:
        self._info = info
        self._photos = photos
        self._db, self._bucket = firestore_client(), bucket()
        camera = f"demo_{secrets.token_hex(4)}"
        self._camera = CameraKey(camera, register(self._db, camera, "Demo"))

    def enrol(self) -> None:
        """Upload the photos of two people as the owner, and wait until both are known.

        Raises:
            SystemExit: a photo was rejected, or is not enrolled in time.
        """
        with step("enrolling two people from their photos"):
            token = owner.sign_in(self._info)
            for person, photos in PEOPLE.items():
                for photo in photos:
                    data = (self._photos / photo).read_bytes()
                    owner.upload(self._info, token, f"faces/{person}/{photo}", data)
            for person, photos in PEOPLE.items():
                for photo in photos:
                    self._wait_enrolled(person, photo)
            time.sleep(FRESH_SECONDS)

    def scenes(self) -> list[Scene]:
        """The frames of the day, in order."""
        size = SIZE

        def frame(photo: str) -> bytes:
            return client.on_frame((self._photos / photo).read_bytes(), *size)

        obama, again, biden = frame("obama3.jpg"), frame("obama2.jpg"), frame("biden.jpg")
        strangers = (self._photos / "t1.jpg").read_bytes()
        return [
            Scene(
                "an empty room", client.empty_frame(*size), Variant.RAW_JPEG, "nobody", _says(None, "no_face")
            ),
            Scene(
                "Obama comes, the camera gives up waiting",
                obama,
                Variant.MULTIPART_IMAGE_FILE,
                "no answer",
                lambda answer: answer.status is None,
                gives_up_after=0.001,
            ),
            Scene(
                "and posts the frame again",
                obama,
                Variant.MULTIPART_IMAGE_FILE,
                "Obama",
                _says("Obama", "known"),
            ),
            Scene(
                "Obama, a second later", again, Variant.RAW_OCTET, "same visit", _says("Obama", "same_visit")
            ),
            Scene(
                "six strangers", strangers, Variant.MULTIPART_IMAGE, "strangers", _says("Unknown", "unknown")
            ),
            Scene("Biden comes", biden, Variant.PRUSA_PUT, "Biden", _says("Biden", "known")),
            Scene(
                "a PNG sent as JPEG",
                (self._photos / "32bit.png").read_bytes(),
                Variant.RAW_JPG,
                "Obama",
                _says("Obama", "same_visit"),
            ),
            Scene(
                "an upload that broke off",
                client.cut_short(obama),
                Variant.MULTIPART_FILE,
                "refused",
                _refuses(422, "broken_image"),
            ),
            Scene(
                "a camera with a wrong key",
                obama,
                Variant.MULTIPART_IMG,
                "refused",
                _refuses(401, "unauthorised"),
                key="not-the-key",
            ),
            Scene(
                "the room is empty again",
                client.empty_frame(*size),
                Variant.RAW_UNTYPED,
                "nobody",
                _says(None, "no_face"),
            ),
        ]

    def play(self, scene: Scene) -> Shown:
        """Post the scene's frame, and look at what it left behind."""
        before = self._stored()
        key = scene.key or self._camera.key
        url = f"{self._info.urls['functions']}/detect"
        answer = client.post(url, self._camera.id, key, scene.frame, scene.variant, scene.gives_up_after)
        if answer.status is None:
            self._wait_judged(before)
        return Shown(
            scene.title,
            scene.variant,
            _told(answer),
            round(answer.milliseconds),
            self._difference(before, self._stored()),
            scene.expected,
            scene.is_right(answer),
        )

    def leave(self) -> None:
        """Remove the demo's camera; its alerts stay to be looked at."""
        camera = self._db.collection("cameras").document(self._camera.id)
        camera.collection("private").document("key").delete()
        camera.delete()

    def _wait_enrolled(self, person: str, photo: str) -> None:
        place = self._db.collection("people").document(person).collection("photos").document(photo)
        deadline = time.monotonic() + ENROL_SECONDS
        while time.monotonic() < deadline:
            stored = place.get().to_dict() or {}
            if stored.get("status") == "enrolled":
                return
            if stored.get("status") == "rejected":
                raise fail(f"the photo {photo} of {person} was rejected: {stored['reason']}.")
            time.sleep(0.1)
        raise fail(
            f"the photo {photo} of {person} was not enrolled within {ENROL_SECONDS:.0f} s; see the log."
        )

    def _wait_judged(self, before: dict[str, Any]) -> None:
        """A camera that gave up leaves the function at work: wait for what it stores."""
        deadline = time.monotonic() + 10
        while self._stored() == before and time.monotonic() < deadline:
            time.sleep(0.1)

    def _stored(self) -> dict[str, Any]:
        from google.cloud.firestore_v1.base_query import FieldFilter

        mine = self._db.collection("alerts").where(filter=FieldFilter("cameraId", "==", self._camera.id))
        return {alert.id: alert.to_dict() for alert in mine.stream()}

    def _difference(self, before: dict[str, Any], after: dict[str, Any]) -> str:
        new = after.keys() - before.keys()
        pictures = sum(len(list(self._bucket.list_blobs(prefix=f"alerts/{alert}/"))) for alert in new)
        doubles = sum(after[alert]["doubles"] - before[alert]["doubles"] for alert in before)
        frames = sum(after[alert]["frames"] - before[alert]["frames"] for alert in before)
        parts = [
            f"{len(new)} new alert{'s' * (len(new) > 1)}, {pictures} pictures" if new else "",
            f"{frames} more frame{'s' * (frames > 1)} of a visit" if frames else "",
            f"counted as a double{f' of {doubles} alerts' * (doubles > 1)}" if doubles else "",
        ]
        return "; ".join(filter(None, parts)) or "nothing"


def _says(person: str | None, reason: str) -> Callable[[Answer], bool]:
    def is_right(answer: Answer) -> bool:
        told = (answer.json.get("person"), answer.json.get("reason"))
        return answer.status == 200 and answer.has_length and told == (person, reason)

    return is_right


def _refuses(status: int, error: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.status == status and answer.json.get("error") == error


def _told(answer: Answer) -> str:
    if answer.status is None:
        return "(gave up waiting)"
    if answer.status != 200:
        return f"{answer.status} {answer.json.get('error', answer.body[:40])}"
    person, confidence = answer.json.get("person"), answer.json.get("confidence")
    return f"{person or '-'} {confidence:.2f} {answer.json.get('reason')}"


def table(rows: list[Shown]) -> str:
    """The rows as text under their headings."""
    cells = [["", "frame", "sent as", "answer", "ms", "stored"]]
    for row in rows:
        mark = "ok" if row.right else "NO"
        cells.append([mark, row.frame, row.sent_as, row.answer, str(row.milliseconds), row.stored])
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def as_json(rows: list[Shown]) -> list[dict[str, Any]]:
    """The rows for other programs."""
    return [asdict(row) for row in rows]
