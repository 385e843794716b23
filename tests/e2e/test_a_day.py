"""One day at a front door, on the whole stack: what came of it is what a person would expect.

docs/a-day.md tells the same day as a story, whose last columns are what is expected here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from lookout.cloud.firebase.stores import Stores
from stack.fake_camera import client
from stack.install import photos
from stack.install.bootstrap import ROOT
from stack.local import emulators, owner
from stack.local.info import StackInfo
from stack.testing.groups import TESTED
from tests.e2e import cast
from tests.e2e.inbox import Inbox
from tests.support.stores import bucket_at, firestore_at
from tests.support.visits import let_pass
from tests.support.waiting import wait_until

LEFT = timedelta(hours=1)
"""Longer than any visit lasts."""

QUIET_SECONDS = 1.0
"""Nobody is told twice: so long nothing more comes, once all has come."""

ENVIRONMENT = {
    # a change of the owner's, or of the gallery, is felt at once
    "SITE_REFRESH_SECONDS": "0",
    **TESTED,
    "GALLERY_REFRESH_SECONDS": "0",
}


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


@pytest.fixture(scope="module")
def house(inbox: Inbox) -> Iterator[StackInfo]:
    """A stack of its own: on this day nobody else changes the settings, and the mail comes here."""
    with emulators.started(environment=ENVIRONMENT | inbox.environment) as info:
        yield info


class Day:
    """The front door and its owner."""

    def __init__(self, house: StackInfo, inbox: Inbox, samples: Path) -> None:
        self._house, self._inbox, self._samples = house, inbox, samples
        self._token = owner.sign_in(house)
        self._db = firestore_at(house.environment["FIRESTORE_EMULATOR_HOST"], house.project)
        self._stores = Stores(self._db, bucket_at(house.urls["storage"], house.project), 30.0)
        self._taken = 0

    # the owner

    def enrol(self, person: str, *photos: bytes) -> None:
        for number, photo in enumerate(photos):
            owner.upload(self._house, self._token, f"faces/{person}/{number}.jpg", photo)
        for number in range(len(photos)):
            wait_until(partial(self._is_enrolled, person, number), f"{person} is enrolled")

    def sets(self, **fields: Any) -> None:
        self._db.document("settings/site").set(fields, merge=True)

    def says(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(
            f"{self._house.urls['hosting']}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    # the door

    def comes(self, *frames: bytes) -> dict[str, Any]:
        """Somebody stands at the door for these frames, and leaves. The answer to the last of them."""
        for jpeg in frames:
            answer = client.post(
                f"{self._house.urls['hosting']}/detect",
                self._house.camera.id,
                self._house.camera.key,
                jpeg,
                timeout=30,
            )
            assert answer.status == 200, answer.body
        let_pass(self._stores, self._house.camera.id, LEFT)
        return answer.json

    def shots(self, who: str, *shots: int) -> list[bytes]:
        return [cast.frame(self._samples, who, self._later(cast.SHOTS[shot])) for shot in shots]

    def _later(self, shot: cast.Shot) -> cast.Shot:
        """The light changes all the time: no camera takes the same picture twice."""
        self._taken += 1
        return replace(shot, light=shot.light * (1 + self._taken / 1000))

    def photo(self, name: str) -> bytes:
        return client.on_frame((self._samples / name).read_bytes(), *cast.SIZE)

    # what came of it

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts in the order in which they were made."""
        stored = [one.to_dict() | {"id": one.id} for one in self._db.collection("alerts").get()]
        return sorted(stored, key=lambda alert: alert["firstSeenAt"])

    def strangers(self) -> dict[str, dict[str, Any]]:
        return {one.id: one.to_dict() for one in self._db.collection("strangers").get()}

    def told(self, alerts: list[dict[str, Any]]) -> dict[str, str]:
        """What the webhook was told of each alert."""
        known = {alert["id"] for alert in alerts}
        said = {hook["alert_id"]: hook["person"] for hook in self._inbox.hooks}
        assert {hook["event"] for hook in self._inbox.hooks} == {"alert.new"}
        assert set(said) <= known
        assert len(said) == len(self._inbox.hooks)
        return said

    def ways(self) -> dict[str, str]:
        """How it went with each way to tell people, the same for all notices that were told."""
        stored = [one.to_dict().get("channels", {}) for one in self._db.collection("notices").get()]
        told = {
            tuple((way, record["state"]) for way, record in sorted(ways.items())) for ways in stored if ways
        }
        (same,) = told
        return dict(same)

    def mails(self) -> list[str]:
        """What the mails say."""
        return [str(mail["Subject"]) for mail in self._inbox.mails]

    def hears(self, news: int) -> None:
        """So many were told, each by mail and by webhook. What is corrected before is told as it is by then."""
        wait_until(lambda: min(len(self._inbox.mails), len(self._inbox.hooks)) >= news, f"{news} were told")

    def waits_for(self, news: int) -> None:
        """All that is on its way has come, each once by mail and once by webhook."""
        self.hears(news)
        time.sleep(QUIET_SECONDS)

    def _is_enrolled(self, person: str, number: int) -> bool:
        stored = self._db.document(f"people/{person}/photos/{number}.jpg").get().to_dict() or {}
        return bool(stored.get("status") == "enrolled")


