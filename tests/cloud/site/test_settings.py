"""The owner's settings, read now and then, and never in the way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lookout.cloud.firebase.stores import Stores
from lookout.cloud.site.settings import SiteReader
from lookout.domain.site.site import Site
from tests.support.outage import StoreLine

DEFAULT = Site(None, 0.05, 120, 30, "UTC")


def test_without_a_document_the_defaults_hold(stores: Stores) -> None:
    assert SiteReader(stores, DEFAULT, refresh_seconds=0.0).current() == DEFAULT


def test_what_the_owner_changes_or_takes_back_is_noticed(stores: Stores, db: Any) -> None:
    reader = SiteReader(stores, DEFAULT, refresh_seconds=0.0)
    db.document("settings/site").set({"visitSeconds": 5})
    assert reader.current().visit_seconds == 5
    db.document("settings/site").set({"margin": 0.5})
    assert (reader.current().visit_seconds, reader.current().margin) == (120, 0.5)
    db.document("settings/site").delete()
    assert reader.current() == DEFAULT


def test_a_bad_value_is_complained_about_once(
    stores: Stores, db: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    reader = SiteReader(stores, DEFAULT, refresh_seconds=0.0)
    db.document("settings/site").set({"margin": "wide"})
    for _ in range(3):
        assert reader.current() == DEFAULT
    (line,) = capfd.readouterr().out.splitlines()
    assert "margin='wide'" in json.loads(line)["error"]


def test_while_firestore_is_silent_the_last_settings_hold(
    distant_db: Any, stores: Stores, db: Any, line: StoreLine
) -> None:
    db.document("settings/site").set({"visitSeconds": 5})
    reader = SiteReader(replace(stores, db=distant_db, timeout=0.5), DEFAULT, refresh_seconds=0.0)
    assert reader.current().visit_seconds == 5
    line.cut()
    assert reader.current().visit_seconds == 5
