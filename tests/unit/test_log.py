"""Log lines: one JSON object each, whole, with severity and trace, however the platform serves the function."""

from __future__ import annotations

import json
import math
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lookout.log import TRACE, Severity, current_trace, log
from stack.local.serving import THREADS, served

SOURCE = Path(__file__).parent / "web" / "logging_function" / "main.py"
LINES = 60
"""What the function logs per request and thread."""

ID = "0af7651916cd43dd8448eb211c80319c"
APP = Flask(__name__)


def written(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_has_its_event_its_severity_and_its_fields(capfd: pytest.CaptureFixture[str]) -> None:
    log(Severity.WARNING, "mail without pictures", alert="a1", at=datetime(2026, 5, 31, tzinfo=UTC))
    assert written(capfd) == [
        {
            "severity": "WARNING",
            "message": "mail without pictures",
            "alert": "a1",
            "at": "2026-05-31 00:00:00+00:00",
        }
    ]


@pytest.mark.parametrize(
    "odd",
    [
        math.nan,
        -math.inf,
        b"\xff",
        object,
        {"x": {1, 2}},
        {(1, 2): 3},
        "\ud800",
        "two\nlines\u2028three",
        [math.nan],
    ],
    ids=repr,
)
def test_an_odd_value_makes_neither_an_error_nor_a_broken_line(
    odd: object, capfd: pytest.CaptureFixture[str]
) -> None:
    log(Severity.INFO, "odd", value=odd, number=7)
    (line,) = written(capfd)
    assert line["message"] == "odd"
    assert "value" in line


def test_a_value_that_contains_itself_is_written_too(capfd: pytest.CaptureFixture[str]) -> None:
    ring: list[object] = []
    ring.append(ring)
    log(Severity.INFO, "ring", value=ring)
    assert written(capfd)[0]["value"] == "[[...]]"


def test_a_field_cannot_take_the_place_of_the_event(capfd: pytest.CaptureFixture[str]) -> None:
    log(Severity.INFO, "event", message="another")
    assert written(capfd)[0]["message"] == "event"


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"traceparent": f"00-{ID}-b7ad6b7169203331-01"}, f"projects/demo-x/traces/{ID}"),
        ({"X-Cloud-Trace-Context": f"{ID}/1234;o=1"}, f"projects/demo-x/traces/{ID}"),
        ({"X-Cloud-Trace-Context": ID}, f"projects/demo-x/traces/{ID}"),
        (
            {"traceparent": "broken", "X-Cloud-Trace-Context": f"{ID}/1"},
            f"projects/demo-x/traces/{ID}",
        ),
        ({"traceparent": f"00-{ID}x-b7ad6b7169203331-01"}, None),
        ({"X-Cloud-Trace-Context": "../../else/1"}, None),
        ({}, None),
    ],
)
def test_a_request_names_its_trace(
    headers: dict[str, str], trace: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo-x")
    with APP.test_request_context("/", headers=headers):
        assert current_trace() == trace


def test_a_project_that_is_named_by_firebase_alone_is_found_and_without_one_the_id_remains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-y")
    with APP.test_request_context("/", headers={"X-Cloud-Trace-Context": ID}):
        assert current_trace() == f"projects/demo-y/traces/{ID}"
        monkeypatch.delenv("GCLOUD_PROJECT")
        assert current_trace() == ID


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs"), max_codepoint=255)))
def test_no_header_is_passed_on_that_is_no_trace(header: str) -> None:
    with APP.test_request_context("/", headers={"X-Cloud-Trace-Context": header, "traceparent": header}):
        assert current_trace() is None


@pytest.mark.few(1)
@pytest.mark.parametrize("execution_id", ["true", "false"])
def test_lines_of_threads_at_the_same_time_are_whole_and_have_the_trace_of_their_request(
    execution_id: str, tmp_path: Path
) -> None:
    environment = {"LOG_EXECUTION_ID": execution_id, "GOOGLE_CLOUD_PROJECT": "demo-x"}
    traces = {f"c{number}": secrets.token_hex(16) for number in range(THREADS)}
    printed = tmp_path / "printed"
    with served(SOURCE, "work", environment, printed) as function:

        def call(caller: str) -> int:
            headers = {"traceparent": f"00-{traces[caller]}-b7ad6b7169203331-01"}
            request = Request(f"{function.url}/?caller={caller}", headers=headers)
            with urlopen(request, timeout=30) as answer:
                return int(answer.status)

        with ThreadPoolExecutor(THREADS) as pool:
            assert set(pool.map(call, [*traces] * 3)) == {200}
    # beside them, in the same file, the web server's own words
    lines = [line for line in printed.read_text().splitlines() if not line.startswith(("[20", "  "))]
    read = [json.loads(line) for line in lines]
    own = [one for one in read if one["message"] == "line"]
    assert {one["severity"] for one in own} == {"INFO"}
    assert all(one[TRACE] == f"projects/demo-x/traces/{traces[one['caller']]}" for one in own)
    counted = Counter((one["caller"], one["where"], one["number"]) for one in own)
    assert len(counted) == THREADS * 2 * LINES
    assert set(counted.values()) == {3}
    # what a library warns of is written once, in the same form
    warned = [one for one in read if one["message"] != "line"]
    assert {(one["severity"], one["message"]) for one in warned} == {("WARNING", "retrying\nsoon")}
    assert Counter(one[TRACE].rpartition("/")[2] for one in warned) == dict.fromkeys(traces.values(), 3)
