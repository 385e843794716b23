"""Whatever call to a store fails, and however, no alert names a picture that is not stored.

A frame that is posted again brings what is missing, and the tidying finds what nobody names.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.alerts import pictures
from lookout.errors import Unavailable
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from stack.soak import audit
from stack.soak.edge import Edge, Fault, Faults
from tests.services.detect.conftest import ROOM, House, People, Shot
from tests.support.seeds import first_of
from tests.support.stores import bucket_at, firestore_at, objects
from tests.support.waiting import wait_until

SEEDS = int(os.environ.get("LOOKOUT_FAULT_SEEDS", "24"))
SECONDS = 1.0
"""For so long a failing instance waits for an answer."""

SECONDS_OF_A_BUSY_MACHINE = 30.0
"""For so long the others do."""

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """What was there ``before`` the frame, and how many alerts there are after it."""

    before: tuple[str, ...]
    frame: str
    alerts: int = 1
    enrolled: bool = False


SCENES = {
    "somebody comes": Scene((), "obama.jpg"),
    "a better shot": Scene(("obama.jpg",), "obama.jpg"),
    "unknown becomes known": Scene(("obama2.jpg",), "obama.jpg", enrolled=True),
    "six come at once": Scene((), "t1.jpg", alerts=6),
    "somebody comes beside another": Scene(("biden.jpg",), "obama.jpg", alerts=2),
}


@dataclass
class Stage:
    """A house on whose camera the scenes are played, by instances at edges of their own."""

    house: House
    people: People
    shot: Shot
    stack: StackInfo
    project: str

    def begin(self, scene: Scene) -> None:
        """What was before the frame."""
        watch = self.house.another_instance()
        for photo in scene.before:
            watch.judge(ROOM, self.shot(photo, 320, 240))
        if scene.enrolled:
            self.people.enrol("Barack", "obama3.jpg")

    @contextmanager
    def instance(self, faults: Faults, warm: bool = False) -> Iterator[tuple[Any, Edge]]:
        """An instance with its edge. A ``warm`` one knows the camera's visits before the first fault."""
        edge = Edge({}, os.environ["FIRESTORE_EMULATOR_HOST"], self.stack.urls["storage"])
        db, bucket = firestore_at(edge.firestore, self.project), bucket_at(edge.storage, self.project)
        watch = self.house.another_instance(db=db, bucket=bucket, STORE_TIMEOUT_SECONDS=SECONDS)
        if warm:
            watch.judge(ROOM, self.shot("biden.jpg", 320, 240))
        edge.begin(faults)
        try:
            yield watch, edge
        finally:
            edge.close()
            db.close()
            bucket.client.close()

    def untruths(self, frames: list[bytes], complete: bool) -> list[str]:
        """What alerts say of their pictures that is not so; with ``complete`` also which are without."""
        alerts = {alert["id"]: alert for alert in self.house.alerts()}
        visits = {one["alertId"]: one for one in self._visits()}
        wrong = audit.pictures(alerts, visits, set(objects(self.house.bucket)), complete)
        shown = [alert["imagePath"] for alert in alerts.values() if alert["picture"] == "stored"]
        if not wrong:
            taken = {path: self.house.bucket.blob(path).download_as_bytes() for path in shown}
            wrong = [f"{path} is no frame that was posted" for path in taken if taken[path] not in frames]
        return wrong

    def tidy(self) -> None:
        """All parts of the tidying that look for pictures nobody names, two hours and more from now."""
        audit.tidy_pictures(self.house.stores, objects(self.house.bucket))

    def named(self) -> list[str]:
        """The pictures that an alert or a stranger names."""
        strangers = [one.to_dict() for one in self.house.db.collection("strangers").get()]
        return audit.named_pictures(self.house.alerts(), strangers)

    def _visits(self) -> list[dict[str, Any]]:
        return [visit for one in self.house.db.collection("visits").get() for visit in one.get("open")]


@pytest.fixture
def stage(house: House, people: People, shot: Shot, stack: StackInfo, project: str) -> Stage:
    return Stage(house, people, shot, stack, project)


def posted(watch: Any, frame: bytes) -> Answer | None:
    """The answer; None where the camera is told to post again."""
    try:
        answer: Answer = watch.judge(ROOM, frame)
    except Unavailable:
        return None
    return answer


