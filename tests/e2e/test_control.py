"""`control` and `stats` over HTTP, with the tokens of every role; an agent is played by a listener of the test."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from lookout.cloud.firebase.clients import firestore_client
from stack.install import photos
from stack.local import owner
from stack.local.info import StackInfo
from tests.support.accounts import account_with
from tests.support.waiting import wait_out_midnight, wait_until

SECONDS = 30


class Site:
    """The site's HTTP address, spoken to with somebody's token."""

    def __init__(self, stack: StackInfo) -> None:
        self._stack = stack
        self.tokens: dict[str, str | None] = {"owner": owner.sign_in(stack), "none": None}
        for role in ("viewer", "agent", "nobody"):
            claims = {} if role == "nobody" else {"role": role}
            self.tokens[role] = owner.sign_in(stack, account_with(stack, claims))

    def call(self, method: str, path: str, role: str = "owner", body: object = None) -> requests.Response:
        token = self.tokens[role]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self._stack.urls['hosting']}{path}"
        return requests.request(method, url, json=body, headers=headers, timeout=SECONDS)


@pytest.fixture(scope="module")
def site(stack: StackInfo) -> Site:
    """The running site."""
    return Site(stack)


@pytest.fixture
def camera(site: Site) -> dict[str, str]:
    """A camera of this test alone, with an agent of its own that was just seen."""
    agent, address = (
        f"agent_{secrets.token_hex(4)}",
        f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.7",
    )
    made = site.call("POST", "/cameras", body={"name": "Test", "ipAddress": address, "agentId": agent}).json()
    firestore_client().collection("agents").document(agent).set({"lastSeenAt": datetime.now(UTC)})
    return {"id": made["camera"]["id"], "key": made["key"], "agent": agent, "ip": address}


@contextmanager
def agent_answers(
    agent_id: str, answer: dict[str, Any], meanwhile: Callable[[], object] = lambda: None
) -> Iterator[list[dict[str, Any]]]:
    """An agent takes each command and ends it with ``answer``, after what happens ``meanwhile``; what it took."""
    took: list[dict[str, Any]] = []

    def on_snapshot(commands: list[Any], changes: object, read_time: object) -> None:
        for command in commands:
            if command.get("state") == "queued" and command.id not in [one["id"] for one in took]:
                took.append({"id": command.id, **command.to_dict()})
                command.reference.update({"state": "taken"})
                meanwhile()
                command.reference.update(answer)

    commands = firestore_client().collection("agents").document(agent_id).collection("commands")
    watch = commands.on_snapshot(on_snapshot)
    try:
        yield took
    finally:
        watch.unsubscribe()


READS = [("GET", "/stats"), ("GET", "/cameras"), ("GET", "/settings/flashlight")]
WRITES = [
    ("POST", "/control"),
    ("POST", "/cameras"),
    ("PATCH", "/cameras/cam_001"),
    ("DELETE", "/cameras/cam_001"),
    ("POST", "/cameras/cam_001/key"),
]


@pytest.mark.parametrize(("method", "path"), READS)
def test_owners_and_viewers_may_look_and_nobody_else(site: Site, method: str, path: str) -> None:
    statuses = {role: site.call(method, path, role).status_code for role in site.tokens}
    assert statuses == {"owner": 200, "viewer": 200, "agent": 403, "nobody": 403, "none": 401}


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_only_an_owner_may_change_anything(site: Site, method: str, path: str) -> None:
    statuses = {
        role: site.call(method, path, role, {}).status_code for role in ("viewer", "agent", "nobody", "none")
    }
    assert statuses == {"viewer": 403, "agent": 403, "nobody": 403, "none": 401}


def test_a_camera_is_created_changed_and_removed(site: Site) -> None:
    made = site.call("POST", "/cameras", body={"name": "Back", "location": "Garden"}).json()
    camera_id = made["camera"]["id"]
    assert len(made["key"]) >= 43
    changed = site.call("PATCH", f"/cameras/{camera_id}", body={"name": "Back door"}).json()["camera"]
    assert (changed["name"], changed["location"], changed["status"]) == ("Back door", "Garden", "offline")
    listed = {one["id"]: one for one in site.call("GET", "/cameras", "viewer").json()}
    assert listed[camera_id] == changed
    assert made["key"] not in str(listed)

    assert site.call("DELETE", f"/cameras/{camera_id}").status_code == 200
    assert site.call("DELETE", f"/cameras/{camera_id}").status_code == 404
    assert site.call("PATCH", f"/cameras/{camera_id}", body={"name": "x"}).status_code == 404


def test_a_camera_may_differ_from_the_site_and_go_back_to_it(site: Site, camera: dict[str, str]) -> None:
    path = f"/cameras/{camera['id']}"
    own = {"visitSeconds": 30, "armed": False, "known": "ignore", "unknown": "record"}

    def shown() -> dict[str, Any]:
        listed = {one["id"]: one for one in site.call("GET", "/cameras", "viewer").json()}
        return {name: listed[camera["id"]][name] for name in own}

    assert shown() == dict.fromkeys(own)
    assert site.call("PATCH", path, body=own).status_code == 200
    assert shown() == own
    assert site.call("PATCH", path, body={"armed": None, "known": None}).status_code == 200
    assert shown() == own | {"armed": None, "known": None}
    refused = site.call("PATCH", path, body={"visitSeconds": 0})
    assert (refused.status_code, refused.json()["error"]) == (400, "bad_request")
    made = site.call("POST", "/cameras", body={"name": "Shed", **own}).json()["camera"]
    assert {name: made[name] for name in own} == own


def test_a_camera_that_cannot_be_is_refused_with_advice(site: Site, camera: dict[str, str]) -> None:
    for body, advice in (
        ({"name": "x", "ipAddress": "8.8.8.8"}, "private IPv4"),
        ({"name": "x", "ipAddress": camera["ip"]}, "already"),
        ({"name": "x", "id": camera["id"]}, "already"),
        ({"name": "x", "id": "../x"}, "cannot be a camera's id"),
        ({"location": "x"}, "needs a name"),
        ([], "JSON object"),
    ):
        answer = site.call("POST", "/cameras", body=body)
        assert (answer.status_code, advice in answer.json()["message"]) == (400, True), answer.text


FELT_WITHIN = 10
"""Seconds after which a key that is no key any more opens nothing."""


class Posting:
    """A camera that posts frames and asks for its flashlight."""

    def __init__(self, stack: StackInfo, camera_id: str) -> None:
        self._url, self._camera_id = stack.urls["hosting"], camera_id
        self._frame = (photos.ensure() / "obama.jpg").read_bytes()

    def statuses(self, key: str) -> tuple[int, int]:
        """What `detect` and `control` answer to this key."""
        headers = {"X-Camera-Id": self._camera_id, "X-Camera-Key": key, "Content-Type": "image/jpeg"}
        posted = requests.post(f"{self._url}/detect", data=self._frame, headers=headers, timeout=SECONDS)
        asked = requests.get(f"{self._url}/settings/flashlight", headers=headers, timeout=SECONDS)
        return posted.status_code, asked.status_code

    def refused_in_time(self, key: str) -> None:
        """Wait until both refuse the key."""
        wait_until(
            lambda: self.statuses(key) == (401, 401), "the refusal of the old key", FELT_WITHIN, pause=0.5
        )


@pytest.mark.long
def test_an_old_key_stops_working_and_the_new_one_works(
    site: Site, stack: StackInfo, camera: dict[str, str]
) -> None:
    posting = Posting(stack, camera["id"])
    assert posting.statuses(camera["key"]) == (200, 200)
    new = site.call("POST", f"/cameras/{camera['id']}/key").json()["key"]
    posting.refused_in_time(camera["key"])
    assert posting.statuses(new) == (200, 200)


@pytest.mark.long
def test_the_key_of_a_removed_camera_stops_working_and_nothing_of_it_comes_back(
    site: Site, stack: StackInfo, camera: dict[str, str]
) -> None:
    posting = Posting(stack, camera["id"])
    assert posting.statuses(camera["key"]) == (200, 200)
    assert site.call("DELETE", f"/cameras/{camera['id']}").status_code == 200
    posting.refused_in_time(camera["key"])
    db = firestore_client()
    assert not db.document(f"cameras/{camera['id']}").get().exists
    assert not db.document(f"cameras/{camera['id']}/private/key").get().exists
    assert camera["id"] not in [one["id"] for one in site.call("GET", "/cameras").json()]


def test_a_command_is_carried_out_by_the_agent_and_answered(site: Site, camera: dict[str, str]) -> None:
    body = {"camera_ip": camera["ip"], "action": "servo", "pan": 30, "tilt": 60}
    with agent_answers(camera["agent"], {"state": "done", "result": {"pan": 31, "tilt": 60}}) as took:
        answer = site.call("POST", "/control", body=body)
    assert answer.json() == {
        "status": "success",
        "message": "Command sent to camera",
        "camera_id": camera["id"],
        "result": {"pan": 31, "tilt": 60},
    }
    assert [(one["action"], one["args"]) for one in took] == [("servo", {"pan": 30, "tilt": 60})]
    shown = {one["id"]: one for one in site.call("GET", "/cameras").json()}[camera["id"]]
    assert (shown["pan"], shown["tilt"]) == (31, 60)


def test_a_command_that_was_carried_out_is_so_also_when_the_camera_was_removed_meanwhile(
    site: Site, camera: dict[str, str]
) -> None:
    body = {"camera_id": camera["id"], "action": "servo", "pan": 30, "tilt": 60}
    answer = {"state": "done", "result": {"pan": 30, "tilt": 60}}
    document = firestore_client().document(f"cameras/{camera['id']}")
    with agent_answers(camera["agent"], answer, document.delete):
        told = site.call("POST", "/control", body=body)
    assert (told.status_code, told.json()["result"]) == (200, {"pan": 30, "tilt": 60})
    assert not document.get().exists


def test_the_flashlight_is_what_was_last_carried_out(
    site: Site, stack: StackInfo, camera: dict[str, str]
) -> None:
    path = f"/settings/flashlight?camera_id={camera['id']}"
    own = {"X-Camera-Id": camera["id"], "X-Camera-Key": camera["key"]}
    before = requests.get(f"{stack.urls['hosting']}/settings/flashlight", headers=own, timeout=SECONDS)
    assert before.json() == {"led": 0}
    body = {"camera_id": camera["id"], "action": "flashlight", "state": "on"}
    assert site.call("GET", path, "viewer").json() == {"led": 0}
    with agent_answers(camera["agent"], {"state": "done", "result": {"led": 255}}):
        assert site.call("POST", "/control", body=body).status_code == 200
    assert site.call("GET", path, "viewer").json() == {"led": 255}
    # at once, though the camera was remembered with its key a moment ago
    asked = requests.get(f"{stack.urls['hosting']}/settings/flashlight", headers=own, timeout=SECONDS)
    assert asked.json() == {"led": 255}


@pytest.mark.parametrize(
    ("code", "status"),
    [("camera_silent", 504), ("camera_failed", 502), ("not_allowed", 502), ("interrupted", 504)],
)
def test_a_command_that_fails_at_the_camera_says_so(
    site: Site, camera: dict[str, str], code: str, status: int
) -> None:
    failed = {"state": "failed", "error": {"code": code, "message": "In plain words."}}
    with agent_answers(camera["agent"], failed):
        answer = site.call("POST", "/control", body={"camera_id": camera["id"], "action": "status"})
    assert (answer.status_code, answer.json()["message"]) == (status, "In plain words.")


def test_an_agent_that_is_silent_for_long_is_told_at_once(site: Site, camera: dict[str, str]) -> None:
    agent = firestore_client().collection("agents").document(camera["agent"])
    agent.set({"lastSeenAt": datetime.now(UTC) - timedelta(minutes=10)})
    answer = site.call("POST", "/control", body={"camera_id": camera["id"], "action": "status"})
    assert answer.status_code == 503
    assert "silent for 10 minutes" in answer.json()["message"]
    assert answer.headers["Retry-After"]
    # at once: nothing was queued that could be waited for
    assert list(agent.collection("commands").stream()) == []


@pytest.mark.long
def test_a_command_that_no_agent_takes_expires_and_is_never_carried_out(
    site: Site, camera: dict[str, str]
) -> None:
    answer = site.call("POST", "/control", body={"camera_id": camera["id"], "action": "status"})
    assert answer.status_code == 503
    assert "did not take the command" in answer.json()["message"]
    assert "has been silent for 2 seconds" in answer.json()["message"]
    commands = firestore_client().collection("agents").document(camera["agent"]).collection("commands")
    assert [command.get("state") for command in commands.stream()] == ["expired"]


@pytest.mark.parametrize(
    "ip", ["192.168.250.250", "9.9.9.9", "router.invalid", "169.254.250.250", "10.0.0.1:22"]
)
def test_an_address_that_is_no_cameras_is_never_reached(site: Site, ip: str) -> None:
    answer = site.call("POST", "/control", body={"camera_ip": ip, "action": "status"})
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_what_is_no_json_and_no_path_is_answered_in_json(site: Site, stack: StackInfo) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['owner']}"}
    url = stack.urls["hosting"]
    broken = requests.post(f"{url}/control", data="{", headers=headers, timeout=SECONDS)
    assert (broken.status_code, broken.json()["error"]) == (400, "bad_request")
    huge = requests.post(f"{url}/control", data="x" * 20_000, headers=headers, timeout=SECONDS)
    assert (huge.status_code, huge.json()["error"]) == (413, "too_large")
    for half in ('{"camera_ip": "\\ud800", "action": "status"}', '{"\\ud800": 1}'):
        refused = requests.post(f"{url}/control", data=half, headers=headers, timeout=SECONDS)
        assert (refused.status_code, refused.json()["error"]) == (400, "bad_request")
    half = '{"name": "half a letter \\ud800"}'
    assert requests.post(f"{url}/cameras", data=half, headers=headers, timeout=SECONDS).status_code == 400
    assert site.call("GET", "/cameras/a/b/c").json()["error"] == "not_found"
    wrong = site.call("PUT", "/cameras")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, POST")


def test_answers_are_for_the_caller_alone(site: Site) -> None:
    headers = site.call("GET", "/cameras").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_forged_token_is_no_token(site: Site, stack: StackInfo) -> None:
    for token in ("x", "a.b.c", "e30.e30.", "\u00e9" * 10):
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = requests.get(f"{stack.urls['hosting']}/stats", headers=headers, timeout=SECONDS)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised"), token


def test_alerts_and_frames_are_counted(site: Site, stack: StackInfo, camera: dict[str, str]) -> None:
    wait_out_midnight()
    headers = {"X-Camera-Id": camera["id"], "X-Camera-Key": camera["key"], "Content-Type": "image/jpeg"}
    crowd = (photos.ensure() / "t1.jpg").read_bytes()
    assert requests.post(f"{stack.urls['hosting']}/detect", data=crowd, headers=headers, timeout=SECONDS).ok

    def counted() -> dict[str, Any] | None:
        told: dict[str, Any] = site.call("GET", "/stats", "viewer").json()
        is_there = any(one["camera_id"] == camera["id"] for one in told["today"]["by_camera"])
        return told if is_there else None

    told = wait_until(counted, "the camera in the statistics")
    assert told is not None
    mine = [one for one in told["today"]["by_camera"] if one["camera_id"] == camera["id"]]
    assert mine == [
        {
            "camera_id": camera["id"],
            "name": "Test",
            "known": 0,
            "unknown": 6,
            "frames": 1,
            "reasons": {"unknown": 1},
        }
    ]
    assert told["total_alerts_today"] >= 6
    assert told["active_cameras"] >= 1
    assert len(told["days"]) == 14