TWINS = ("Tom", "Tim")

TOLD = re.compile(r"\| [0-9]+:[0-9]+ \| .* \| (.*) \| (.*?) ?\|")


def story() -> list[tuple[str, str | None]]:
    """The table in docs/a-day.md of this day: who each alert is in the end, and who was told, None for nobody."""
    rows = TOLD.findall((ROOT / "docs" / "a-day.md").read_text())
    return [(alert, told or None) for alert, told in rows if alert != "no alert"]


def where_it_is_noon() -> str:
    """A time zone in which no day ends while the test runs."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}"  # the sign is the other way round there


def pictures_in(mail: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in mail.walk() if part.get_content_type() == "image/jpeg"]


@pytest.mark.long
def test_a_day_at_the_front_door(house: StackInfo, inbox: Inbox) -> None:
    samples = photos.ensure()
    day = Day(house, inbox, samples)

    # a family of four, two of them hard to tell apart
    day.enrol("Mia", *(cast.portrait(samples, "woman on the left", cast.SHOTS[n]) for n in (0, 2)))
    day.enrol("Max", *(cast.portrait(samples, "man in grey", cast.SHOTS[n]) for n in (0, 2)))
    day.enrol("Tom", (samples / "obama.jpg").read_bytes())
    day.enrol("Tim", (samples / "obama2.jpg").read_bytes())
    zone = where_it_is_noon()
    day.sets(notify={"digest": True}, timezone=zone)

    # Mia leaves, and comes back; of the family only the first time of a day is told
    assert day.comes(*day.shots("woman on the left", 0, 1, 3))["person"] == "Mia"
    assert day.comes(*day.shots("woman on the left", 3, 1))["person"] == "Mia"
    # the postman: nobody knows him
    assert day.comes(*day.shots("man with the watch", 0, 1))["person"] == "Unknown"
    # one of the twins: rather nobody than the wrong one
    answer = day.comes(day.photo("obama3.jpg"))
    assert (answer["reason"], set(answer["faces"][0]["candidates"])) == ("ambiguous", set(TWINS))
    day.hears(3)
    day.says(f"/alerts/{answer['alert_id']}/correct", {"person_id": "Tom"})
    # a stranger, three times that day
    for shots in ((0, 1), (2,), (3, 1)):
        answer = day.comes(*day.shots("woman on the right", *shots))
        assert answer["person"] == "Unknown"
    # the postman again: he is the one of this morning
    day.comes(*day.shots("man with the watch", 2))
    assert sorted(one["visits"] for one in day.strangers().values()) == [2, 3]

    # she is Nora from next door: all that is past gets her name, and she is known from then on
    neighbour = day.alerts()[-2]["strangerId"]
    day.hears(7)
    named = day.says(f"/strangers/{neighbour}/name", {"name": "Nora"})
    assert named["alerts"] == 3
    assert named["enrolled"] >= 1
    assert day.comes(*day.shots("woman on the right", 1, 0))["person"] == "Nora"
    # and nobody wants to hear of the postman any more
    day.hears(8)
    (postman,) = day.strangers()
    day.says(f"/strangers/{postman}/ignore", {})
    assert day.comes(*day.shots("man with the watch", 3, 0))["reason"] == "muted"

    # in the evening somebody is taken for Max, because the owner was generous with the threshold
    day.sets(threshold=0.6)
    wrong = day.comes(*day.shots("man in red", 1))
    assert wrong["person"] == "Max"
    day.hears(9)
    day.says(f"/alerts/{wrong['alert_id']}/correct", {"person_id": None})
    assert day.comes(*day.shots("man in red", 1, 0, 2))["person"] == "Unknown"
    assert day.comes(*day.shots("man in grey", 1, 3))["person"] == "Max"

    # at night nobody is woken, and in the morning nothing is brought up
    now = datetime.now(ZoneInfo(zone))
    hours = {"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{now + timedelta(hours=1):%H:%M}"}
    day.sets(quietHours=hours)
    assert day.comes(*day.shots("woman in black", 0, 1))["person"] == "Unknown"
    day.sets(quietHours=None)

    expected = story()
    assert len(expected) == 13
    day.waits_for(sum(person is not None for _, person in expected))
    alerts = day.alerts()
    told = day.told(alerts)
    assert [(alert["person"], told.get(alert["id"])) for alert in alerts] == expected
    door = alerts[0]["cameraName"]
    assert sorted(day.mails()) == sorted(
        f"{person} at {door}" for _, person in expected if person is not None
    )
    site = house.urls["hosting"]
    assert all(hook["url"] == f"{site}/#/alerts/{hook['alert_id']}" for hook in inbox.hooks)
    assert day.ways() == {"email": "sent", "webhook": "sent"}
    assert all(pictures_in(mail) == ["face.jpg", "frame.jpg"] for mail in inbox.mails)
