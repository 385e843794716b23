"""A household to be looked at: people who are known, strangers, visits of two weeks, all on a running stack."""

from __future__ import annotations

import io
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from stack.console import fail, step
from stack.fake_camera import client
from stack.install import photos
from stack.local import owner
from stack.local.info import StackInfo

FACES = {
    "Mia": (463, 265, 110, 150),
    "Nora": (55, 255, 116, 139),
    "Tom": (905, 59, 101, 146),
    "a neighbour": (748, 341, 96, 136),
    "the postwoman": (268, 143, 102, 127),
    "somebody": (1132, 273, 90, 123),
}
"""The six people of the group photo: left, top, width and height of each face."""

KNOWN = ("Mia", "Nora", "Tom")
PEOPLE = (*KNOWN, "Barack")
FRAME = (800, 600)
WALL = (96, 99, 104)
SECONDS = 300
EVENT_SECONDS = 45
"""An event that did not come by then was lost: the emulators deliver each only once."""
DAYS = 14


def populate(info: StackInfo, history: bool = True) -> None:
    """Enrol people, have everybody pass the cameras, and copy the day back over two weeks with ``history``.

    Raises:
        SystemExit: the stack does not do it.
    """
    folder = photos.ensure()
    os.environ.update(info.environment)
    with step("enrolling people"):
        faces = {
            f"faces/{name}/photo-{number}.jpg": jpeg(face(folder, name, mirrored))
            for name in KNOWN
            for number, mirrored in enumerate((False, True))
        }
        # two faces of one size: rejected, which has to look well too
        group = {"faces/Mia/group.jpg": (folder / "t1.jpg").read_bytes()}
        _enrol(info, faces | _president(folder) | group)
    with step("letting everybody pass"):
        for number, name in enumerate(FACES):
            camera = info.cameras[number % len(info.cameras)]
            _post(info, camera.id, camera.key, frame(folder, name))
        _post(
            info,
            info.camera.id,
            info.camera.key,
            client.on_frame((folder / "obama3.jpg").read_bytes(), *FRAME),
        )
        _post(info, info.camera.id, info.camera.key, client.empty_frame(*FRAME))
    if history:
        with step("writing two weeks of history"):
            _copy_back()


def populate_public(info: StackInfo) -> None:
    """A household of photos that may be published, those of the White House: one person known, one stranger.

    Raises:
        SystemExit: the stack does not do it.
    """
    folder = photos.ensure()
    os.environ.update(info.environment)
    with step("enrolling people"):
        _enrol(info, _president(folder))
    with step("letting everybody pass"):
        for number, name in enumerate(("obama3.jpg", "biden.jpg")):
            camera = info.cameras[number % len(info.cameras)]
            frame = client.on_frame((folder / name).read_bytes(), *FRAME)
            _post(info, camera.id, camera.key, frame)
    with step("writing two weeks of history"):
        _copy_back()


def face(folder: Path, who: str, mirrored: bool = False) -> Image.Image:
    """One of :data:`FACES`, cut out of the group photo of the sample photos in ``folder``."""
    left, top, width, height = FACES[who]
    aside, above = int(0.45 * width), int(0.45 * height)
    with Image.open(folder / "t1.jpg") as group:
        cut = group.convert("RGB").crop(
            (left - aside, top - above, left + width + aside, top + height + above)
        )
    cut = cut.resize((cut.width * 2, cut.height * 2))
    return ImageOps.mirror(cut) if mirrored else cut


