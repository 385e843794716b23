"""Compares what was made with a copy that was looked through: ``tests/deploy/golden``."""

from __future__ import annotations

import json
import os
from typing import Any

from stack.install.bootstrap import ROOT

FOLDER = ROOT / "tests" / "deploy" / "golden"

WRITE = "LOOKOUT_WRITE_GOLDEN"
"""Set to 1, the copies are written anew: look at what git says has changed in them."""


def assert_golden(name: str, made: Any) -> None:
    """``made``, as JSON, is what the file ``name`` holds."""
    text = json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    path = FOLDER / name
    if os.environ.get(WRITE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.is_file(), f"{path} is missing: run the test with {WRITE}=1 and look through it"
    assert text == path.read_text(), f"{name} has changed: if it should, run the test with {WRITE}=1"
