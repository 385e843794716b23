"""What an owner says of how people are told."""

from __future__ import annotations

import pytest

from lookout.domain.notifications.rules import DEFAULT_RULES, Channel, NotificationRules
from lookout.domain.site.site import Site

DEFAULT = Site(threshold=None, margin=0.05, visit_seconds=120, retention_days=30, timezone="UTC")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, DEFAULT_RULES),
        ({"digest": False, "channels": {}}, DEFAULT_RULES),
        ({"digest": True}, NotificationRules(digest=True)),
        ({"channels": {"email": False, "push": True}}, NotificationRules(off=frozenset({Channel.EMAIL}))),
        (
            {"channels": dict.fromkeys(["email", "push", "webhook"], False)},
            NotificationRules(off=frozenset(Channel)),
        ),
    ],
)
def test_what_an_owner_says_counts(said: object, meant: NotificationRules) -> None:
    assert DEFAULT.overridden({"notify": said})[0].notifications == meant
    assert DEFAULT.overridden({"notify": said})[1] == []


@pytest.mark.parametrize(
    "said",
    [
        True,
        "email",
        [],
        {"only": "unknown"},
        {"digest": "yes"},
        {"digest": None},
        {"channels": ["email"]},
        {"channels": {"pigeon": True}},
        {"channels": {"email": "off"}},
        {"channels": {"email": None}},
        {"digest": True, "channels": {"email": 0}},
    ],
    ids=repr,
)
def test_what_cannot_be_used_is_complained_about_and_people_are_told_as_before(said: object) -> None:
    site, (complaint,) = DEFAULT.overridden({"notify": said, "margin": 0.2})
    assert complaint.startswith("settings/site notify: ")
    assert (site.notifications, site.margin) == (DEFAULT_RULES, 0.2)
