"""The event as the platform delivers it: what is acted on, what comes again, what is dropped."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lookout.cloud.firebase import google_private
from lookout.errors import SettingsError, Unavailable
from lookout.services.notify import channels, deliveries
from lookout.settings import Settings
from stack.local.info import StackInfo
from tests.services.notify.conftest import NotifyStores
from tests.services.notify.servers import MailServer, Receiver, status
from tests.support import functions
from tests.support.events import of_document
from tests.support.outage import StoreLine


@pytest.fixture
def main(room: NotifyStores) -> Any:
    """``main.py`` as a warm instance with the test's service."""
    main = functions.main("notify")
    deliveries.service.replace(room.service())
    return main


def _event(notice_id: str) -> Any:
    return of_document("created", f"notices/{notice_id}", None, {"alertId": "a1"})


def test_a_notice_that_is_made_is_told(
    main: Any, room: NotifyStores, smtp: MailServer, hook: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    room.alert()
    main.notify(_event(room.notice()))
    assert len(smtp.mails) == len(hook.posted) == 1
    line = json.loads(capfd.readouterr().out)
    assert (line["subject"], line["done"]) == ("a1_new", "email: sent; webhook: sent")


def test_what_is_left_to_do_has_the_event_come_again(
    main: Any, room: NotifyStores, hook: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    room.alert()
    hook.for_ever = status(503)
    with pytest.raises(Unavailable):
        main.notify(_event(room.notice()))
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["severity"] == "WARNING"


def test_a_silent_store_has_the_event_come_again(
    room: NotifyStores, line: StoreLine, distant_db: Any
) -> None:
    room.alert()
    notice = room.notice()
    room.db = distant_db
    service = room.service(STORE_TIMEOUT_SECONDS=0.5)
    line.cut()
    with pytest.raises(Unavailable):
        service.deliver(notice)


def test_a_notice_that_cannot_be_read_is_dropped(
    main: Any, room: NotifyStores, smtp: MailServer, capfd: pytest.CaptureFixture[str]
) -> None:
    room.db.document("notices/odd").set({"alertId": "a1", "state": "shouting"})
    main.notify(_event("odd"))
    assert json.loads(capfd.readouterr().out)["severity"] == "ERROR"
    assert smtp.mails == []


def test_the_platform_is_asked_to_deliver_again_and_for_little_memory(main: Any) -> None:
    endpoint = google_private.endpoint(main.notify)
    assert endpoint.eventTrigger["retry"] is True
    assert endpoint.eventTrigger["eventType"] == "google.cloud.firestore.document.v1.created"
    assert endpoint.availableMemoryMb == 256


def test_a_claim_outlives_the_function_that_made_it(main: Any, room: NotifyStores) -> None:
    from lookout.domain.notifications.delivery import LEASE

    seconds = google_private.endpoint(main.notify).timeoutSeconds
    assert deliveries.ALL_SECONDS < seconds < LEASE.total_seconds()


def test_events_that_meet_a_cold_instance_make_one_service(stack: StackInfo) -> None:
    assert stack.project
    deliveries.service.reset()
    with ThreadPoolExecutor(4) as pool:
        assert len({id(made) for made in pool.map(lambda _: deliveries.service(), range(4))}) == 1
    deliveries.service.reset()


@pytest.mark.parametrize(
    ("setting", "closed", "told"),
    [
        (
            {"EMAIL_PORT": "smtp"},
            "email",
            "EMAIL_PORT='smtp' is not a whole number; set it to one from 1 to 65535.",
        ),
        ({"EMAIL_PORT": "70000"}, "email", "EMAIL_PORT=70000 is out of range"),
        (
            {"EMAIL_ENABLED": "ja"},
            "email",
            "EMAIL_ENABLED='ja' is neither on nor off; set it to true or false.",
        ),
        ({"PUSH_ENABLED": "ja"}, "push", "PUSH_ENABLED='ja' is neither on nor off; set it to true or false."),
        ({"WEBHOOK_ALLOW_PRIVATE": "ja"}, "webhook", "WEBHOOK_ALLOW_PRIVATE='ja' is neither on nor off"),
        ({"WEBHOOK_URL": "https://[home/hidden"}, "webhook", "WEBHOOK_URL is no address such as"),
        ({"WEBHOOK_SECRET": "hidden"}, "webhook", "WEBHOOK_URL needs WEBHOOK_SECRET"),
        ({"EMAIL_HOST": "[::1"}, "email", "EMAIL_HOST='[::1' is no server's name"),
        ({"EMAIL_TO": "hidden"}, "email", "EMAIL_TO has 'hidden'"),
    ],
)
def test_one_bad_setting_closes_its_own_way_alone_and_is_told_on_the_alert(
    room: NotifyStores, smtp: MailServer, hook: Receiver, setting: dict[str, str], closed: str, told: str
) -> None:
    good = {
        "EMAIL_ENABLED": "true",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp.port),
        "EMAIL_TLS": "none",
        "EMAIL_FROM": "house@example.com",
        "EMAIL_TO": "ann@example.com",
        "WEBHOOK_URL": f"{hook.url}/hook",
        "WEBHOOK_SECRET": "a secret of the house",
        "WEBHOOK_ALLOW_PRIVATE": "true",
    }
    settings, complaints = Settings.for_notifications(good | setting)
    notifiers = channels.notifiers(settings, room.stores, complaints)
    room.alert(pictures=False)
    room.service(notifiers=notifiers).deliver(room.notice())
    assert told in room.undelivered()[closed]["reason"]
    assert set(room.undelivered()) == {closed}
    assert (len(smtp.mails), len(hook.posted)) == (int(closed != "email"), int(closed != "webhook"))


def test_a_site_url_that_is_none_costs_the_links_alone(
    room: NotifyStores, capfd: pytest.CaptureFixture[str]
) -> None:
    for bad in ("https://[home", "house", "https://h:port"):
        settings, complaints = Settings.for_notifications({"SITE_URL": bad})
        assert settings.site_url is None
        channels.notifiers(settings, room.stores, complaints)
        assert "SITE_URL" in capfd.readouterr().out


def test_a_bad_setting_that_is_not_of_the_ways_ends_the_start() -> None:
    with pytest.raises(SettingsError, match="TIMEZONE"):
        Settings.for_notifications({"TIMEZONE": "Mars", "EMAIL_PORT": "x"})
