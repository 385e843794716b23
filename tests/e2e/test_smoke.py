"""The smoke test of ``scripts/deploy``, on a site that really answers."""

from __future__ import annotations

import pytest

from lookout.cloud.firebase.clients import firestore_client
from stack.deploy.google import Google
from stack.deploy.smoke import smoke_test
from stack.deploy.steps import Site, Unready
from stack.local.info import StackInfo

COLLECTIONS = ("cameras", "alerts", "visits")


def _ids() -> dict[str, set[str]]:
    return {name: {one.id for one in firestore_client().collection(name).stream()} for name in COLLECTIONS}


def test_a_camera_for_a_minute_has_its_alert_and_both_are_gone_afterwards(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_URL", stack.urls["firestore"])
    site = Site(stack.project, Google("owner", stack.project), url=stack.urls["hosting"])
    before = _ids()
    assert "its alert stored; camera and alert are removed" in smoke_test(site)
    assert _ids() == before


def test_a_site_that_does_not_answer_is_told_and_the_camera_is_gone_all_the_same(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_URL", stack.urls["firestore"])
    nowhere = Site(stack.project, Google("owner", stack.project), url="http://127.0.0.1:9", wait=0.0)
    before = _ids()
    with pytest.raises(Unready, match="/detect answers with ConnectionError"):
        smoke_test(nowhere)
    assert _ids() == before
