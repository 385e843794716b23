"""Settings of one's own for the functions of the local stack: ``.env.local``, which git ignores."""

from __future__ import annotations

import os
from pathlib import Path

from stack.console import fail
from stack.install.bootstrap import ROOT

FILE = ROOT / ".env.local"


def read(path: Path = FILE) -> dict[str, str]:
    """The ``NAME=value`` lines of the file, if there is one, but for what the environment says already.

    Raises:
        SystemExit: a line is of another form.
    """
    settings = {}
    lines = path.read_text().splitlines() if path.is_file() else []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            # what the line says is not shown: it may be a password
            raise fail(f"line {number} of {path.name} is not of the form NAME=value.")
        settings[name.strip()] = value.strip().strip("'\"")
    return {name: value for name, value in settings.items() if name not in os.environ}
