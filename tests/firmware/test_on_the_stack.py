"""The whole camera against the whole of Lookout: frames make an alert, and an owner turns it through the agent."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google.cloud.firestore_v1.base_query import FieldFilter
from PIL import Image

from lookout.cloud.cameras.keys import register
from stack.fake_camera.client import on_frame
from stack.install import photos
from stack.local import owner
from stack.local.info import StackInfo
from tests.firmware.conftest import HostCamera, Launch, settings
from tests.firmware.test_camera import get
from tests.support.waiting import wait_until

pytestmark = pytest.mark.long

SECONDS = 60


@pytest.fixture
def db(stack: StackInfo) -> Any:
    from lookout.cloud.firebase.clients import firestore_client

    assert stack.project
    return firestore_client()


@pytest.fixture
def frames(tmp_path: Path) -> list[Path]:
    """Somebody at the left edge of SVGA frames. No two pictures of a sensor are the same."""
    photos.ensure()
    face = Image.open(io.BytesIO(on_frame((photos.SAMPLES / "obama3.jpg").read_bytes(), 400, 600)))
    wall = Image.new("RGB", (800, 600), (110, 112, 115))
    wall.paste(face, (0, 0))
    paths = [tmp_path / f"{quality}.jpg" for quality in (78, 80, 82)]
    for path in paths:
        wall.save(path, "JPEG", quality=int(path.stem))
    return paths


@pytest.fixture
def camera(stack: StackInfo, db: Any, launch: Launch, frames: list[Path]) -> Iterator[tuple[str, HostCamera]]:
    """A registered camera that runs the firmware, with its id."""
    camera_id = f"cam_{secrets.token_hex(4)}"
    key = register(db, camera_id, "Host")
    made = launch(frames, settings(f"{stack.urls['hosting']}/detect", key, camera_id))
    assert stack.agent is not None
    db.document(f"cameras/{camera_id}").update(
        {"ipAddress": made.address, "agentId": stack.agent.id, "commandMap": "simple"}
    )
    yield camera_id, made
    made.stop()
    for alert in alerts(db, camera_id):
        alert.reference.delete()
    for path in (f"visits/{camera_id}", f"cameras/{camera_id}"):
        db.document(path).delete()


def alerts(db: Any, camera_id: str) -> list[Any]:
    found: list[Any] = db.collection("alerts").where(filter=FieldFilter("cameraId", "==", camera_id)).get()
    return found


def control(stack: StackInfo, camera_id: str, **order: object) -> requests.Response:
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    body = {"camera_id": camera_id, **order}
    return requests.post(f"{stack.urls['hosting']}/control", json=body, headers=headers, timeout=SECONDS)


def test_its_frames_make_one_alert(camera: tuple[str, HostCamera], db: Any) -> None:
    camera_id, made = camera
    made.wait_for("next in 1000 ms", 3)
    (alert,) = alerts(db, camera_id)
    assert alert.get("cameraName") == "Host"
    assert alert.get("frames") >= 2
    assert get(made, "/status").json()["judged"] >= 3


def test_an_owner_moves_its_servos_lights_it_and_takes_a_picture(
    stack: StackInfo, camera: tuple[str, HostCamera], frames: list[Path]
) -> None:
    camera_id, made = camera
    turned = control(stack, camera_id, action="servo", pan=40, tilt=180)
    assert (turned.status_code, turned.json()["result"]) == (200, {"pan": 40, "tilt": 175}), turned.text
    lit = control(stack, camera_id, action="led", led=200)
    assert lit.json()["result"] == {"led": 200}
    assert {"pin pan 944", "pin tilt 2444", "pin light 200"} <= set(made.lines)
    taken = control(stack, camera_id, action="snapshot").json()["result"]
    assert taken["bytes"] in {frame.stat().st_size for frame in frames}
    status = control(stack, camera_id, action="status").json()["result"]
    assert (status["pan"], status["led"], status["framesize"]) == (40, 200, "SVGA")
    # the light that an owner switched on is in `next`, too: the camera flashes for each picture
    made.wait_for("pin light 255")


def test_it_follows_once_it_is_told_to(stack: StackInfo, camera: tuple[str, HostCamera]) -> None:
    camera_id, made = camera
    made.wait_for("judged", 2)
    assert made.count("pin pan") == 1
    headers = {"Authorization": f"Bearer {owner.sign_in(stack)}"}
    url = f"{stack.urls['hosting']}/cameras/{camera_id}"
    changed = requests.patch(url, json={"follow": True}, headers=headers, timeout=SECONDS)
    assert changed.json()["camera"]["follow"] is True
    made.wait_for("pin pan", 3)
    pulses = [int(line.split()[-1]) for line in made.lines if line.startswith("pin pan")]
    # the face stays at the left of the picture, whatever the servo does here
    assert pulses == sorted(pulses, reverse=True)
    assert get(made, "/status").json()["pan"] < 90


def test_a_camera_that_was_disabled_says_so(
    stack: StackInfo, camera: tuple[str, HostCamera], db: Any
) -> None:
    camera_id, made = camera
    made.wait_for("judged")
    db.document(f"cameras/{camera_id}").update({"status": "disabled"})
    made.wait_for("the server does not know this camera, or it is disabled")
    wait_until(lambda: get(made, "/status").json()["last"] == "forbidden", "the status")


def test_the_function_itself_answers_it_too_and_a_wrong_key_is_told(
    stack: StackInfo, launch: Launch, frames: list[Path]
) -> None:
    url = f"{stack.urls['functions']}/detect"
    made = launch(frames, settings(url, "k" * 43, stack.camera.id))
    made.wait_for("the server does not know this camera, or it is disabled: check id and key; again in")
    assert get(made, "/status").json()["last"] == "unauthorised"