def posted_until_taken(watch: Any, frame: bytes) -> Answer:
    """As a camera does that is told to post again; a busy machine may be silent for longer than SECONDS, too."""
    return wait_until(lambda: posted(watch, frame), "the frame being taken")


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", first_of(SEEDS))
def test_whatever_fails_alerts_tell_the_truth_of_their_pictures_and_a_second_posting_mends_it(
    stage: Stage, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    scene = SCENES[chance.choice(sorted(SCENES))]
    warm = chance.random() < 0.5 and not scene.enrolled
    faults: dict[int | str, Fault] = {chance.randrange(4 + 6 * scene.alerts): chance.choice(list(Fault))}
    if chance.random() < 0.4:
        faults |= {number: chance.choice(list(Fault)) for number in range(chance.randrange(12), 12)}
    again = chance.choice(["on the same instance", "on another one", "on another one at once", "never"])
    monkeypatch.setattr(pictures, "UPLOAD_SECONDS", chance.choice([0.2, 2.0]))
    frame = stage.shot(scene.frame)
    frames = [frame, *(stage.shot(one, 320, 240) for one in (*scene.before, "biden.jpg"))]
    stage.begin(scene)
    with stage.instance(faults, warm) as (watch, edge):
        second = threading.Thread(target=posted_until_taken, args=(stage.house.another_instance(), frame))
        if again == "on another one at once":
            second.start()
        answer = posted(watch, frame)
        monkeypatch.setattr(pictures, "UPLOAD_SECONDS", SECONDS_OF_A_BUSY_MACHINE)
        if not any(fault is Fault.LATE for fault in faults.values()) and again != "on another one at once":
            assert stage.untruths(frames, complete=False) == []
        if again == "on another one":
            posted_until_taken(stage.house.another_instance(), frame)
        edge.release()
        if again == "on the same instance":
            edge.heal()
            posted_until_taken(watch, frame)
        if again == "on another one at once":
            second.join()
    assert stage.untruths(frames, complete=False) == []
    if again == "never" and answer is None:
        posted_until_taken(stage.house.another_instance(), frame)
    final = posted_until_taken(stage.house.another_instance(), frame)
    assert stage.untruths(frames, complete=True) == []
    alerts = {alert["id"] for alert in stage.house.alerts()}
    assert {face["alert_id"] for face in final["faces"]} <= alerts
    assert len(alerts) == scene.alerts + (warm and "biden.jpg" not in scene.before)
    stage.tidy()
    assert objects(stage.house.bucket) == stage.named()


@pytest.mark.parametrize("again", ["on the same instance", "on another one"])
@pytest.mark.parametrize("scene", sorted(SCENES))
@pytest.mark.long
def test_a_frame_that_was_recorded_but_never_confirmed_is_answered_with_its_picture_when_posted_again(
    stage: Stage, scene: str, again: str
) -> None:
    frame = stage.shot(SCENES[scene].frame)
    stage.begin(SCENES[scene])
    with stage.instance({"Commit": Fault.SILENT}) as (watch, edge):
        assert posted(watch, frame) is None
        recorded = stage.house.alerts()
        assert len(recorded) == SCENES[scene].alerts
        assert stage.untruths([frame, stage.shot("biden.jpg", 320, 240)], complete=True) == []
        edge.heal()
        same = again == "on the same instance"
        answer = posted_until_taken(watch if same else stage.house.another_instance(), frame)
    assert {face["alert_id"] for face in answer["faces"]} <= {alert["id"] for alert in recorded}
    assert stage.untruths([frame, stage.shot("biden.jpg", 320, 240)], complete=True) == []
    stage.tidy()
    assert objects(stage.house.bucket) == stage.named()


@pytest.mark.few(1)
@pytest.mark.parametrize("call", ["POST", "Commit"])
@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
def test_an_instance_that_is_killed_leaves_no_alert_that_names_what_is_not_there(
    stage: Stage, tmp_path: Path, call: str, fault: Fault
) -> None:
    frame = stage.shot("obama.jpg")
    (tmp_path / "frame.jpg").write_bytes(frame)
    processes: list[subprocess.Popen[bytes]] = []
    edge = Edge(
        {call: fault},
        os.environ["FIRESTORE_EMULATOR_HOST"],
        stage.stack.urls["storage"],
        killed=lambda: processes[0].kill(),
    )
    arguments = [stage.project, edge.firestore, edge.storage, str(tmp_path / "frame.jpg")]
    command = [sys.executable, "-m", "tests.services.detect.one_frame", *arguments]
    path = os.pathsep.join([str(ROOT), str(ROOT / "scripts")])
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}) as process:
        processes.append(process)
        assert process.wait(120) == -signal.SIGKILL
    edge.close()
    assert len(stage.house.alerts()) == (call == "Commit" and fault is Fault.KILLED_AFTER)
    assert stage.untruths([frame], complete=False) == []
    answer = stage.house.another_instance().judge(ROOM, frame)
    assert answer["alert_id"] == stage.house.alert()["id"]
    assert stage.untruths([frame], complete=True) == []
    (stranger,) = stage.house.db.collection("strangers").get()
    assert stranger.get("facePath") is not None
    stage.tidy()
    assert objects(stage.house.bucket) == stage.named()


