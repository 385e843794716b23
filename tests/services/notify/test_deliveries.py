"""Whom a notice tells and of what: once each notifier, as the alert is by then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from lookout.errors import Unavailable
from lookout.log import TRACE
from stack.install.bootstrap import ROOT
from tests.services.notify.conftest import DAY, NotifyStores
from tests.services.notify.servers import MailServer, Receiver, mute_server, status
from tests.support.waiting import wait_until


def test_a_notice_is_told_by_every_way_that_is_set_up_however_often_it_is_delivered(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert()
    notice = room.notice()
    assert room.service().deliver(notice) == "email: sent; webhook: sent"
    for _ in range(3):
        assert room.service().deliver(notice) == "email: done before; webhook: done before"
    assert len(smtp.mails) == len(hook.posted) == 1
    assert room.record(notice, "email")["state"] == room.record(notice, "webhook")["state"] == "sent"
    assert room.undelivered() == {}


def test_deliveries_at_once_tell_once_and_the_ones_that_come_too_early_come_again(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert()
    notice = room.notice()
    services = [room.service() for _ in range(3)]
    ready = threading.Barrier(len(services))

    def deliver(service: Any) -> str:
        ready.wait()
        try:
            return str(service.deliver(notice))
        except Unavailable:
            return "to come again"

    with ThreadPoolExecutor(len(services)) as pool:
        answers = list(pool.map(deliver, services))
    assert "email: sent; webhook: sent" in answers or "to come again" in answers
    assert room.service().deliver(notice) == "email: done before; webhook: done before"
    assert len(smtp.mails) == len(hook.posted) == 1


def test_an_alert_that_gets_a_name_is_told_again(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert()
    room.service().deliver(room.notice())
    room.known()
    upgrade = room.notice(state="known")
    room.service().deliver(upgrade)
    room.service().deliver(upgrade)
    assert [mail["Subject"] for mail in smtp.mails] == [
        "Unknown at Front Door",
        "Anna at Front Door (at first unknown)",
    ]
    assert [posted.json["event"] for posted in hook.posted] == ["alert.new", "alert.known"]
    assert smtp.mails[1]["In-Reply-To"] == smtp.mails[0]["Message-ID"]


def test_an_alert_that_was_corrected_meanwhile_is_told_as_it_is_now(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.known()
    notice = room.notice()
    room.db.document("alerts/a1").update({"personId": "bob", "person": "Bob"})
    room.service().deliver(notice)
    assert smtp.mails[0]["Subject"] == "Bob at Front Door"
    assert (hook.posted[0].json["person_id"], hook.posted[0].json["person"]) == ("bob", "Bob")


@pytest.mark.parametrize(
    ("document", "fields", "known"),
    [("people/anna", {"muted": True}, True), ("strangers/s1", {"ignored": True}, False)],
    ids=["a muted person", "an ignored stranger"],
)
def test_of_somebody_nobody_wants_to_hear_of_by_now_nobody_is_told(
    room: NotifyStores, smtp: MailServer, hook: Receiver, document: str, fields: dict[str, Any], known: bool
) -> None:
    (room.known if known else room.alert)()
    notice = room.notice()
    room.db.document(document).set(fields)
    assert room.service().deliver(notice) == "dropped: muted or ignored by now"
    assert (smtp.mails, hook.posted) == ([], [])


def test_nobody_is_told_of_an_alert_that_was_deleted_or_has_expired(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert()
    notice = room.notice()
    room.db.document("alerts/a1").update({"expireAt": datetime.now(UTC) - timedelta(seconds=1)})
    assert room.service().deliver(notice) == "dropped: the alert is gone"
    room.db.document("alerts/a1").delete()
    assert room.service().deliver(notice) == "dropped: the alert is gone"
    assert room.service().deliver("never_new") == "the notice is gone"
    assert (smtp.mails, hook.posted) == ([], [])
    assert not room.db.document("alerts/a1").get().exists


def test_a_notice_that_is_too_old_is_dropped_and_the_alert_says_so(
    room: NotifyStores, smtp: MailServer, hook: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    room.alert()
    notice = room.notice(at=datetime.now(UTC) - timedelta(minutes=61))
    assert room.service().deliver(notice) == "dropped: older than an hour"
    assert room.service().deliver(notice) == "dropped: older than an hour"
    assert (smtp.mails, hook.posted) == ([], [])
    assert {channel: told["reason"] for channel, told in room.undelivered().items()} == {
        "email": "It was an hour old before it could be sent.",
        "webhook": "It was an hour old before it could be sent.",
    }
    assert "notice expired" in capfd.readouterr().out


def test_what_was_told_in_time_is_not_said_to_be_too_late(room: NotifyStores) -> None:
    room.alert()
    notice = room.notice()
    room.service().deliver(notice)
    room.db.document(f"notices/{notice}").update({"createdAt": datetime.now(UTC) - timedelta(hours=2)})
    room.service().deliver(notice)
    assert room.undelivered() == {}
    assert room.record(notice, "email")["state"] == "sent"


@pytest.mark.parametrize("off", ["email", "webhook"])
def test_an_owner_may_leave_a_way_out(room: NotifyStores, smtp: MailServer, hook: Receiver, off: str) -> None:
    room.db.document("settings/site").set({"notify": {"channels": {off: False}}})
    room.alert()
    room.service().deliver(room.notice())
    assert (len(smtp.mails), len(hook.posted)) == ((0, 1) if off == "email" else (1, 0))


def test_where_nothing_is_set_up_nobody_is_told(room: NotifyStores) -> None:
    room.alert()
    notice = room.notice()
    nothing = room.service(EMAIL_ENABLED=False, WEBHOOK_URL=None)
    assert nothing.deliver(notice) == "no channel is switched on"
    assert room.record(notice, "email") == {}


@pytest.fixture
def digest(room: NotifyStores) -> NotifyStores:
    """The house with the first arrival of each person a day."""
    room.db.document("settings/site").set({"notify": {"digest": True}})
    return room


def test_in_a_digest_the_first_arrival_of_a_day_is_told_and_no_other(
    digest: NotifyStores, smtp: MailServer
) -> None:
    for alert_id, day in (("a1", DAY), ("a2", DAY), ("a3", "2026-06-01")):
        digest.known(alert_id, day=day)
    told = [digest.service().deliver(digest.notice(alert_id)) for alert_id in ("a1", "a2", "a3", "a1")]
    assert told[1] == "dropped: digest, not the first arrival of the day"
    assert told[3] == "email: sent; webhook: sent"  # the test's notice is a new one; the arrival is its own
    arrival = digest.db.document(f"arrivals/{DAY}_anna").get().to_dict()
    assert (arrival["alertId"], arrival["personId"]) == ("a1", "anna")
    assert arrival["expireAt"] > arrival["createdAt"] + timedelta(days=1)


def test_in_a_digest_somebody_unknown_is_always_told_and_an_upgrade_is_an_arrival(
    digest: NotifyStores, smtp: MailServer
) -> None:
    digest.alert("a1")
    digest.service().deliver(digest.notice("a1"))
    digest.alert("a2")
    digest.service().deliver(digest.notice("a2"))
    digest.known("a1")
    digest.service().deliver(digest.notice("a1", "known"))
    digest.known("a2")
    digest.service().deliver(digest.notice("a2", "known"))
    assert [mail["Subject"] for mail in smtp.mails] == [
        "Unknown at Front Door",
        "Unknown at Front Door",
        "Anna at Front Door (at first unknown)",
    ]


def test_in_a_digest_two_alerts_at_once_are_one_arrival(digest: NotifyStores, smtp: MailServer) -> None:
    notices = []
    for number in range(4):
        digest.known(f"b{number}")
        notices.append(digest.notice(f"b{number}"))
    services = [digest.service() for _ in notices]
    with ThreadPoolExecutor(len(services)) as pool:
        told = list(pool.map(lambda pair: pair[0].deliver(pair[1]), zip(services, notices, strict=True)))
    assert told.count("dropped: digest, not the first arrival of the day") == 3
    assert len(smtp.mails) == 1


def test_in_a_digest_each_person_arrives(digest: NotifyStores, smtp: MailServer) -> None:
    digest.known("a1")
    digest.known("a2", personId="bob", person="Bob")
    digest.service().deliver(digest.notice("a1"))
    digest.service().deliver(digest.notice("a2"))
    assert [mail["Subject"] for mail in smtp.mails] == ["Anna at Front Door", "Bob at Front Door"]


def test_a_first_arrival_that_was_corrected_away_leaves_the_day_to_the_next(
    digest: NotifyStores, smtp: MailServer
) -> None:
    digest.known("a1")
    digest.service().deliver(digest.notice("a1"))
    digest.db.document(f"arrivals/{DAY}_anna").delete()  # as a correction does
    digest.known("a2")
    digest.service().deliver(digest.notice("a2"))
    assert len(smtp.mails) == 2


def test_an_arrival_that_nobody_could_be_told_of_leaves_the_day_to_the_next(
    digest: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    digest.known("a1")
    digest.service(EMAIL_HOST=None, WEBHOOK_SECRET=None).deliver(digest.notice("a1"))
    assert set(digest.undelivered("a1")) == {"email", "webhook"}
    digest.known("a2")
    digest.service(WEBHOOK_SECRET=None).deliver(digest.notice("a2"))
    digest.known("a3")
    assert (
        digest.service().deliver(digest.notice("a3")) == "dropped: digest, not the first arrival of the day"
    )
    assert (len(smtp.mails), len(hook.posted)) == (1, 0)


def test_an_arrival_that_was_too_old_to_be_told_leaves_the_day_to_the_next(
    digest: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    digest.known("a1")
    notice = digest.notice("a1")
    hook.for_ever = status(503)
    with pytest.raises(Unavailable):
        digest.service(EMAIL_ENABLED=False).deliver(notice)
    hook.for_ever = None
    digest.db.document(f"notices/{notice}").update({"createdAt": datetime.now(UTC) - timedelta(hours=2)})
    assert digest.service(EMAIL_ENABLED=False).deliver(notice) == "dropped: older than an hour"
    digest.known("a2")
    assert digest.service(EMAIL_ENABLED=False).deliver(digest.notice("a2")) == "webhook: sent"


def test_an_arrival_is_lost_only_when_the_last_way_is_given_up(digest: NotifyStores, hook: Receiver) -> None:
    digest.known("a1")
    notice = digest.notice("a1")
    hook.for_ever = status(503)
    arrival = digest.db.document(f"arrivals/{DAY}_anna")
    for _ in range(4):
        with pytest.raises(Unavailable):
            digest.service(EMAIL_HOST=None).deliver(notice)
        assert arrival.get().exists
    digest.service(EMAIL_HOST=None).deliver(notice)
    assert not arrival.get().exists


TELL = """
import sys
from lookout.cloud.firebase.clients import firestore_client
from lookout.cloud.firebase.stores import Stores
from lookout.settings import Settings
from lookout.services.notify import channels, deliveries
settings = Settings.from_environment()
stores = Stores(firestore_client(), None, settings.limits.store_timeout_seconds)
notifiers = channels.notifiers(settings, stores)
deliveries.NotificationService(settings, stores, notifiers).deliver(sys.argv[1])
"""
"""A process that tells of a notice."""


def test_a_delivery_that_is_killed_is_taken_up_after_its_lease_and_not_before(
    room: NotifyStores, smtp: MailServer, hook: Receiver
) -> None:
    room.alert(pictures=False)
    notice = room.notice()
    own = {
        "EMAIL_ENABLED": "1",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_TLS": "none",
        "EMAIL_FROM": "a@example.com",
    }
    with mute_server() as port:
        environment = os.environ | own | {"EMAIL_PORT": str(port), "EMAIL_TO": "b@example.com"}
        environment |= {"GOOGLE_CLOUD_PROJECT": room.db.project, "GCLOUD_PROJECT": room.db.project}
        environment |= {"FIREBASE_CONFIG": "{}", "PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"}
        process = subprocess.Popen([sys.executable, "-c", TELL, notice], env=environment, cwd=ROOT)
        wait_until(
            lambda: room.record(notice, "email").get("state") == "claimed" or process.poll() is not None,
            "the claim",
        )
        assert process.poll() is None
        process.kill()
        process.wait()
    assert room.record(notice, "email")["state"] == "claimed"
    with pytest.raises(Unavailable, match="under way elsewhere"):
        room.service().deliver(notice)
    assert (smtp.mails, len(hook.posted)) == ([], 1)
    room.db.document(f"notices/{notice}").update({"channels.email.leaseUntil": datetime.now(UTC)})
    assert room.service().deliver(notice) == "email: sent; webhook: done before"
    assert room.record(notice, "email")["tries"] == 2
    assert (len(smtp.mails), len(hook.posted)) == (1, 1)


def test_a_delivery_that_is_killed_every_time_is_given_up_and_the_alert_says_so(
    room: NotifyStores, smtp: MailServer
) -> None:
    room.alert()
    notice = room.notice()
    long_ago = datetime.now(UTC) - timedelta(seconds=1)
    killed = {"state": "claimed", "tries": 5, "claim": "another", "leaseUntil": long_ago}
    room.db.document(f"notices/{notice}").update({"channels": {"email": killed}})
    room.service().deliver(notice)
    assert smtp.mails == []
    assert room.record(notice, "email")["state"] == "failed"
    assert room.undelivered()["email"]["state"] == "new"


def test_a_line_that_a_thread_of_a_channel_logs_has_the_trace_of_the_event(
    room: NotifyStores, capfd: pytest.CaptureFixture[str]
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    room.alert()
    service = room.service(pauses=(0.01,), EMAIL_ENABLED=False, WEBHOOK_URL="http://127.0.0.1:9/")
    headers = {"X-Cloud-Trace-Context": f"{trace}/1;o=1"}
    with Flask(__name__).test_request_context("/", headers=headers), pytest.raises(Unavailable):
        service.deliver(room.notice())
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (retried,) = [line for line in lines if line["message"] == "notification retried"]
    assert retried[TRACE].endswith(f"/{trace}")
