"""How ``scripts/test`` runs the tests: all of them, to their end, whatever fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT
from stack.testing import groups
from stack.testing.groups import Group
from stack.testing.running import run_all
from tests.support.waiting import SECONDS, wait_until

WAITS = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.default_int_handler)
def test_that_waits():
    pathlib.Path({mark!r}).write_text(str(os.getpid()))
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plugins: each start of pytest is the sooner done."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def _group(folder: Path, name: str, code: str) -> Group:
    path = folder / f"test_{name}.py"
    path.write_text(code)
    return Group(name, (str(path), "--noconftest", "-p", "no:cacheprovider"))


def test_every_test_is_in_one_group() -> None:
    apart = (
        groups.UNITS, groups.PAGES, groups.FIRST_VISIT, groups.GOING_LIVE, groups.SOAK, groups.ON_TENSORFLOW,
        groups.PARITY,
    )  # fmt: skip
    own = {argument for group in apart for argument in group.arguments}
    left_out = {one.removeprefix("--ignore=") for one in groups.ON_THE_STACK.arguments if "ignore" in one}
    assert groups.ON_THE_STACK.arguments[0] == "tests"
    assert left_out == {one for one in own if one.startswith("tests/")}
    assert all((ROOT / folder).is_dir() for folder in left_out)


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        (["tests/unit"], [*groups.ANY_TEST, *groups.QUICK]),
        (["tests/unit/domain", "tests/unit/vision", "-m", "long"], [*groups.ANY_TEST, *groups.QUICK]),
        (["tests/unit/domain", "tests/unit/test_log.py", "-x"], [*groups.ANY_TEST]),
        (["tests/unit/test_log.py::test_a", "-k", "some words"], [*groups.ANY_TEST]),
        (["tests/unit", "tests/rules"], []),
        (["tests"], []),
        (["-k", "erased"], []),
    ],
)
def test_units_alone_have_two_workers_and_what_was_typed_is_passed_on(
    typed: list[str], added: list[str]
) -> None:
    assert groups.pytest_arguments(typed) == [*added, *typed]


def test_all_groups_run_to_their_end_and_what_failed_is_said_at_the_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = _group(tmp_path, "first", "def test_a(): assert False\ndef test_b(): pass\n")
    second = _group(tmp_path, "second", "def test_c(): pass\n")
    third = _group(tmp_path, "third", "import pytest\n@pytest.fixture\ndef x(): 1 / 0\ndef test_d(x): pass\n")
    assert not run_all((first, second, third))
    said = capfd.readouterr().out
    assert said.index("== first") < said.index("== second") < said.index("== third")
    end = said[said.rindex("first: 1 failed") :]
    assert "test_first.py::test_a" in end
    assert "second: passed" in end
    assert "third: 1 failed" in end
    assert "test_third.py::test_d" in end


def test_groups_without_a_failure_pass_even_where_there_is_nothing_to_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = _group(tmp_path, "good", "def test_a(): pass\n")
    assert run_all((good, _group(tmp_path, "nothing", "")))
    assert run_all([good])


def test_a_run_that_breaks_off_has_not_passed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = Group("broken", ("--no-such-option",))
    assert not run_all([broken, _group(tmp_path, "good", "def test_a(): pass\n")])
    assert "broken: pytest ended with status 4" in capfd.readouterr().out


@pytest.mark.parametrize(
    "group", [groups.PAGES, groups.UNITS, groups.ON_THE_STACK], ids=lambda group: group.name
)
def test_what_takes_long_is_left_out_of_a_quick_run_only(group: Group) -> None:
    quick = groups.quickly(group)
    assert quick.arguments == (*group.arguments, "-m", "not long")
    assert (quick.name, quick.shares_stack) == (group.name, group.shares_stack)
    assert "-m" not in group.arguments


def test_told_to_end_all_of_it_ends(tmp_path: Path) -> None:
    waiting = _group(tmp_path, "one", WAITS.format(mark=str(tmp_path / "waits")))
    code = (
        "from stack.testing.groups import Group\nfrom stack.testing.running import run_all\n"
        f"run_all([{waiting!r}])"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    with (tmp_path / "said").open("wb") as said:
        # as the shell starts what runs in the background
        command = ["bash", "-c", 'trap "" INT; exec "$@"', "-", sys.executable, "-c", code]
        running = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    mark = tmp_path / "waits"
    wait_until(lambda: mark.exists() and mark.read_text(), "its start")
    running.send_signal(signal.SIGTERM)
    assert running.wait(SECONDS) == 1
    assert not Path(f"/proc/{mark.read_text()}").exists()
    text = (tmp_path / "said").read_text()
    assert "KeyboardInterrupt" in text
    assert text.endswith("lookout: stopped.\n")
