"""A function's ``main.py``, loaded as the platform does."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import functions_framework

from lookout.services import control, enrol, housekeeping, members, people, separation, stats
from lookout.services.detect import endpoint
from lookout.services.notify import deliveries, trial
from lookout.settings import current_settings
from stack.install.bootstrap import ROOT


def app(function: str, codebase: str | None = None) -> Any:
    """The Flask app that serves the HTTP function ``function`` of a ``codebase``, by default that of its name."""
    source = ROOT / "functions" / (codebase or function) / "main.py"
    return functions_framework.create_app(function, str(source), "http")  # type: ignore[no-untyped-call]


def main(function: str) -> ModuleType:
    """The module with the triggers of ``function``."""
    source = ROOT / "functions" / function / "main.py"
    spec = importlib.util.spec_from_file_location(f"{function}_main", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start_anew() -> None:
    """Forget what this process's functions have made, as an instance that starts anew."""
    current_settings.reset()
    for module in (
        control,
        enrol,
        housekeeping,
        people,
        separation,
        stats,
        endpoint,
        deliveries,
        members,
        trial,
    ):
        module.service.reset()
    endpoint.camera_keys.reset()
    endpoint.limit.reset()
    endpoint.site.reset()
