"""The commands of the README and docs/, run as printed, against the stack of the tests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from google.cloud.firestore import DELETE_FIELD
from PIL import Image

from lookout.cloud.firebase.clients import firestore_client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.install.project import DEFAULT_BASE, Ports
from stack.local import owner
from stack.local.info import StackInfo
from tests.support.pages import printed_commands
from tests.support.waiting import wait_until

BLOCKS = printed_commands()


@pytest.fixture
def place(stack: StackInfo, tmp_path: Path) -> Path:
    """A folder that looks like the repository to the commands, with the stack of the tests in its ``.dev``."""
    (tmp_path / ".dev").mkdir()
    stack.save(tmp_path / ".dev")
    shutil.copytree(photos.ensure(), tmp_path / "samples")
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    return tmp_path


def run(place: Path, stack: StackInfo, *names: str) -> str:
    """The output of the named blocks, one after another in one shell."""
    script = "set -euo pipefail\n" + "\n".join(BLOCKS[name] for name in names)
    # the pages name the ports that scripts/dev has by default; the stack of the tests has others
    for name, printed in Ports(DEFAULT_BASE).urls().items():
        script = script.replace(printed, stack.urls[name])
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_until_enrolled(path: str) -> None:
    photo = firestore_client().document(path)
    wait_until(lambda: (photo.get().to_dict() or {}).get("status") == "enrolled", f"the enrolment of {path}")


def test_what_a_month_costs_is_printed(place: Path, stack: StackInfo) -> None:
    lines = run(place, stack, "cost").splitlines()
    assert lines[0].startswith("2 cameras")
    assert float(lines[-1].split()[-1]) > 0


def test_a_photo_uploaded_by_curl_is_enrolled_and_says_so(place: Path, stack: StackInfo) -> None:
    uploaded = json.loads(run(place, stack, "sign in", "people"))
    assert uploaded["name"] == "faces/Obama/obama.jpg"

    wait_until_enrolled("people/Obama/photos/obama.jpg")
    shown = run(place, stack, "sign in", "people", "status")
    assert '"stringValue": "' in shown
    assert "faces/Obama/obama.jpg" in shown


def test_frames_posted_by_curl_are_answered_and_make_alerts(place: Path, stack: StackInfo) -> None:
    answers = [json.loads(line) for line in run(place, stack, "detect").splitlines()]
    assert [answer["status"] for answer in answers] == ["success", "success"]
    assert answers[0]["faces"]
    assert len(answers[1]["faces"]) == 6

    assert "documents/alerts/" in run(place, stack, "sign in", "alerts")


@pytest.mark.parametrize(
    "how",
    [
        ["-F", "image=@large.jpg"],
        ["--data-binary", "@large.jpg"],
        ["-H", "Expect: 100-continue", "--data-binary", "@samples/obama2.jpg"],
        ["-H", "Transfer-Encoding: chunked", "-F", "image=@samples/obama2.jpg"],
        ["-H", "Transfer-Encoding: chunked", "--data-binary", "@samples/obama2.jpg"],
    ],
    ids=["form over 1 MB", "body over 1 MB", "expect", "chunked form", "chunked body"],
)
def test_a_frame_is_answered_however_curl_sends_it(place: Path, stack: StackInfo, how: list[str]) -> None:
    photo = Image.open(place / "samples" / "obama2.jpg").convert("RGB")
    noise = Image.effect_noise((1600, 1200), 200).convert("RGB")
    noise.paste(photo.resize((400, 400 * photo.height // photo.width)), (600, 200))
    noise.save(place / "large.jpg", quality=95)
    assert (place / "large.jpg").stat().st_size > 1024 * 1024
    (printed,) = re.findall(r"(http://\S+/detect)\n", BLOCKS["detect"])
    url = printed.replace(Ports(DEFAULT_BASE).urls()["functions"], stack.urls["functions"])
    headers = ["-H", f"X-Camera-Id: {stack.camera.id}", "-H", f"X-Camera-Key: {stack.camera.key}"]
    done = subprocess.run(
        ["curl", "-s", *headers, *how, url], cwd=place, capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout)["status"] == "success"


def test_the_numbers_and_the_cameras_are_shown_to_the_owner(place: Path, stack: StackInfo) -> None:
    numbers, cameras, led = run(place, stack, "sign in", "stats").splitlines()
    assert json.loads(numbers)["active_cameras"] >= 1
    assert stack.camera.id in [camera["id"] for camera in json.loads(cameras)]
    assert json.loads(led) == {"led": 0}


def test_the_owner_says_by_curl_when_and_of_whom_alerts_are_made(place: Path, stack: StackInfo) -> None:
    site = firestore_client().document("settings/site")
    try:
        answered = run(place, stack, "sign in", "modes")
        chosen = {
            name: told for name, told in (site.get().to_dict() or {}).items() if name[-9:] != "ChangedAt"
        }
        assert chosen == {"known": "record", "timezone": "Europe/Berlin"}
        camera = json.loads(answered[answered.rindex('{"status"') :])["camera"]
        assert (camera["visitSeconds"], camera["unknown"]) == (300, "tell")
    finally:
        # the other tests' alerts are those of a site that nobody changed
        site.delete()
        own = {"visitSeconds": DELETE_FIELD, "unknown": DELETE_FIELD}
        firestore_client().document("cameras/cam_002").update(own)


def test_a_stranger_is_named_by_curl_then_exported_and_erased(place: Path, stack: StackInfo) -> None:
    answered = run(place, stack, "sign in", "detect", "putting right", "forgetting").splitlines()
    named, receipt = (json.loads(line) for line in answered[-2:])
    assert (named["person_id"], named["person"]) == ("Postman", "Postman")
    assert named["alerts"] >= 1
    assert receipt["counts"]["alerts"] == named["alerts"]
    with zipfile.ZipFile(place / "postman.zip") as archive:
        assert "person.json" in archive.namelist()
    assert not firestore_client().document("people/Postman").get().exists


def test_the_owner_asks_by_curl_to_be_told_less(place: Path, stack: StackInfo) -> None:
    site = firestore_client().document("settings/site")
    try:
        run(place, stack, "sign in", "digest")
        assert (site.get().to_dict() or {})["notify"] == {"digest": True, "channels": {"email": False}}
    finally:
        site.delete()


def test_the_servo_of_a_camera_beside_the_stack_is_turned(place: Path, stack: StackInfo) -> None:
    answered = run(place, stack, "sign in", "control")
    answer = json.loads(answered[answered.index('{"status"') :])
    assert answer["result"] == {"pan": 40, "tilt": 120}


def test_the_commands_of_the_flask_program_are_answered_with_its_fields(
    place: Path, stack: StackInfo
) -> None:
    # a camera that is turned answers "success" only once it has done so
    seen, numbers, led, cameras, steered = map(
        json.loads, run(place, stack, "sign in", "coming over").splitlines()
    )
    assert list(seen)[:5] == ["status", "person", "confidence", "alert_id", "is_known"]
    assert list(numbers)[:3] == ["known_persons", "active_cameras", "total_alerts_today"]
    assert led == {"led": 0}
    shown = next(camera for camera in cameras if camera["id"] == stack.camera.id)
    assert shown.keys() >= {"id", "name", "ipAddress", "location", "status"}
    assert list(steered)[:2] == ["status", "message"]
    assert (steered["status"], steered["result"]) == ("success", {"pan": 90, "tilt": 90})


def test_the_fake_camera_is_answered(place: Path, stack: StackInfo) -> None:
    # the same command, told where the stack of the tests is
    aim = f" --url {stack.urls['hosting']}/detect --camera {stack.camera.id} --key {stack.camera.key}"
    command = BLOCKS["fake camera"].strip() + aim
    done = subprocess.run(
        ["bash", "-c", command], cwd=place, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "200" in done.stdout


@pytest.mark.long
def test_a_person_is_erased_from_the_command_line(place: Path, stack: StackInfo) -> None:
    owner.upload(
        stack, owner.sign_in(stack), "faces/Anna/1.jpg", (place / "samples" / "biden.jpg").read_bytes()
    )
    wait_until_enrolled("people/Anna/photos/1.jpg")
    erase, verify = (line.partition("#")[0].strip() for line in BLOCKS["erase"].splitlines())
    # the same commands, told where the stack of the tests is; the first would ask whether it is meant
    aim = f"--project {stack.project} --bucket {stack.bucket}"
    for command in (f"{erase} --yes {aim}", f"{verify} {aim}"):
        done = subprocess.run(
            ["bash", "-c", command], cwd=place, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("Nothing is left of Anna.\n")


def test_a_folder_of_known_people_is_matched_without_firebase(place: Path, stack: StackInfo) -> None:
    assert "Obama" in run(place, stack, "match")
    assert (place / "seen.jpg").stat().st_size > 0
