"""The running functions keep what ``docs/openapi.yaml`` says: generated calls, and one good call of each kind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lookout.cloud.firebase.clients import bucket, firestore_client
from lookout.settings import Settings
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local import seed
from stack.local.info import Account, StackInfo
from tests.services.people.conftest import House

API = schemathesis.openapi.from_path(ROOT / "docs" / "openapi.yaml")
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    for operation in (result.ok() for result in API.get_all_operations() if isinstance(result, Ok))
}
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""What is not checked: that a body which breaks its schema is refused. Numbers may come as ``90``, ``90.0`` or
``"90"``, and a frame under any content type, on purpose."""

EXAMPLES = 8
TWO_KINDS = {"getFlashlight"}
"""Users and cameras may ask: a bearer that is no user's token is taken for a camera's key, whose id is missing."""


def base_url(stack: StackInfo, operation: Any) -> str:
    return f"{stack.urls['functions']}/{operation.definition.raw['tags'][0]}"


def owner_of(stack: StackInfo) -> dict[str, str]:
    """The headers of an owner of one's own: calls are counted by user."""
    account = Account(f"owner-{secrets.token_hex(4)}@example.com", secrets.token_hex(8))
    seed.make_account(stack.urls["auth"], stack.project, account, {"role": "owner"})
    answer = requests.post(
        f"{stack.urls['auth']}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any",
        json={"email": account.email, "password": account.password, "returnSecureToken": True},
        timeout=20,
    )
    return {"Authorization": f"Bearer {answer.json()['idToken']}"}


def headers_for(stack: StackInfo, operation: Any) -> dict[str, str]:
    if operation.definition.raw["tags"] != ["detect"]:
        return owner_of(stack)
    return {"X-Camera-Id": stack.camera.id, "X-Camera-Key": stack.camera.key}


def an_address() -> dict[str, str]:
    """Where a call comes from: after too many wrong keys an address is told 429, not 401."""
    return {"X-Forwarded-For": f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"}


@pytest.fixture
def made_cameras(stack: StackInfo) -> Iterator[list[str]]:
    """For the ids of the cameras that a test makes; they are removed after it, and no other test's."""
    made: list[str] = []
    yield made
    headers = owner_of(stack)
    for camera_id in made:
        url = f"{stack.urls['functions']}/control/cameras/{camera_id}"
        requests.delete(url, headers=headers, timeout=20).raise_for_status()


@dataclass
class Caller:
    """Makes good calls, as the owner or the stack's camera, and remembers which were made."""

    stack: StackInfo
    owner: dict[str, str]
    made: set[str] = field(default_factory=set)

    def __call__(self, name: str, **given: Any) -> Any:
        operation = OPERATIONS[name]
        is_frame = operation.definition.raw["tags"] == ["detect"]
        headers = headers_for(self.stack, operation) if is_frame else self.owner
        case = operation.Case(**given)
        response = case.call(base_url=base_url(self.stack, operation), headers=headers, timeout=60)
        assert response.status_code == 200, response.text
        case.validate_response(response, checks=[check for check in CHECKS if check is not ignored_auth])
        self.made.add(name)
        return response


@pytest.mark.long
def test_a_good_call_of_every_kind_is_answered_as_described(stack: StackInfo) -> None:
    samples = photos.ensure()
    call = Caller(stack, owner_of(stack))
    for name, photo in (("postFrame", "obama.jpg"), ("putFrame", "t1.jpg")):
        call(name, body=(samples / photo).read_bytes(), media_type="image/jpeg")
    call("getStats")
    call("getStatus")
    call("separation")
    call(
        "sendCommand", body={"camera_id": stack.camera.id, "action": "status"}, media_type="application/json"
    )

    made = call("createCamera", body={"name": "Shed"}, media_type="application/json").json()["camera"]
    camera = {"path_parameters": {"camera_id": made["id"]}}
    call("changeCamera", **camera, body={"rotation": 90, "known": None}, media_type="application/json")
    call("getFlashlight", query={"camera_id": made["id"]})
    call("rotateKey", **camera)
    call("watchCamera", **camera)
    call("listCameras")
    call("removeCamera", **camera)

    mark = secrets.token_hex(4)
    house = House(Settings(), firestore_client(), bucket(), FlaskClient(None), "")
    for one in "abcd":
        face = (samples / "biden.jpg").read_bytes()
        house.stranger(f"{one}-{mark}", f"alert-{one}-{mark}", picture=face)

    def about(subject: str, **body: Any) -> dict[str, Any]:
        sent = {"body": body, "media_type": "application/json"} if body else {}
        return {"path_parameters": {"subject": f"{subject}-{mark}"}} | sent

    call("ignoreStranger", **about("a", ignored=False))
    call("mergeStrangers", **about("a", into=f"b-{mark}"))
    call("nameStranger", **about("b", name=f"Bea-{mark}"))
    call("nameStranger", **about("c", name=f"Cy-{mark}"))
    call("correctAlert", **about("alert-c", person_id=f"Bea-{mark}"))
    call("mergePeople", **about("Cy", into=f"Bea-{mark}"))
    call("exportPerson", **about("Bea"))
    call("erasePerson", **about("Bea"))
    call("findTraces", **about("Bea", name=f"Bea-{mark}"))
    call("deleteAlert", **about("alert-a"))
    call("similarAlerts", **about("alert-d"))
    call("notAFace", **about("alert-d"))
    call("testNotice", body={"channel": "push"}, media_type="application/json")
    invitation = {"email": f"{mark}@example.com", "role": "viewer"}
    member = call("inviteMember", body=invitation, media_type="application/json").json()["member"]
    call("listMembers")
    call("removeMember", path_parameters={"uid": member["uid"]})
    # last: it ends the session of the caller
    call("signOutEverywhere")
    assert call.made == set(OPERATIONS)


@pytest.mark.few(5)
@pytest.mark.parametrize("name", OPERATIONS)
def test_generated_calls_are_answered_as_described(
    name: str, stack: StackInfo, made_cameras: list[str]
) -> None:
    operation = OPERATIONS[name]
    url, headers = base_url(stack, operation), headers_for(stack, operation)
    checks = [check for check in CHECKS if check is not ignored_auth or name not in TWO_KINDS]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        response = case.call_and_validate(
            base_url=url, headers=headers | an_address(), checks=checks, timeout=60
        )
        if name == "createCamera" and response.status_code == 200:
            made_cameras.append(response.json()["camera"]["id"])

    answered()
