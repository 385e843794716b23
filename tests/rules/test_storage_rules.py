"""Who may read and write which object. 200 and 204 passed, 403 was refused by the rules."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lookout.domain.cameras.live import KEPT
from tests.rules.conftest import CALLERS, LivePicture
from tests.rules.rest import ADMIN, Firestore, Storage

Tokens = dict[str, str | None]

JPEG = b"\xff\xd8\xff\xe0 not much of a picture \xff\xd9"
LIMIT = 8 * 1024 * 1024
READERS = {"owner", "viewer"}

OBJECTS = {
    # of these tests alone: photos go with a person, and the tests of Firestore's rules delete theirs
    "faces/rules-amy/one.jpg": READERS,
    "alerts/rules-pictures/0a1b2c3d4e5f/frame.jpg": READERS,
    "alerts/rules-pictures/0a1b2c3d4e5f/face.jpg": READERS,
    "strangers/rules-stranger/face.jpg": READERS,
    "snapshots/rules-camera.jpg": READERS,
    "exports/rules-amy/0a1b2c.zip": {"owner"},
    "exports/rules-stray.zip": set[str](),
    "exports/rules-amy/deeper/0a1b2c.zip": set[str](),
    "live/deeper/rules-camera.jpg": set[str](),
    "debug/NO_FACE_rules.jpg": set[str](),
    "rules-anything.jpg": set[str](),
    "faces/rules-stray.jpg": set[str](),
    "faces/rules-amy/deeper/one.jpg": set[str](),
}
"""Every kind of object, and who may read it."""


CLIENTS_OWN = {"faces/rules-amy/one.jpg", "snapshots/rules-camera.jpg"}
"""Objects that some role may write."""


@pytest.fixture(scope="module", autouse=True)
def objects(storage: Storage) -> None:
    for name in OBJECTS:
        assert storage.upload(name, JPEG, "image/jpeg", ADMIN) == 200


def _photo() -> str:
    return f"faces/rules-bob/{secrets.token_hex(4)}.jpg"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_is_read_by_those_it_is_for(
    name: str, caller: str, storage: Storage, tokens: Tokens
) -> None:
    assert storage.download(name, tokens[caller]) == (200 if caller in OBJECTS[name] else 403)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "faces/",
        "faces/rules-amy/",
        "alerts/",
        "alerts/rules-pictures/",
        "snapshots/",
        "live/",
        "debug/",
        "exports/",
    ],
)
def test_no_folder_is_listed(prefix: str, caller: str, storage: Storage, tokens: Tokens) -> None:
    assert storage.listing(prefix, tokens[caller]) == 403


@pytest.mark.parametrize("caller", CALLERS)
def test_owners_alone_upload_and_delete_photos(caller: str, storage: Storage, tokens: Tokens) -> None:
    name = _photo()
    allowed = caller == "owner"
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == (200 if allowed else 403)
    if not allowed:
        assert storage.upload(name, JPEG, "image/jpeg", ADMIN) == 200
    assert storage.delete(name, tokens[caller]) == (204 if allowed else 403)


@pytest.mark.parametrize(
    "kind",
    [
        *("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/avif", "image/gif"),
        *("image/jpg", "image/pjpeg", "image/x-png", "image/heic-sequence", "IMAGE/JPEG", "Image/Jpg"),
        *("image/jpeg; charset=x", "application/octet-stream", "binary/octet-stream", None),
    ],
)
def test_a_photo_is_taken_by_whatever_name_a_program_calls_it(
    kind: str | None, storage: Storage, tokens: Tokens
) -> None:
    assert storage.upload(_photo(), JPEG, kind, tokens["owner"]) == 200
    assert storage.upload(_photo(), JPEG, kind, tokens["viewer"]) == 403


@pytest.mark.parametrize(
    "kind",
    [
        *("text/html", "text/plain", "image/svg+xml", "IMAGE/SVG+XML", "image/svg", "application/xhtml+xml"),
        *("application/javascript", "multipart/related", "image/", "text/html; image/jpeg"),
    ],
)
def test_what_a_browser_would_run_is_refused(kind: str, storage: Storage, tokens: Tokens) -> None:
    assert storage.upload(_photo(), b"<script>alert(1)</script>", kind, tokens["owner"]) == 403


def test_a_photo_does_not_become_a_web_page_afterwards(storage: Storage, tokens: Tokens) -> None:
    name = _photo()
    assert storage.upload(name, JPEG, "image/jpeg", tokens["owner"]) == 200
    assert storage.retype(name, "text/html", tokens["owner"]) == 403
    assert storage.retype(name, "image/png", tokens["viewer"]) == 403


def test_a_photo_may_have_8_mb_and_not_a_byte_more(storage: Storage, tokens: Tokens) -> None:
    assert storage.upload(_photo(), bytes(LIMIT), "image/jpeg", tokens["owner"]) == 200
    assert storage.upload(_photo(), bytes(LIMIT + 1), "image/jpeg", tokens["owner"]) == 403
    assert storage.upload(_photo(), bytes(9 * 1024 * 1024), "image/jpeg", tokens["owner"]) == 403


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", [name for name in OBJECTS if name not in CLIENTS_OWN])
def test_nothing_else_is_written_or_deleted_by_a_client(
    name: str, caller: str, storage: Storage, tokens: Tokens
) -> None:
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == 403
    assert storage.delete(name, tokens[caller]) == 403


SNAPSHOT_LIMIT = 2 * 1024 * 1024


def _snapshot(firestore: Firestore, **camera: object) -> str:
    """The place of the snapshots of a camera that is registered with these fields, the agent ``pi``'s."""
    camera_id = f"rules-{secrets.token_hex(4)}"
    firestore.put(f"cameras/{camera_id}", {"name": "Yard", "agentId": "pi"} | camera)
    return f"snapshots/{camera_id}.jpg"


