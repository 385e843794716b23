"""The README and docs/ tell settings, commands and fields as they are."""

from __future__ import annotations

import ast
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lookout.settings import declarations
from stack.install.bootstrap import ROOT
from tests.support.pages import TEXT, printed_commands


def row(env: str, default: object, meaning: str) -> str:
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    shown = "" if default is None else f"`{default}`"
    return f"| `{env}` | {shown} | {meaning} |"


def test_the_settings_table_is_the_one_in_the_code() -> None:
    rows: dict[str | None, list[str]] = {}
    for group, field in declarations():
        metadata = field.metadata
        rows.setdefault(group, []).append(row(metadata["env"], field.default, metadata["meaning"]))
    for table in rows.values():
        assert "\n".join(["| variable | default | |", "|---|---|---|", *table]) in TEXT


def test_every_command_that_a_page_names_exists() -> None:
    words = TEXT.replace("`", " ").replace("[", " ").split()
    named = {word.rstrip(".,;:)?") for word in words if word.startswith("scripts/")} - {"scripts/"}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def names_in(path: str) -> set[str]:
    """What a module defines: functions, classes, and their methods as ``Class.method``."""
    found = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return found


def test_every_function_that_the_architecture_names_is_where_it_says() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    trips = re.findall(r"`([\w/]+\.py)::([\w.]+)`", page)
    assert len(trips) > 20
    assert [(path, name) for path, name in trips if name not in names_in(path)] == []
    files = set(re.findall(r"`((?:lookout|functions|agent|scripts|tests)/[\w/.]+\.py)`", page))
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_every_decision_has_its_own_number_and_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "index.md")
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    listed = re.findall(r"^- \[(.*)\]\((.*)\)$", (folder / "index.md").read_text(), re.M)
    titles = [page.read_text().partition("\n")[0].removeprefix("# ") for page in pages]
    assert listed == list(zip(titles, [page.name for page in pages], strict=True))
    assert [
        title
        for title, page in zip(titles, pages, strict=True)
        if int(title.split(".")[0]) != int(page.name[:4])
    ] == []


def test_every_printed_command_is_run_by_the_tests_or_says_why_not() -> None:
    blocks = re.findall(r"(.*)\n```bash\n", TEXT)
    assert [
        before for before in blocks if not re.fullmatch(r"<!-- (runs|not run) as printed: .+ -->", before)
    ] == []
    run = (ROOT / "tests" / "e2e" / "test_readme.py").read_text()
    assert [name for name in printed_commands() if f'"{name}"' not in run] == []


def _check() -> Callable[..., bool]:
    """The function that the page prints for receivers of webhooks."""
    (block,) = re.findall(r"```python\n(import hashlib.*?)```", TEXT, re.S)
    shown: dict[str, Any] = {}
    exec(block, shown)  # noqa: S102 - what the page prints is what is tested
    check: Callable[..., bool] = shown["is_from_lookout"]
    return check


SECRET, BODY = "a secret of the house", b'{"event": "alert.new"}'


def _signed(timestamp: str, body: bytes = BODY, delivery: str = "a1_new") -> dict[str, str]:
    signed = f"{delivery}.{timestamp}.".encode() + body
    made = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    names = ("X-Lookout-Delivery", "X-Lookout-Timestamp", "X-Lookout-Signature")
    return dict(zip(names, (delivery, timestamp, f"sha256={made}"), strict=True))


def test_the_signature_is_checked_as_the_page_shows() -> None:
    check, now = _check(), str(int(time.time()))
    assert check(_signed(now), BODY, SECRET) is True
    assert not check(_signed(now), BODY + b" ", SECRET)
    assert not check(_signed(now), BODY, "another secret")
    assert not check(_signed("1780229045"), BODY, SECRET)


def test_a_delivery_that_comes_again_under_another_id_is_refused() -> None:
    check, now = _check(), str(int(time.time()))
    assert not check(_signed(now) | {"X-Lookout-Delivery": "a2_new"}, BODY, SECRET)
    # nor do parts of one end up as parts of another
    assert not check(_signed(now, delivery="a1.1") | {"X-Lookout-Delivery": "a1"}, b"1." + BODY, SECRET)


GARBLED: list[Any] = [
    "",
    " ",
    "x",
    "-1",
    "1e9",
    "nan",
    "٣" * 10,
    "9" * 5000,
    "sha256=",
    "sha256=ü",
    "\udcff",
    "\x00",
    None,
    7,
    b"x",
    [],
]


@pytest.mark.parametrize("value", GARBLED, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("name", list(_signed("0")))
def test_headers_that_are_missing_or_garbled_are_refused_without_an_error(name: str, value: Any) -> None:
    check, good = _check(), _signed(str(int(time.time())))
    assert check(good, BODY, SECRET) is True
    assert check(good | {name: value}, BODY, SECRET) is False
    assert check({other: good[other] for other in good if other != name}, BODY, SECRET) is False
    assert check({}, BODY, SECRET) is False


@pytest.mark.parametrize("block", re.findall(r"```http\n.*?\n\n(.*?)```", TEXT, re.S))
def test_a_webhook_has_the_fields_that_the_page_shows(block: str) -> None:
    from lookout.domain.notifications.notice import AlertMessage, Notice, NoticeState
    from tests.unit.domain.notifications.test_notice import AT, SITE, UNKNOWN

    message = AlertMessage.of(
        Notice("a_new", "a", NoticeState.NEW, AT), UNKNOWN, SITE, "https://house.example.com"
    )
    assert list(json.loads(block)) == list(message.payload())


def test_every_setting_that_the_pages_show_exists() -> None:
    (block,) = re.findall(r"```text\n(SITE_URL=.*?)```", TEXT, re.S)
    shown = {line.partition("=")[0] for line in block.splitlines()}
    assert shown <= {field.metadata["env"] for _, field in declarations()}


def test_what_the_flask_program_had_is_now_where_the_page_says() -> None:
    page = (ROOT / "docs" / "migrating.md").read_text()
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ") and " | " in line]
    here = " ".join(cells[1] for cells in rows if cells[0] != "| there")
    settings = {field.metadata["env"] for _, field in declarations()}
    assert set(re.findall(r"`([A-Z][A-Z_]{3,})", here)) <= settings | {
        "FIREBASE_",
        "STORAGE_BUCKET",
        "PATCH",
        "DELETE",
        "POST",
    }
    there = " ".join(cells[0] for cells in rows)
    original = (
        "/detect /control /settings/flashlight /stats /cameras PORT FIREBASE_CREDENTIALS FIREBASE_STORAGE_BUCKET "
        "ESP32_IP ESP32_TIMEOUT EMAIL_ENABLED EMAIL_HOST EMAIL_PORT EMAIL_USER EMAIL_PASSWORD EMAIL_TO model_name "
        "threshold detector_backend debug=True main.py process_frame() requirements.txt serviceAccountKey.json "
        ".env faces_db/ debug_frames/ logs/app.log gunicorn systemd htop"
    )
    assert [name for name in original.split() if name not in there] == []
