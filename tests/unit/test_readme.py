"""The README tells the settings as they are."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

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
