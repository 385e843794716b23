"""The lines that the docs show and that are counted are those that the code writes."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from lookout.log import Severity
from stack.deploy.watching import declared, policy
from stack.install.bootstrap import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
LINES = [
    json.loads(line) for block in re.findall(r"```json\n(.*?)```", PAGE, re.S) for line in block.splitlines()
]


def written() -> dict[str, tuple[set[str], set[str]]]:
    """The severities and fields of each event in the code; ``**`` among the fields where there may be others."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for call in _calls():
        severity, event = call.args[:2]
        events = [one.value for one in ast.walk(event) if isinstance(one, ast.Constant)]
        for name in events:
            severities, fields = found[str(name)]
            severities.add(severity.attr if isinstance(severity, ast.Attribute) else "**")
            fields |= {one.arg or "**" for one in call.keywords}
    # the one call that gets its event from a variable
    found["request refused"] = found["request failed"] = ({"**"}, {"**", "reason", "error"})
    return found


def _calls() -> Iterator[ast.Call]:
    for path in (ROOT / "lookout").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "log":
                yield node


EVENTS = written()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["message"])
def test_a_line_that_the_page_shows_is_one_that_is_written(line: dict[str, object]) -> None:
    severities, fields = EVENTS[str(line["message"])]
    assert severities & {"**", line["severity"]}
    assert line["severity"] in set(Severity)
    assert "**" in fields or line.keys() - {"severity", "message"} <= fields


def test_the_page_shows_enough_and_names_no_other_event() -> None:
    assert len(LINES) >= 8
    look = PAGE.partition("## What to look at")[2]
    named = set(re.findall(r"`([a-z][a-z ]+ [a-z ]*[a-z])`", look))
    assert named
    assert named - EVENTS.keys() == set()


def test_what_is_counted_is_what_is_written() -> None:
    metrics, policies = declared(ROOT)
    for metric in metrics:
        for event in re.findall(r'jsonPayload\.message="([^"]+)"', metric["filter"]):
            assert event in EVENTS
            extracted = {*metric.get("labelExtractors", {}).values(), metric.get("valueExtractor", "")} - {""}
            names = {re.findall(r"jsonPayload\.(\w+)", one)[0] for one in extracted}
            assert "**" in EVENTS[event][1] or names <= EVENTS[event][1]
        labels = {one["key"] for one in metric["metricDescriptor"].get("labels", [])}
        assert labels == metric.get("labelExtractors", {}).keys()
    counted = {metric["name"] for metric in metrics}
    assert {one["metric"] for one in policies} <= counted
    assert len({policy(one)["displayName"] for one in policies}) == len(policies)
