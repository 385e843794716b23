"""The site's pages that are not in docs/: files of the repository, and the endpoints of ``docs/openapi.yaml``.

MkDocs calls the functions that begin with ``on_``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, cast

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from stack.tools.endpoints import endpoints_page

PAGES = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "agent/README.md": "agent.md",
    "firmware/README.md": "firmware-readme.md",
}
"""Files of the repository that are pages of the site, and what they are called there."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
ADDRESS = re.compile(r"[a-z]+:")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every decision into the navigation, below their list."""
    pages = sorted(path.name for path in (_root(config) / "docs" / "decisions").glob("0*.md"))
    sections = cast(list[dict[str, list[Any]]], config.nav)
    decisions = ["decisions/index.md", *(f"decisions/{name}" for name in pages)]
    sections[-1]["Changing it"].append({"Decisions": decisions})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    root = _root(config)
    for source, page in PAGES.items():
        files.append(File.generated(config, page, content=(root / source).read_text()))
    api = cast(dict[str, Any], yaml.safe_load((root / "docs" / "openapi.yaml").read_text()))
    files.append(File.generated(config, "endpoints.md", content=endpoints_page(api)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links that are right in the repository into links that are right on the site.

    A link to a file that is no page becomes its name; a link to what is not there stays, and fails the build.
    """
    root = _root(config)
    own = next((source for source, name in PAGES.items() if name == page.file.src_uri), None)
    folder = (root / (own or f"docs/{page.file.src_uri}")).parent
    on_site = Path(page.file.src_uri).parent

    def turned(link: re.Match[str]) -> str:
        image, text, target, anchor = link.groups()
        if ADDRESS.match(target):
            return link[0]
        path = Path(os.path.normpath(folder / target))
        found = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        goal = PAGES.get(found) or (found.removeprefix("docs/") if found.startswith("docs/") else None)
        if goal is None:
            return text if path.exists() else link[0]
        return f"{image}[{text}]({os.path.relpath(goal, on_site)}{anchor or ''})"

    return LINK.sub(turned, markdown)


def _root(config: MkDocsConfig) -> Path:
    """The repository's folder."""
    return Path(config.config_file_path).parent
