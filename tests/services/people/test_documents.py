"""What the functions really write is what ``lookout.documents`` says, and what the dashboard reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lookout.cloud.alerts import arrivals
from lookout.cloud.alerts.notices import Notices
from lookout.cloud.cameras.commands import CommandQueue
from lookout.cloud.cameras.keys import suggest_rotation
from lookout.cloud.cameras.registry import CameraRegistry
from lookout.documents import alerts, cameras, people, site
from lookout.documents.collections import COLLECTIONS
from lookout.domain.cameras.camera import Camera
from lookout.domain.cameras.command import Action, CommandRequest
from lookout.domain.notifications.delivery import DeliveryState
from lookout.domain.notifications.rules import Channel
from lookout.errors import LookoutError
from lookout.services.detect.frames import FrameService
from lookout_agent.clock import ServerClock
from lookout_agent.cloud.inbox import Inbox
from lookout_agent.errors import CameraSilent
from stack.fake_camera.client import on_frame
from stack.install.bootstrap import ROOT
from tests.services.people.conftest import CAMERA, House
from tests.services.people.test_with_detect import enrol
from tests.support.documents import DAY, fields_of, wrong
from tests.support.settings import changed
from tests.support.waiting import wait_until

OWNERS = {
    "name": "Front Door",
    "location": "Hall",
    "ipAddress": "192.168.1.7",
    "agentId": "pi",
    "visitSeconds": 1,
    "armed": True,
    "known": "tell",
    "unknown": "tell",
    "follow": True,
    "fov": 60.0,
    "presets": {"gate": {"pan": 10, "tilt": 20}},
}
"""What an owner sets of a camera."""

BY_CLIENTS = {"devices/{id}", "revocations/{id}"}
"""Collections that browsers write, or that need accounts: the rules' tests look at them."""

NOT_HERE: dict[str, set[str]] = {
    # owners set the rest, see the rules' tests
    "settings/{id}": fields_of(site.SiteSettings).keys() - {"camerasChangedAt", "peopleChangedAt"},
    "people/{id}": {"consentAt", "consentExpiresAt", "lookalikes"},
    "strangers/{id}": {"personId"},
    "cameras/{id}": {"watchedUntil"},
}
"""Fields that an owner writes, that only people who look alike have, only a stranger that is being named, and only
a camera that somebody watches."""

Written = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
def written(house: House, photos: Path) -> Written:
    """All documents that there are after some days of the house, by the pattern of their paths."""
    _use_the_camera(house)
    _see_people(house, photos)
    found: dict[str, list[dict[str, Any]]] = {}
    for collection in house.db.collections():
        _read(collection, found)
    return found


def _read(collection: Any, found: dict[str, list[dict[str, Any]]]) -> None:
    for reference in collection.list_documents():
        stored = reference.get()
        if stored.exists:
            parts = ["{id}" if index % 2 else part for index, part in enumerate(reference.path.split("/"))]
            found.setdefault("/".join(parts), []).append(stored.to_dict())
        for below in reference.collections():
            _read(below, found)


def _use_the_camera(house: House) -> None:
    registry = CameraRegistry(house.stores, 60.0)
    registry.create({"id": CAMERA, **OWNERS})
    registry.change(CAMERA, {"rotation": 0})
    registry.save_state(CAMERA, Action.SERVO, {"pan": 30, "tilt": 40})
    suggest_rotation(house.stores, CAMERA, 90)
    inbox, queue = Inbox(house.db, "pi", ServerClock()), CommandQueue(house.stores, 2.0)
    inbox.heartbeat([CAMERA])
    for end in ("done", "failed", "expired"):
        request = CommandRequest(CAMERA, None, Action.STATUS, {})
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(queue.send, registry.route(CAMERA, None), request, "owner")
            if end == "expired":
                assert isinstance(sent.exception(), LookoutError)
                continue
            command = inbox.take(wait_until(inbox.queued, "the command")[0])
            assert command is not None
            if end == "done":
                inbox.done(command, {"led": 0})
            else:
                inbox.failed(command, CameraSilent("no answer"))
            sent.exception()
    inbox.stopped()


