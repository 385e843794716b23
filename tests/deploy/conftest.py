"""A checkout of its own, as git has it, with the installed packages and networks of this one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stack.install import models, photos, toolchain
from stack.install.bootstrap import ROOT
from tests.deploy.project import Cloud
from tests.deploy.stand_in import stand_in


@dataclass(frozen=True, slots=True)
class Run:
    """How a script ended, and what it printed."""

    code: int
    text: str

    def line(self, name: str) -> str:
        """The line of the step ``name``, with the one below it."""
        lines = self.text.splitlines()
        (at,) = [i for i, line in enumerate(lines) if line[8:].startswith(f"{name} ")]
        return "\n".join(lines[at : at + 2])


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a newcomer would be after ``git clone`` and ``scripts/models``."""
    models.ensure()
    photos.ensure()
    toolchain.ensure_firebase_tools()
    root = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    shutil.copytree(ROOT / "models", root / "models", dirs_exist_ok=True, copy_function=shutil.copy2)
    for name in (".venv", "node_modules", "samples"):
        (root / name).symlink_to(ROOT / name)
    return root


Script = Callable[..., Run]


@pytest.fixture
def cloud() -> Cloud:
    """A project that is ready, but for what is in it yet."""
    return Cloud()


@pytest.fixture
def run(checkout: Path, cloud: Cloud, tmp_path: Path) -> Iterator[Script]:
    """Runs a script of the checkout, with Google played by ``cloud``."""
    with stand_in(cloud) as environment:
        yield runner(checkout, environment, tmp_path)


def runner(checkout: Path, environment: dict[str, str], settings: Path) -> Script:
    """Runs scripts of ``checkout`` in ``environment``; the CLI keeps what it notes in ``settings``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIREBASE", "GOOGLE"))}

    def called(script: str, *arguments: str, **more: str) -> Run:
        done = subprocess.run(
            [str(checkout / "scripts" / script), *arguments],
            cwd=checkout, env=kept | environment | {"XDG_CONFIG_HOME": str(settings)} | more,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return Run(done.returncode, done.stdout)

    return called
