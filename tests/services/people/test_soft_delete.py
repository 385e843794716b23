"""What the bucket's soft delete keeps is said in the receipt, as the bucket itself says it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
import requests
from google.cloud.firestore import DELETE_FIELD
from werkzeug.wrappers import Request, Response

from lookout.cloud.firebase.soft_delete import soft_delete_days
from lookout.cloud.firebase.stores import Stores
from lookout.services.jobs import build_jobs
from stack.install.bootstrap import ROOT
from stack.local.info import StackInfo
from tests.services.people.conftest import House
from tests.services.serving import served
from tests.support.outage import closed_port, storage_that_answers
from tests.support.stores import bucket_at

SECONDS = 604_800


@contextmanager
def storage_with(policy: object, target: str, name: str) -> Iterator[str]:
    """The address of the Storage emulator, whose bucket tells this ``softDeletePolicy``, and None none."""
    place = f"/storage/v1/b/{quote(name)}"

    @Request.application
    def answer(request: Request) -> Response:
        if request.method == "GET" and request.path == place:
            told = {"name": name} | ({} if policy is None else {"softDeletePolicy": policy})
            return Response(json.dumps(told), mimetype="application/json")
        there = str(request.environ["RAW_URI"])
        headers = {name: value for name, value in request.headers if name not in ("Host", "Content-Length")}
        got = requests.request(
            request.method, target + there, data=request.get_data(), headers=headers, timeout=30
        )
        passed = {one: got.headers[one] for one in ("Content-Type", "X-Goog-Hash") if one in got.headers}
        return Response(got.content, got.status_code, passed)

    with served(answer) as url:
        yield url


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ({"retentionDurationSeconds": str(SECONDS), "effectiveTime": "2026-01-01T00:00:00Z"}, 7),
        ({"retentionDurationSeconds": str(SECONDS + 1)}, 8),
        ({"retentionDurationSeconds": "1"}, 1),
        ({"retentionDurationSeconds": "0"}, 0),
        ({}, None),
        (None, None),
        ({"retentionDurationSeconds": "soon"}, None),
        ({"retentionDurationSeconds": []}, None),
        ("on", None),
    ],
)
def test_the_receipt_says_for_how_many_days_pictures_can_be_brought_back(
    house: House, stack: StackInfo, policy: object, days: int | None
) -> None:
    house.person("Anna")
    with storage_with(policy, stack.urls["storage"], house.bucket.name) as url:
        stores = Stores(house.db, bucket_at(url, house.db.project), 30.0)
        jobs = build_jobs(house.settings, stores, 0.0)
        receipt = jobs.erasure.erase(jobs.runner, "Anna", "u")
        assert receipt["soft_delete_days"] == days
        assert house.read(f"receipts/{receipt['receipt_id']}")["softDeleteDays"] == days
        # asked again, it says what was true then
        assert jobs.erasure.erase(jobs.runner, "Anna", "u") == receipt


def test_where_the_bucket_does_not_say_nothing_is_said(house: House) -> None:
    house.person("Anna")
    assert house.done("/people/Anna/erase")["soft_delete_days"] is None


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500, 501, 503])
def test_a_bucket_that_may_not_be_asked_says_nothing(house: House, status: int) -> None:
    with storage_that_answers(status) as url:
        assert soft_delete_days(Stores(house.db, bucket_at(url, "demo"), 1.0)) is None


def test_a_bucket_that_is_not_reached_says_nothing(house: House) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    assert soft_delete_days(Stores(house.db, bucket_at(url, "demo"), 1.0)) is None


def test_a_receipt_of_before_says_nothing(house: House) -> None:
    house.person("Anna")
    first = house.done("/people/Anna/erase")
    house.db.document(f"receipts/{first['receipt_id']}").update({"softDeleteDays": DELETE_FIELD})
    assert house.done("/people/Anna/erase") == first


@pytest.mark.long
@pytest.mark.parametrize(("seconds", "days"), [(SECONDS, 7), pytest.param(0, None, marks=pytest.mark.long)])
def test_the_command_says_so_too(house: House, stack: StackInfo, seconds: int, days: int | None) -> None:
    house.person("Anna")
    policy = {"retentionDurationSeconds": str(seconds)}
    command = [
        sys.executable,
        str(ROOT / "scripts" / "erase"),
        "Anna",
        "--yes",
        "--project",
        house.db.project,
    ]
    with storage_with(policy, stack.urls["storage"], house.bucket.name) as url:
        done = subprocess.run(
            [*command, "--bucket", house.bucket.name],
            env=os.environ | {"STORAGE_EMULATOR_HOST": url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("scripts/deploy switches that off" in done.stdout) is (days is not None)
    assert days is None or f"can bring the pictures back for {days} more days" in done.stdout
    assert "Nothing is left of Anna." in done.stdout
