"""``scripts/reenrol`` is killed in the middle and started again: it goes on, and repeats nothing."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from lookout.cloud.firebase.clients import bucket
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from tests.e2e.test_enrolment import Person, waiting, without_events

COUNT = 20
PROGRESS = re.compile(r"\s*(\d+) of (\d+) photos\n")


def copies(photo: Path) -> list[bytes]:
    """The photo so many times, no two the same bytes."""
    made = []
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    for quality in range(95 - COUNT, 95):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        made.append(file.getvalue())
    return made


@pytest.mark.long
def test_killed_in_the_middle_it_goes_on_and_uploads_no_photo_twice(stack: StackInfo) -> None:
    person = Person("Many")
    with without_events(stack):
        for number, data in enumerate(copies(photos.ensure() / "biden.jpg")):
            bucket().blob(f"faces/{person.id}/{number:02}.jpg").upload_from_string(data, "image/jpeg")
    # those of other tests too, that wait for somebody
    expected = len(waiting())
    assert expected >= COUNT
    command = [sys.executable, str(ROOT / "scripts" / "reenrol"), "--project", stack.project]
    command += ["--bucket", stack.bucket]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told: list[tuple[int, int]] = []
        for line in process.stdout:
            found = PROGRESS.fullmatch(line)
            told += [(int(found[1]), int(found[2]))] if found else []
            if told and told[-1][0] > 0:
                break
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert process.returncode == -signal.SIGKILL
    assert told[0] == (0, told[0][1])
    finished = told[-1][0]
    assert 0 < finished < told[0][1]

    before = {one.name: one for one in bucket().list_blobs(prefix=f"faces/{person.id}/")}
    again = {name for name, one in before.items() if one.metadata}
    assert 0 < len(again) < COUNT
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    later = [(int(one), int(of)) for one, of in PROGRESS.findall(done.stdout)]
    assert later[0][1] <= told[0][1] - finished
    assert later[-1][0] == later[-1][1]
    after = {one.name: one for one in bucket().list_blobs(prefix=f"faces/{person.id}/")}
    assert {one.metadata["enrolTries"] for one in after.values()} == {"1"}
    assert {name: after[name].generation for name in again} == {
        name: before[name].generation for name in again
    }
    assert sorted(person.vectors()) == [f"{number:02}.jpg" for number in range(COUNT)]

    nothing = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Every photo is enrolled by this model." in nothing.stdout
    assert PROGRESS.findall(nothing.stdout) == []
