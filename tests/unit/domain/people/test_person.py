"""What an owner says of a person is used where it makes sense, and complained about where it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lookout.domain.people.person import PLAIN_FIELDS, Profile

END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "profile"),
    [
        ({}, Profile("p1")),
        ({"name": None, "muted": None, "consentExpiresAt": None}, Profile("p1")),
        ({"name": "Anna", "muted": True, "consentExpiresAt": END}, Profile("Anna", True, END)),
        ({"name": "Zoë", "photoCount": 3, "lookalikes": [{"personId": "x"}]}, Profile("Zoë")),
    ],
)
def test_a_person_is_what_the_owner_says(document: dict[str, Any], profile: Profile) -> None:
    assert Profile.read("p1", document) == (profile, [])


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", 7, "people/p1 name=7 is no text"),
        ("name", "", "people/p1 name='' is no text"),
        ("muted", "yes", "people/p1 muted='yes' is neither true nor false"),
        ("muted", 1, "people/p1 muted=1 is neither true nor false"),
        ("consentExpiresAt", "2027-01-01", "people/p1 consentExpiresAt='2027-01-01' is no timestamp"),
        ("consentExpiresAt", 0, "people/p1 consentExpiresAt=0 is no timestamp"),
    ],
)
def test_what_makes_no_sense_counts_as_not_set(field: str, value: object, complaint: str) -> None:
    said = {"name": "Anna", "muted": True, "consentExpiresAt": END}
    profile, complaints = Profile.read("p1", said | {field: value})
    assert complaints == [complaint]
    assert profile == Profile.read("p1", said | {field: None})[0]


def test_the_fields_come_back_as_they_were() -> None:
    said = {"name": "Anna", "muted": True, "consentExpiresAt": END}
    assert Profile.read("p1", said)[0].fields() == said
    assert set(said) == set(PLAIN_FIELDS)