def frame(folder: Path, who: str) -> bytes:
    """A camera's frame with one of :data:`FACES`."""
    shown = face(folder, who)
    made = Image.new("RGB", FRAME, WALL)
    made.paste(shown, (260, max(0, (FRAME[1] - shown.height) // 2)))
    return jpeg(made)


def jpeg(picture: Image.Image) -> bytes:
    """The picture as a JPEG."""
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=88)
    return made.getvalue()


def _post(info: StackInfo, camera_id: str, key: str, jpeg: bytes) -> None:
    answer = client.post(f"{info.urls['hosting']}/detect", camera_id, key, jpeg, timeout=SECONDS)
    if answer.status != 200:
        raise fail(f"a frame was not taken ({answer.status} {answer.body.strip()}).")


def _president(folder: Path) -> dict[str, bytes]:
    return {f"faces/Barack/{name}": (folder / name).read_bytes() for name in ("obama.jpg", "obama2.jpg")}


def _enrol(info: StackInfo, faces: dict[str, bytes]) -> None:
    """Upload photos and wait until each was judged; once more where the emulators lost its event."""
    token = owner.sign_in(info)
    deadline = time.monotonic() + SECONDS
    waiting = dict(faces)
    while waiting:
        for path, jpeg in waiting.items():
            owner.upload(info, token, path, jpeg)
        again = time.monotonic() + EVENT_SECONDS
        while waiting and time.monotonic() < again:
            time.sleep(0.25)
            waiting = {path: jpeg for path, jpeg in waiting.items() if not _is_judged(path)}
        if waiting and time.monotonic() > deadline:
            raise fail(f"photos were not enrolled within five minutes: {', '.join(waiting)}.")


def _is_judged(path: str) -> bool:
    from lookout.cloud.firebase.clients import firestore_client

    _, person, photo = path.split("/")
    found = firestore_client().document(f"people/{person}/photos/{photo}").get().to_dict() or {}
    return found.get("status") in ("enrolled", "rejected")


def _copy_back() -> None:
    """Every alert of today once more on the days before, at other hours, with the counts of those days."""
    from lookout.cloud.firebase.clients import firestore_client

    db = firestore_client()
    today = datetime.now(UTC)
    alerts = [(alert.id, alert.to_dict() or {}) for alert in db.collection("alerts").stream()]
    batch = db.batch()
    first_seen: dict[str, datetime] = {}
    times: Counter[str] = Counter()
    for back in range(1, DAYS):
        day = today - timedelta(days=back)
        for number, (alert_id, alert) in enumerate(alerts[: 3 + back % 4]):
            first = day.replace(hour=(7 + 3 * number + back) % 24, minute=(11 * number + 7 * back) % 60)
            moved = {
                "firstSeenAt": first,
                "lastSeenAt": first + timedelta(seconds=40 * (number + 1)),
                "day": first.date().isoformat(),
                "reviewed": True,
                "frames": 3 * number + 2,
            }
            batch.set(db.document(f"alerts/{alert_id}x{back}"), alert | moved)
            if stranger := alert.get("strangerId"):
                first_seen[stranger] = first
                times[stranger] += 1
        for camera in {str(alert["cameraId"]) for _, alert in alerts}:
            batch.set(db.document(f"days/{day.date().isoformat()}_{camera}"), _counts(camera, day, back))
    for stranger, first in first_seen.items():
        batch.update(
            db.document(f"strangers/{stranger}"),
            {"firstSeenAt": first, "visits": 1 + times[stranger]},
        )
    batch.commit()


def _counts(camera: str, day: datetime, back: int) -> dict[str, Any]:
    hours = {
        f"{hour:02}": {"known": 1 + (back + hour) % 3, "unknown": (back * hour) % 2} for hour in (8, 13, 18)
    }
    return {
        "cameraId": camera,
        "cameraName": camera,
        "day": day.date().isoformat(),
        "hours": hours,
        "people": {},
        "reasons": {"no_face": 900 + 13 * back, "known": 6},
        "frames": 906 + 13 * back,
        "expireAt": day + timedelta(days=60),
    }


def main() -> None:
    """Populate the stack of the folder that is given."""
    info = StackInfo.load(Path(sys.argv[1]))
    if info is None:
        raise fail(f"no stack runs in {sys.argv[1]}.")
    populate(info)


if __name__ == "__main__":
    main()
