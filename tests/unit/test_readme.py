"""The README tells the settings as they are."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from lookout.settings import ROOT, Settings

README = (ROOT / "README.md").read_text()


def row(env: str, default: object, meaning: str) -> str:
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    shown = "" if default is None else f"`{default}`"
    return f"| `{env}` | {shown} | {meaning} |"


def test_the_settings_table_is_the_one_in_the_code() -> None:
    rows = [
        row(field.metadata["env"], field.default, field.metadata["meaning"]) for field in fields(Settings)
    ]
    assert "\n".join(["| variable | default | |", "|---|---|---|", *rows]) in README


def test_every_command_that_the_readme_names_exists() -> None:
    words = README.replace("`", " ").replace("[", " ").split()
    named = {word.rstrip(".,;:)?") for word in words if word.startswith("scripts/")} - {"scripts/"}
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_the_signature_is_checked_as_the_readme_shows() -> None:
    (block,) = re.findall(r"```python\n(import hashlib.*?)```", README, re.S)
    shown: dict[str, Any] = {}
    exec(block, shown)  # noqa: S102 - what the README prints is what is tested
    check = shown["is_from_lookout"]
    secret, body, now = "a secret of the house", b'{"event": "alert.new"}', str(int(time.time()))

    def headers(timestamp: str, signed: bytes) -> dict[str, str]:
        made = hmac.new(secret.encode(), timestamp.encode() + b"." + signed, hashlib.sha256).hexdigest()
        return {"X-Lookout-Timestamp": timestamp, "X-Lookout-Signature": f"sha256={made}"}

    assert check(headers(now, body), body, secret)
    assert not check(headers(now, body), body + b" ", secret)
    assert not check(headers(now, body), body, "another secret")
    assert not check(headers("1780229045", body), body, secret)


@pytest.mark.parametrize("block", re.findall(r"```http\n.*?\n\n(.*?)```", README, re.S))
def test_a_webhook_has_the_fields_that_the_readme_shows(block: str) -> None:
    from lookout.domain.notice import News, Notice, NoticeState
    from tests.unit.domain.test_notice import AT, SITE, UNKNOWN

    news = News.of(Notice("a_new", "a", NoticeState.NEW, AT), UNKNOWN, SITE, "https://house.example.com")
    assert list(json.loads(block)) == list(news.plain())


def test_every_setting_that_the_readme_shows_exists() -> None:
    (block,) = re.findall(r"```text\n(SITE_URL=.*?)```", README, re.S)
    shown = {line.partition("=")[0] for line in block.splitlines()}
    assert shown <= {field.metadata["env"] for field in fields(Settings)}
