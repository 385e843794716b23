"""A command that was carried out is answered so, even when the camera's new state cannot be stored."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from lookout.cloud.firebase.stores import Stores
from lookout.domain.cameras.command import CameraRoute
from lookout.domain.site.caller import Caller, Role
from lookout.errors import Unavailable
from lookout.services.control import ControlService
from lookout.settings import Settings


def test_a_command_whose_result_cannot_be_stored_was_carried_out_all_the_same(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = ControlService(Settings(), stores)

    def silent(*_: object) -> None:
        raise Unavailable("Firestore did not answer.")

    monkeypatch.setattr(
        service._callers, "require", lambda *_: Caller("uid", "owner@example.com", Role.OWNER)
    )
    monkeypatch.setattr(service._registry, "route", lambda *_: CameraRoute("cam", "pi", 0, 90, 90))
    monkeypatch.setattr(service._registry, "save_state", silent)
    monkeypatch.setattr(service._commands, "send", lambda *_: {"led": 7})
    body = {"camera_id": "cam", "action": "led", "led": 7}
    request = Request(EnvironBuilder("/control", method="POST", json=body).get_environ())
    answer = service.command(request)
    assert isinstance(answer, Mapping)
    assert answer["result"] == {"led": 7}
