"""The site of the documentation is built strictly: a dead link or a page that nothing leads to fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT
from stack.tools.checks import SITE


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder like the repository, whose docs/ may be changed."""
    for path in ROOT.iterdir():
        if path.name not in ("docs", "build"):
            (tmp_path / path.name).symlink_to(path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def built(repository: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=repository, env=os.environ | SITE, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.long
def test_the_site_has_the_pages_of_the_repository_and_every_endpoint(repository: Path) -> None:
    done = built(repository)
    assert done.returncode == 0, done.stderr
    site = repository / "build" / "site"
    assert "POST /people/{subject}/erase" in (site / "endpoints" / "index.html").read_text()
    for page in ("index.html", "security/index.html", "agent/index.html", "firmware-readme/index.html"):
        assert (site / page).is_file()
    assert len(list(site.glob("decisions/0*"))) == len(list(repository.glob("docs/decisions/0*")))


@pytest.mark.long
def test_dead_links_and_a_page_outside_the_navigation_fail(repository: Path) -> None:
    dead = {
        "no_page.md": "[x](no_page.md)",
        "#no_anchor": "[x](api.md#no_anchor)",
        "no_file.txt": "[x](../no_file.txt)",
        "no_picture.png": "![x](images/no_picture.png)",
    }
    with (repository / "docs" / "people.md").open("a") as page:
        page.write("\n\n".join(["", *dead.values(), ""]))
    (repository / "docs" / "stray.md").write_text("# Stray\n")
    done = built(repository)
    assert done.returncode == 1
    assert [name for name in [*dead, "stray.md"] if name not in done.stderr] == []
