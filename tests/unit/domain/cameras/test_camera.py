"""What an owner may write into a camera, and when one counts as offline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lookout.domain.cameras.camera import camera_fields, shown_status
from lookout.errors import BadRequest

NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=5)


def test_every_plain_field_can_be_set() -> None:
    body = {
        "name": "Front Door",
        "location": "Entrance",
        "ipAddress": "192.168.1.100:8080",
        "status": "disabled",
        "agentId": "agent_001",
        "commandMap": {"servo": "/servo?pan={pan}&tilt={tilt}"},
        "visitSeconds": 86400,
        "armed": False,
        "known": "ignore",
        "unknown": "record",
        "follow": True,
        "fov": 120.5,
        "presets": {"Gate": {"pan": 40, "tilt": 90}},
    }
    assert camera_fields(body) == body


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("192.168.1.100", "192.168.1.100"),
        ("192.168.1.100:80", "192.168.1.100"),
        ("192.168.1.100:080", "192.168.1.100"),
        ("10.0.0.7:0081", "10.0.0.7:81"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert camera_fields({"ipAddress": typed}) == {"ipAddress": kept}


@pytest.mark.parametrize("field", ["visitSeconds", "armed", "known", "unknown", "fov", "rotation"])
def test_null_gives_a_camera_back_to_what_the_site_has(field: str) -> None:
    assert camera_fields({field: None}) == {field: None}


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ({}, "Send a JSON object"),
        ([], "Send a JSON object"),
        ({"key": "x"}, "Unknown field 'key'"),
        ({"led": 255}, "Unknown field 'led'"),
        ({"name": " "}, "must not be empty"),
        ({"name": "x" * 101}, "at most 100"),
        ({"name": 7}, "must be a text"),
        ({"ipAddress": "8.8.8.8"}, "no private IPv4"),
        ({"ipAddress": "0.0.0.0"}, "no private IPv4"),  # noqa: S104 - an address to be refused
        ({"ipAddress": "255.255.255.255"}, "no private IPv4"),
        ({"ipAddress": "192.0.2.5"}, "no private IPv4"),
        ({"ipAddress": "example.org"}, "no private IPv4"),
        ({"ipAddress": "192.168.1.100:99999"}, "no private IPv4"),
        ({"ipAddress": "192.168.1.100/../"}, "no private IPv4"),
        ({"ipAddress": "192.168.1.100:"}, "no private IPv4"),
        ({"ipAddress": "192.168.1.100:８０"}, "no private IPv4"),
        ({"ipAddress": "::1"}, "no private IPv4"),
        ({"ipAddress": "fd00::1"}, "no private IPv4"),
        ({"ipAddress": "::ffff:192.168.1.1"}, "no private IPv4"),
        ({"ipAddress": "[::ffff:192.168.1.1]:80"}, "no private IPv4"),
        ({"status": "online"}, "active or disabled"),
        ({"agentId": "../x"}, "cannot be an agent's id"),
        ({"visitSeconds": 0}, "whole number from 1 to 86400"),
        ({"visitSeconds": 86401}, "whole number from 1 to 86400"),
        ({"visitSeconds": 1.5}, "whole number from 1 to 86400"),
        ({"visitSeconds": True}, "whole number from 1 to 86400"),
        ({"visitSeconds": "60.5"}, "whole number from 1 to 86400"),
        ({"armed": 1}, "armed must be true, false, or null"),
        ({"armed": "yes"}, "armed must be true, false, or null"),
        ({"known": "shout"}, "known must be tell, record, ignore, or null"),
        ({"unknown": ""}, "unknown must be tell, record, ignore, or null"),
        ({"unknown": ["tell"]}, "unknown must be tell, record, ignore, or null"),
        ({"follow": 1}, "follow must be true or false"),
        ({"follow": None}, "follow must be true or false"),
        ({"fov": 9.9}, "degrees from 10 to 170"),
        ({"fov": 171}, "degrees from 10 to 170"),
        ({"fov": True}, "degrees from 10 to 170"),
        ({"fov": "wide"}, "degrees from 10 to 170"),
        ({"fov": float("nan")}, "degrees from 10 to 170"),
        ({"rotation": 45}, "0, 90, 180 or 270"),
        ({"rotation": -90}, "0, 90, 180 or 270"),
        ({"rotation": 90.5}, "0, 90, 180 or 270"),
        ({"rotation": True}, "0, 90, 180 or 270"),
        ({"rotation": "upside down"}, "0, 90, 180 or 270"),
        ({"name": None}, "name must be a text"),
        ({"commandMap": "unheard of"}, "camerawebserver or simple"),
        ({"commandMap": {"explode": "/x"}}, "camerawebserver or simple"),
        ({"commandMap": {"led": "http://example.org/"}}, "camerawebserver or simple"),
    ],
)
def test_a_field_that_cannot_be_says_what_can(body: object, advice: str) -> None:
    with pytest.raises(BadRequest, match=advice):
        camera_fields(body)


@pytest.mark.parametrize(
    ("stored", "last_seen", "status"),
    [
        ("active", NOW - timedelta(minutes=4), "active"),
        ("active", NOW - timedelta(minutes=6), "offline"),
        ("active", None, "offline"),
        ("disabled", NOW, "disabled"),
        (None, NOW, "active"),
    ],
)
def test_a_camera_is_offline_once_several_frames_are_missing(
    stored: object, last_seen: datetime | None, status: str
) -> None:
    assert shown_status(stored, last_seen, NOW, PATIENCE) == status
