"""``docs/openapi.yaml`` tells the routes and errors as they are in the code."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from lookout.domain.recognition.reason import Reason
from lookout.errors import LookoutError
from lookout.services import control, people
from lookout.web.answer import STATUS
from stack.install.bootstrap import ROOT
from tests.support.pages import PAGES

API: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
METHODS = {"get", "post", "put", "patch", "delete"}
CODES = {error.code: status for error, status in STATUS.items()} | {LookoutError.code: 500}


def described() -> set[tuple[str, str, str]]:
    """The function, method and path of every endpoint of the description."""
    return {
        (operation["tags"][0], method.upper(), re.sub("{.*?}", "<>", path))
        for path, item in API["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def routed() -> set[tuple[str, str, str]]:
    """The same of the code. ``detect`` and ``stats`` answer one path each."""
    found = {("detect", "POST", "/detect"), ("detect", "PUT", "/detect"), ("stats", "GET", "/stats")}
    found.add(("stats", "GET", "/status"))
    found.add(("separation", "GET", "/people/separation"))
    for name, service in (("control", control), ("people", people)):
        for rule in service.routes._map.iter_rules():
            path = re.sub("<.*?>", "<>", rule.rule)
            # what is "/" at the function's own address is "/control" at the site's
            found |= {(name, method, path) for method in (rule.methods or set()) - {"HEAD"} if path != "/"}
    return found


def test_the_description_is_valid_openapi() -> None:
    validate(API)
    assert API["openapi"].startswith("3.1")


def test_every_route_is_described_and_nothing_else() -> None:
    assert described() == routed()


def test_every_error_is_described_with_its_status_and_code() -> None:
    answers = API["components"]["responses"]
    told = {
        name: answer["content"]["application/json"]["schema"]["properties"]["error"]["const"]
        for name, answer in answers.items()
    }
    assert sorted(told.values()) == sorted(CODES)
    for path, item in API["paths"].items():
        for method in METHODS & set(item):
            for status, answer in item[method]["responses"].items():
                if "$ref" in answer:
                    code = told[answer["$ref"].rpartition("/")[2]]
                    assert CODES[code] == int(status), (method, path, status)


def test_every_reason_is_described() -> None:
    assert set(API["components"]["schemas"]["Reason"]["enum"]) == set(Reason)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tables_of_errors_tell_the_statuses_of_the_code(page: Any) -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", page.read_text(), re.M)
    assert [(status, code) for status, code in rows if CODES.get(code) != int(status)] == []
