"""The pages of documentation: the README and docs/."""

from __future__ import annotations

import re

from stack.install.bootstrap import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
"""What a reader may come to: the README first, then docs/."""

TEXT = "\n".join(page.read_text() for page in PAGES)

_PRINTED = re.compile(r"<!-- runs as printed: ([\w ]+) -->\n```bash\n(.*?)```", re.S)


def printed_commands() -> dict[str, str]:
    """The blocks of commands that are marked to run as printed, by name. Each name may stand on one page only."""
    found = [match for page in PAGES for match in _PRINTED.findall(page.read_text())]
    blocks = dict(found)
    assert len(blocks) == len(found), "two blocks of commands have the same name"
    return blocks
