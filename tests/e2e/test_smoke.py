"""The smoke test of ``scripts/deploy``, on a site that really answers."""

from __future__ import annotations

import pytest

from lookout.cloud.firebase.clients import firestore_client
from stack.deploy.google import Google
from stack.deploy.smoke import smoke_test
from stack.deploy.steps import Site, Unready
from stack.local.info import StackInfo

COLLECTIONS = ("cameras", "alerts", "visits")


def _left() -> list[str]:
    """What there is of such cameras; other tests have cameras and alerts of theirs meanwhile."""
    found = (one for name in COLLECTIONS for one in firestore_client().collection(name).stream())
    return [one.reference.path for one in found if "smoke" in f"{one.id} {one.to_dict()}".lower()]


def test_a_camera_for_a_minute_has_its_alert_and_both_are_gone_afterwards(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_URL", stack.urls["firestore"])
    site = Site(stack.project, Google("owner", stack.project), url=stack.urls["hosting"])
    assert "its alert stored; camera and alert are removed" in smoke_test(site)
    assert _left() == []


def test_a_site_that_does_not_answer_is_told_and_the_camera_is_gone_all_the_same(
    stack: StackInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_URL", stack.urls["firestore"])
    nowhere = Site(stack.project, Google("owner", stack.project), url="http://127.0.0.1:9", wait=0.0)
    with pytest.raises(Unready, match="/detect answers with ConnectionError"):
        smoke_test(nowhere)
    assert _left() == []
