"""Loads a function's files as the platform does: from their own folder, each ``main.py`` under the same name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import functions_framework

import lookout  # the original, before a copy beside a function could be found
from stack.install.bootstrap import ROOT

assert lookout.__file__ == str(ROOT / "lookout" / "__init__.py")


@contextmanager
def _own_folder(function: str) -> Iterator[dict[str, ModuleType]]:
    """Within it, ``function``'s modules can be imported; afterwards their names are free for another's."""
    folder = ROOT / "functions" / function
    names = {path.stem for path in folder.glob("*.py")}
    path = list(sys.path)
    sys.path.insert(0, str(folder))
    loaded: dict[str, ModuleType] = {}
    # whoever had a main of its own before has it no more, or it would be taken for this one
    for name in names:
        sys.modules.pop(name, None)
    try:
        yield loaded
    finally:
        sys.path[:] = path
        for name in names:
            if name in sys.modules:
                loaded[name] = sys.modules.pop(name)


def load(function: str) -> dict[str, ModuleType]:
    """All modules of ``function``, by their names."""
    with _own_folder(function) as loaded:
        for path in (ROOT / "functions" / function).glob("*.py"):
            importlib.import_module(path.stem)
    return loaded


def serve(function: str) -> tuple[dict[str, ModuleType], Any]:
    """All modules of the HTTP function ``function`` and the Flask app that serves it."""
    source = ROOT / "functions" / function / "main.py"
    with _own_folder(function) as loaded:
        app = functions_framework.create_app(function, str(source), "http")  # type: ignore[no-untyped-call]
        for path in source.parent.glob("*.py"):
            importlib.import_module(path.stem)
    return loaded, app