@pytest.mark.parametrize("caller", CALLERS)
def test_a_cameras_agent_alone_brings_its_snapshots_and_newer_ones(
    caller: str, storage: Storage, firestore: Firestore, tokens: Tokens
) -> None:
    name, wanted = _snapshot(firestore), 200 if caller == "agent" else 403
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == wanted
    assert storage.upload(name, JPEG, "image/jpeg", ADMIN) == 200
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == wanted
    assert storage.delete(name, tokens[caller]) == 403


def test_a_camera_that_was_given_to_another_agent_is_the_first_ones_no_more(
    storage: Storage, firestore: Firestore, tokens: Tokens
) -> None:
    name = _snapshot(firestore)
    assert storage.upload(name, JPEG, "image/jpeg", tokens["agent"]) == 200
    camera = name.removeprefix("snapshots/").removesuffix(".jpg")
    firestore.put(f"cameras/{camera}", {"name": "Yard", "agentId": "elsewhere"})
    assert storage.upload(name, JPEG, "image/jpeg", tokens["agent"]) == 403
    assert storage.upload(name, JPEG, "image/jpeg", tokens["another agent"]) == 200


@pytest.mark.parametrize("agent", ["", None, ["pi"], {"pi": True}, 0])
def test_a_camera_that_is_no_agents_gets_no_snapshot(
    agent: object, storage: Storage, firestore: Firestore, tokens: Tokens
) -> None:
    name = _snapshot(firestore, agentId=agent)
    assert storage.upload(name, JPEG, "image/jpeg", tokens["agent"]) == 403


def test_a_camera_that_is_not_registered_gets_no_snapshot(storage: Storage, tokens: Tokens) -> None:
    name = f"snapshots/rules-{secrets.token_hex(4)}.jpg"
    assert storage.upload(name, JPEG, "image/jpeg", tokens["agent"]) == 403


def test_a_snapshot_may_have_2_mb_and_not_a_byte_more(
    storage: Storage, firestore: Firestore, tokens: Tokens
) -> None:
    name = _snapshot(firestore)
    assert storage.upload(name, bytes(SNAPSHOT_LIMIT), "image/jpeg", tokens["agent"]) == 200
    assert storage.upload(name, bytes(SNAPSHOT_LIMIT + 1), "image/jpeg", tokens["agent"]) == 403


def test_rules_that_look_into_firestore_judge_many_requests_at_once(
    storage: Storage, firestore: Firestore, tokens: Tokens
) -> None:
    own = [_snapshot(firestore) for _ in range(12)]
    foreign = [_snapshot(firestore, agentId="elsewhere") for _ in range(12)]
    names = [name for pair in zip(own, foreign, strict=True) for name in pair]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(lambda name: storage.upload(name, JPEG, "image/jpeg", tokens["agent"]), names)
        )
    assert statuses == [200, 403] * 12


@pytest.mark.parametrize("kind", ["text/html", "image/png", "image/svg+xml", "application/octet-stream"])
def test_a_snapshot_is_a_jpeg(kind: str, storage: Storage, firestore: Firestore, tokens: Tokens) -> None:
    assert storage.upload(_snapshot(firestore), JPEG, kind, tokens["agent"]) == 403


@pytest.mark.parametrize(
    "name",
    [
        "snapshots/one.html",
        "snapshots/deeper/one.jpg",
        "snapshots/.jpg",
        "snapshots/a b.jpg",
        "alerts/a/frame.jpg",
        "faces/rules-bob/one.jpg",
        "one.jpg",
    ],
)
def test_an_agent_writes_nothing_but_snapshots(name: str, storage: Storage, tokens: Tokens) -> None:
    assert storage.upload(name, JPEG, "image/jpeg", tokens["agent"]) == 403


@pytest.mark.parametrize("caller", CALLERS)
def test_a_live_picture_is_written_and_deleted_by_no_client(
    caller: str, storage: Storage, tokens: Tokens
) -> None:
    name = f"live/rules-{secrets.token_hex(4)}.jpg"
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == 403
    assert storage.upload(name, JPEG, "image/jpeg", ADMIN) == 200
    assert storage.upload(name, JPEG, "image/jpeg", tokens[caller]) == 403
    assert storage.delete(name, tokens[caller]) == 403


@pytest.mark.waits
def test_a_live_picture_is_shown_to_nobody_after_a_minute_and_the_next_to_members(
    live_picture: LivePicture, storage: Storage, tokens: Tokens
) -> None:
    # the rules' clock cannot be set: the picture lies there since the first test of any rules
    time.sleep(max(0.0, KEPT.total_seconds() + 1 - (time.monotonic() - live_picture.stored)))
    assert {storage.download(live_picture.name, tokens[caller]) for caller in CALLERS} == {403}
    assert storage.upload(live_picture.name, JPEG, "image/jpeg", ADMIN) == 200
    shown = {caller for caller in CALLERS if storage.download(live_picture.name, tokens[caller]) == 200}
    assert shown == READERS
