"""Each function as the platform runs it does what it is there for, within its memory and its processor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import scene
from tests.parity.conftest import Deployed
from tests.services.enrol.events import of_object, of_person
from tests.services.notify.conftest import SECRET, NotifyStores
from tests.services.notify.servers import receiver
from tests.support import documents
from tests.support.events import of_document
from tests.support.stores import objects

PHOTO = "faces/anna/1.jpg"


def seen(photos: Path, size: int) -> bytes:
    """A frame with somebody in it, whose face is so many pixels wide."""
    return scene.posted(scene.with_person(photos / "obama2.jpg", size, 260))


def test_detect_tells_who_was_enrolled(deployed: Deployed, photos: Path) -> None:
    deployed.camera()
    generation = deployed.upload(PHOTO, (photos / "obama.jpg").read_bytes())
    with deployed.run("enroll") as enroll:
        enroll.deliver(of_object("finalized", PHOTO, generation))
    assert deployed.read("people/anna/photos/1.jpg")["status"] == "enrolled"
    assert deployed.read("gallery/anna")["photoIds"] == ["1.jpg"]
    with deployed.run("detect") as detect:
        answers = [detect.post(seen(photos, size)) for size in (80, 84, 88, 92, 96)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.json()["person"] for answer in answers} == {"anna"}
    (alert,) = deployed.alerts()
    assert (alert["personId"], alert["frames"], alert["picture"]) == ("anna", 5, "stored")


def test_forget_photo_forgets_its_vector(deployed: Deployed, photos: Path) -> None:
    generation = deployed.upload(PHOTO, (photos / "obama.jpg").read_bytes())
    with deployed.run("enroll") as enroll:
        enroll.deliver(of_object("finalized", PHOTO, generation))
    deployed.bucket.blob(PHOTO).delete()
    with deployed.run("forget_photo", "enroll") as forget:
        forget.deliver(of_object("deleted", PHOTO, generation))
    assert deployed.read("gallery/anna")["photoIds"] == []
    deployed.db.document("people/anna").delete()
    with deployed.run("person_changed", "enroll") as changed:
        changed.deliver(of_person({"name": "anna"}, None, "anna"))
    assert deployed.read("gallery/anna")["deleted"] is True


def test_control_makes_a_camera_that_is_told_its_light(deployed: Deployed) -> None:
    with deployed.run("control") as control:
        made = control.ask("POST", "/cameras", {"name": "Front Door"})
        camera = made["camera"]["id"]
        assert control.ask("GET", f"/settings/flashlight?camera_id={camera}") == {"led": 0}
    assert deployed.read(f"cameras/{camera}")["name"] == "Front Door"
    assert deployed.read(f"cameras/{camera}/private/key")["sha256"]


def test_stats_counts_the_people(deployed: Deployed) -> None:
    deployed.db.document("people/anna").set(documents.person("Anna"))
    with deployed.run("stats") as stats:
        assert stats.ask("GET", "/stats")["known_persons"] == 1
        assert stats.ask("GET", "/status")["cameras"] == []


def test_people_minds_what_an_owner_says_of_a_stranger(deployed: Deployed) -> None:
    deployed.db.document("strangers/s1").set(documents.stranger())
    deployed.db.document("stranger_vectors/s1").set(documents.stranger_vectors({"a1": bytes(1024)}))
    with deployed.run("people") as people:
        people.ask("POST", "/strangers/s1/ignore", {})
    assert deployed.read("strangers/s1")["ignored"] is True


def test_with_an_alert_its_pictures_go(deployed: Deployed) -> None:
    alert = documents.alert("a1")
    deployed.upload(alert["imagePath"] or "", b"frame")
    with deployed.run("alert_deleted", "people") as people:
        people.deliver(of_document("deleted", "alerts/a1", alert, None))
    assert objects(deployed.bucket) == []


def test_tidy_deletes_what_has_expired(deployed: Deployed) -> None:
    deployed.db.document("notices/n1").set({"expireAt": datetime.now(UTC) - timedelta(hours=1)})
    with deployed.run("tidy", "people") as tidy:
        tidy.tick()
    assert deployed.get("notices/n1") is None


def test_notify_calls_a_webhook_about_the_alert(deployed: Deployed) -> None:
    stores = NotifyStores(deployed.settings, deployed.db, deployed.bucket)
    stores.alert()
    notice = stores.notice()
    with receiver() as hook:
        variables = {"WEBHOOK_URL": hook.url, "WEBHOOK_SECRET": SECRET, "WEBHOOK_ALLOW_PRIVATE": "true"}
        with deployed.run("notify", variables=variables) as notify:
            notify.deliver(of_document("created", f"notices/{notice}", None, {"alertId": "a1"}))
        (posted,) = hook.posted
    assert posted.headers["X-Lookout-Delivery"] == notice


def test_separation_tells_how_far_apart_people_are(deployed: Deployed) -> None:
    with deployed.run("separation", "detect") as separation:
        assert separation.ask("GET", "/people/separation")["people"] == []
