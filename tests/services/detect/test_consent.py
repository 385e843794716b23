"""A person whose consent has ended is not recognised until it is renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.services import enrol
from tests.services.detect.conftest import House, People, Shot
from tests.services.enrol.events import of_person
from tests.support import functions

DAY = timedelta(days=1)

Say = Callable[[dict[str, Any]], None]


@pytest.fixture
def say(house: House) -> Say:
    """Change fields of Barack as an owner does, and have ``enroll`` get the event."""
    main = functions.main("enroll")
    enrol.service.replace(enrol.EnrolmentService(house.settings, house.stores))

    def said(fields: dict[str, Any]) -> None:
        person = house.db.document("people/Barack")
        before = person.get().to_dict()
        person.update(fields)
        main.person_changed(of_person(before, person.get().to_dict(), "Barack"))

    return said


def _reason(house: House, frame: bytes) -> tuple[str, str]:
    """Who the warm instance says that it is, and why."""
    face = house.look(frame)
    return face["person"], face["reason"]


def test_a_person_whose_consent_has_ended_is_unknown_until_it_is_renewed(
    house: House, people: People, shot: Shot, say: Say
) -> None:
    now = datetime.now(UTC)
    house.db.document("people/Barack").set({"name": "Barack", "consentExpiresAt": now - DAY})
    people.enrol("Barack", "obama.jpg")
    people.enrol("Joe", "biden.jpg")
    frame = shot("obama2.jpg")
    assert _reason(house, frame) == ("Unknown", "unknown")
    say({"consentExpiresAt": now + DAY})
    assert _reason(house, frame) == ("Barack", "known")
    say({"consentExpiresAt": now - DAY})
    assert _reason(house, frame) == ("Unknown", "unknown")
    say({"consentExpiresAt": None})
    assert _reason(house, frame) == ("Barack", "known")
    assert _reason(house, shot("biden.jpg")) == ("Joe", "known")


def test_an_alert_of_somebody_whose_consent_has_ended_says_nothing_of_the_person(
    house: House, people: People, shot: Shot
) -> None:
    house.db.document("people/Barack").set({"name": "Barack", "consentExpiresAt": datetime.now(UTC) - DAY})
    people.enrol("Barack", "obama.jpg")
    house.post(shot("obama2.jpg"))
    assert "Barack" not in str(house.alert())


def test_an_end_of_consent_that_makes_no_sense_ends_nothing(
    house: House, people: People, shot: Shot, say: Say
) -> None:
    house.db.document("people/Barack").set({"name": "Barack", "consentExpiresAt": datetime.now(UTC) - DAY})
    people.enrol("Barack", "obama.jpg")
    assert _reason(house, shot("obama2.jpg")) == ("Unknown", "unknown")
    say({"consentExpiresAt": "some day"})
    assert _reason(house, shot("obama2.jpg")) == ("Barack", "known")