def test_a_frame_that_is_posted_again_while_its_pictures_are_on_their_way_makes_one_alert_with_its_picture(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "UPLOAD_SECONDS", 0.1)
    frame = stage.shot("obama.jpg")
    with stage.instance({"POST": Fault.LATE}) as (watch, edge), ThreadPoolExecutor(1) as pool:
        first = pool.submit(posted, watch, frame)
        wait_until(stage.house.alerts, "the alert")
        assert stage.house.alert()["picture"] == "missing"
        monkeypatch.setattr(pictures, "UPLOAD_SECONDS", SECONDS_OF_A_BUSY_MACHINE)
        second = stage.house.another_instance().judge(ROOM, frame)
        assert stage.untruths([frame], complete=True) == []
        edge.release()
        assert (first.result() or {})["alert_id"] == second["alert_id"]
    assert stage.untruths([frame], complete=True) == []
    assert stage.house.alert()["doubles"] == 1
    stage.tidy()
    assert objects(stage.house.bucket) == stage.named()


@pytest.mark.few(2)
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CANCELLED, Fault.UNANSWERED, Fault.LATE])
def test_no_more_postings_of_a_frame_are_answered_than_are_counted(stage: Stage, fault: Fault) -> None:
    frame = stage.shot("obama.jpg")
    stage.house.another_instance().judge(ROOM, frame)
    with stage.instance({"Commit": fault}) as (watch, edge):
        answered = posted(watch, frame)
        counted = stage.house.alert()["doubles"]
        edge.release()
    assert (answered is not None) <= counted
    stage.house.another_instance().judge(ROOM, frame)
    assert stage.house.alert()["doubles"] > counted


def test_a_picture_that_comes_late_is_given_to_its_alert_and_a_better_one_replaces_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "UPLOAD_SECONDS", 0.1)
    late, better = stage.shot("obama.jpg", 320, 240), stage.shot("obama.jpg")
    with stage.instance({"POST": Fault.SLOW}) as (watch, edge):
        assert posted(watch, late) is not None
        assert stage.untruths([late], complete=True) == []
        edge.heal()
        monkeypatch.setattr(pictures, "UPLOAD_SECONDS", SECONDS_OF_A_BUSY_MACHINE)
        assert posted(watch, better) is not None
    assert stage.untruths([better], complete=True) == []
    assert len(stage.house.pictures()) == 2


def test_a_picture_that_somebody_deleted_is_brought_by_the_frame_posted_again_or_called_missing(
    stage: Stage,
) -> None:
    frame = stage.shot("obama.jpg")
    watch = stage.house.another_instance()
    watch.judge(ROOM, frame)
    for path in stage.house.pictures():
        stage.house.bucket.blob(path).delete()
        assert stage.untruths([frame], complete=True) != []
        watch.judge(ROOM, frame)
        assert stage.untruths([frame], complete=True) == []
    stage.house.bucket.blob(stage.house.pictures()[0]).delete()
    with stage.instance({"POST": Fault.REFUSED}) as (failing, _):
        assert posted(failing, frame) is not None
    assert stage.house.alert()["picture"] == "missing"
    watch.judge(ROOM, frame)
    assert stage.untruths([frame], complete=True) == []
    stage.tidy()
    assert objects(stage.house.bucket) == stage.named()
