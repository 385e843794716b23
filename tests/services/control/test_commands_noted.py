"""A command that was carried out is answered so, whatever becomes of the note that is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from lookout.cloud.cameras.registry import Reach
from lookout.domain.site.caller import Caller, Role
from lookout.errors import Unavailable
from lookout.services.control import ControlService
from lookout.settings import Settings


def test_a_command_that_cannot_be_noted_was_done_all_the_same(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = ControlService(Settings(), db)

    def silent(*_: object) -> None:
        raise Unavailable("Firestore did not answer.")

    monkeypatch.setattr(
        console._callers, "require", lambda *_: Caller("uid", "owner@example.com", Role.OWNER)
    )
    monkeypatch.setattr(console._book, "reach", lambda *_: Reach("cam", "pi", 0, 90, 90))
    monkeypatch.setattr(console._book, "note", silent)
    monkeypatch.setattr(console._desk, "carry_out", lambda _: {"led": 7})
    body = {"camera_id": "cam", "action": "led", "led": 7}
    request = Request(EnvironBuilder("/control", method="POST", json=body).get_environ())
    answer = console.command(request)
    assert isinstance(answer, Mapping)
    assert answer["result"] == {"led": 7}