def _see_people(house: House, photos: Path) -> None:
    watch = FrameService(changed(house.settings, VISIT_SECONDS=0), house.stores)

    def post(photo: str) -> str:
        frame = on_frame((photos / photo).read_bytes(), 800, 600)
        return str(watch.judge(Camera(CAMERA, "Front Door", "active", 0), frame)["alert_id"])

    stranger_id = house.read(f"alerts/{post('obama.jpg')}")["strangerId"]
    house.done(f"/strangers/{stranger_id}/name", {"name": "Postman"})
    house.upload("faces/Biden/1.jpg", (photos / "biden.jpg").read_bytes())
    house.upload("faces/lost.jpg", (photos / "biden.jpg").read_bytes())
    assert sorted(enrol(house))[0] == "enrolled"
    house.done(f"/alerts/{post('obama2.jpg')}/correct", {"person_id": None})
    post("biden.jpg")
    house.done("/people/Biden/erase")
    alert_id = post("t1.jpg")
    notices = Notices(house.stores)
    notice = notices.read(f"{alert_id}_new")
    assert notice is not None
    claim = notices.claim(notice, [Channel.EMAIL, Channel.PUSH])
    notices.settle(notice, Channel.EMAIL, claim.token, DeliveryState.FAILED, "refused")
    assert arrivals.is_first(house.stores, DAY, "Postman", alert_id)


def test_every_document_has_the_fields_that_are_written_down(written: Written) -> None:
    complaints = []
    for pattern, stored in written.items():
        for fields in stored:
            found = [list(wrong(fields, kind, pattern)) for kind in COLLECTIONS[pattern]]
            if all(found):
                complaints.append(min(found, key=len))
    assert not complaints
    assert written.keys() == COLLECTIONS.keys() - BY_CLIENTS


@pytest.mark.long
def test_every_field_that_is_written_down_is_written(written: Written) -> None:
    for pattern, stored in written.items():
        seen = {name for fields in stored for name in fields}
        named = {name for kind in COLLECTIONS[pattern] for name in fields_of(kind)}
        assert named - seen <= NOT_HERE.get(pattern, set()), pattern


READ = {
    "Alert": alerts.Alert,
    "Candidate": alerts.Candidate,
    "Undelivered": alerts.Undelivered,
    "Person": people.Person,
    "Lookalike": people.Lookalike,
    "Photo": people.Photo,
    "MisplacedPhoto": people.MisplacedPhoto,
    "Receipt": site.Receipt,
    "Stranger": people.Stranger,
    "Camera": cameras.Camera,
    "Agent": cameras.Agent,
    "Site": site.SiteSettings,
}
"""What the dashboard calls the documents that it reads."""


def interfaces() -> dict[str, dict[str, bool]]:
    """The interfaces of the dashboard, each with its fields and whether they may be missing."""
    text = (ROOT / "dashboard/src/documents.ts").read_text()
    return {
        name: {field: bool(mark) for field, mark in re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)}
        for name, body in re.findall(r"^export interface (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    }


@pytest.mark.parametrize("name", READ)
def test_the_dashboard_reads_the_fields_that_are_written_down(name: str) -> None:
    page, kind = interfaces()[name], fields_of(READ[name])
    assert page.keys() - {"id"} == kind.keys()
    # what may be missing may be missing for the page too
    assert not [field for field, (_, missing) in kind.items() if missing and page.get(field) is False]


def test_every_interface_of_the_dashboard_is_held_against_a_document() -> None:
    assert interfaces().keys() - READ.keys() == {"Hours", "Telling"}


@pytest.mark.parametrize(("kind", "collection"), [(site.Device, "devices"), (people.Person, "people")])
def test_the_rules_let_browsers_write_the_fields_that_are_written_down(kind: Any, collection: str) -> None:
    rules = (ROOT / "firestore.rules").read_text()
    block = rules.split(f"match /{collection}/")[1].split("\n    }\n")[0]
    (listed,) = re.findall(r"allow create.*?hasOnly\(\s*\[(.*?)\]", block, re.DOTALL)
    allowed = set(re.findall(r"'(\w+)'", listed))
    assert allowed <= fields_of(kind).keys()
    assert {name for name, (_, missing) in fields_of(kind).items() if not missing} <= allowed
