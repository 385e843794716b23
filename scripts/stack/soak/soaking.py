"""A soak: visits, photos and commands for minutes while things fail, then what the audit finds."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from stack.console import say, step
from stack.install import models, photos
from stack.install.bootstrap import ROOT
from stack.local import emulators
from stack.local.info import CameraKey, StackInfo
from stack.soak import audit
from stack.soak.faults import Trouble
from stack.soak.instances import Instance
from stack.soak.visitors import VISIT_SECONDS, Camera, Driver, Owner, faces, until_done

CAMERAS = 4
INSTANCES = 2
KEPT = ROOT / ".dev" / "soak"
"""Where the logs of a soak are that lost something."""

SETTLING = 300.0
"""Seconds in which the emulators have to answer again, on a busy machine."""

SECONDS = 30.0
"""For a call of the audit itself."""


@dataclass
class Report:
    """What was done, what failed on purpose, and what the audit found ``wrong``: nothing, if nothing was lost."""

    seed: int
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What to print."""
        day = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        first = f"soaked for {self.seconds / 60:.1f} minutes with seed {self.seed}, {day}"
        told = [f"  {name}: {count}" for name, count in self.counts.items()]
        faults = [f"  {name}: {count}" for name, count in sorted(self.faults.items())]
        ends = [f"LOST {one}" for one in self.wrong] or ["nothing was lost"]
        return [first, *told, "faults:", *faults, *ends]


def soak(seconds: float, seed: int) -> Report:
    """Soak a stack of its own; what came of it.

    Raises:
        SystemExit: the stack does not start.
    """
    models.ensure()
    folder = photos.ensure()
    with tempfile.TemporaryDirectory(prefix="lookout-soak-") as home, ExitStack() as ends:
        place = Path(home)
        info = ends.enter_context(emulators.started(folder=place))
        os.environ.update(info.environment)
        with step("starting two instances of detect"):
            instances = [Instance(info, f"detect-{number}", place / "logs") for number in range(INSTANCES)]
        for instance in instances:
            ends.callback(instance.close)
        return _soak(info, place, instances, folder, seconds, seed)


def _soak(
    info: StackInfo, place: Path, instances: Sequence[Instance], folder: Path, seconds: float, seed: int
) -> Report:
    from lookout.cloud.cameras.keys import register
    from lookout.cloud.firebase.stores import firebase_stores

    stores = firebase_stores(SECONDS)
    stores.db.document("settings/site").set({"visitSeconds": VISIT_SECONDS})
    frames = faces(folder)
    ids = [f"cam_soak_{number}" for number in range(CAMERAS)]
    keys = [CameraKey(one, register(stores.db, one, one)) for one in ids]
    cameras = [Camera(str(seed), key, instances, frames) for key in keys]
    owner, driver = Owner(str(seed), stores.bucket, folder), Driver(info)
    trouble = Trouble(str(seed), info, place, instances)
    over, failures = threading.Event(), []

    def kept_going(run: Any) -> None:
        try:
            run(over)
        except BaseException as error:
            failures.append(f"{run.__qualname__} ended: {type(error).__name__}: {error}")
            raise

    runs = [*(camera.run for camera in cameras), owner.run, driver.run, trouble.run]
    threads = [threading.Thread(target=kept_going, args=[run]) for run in runs]
    with step(f"soaking with seed {seed}"):
        for thread in threads:
            thread.start()
        over.wait(seconds)
        over.set()
        for thread in threads:
            thread.join()
    report = Report(seed, seconds, faults=trouble.made, wrong=failures)
    with step("enrolling the photos whose events were lost"):
        until_done(partial(_enrol_the_rest, stores), SETTLING)
    with step("looking for what was lost"):
        found = until_done(partial(_audit, stores, cameras, owner, driver, report.counts), SETTLING)
    report.wrong += found
    if report.wrong:
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(place / "logs", KEPT)
        say(f"  the logs are in {KEPT}")
    return report


def _enrol_the_rest(stores: Any) -> None:
    """What ``scripts/reenrol`` and the tidying do in a quarter of an hour."""
    from lookout.cloud.gallery import photos as uploads
    from lookout.cloud.gallery.enrolment import Enrolment
    from lookout.cloud.gallery.reenrolment import enrol_again, unenrolled, vanished
    from lookout.settings import Settings
    from lookout.vision.networks.models import installed

    settings = Settings.from_environment()
    model_id = installed(settings).card.model_id
    for _ in range(3):
        waiting = unenrolled(stores, uploads.uploaded(stores), model_id)
        if not waiting:
            break
        enrol_again(stores, waiting, model_id, lambda finished, total: None)
    enrolment = Enrolment(stores, model_id, settings.limits.max_photos_per_person)
    for place, generation in vanished(stores, uploads.uploaded(stores)):
        enrolment.forget(place, generation)


def _audit(
    stores: Any, cameras: Sequence[Camera], owner: Owner, driver: Driver, counts: Counter[str]
) -> list[str]:
    def documents(collection: str) -> dict[str, Any]:
        return {one.id: one.to_dict() or {} for one in stores.db.collection(collection).stream()}

    def stored() -> set[str]:
        return {blob.name for blob in stores.bucket.list_blobs()}

    audit.tidy_pictures(stores, stored())
    there = stored()
    posts = [post for camera in cameras for post in camera.posts]
    names = ("alerts", "strangers", "gallery", "alert_vectors", "stranger_vectors", "visits")
    found = {name: documents(name) for name in names}
    of_people = stores.db.collection_group("photos").stream()
    found["photos"] = {
        f"faces/{one.reference.parent.parent.id}/{one.id}": one.to_dict() or {} for one in of_people
    }
    alerts = found["alerts"]
    open_visits = {one["alertId"]: one for visit in found["visits"].values() for one in visit["open"]}
    sent = [one.to_dict() or {} for one in stores.db.collection_group("commands").stream()]
    missing = sum(alert["picture"] == "missing" for alert in alerts.values())
    counts |= {
        "frames posted": len(posts),
        "answered with success": sum(post.is_accepted for post in posts),
        "to be posted again, or not answered": sum(post.may_be_stored for post in posts),
        "cut short": sum(camera.cut_short for camera in cameras),
        "alerts": len(alerts),
        "alerts that say their picture is missing": missing,
        "photos": len(owner.wanted),
        "commands carried out": len(driver.done),
        "commands refused": driver.refused,
    }
    return [
        *audit.answers(posts),
        *audit.visits(posts, VISIT_SECONDS),
        *audit.outcomes(posts, alerts),
        *audit.pictures(alerts, open_visits, there),
        *audit.orphans(alerts, found["strangers"], there),
        *audit.vectors(found, there),
        *audit.photos(owner.wanted, found["photos"], there),
        *audit.commands(driver.done, sent),
    ]
