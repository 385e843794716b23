"""The firmware's own tests, compiled with every warning an error and run under the sanitizers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from stack.install import compiler

SUITES = sorted(path.stem for path in (compiler.FIRMWARE / "test" / "host").glob("test_*.cpp"))
SEEDS = [1, 2, 3]


@pytest.mark.long
@pytest.mark.parametrize("suite", SUITES)
def test_every_test_of_the_suite_passes(built: Path, suite: str) -> None:
    done = subprocess.run([built / suite], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" passed, 0 failed\n")


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_arrives_breaks_it(built: Path, seed: int) -> None:
    done = subprocess.run(
        [built / "fuzz_readers", str(seed), "20000"], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"seed {seed}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


@pytest.mark.long
def test_the_boards_own_files_fit_the_names_and_types_that_they_use(built: Path) -> None:
    done = subprocess.run(
        ["make", "-C", str(compiler.FIRMWARE), "board"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_headers_are_short_and_folders_are_small() -> None:
    include = compiler.FIRMWARE / "include"
    for folder in [include, *(path for path in include.rglob("*") if path.is_dir())]:
        assert len(list(folder.iterdir())) < 12, folder
    for header in (*include.rglob("*.h"), *(compiler.FIRMWARE / "src").iterdir()):
        assert len(header.read_text().splitlines()) <= 250, header


def test_without_a_compiler_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"apt install g\+\+ make libmbedtls-dev"):
        compiler.ensure()
