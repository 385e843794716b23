"""The environment of the scripts: its packages come by uv, and by pip where uv fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.install import bootstrap

INTERPRETER = """#!/bin/sh
echo "$*" >> "{said}"
case "$*" in {fails}) echo "no such thing" >&2; exit 1;; esac
"""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the environment's interpreter, a stand-in, was asked for, line by line."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "venv" / "bin" / "python")
    bootstrap.PYTHON.parent.mkdir(parents=True)
    return tmp_path / "said"


def _interpreter(said: Path, fails: str) -> None:
    bootstrap.PYTHON.write_text(INTERPRETER.format(said=said, fails=fails))
    bootstrap.PYTHON.chmod(0o755)


def _installers(said: Path) -> list[str]:
    return [line.split()[1] for line in said.read_text().splitlines() if " -r " in line]


def test_packages_are_installed_by_uv(said: Path) -> None:
    _interpreter(said, "nothing")
    bootstrap._install([])
    assert _installers(said) == ["uv"]
    assert (bootstrap.VENV / "requirements.sha256").is_file()


@pytest.mark.parametrize("fails", ["'-m pip '*' uv'", "'-m uv '*"])
def test_pip_installs_them_where_uv_cannot_be_had_or_fails(said: Path, fails: str) -> None:
    _interpreter(said, fails)
    bootstrap._install([])
    assert _installers(said)[-1] == "pip"
    assert (bootstrap.VENV / "requirements.sha256").is_file()


def test_nothing_is_taken_for_installed_where_both_fail(said: Path) -> None:
    _interpreter(said, "*install*")
    with pytest.raises(SystemExit, match=r"pip could not install the packages; .* \(no such thing\)"):
        bootstrap._install([])
    assert not (bootstrap.VENV / "requirements.sha256").exists()


def test_what_goes_on_beside_is_done_when_it_returns_and_its_failure_is_told(said: Path) -> None:
    _interpreter(said, "nothing")
    done: list[str] = []

    def fail() -> None:
        raise SystemExit("npm could not")

    bootstrap._install([lambda: done.append("one"), lambda: done.append("two")])
    assert sorted(done) == ["one", "two"]
    (bootstrap.VENV / "requirements.sha256").unlink()
    with pytest.raises(SystemExit, match="npm could not"):
        bootstrap._install([lambda: done.append("three"), fail])
    assert "three" in done
