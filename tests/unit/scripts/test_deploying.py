"""What scripts/deploy decides by itself: the rest is rehearsed in tests/deploy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stack.deploy import here, removal, stages
from stack.deploy.google import Google, Refused
from stack.deploy.rollout import AGAIN
from stack.deploy.steps import Site, Step, Unready, plan, walk
from stack.install.bootstrap import ROOT

ALL = (*stages.HERE, stages.SIGN_IN, *stages.THERE, *stages.DEPLOY)


def _site() -> Site:
    return Site("my-house", Google("", "my-house"))


def test_every_step_says_what_it_looks_at_and_what_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert len({step.name for step in ALL}) == len(ALL)
    plan(ALL, "my-house")
    printed = capsys.readouterr().out
    for step in ALL:
        assert f"{step.name:10} {step.about}\n" in printed
        assert step.mend.format(project="my-house") in printed
    assert "{" not in printed


def test_the_page_shows_both_plans_as_they_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    plan(ALL, "your-project")
    assert capsys.readouterr().out in page
    assert "\n".join(removal.plan("your-project")).rstrip() in page


def test_what_stops_says_its_cure_and_what_comes_after_a_last_step_is_not_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stops(site: Site) -> str:
        raise Unready("it is not there")

    def refuses(site: Site) -> str:
        raise Refused(403, "no")

    steps = (
        Step("first", "", "", lambda site: "fine"),
        Step("advice", "", "pay {project}", stops, advice=True),
        Step("google", "", "ask", refuses),
        Step("last", "", "make {project}", stops, ends=True),
        Step("never", "", "", lambda site: "tried"),
    )
    assert not walk(steps, _site())
    assert capsys.readouterr().out.splitlines() == [
        "ok      first      fine",
        "advice  advice     it is not there",
        "                   -> pay my-house",
        "stop    google     Google says: no (403)",
        "                   -> ask",
        "stop    last       it is not there",
        "                   -> make my-house",
    ]
    assert walk(steps[:2], _site())


def test_the_python_of_the_runtime_is_this_one_under_its_name(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    with pytest.raises(Unready, match="does not find the packages"):
        here.ensure_python(venv, "python3.99")
    packages = next((ROOT / ".venv" / "lib").glob("python3.*")) / "site-packages"
    (next((venv / "lib").glob("python3.*")) / "site-packages" / "these.pth").write_text(str(packages))
    running = ".".join(map(str, sys.version_info[:3]))
    for _ in range(2):
        assert here.ensure_python(venv, "python3.99") == f"python3.99 is this checkout's Python {running}"
    asked = subprocess.run(
        [str(venv / "bin" / "python3.99"), "-c", "import sys; print(sys.prefix)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.strip() == str(venv)


@pytest.mark.parametrize(
    ("printed", "again"),
    [
        ("Permission denied while using the Eventarc Service Agent. If you recently started to use", True),
        ("it may take a few minutes before all necessary permissions are\npropagated", True),
        ("Cloud Run Admin API has not been used in project 1 before or it is disabled", True),
        ("Error: HTTP Error: 403, The caller does not have permission", False),
        ("Error: Failed to find location of Firebase Functions SDK", False),
        ("Quota exceeded for total allowable CPU per project per region.", False),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(printed: str, again: bool) -> None:
    assert bool(AGAIN.search(printed)) is again


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A=1\nB = two \n# C=3\n", {"A": "1", "B": "two"}),
        ("export A='x y'\n\nB=\"\"\nnothing", {"A": "x y", "B": ""}),
        ("", {}),
    ],
)
def test_settings_files_are_read_as_the_cli_reads_them(
    text: str, read: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(text)
    assert here.variables(tmp_path / ".env") == read
    assert here.variables(tmp_path / "none") == {}


def test_getting_rid_of_it_names_every_function_and_every_secret() -> None:
    from lookout.deployment import INSTANCES, SECRETS

    printed = "\n".join(removal.plan("my-house"))
    assert [name for name in (*INSTANCES, *SECRETS) if name not in printed] == []
    assert "gs://my-house.firebasestorage.app/**" in printed
    assert "{" not in printed
