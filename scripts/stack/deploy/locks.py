"""What each function is deployed with: every package, its version the tested one.

``functions/<name>/requirements.in`` names what the function imports, ``constraints.txt`` has the versions, and the
installed packages say what they need in turn. Google's build reads the outcome, ``requirements.txt``.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stack.console import fail
from stack.install.bootstrap import ROOT, deployed_python

HEAD = "# made by scripts/lock from requirements.in and constraints.txt\n"


def lock(direct: list[str], versions: dict[str, str]) -> str:
    """The text of a lock: all that the ``direct`` requirements come to need where the functions are run.

    Raises:
        SystemExit: a package has no version in ``versions``.
    """
    needed: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [Requirement(line) for line in direct]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        needed.add(name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += _requirements(name, extra)
    if unknown := sorted(needed - versions.keys()):
        raise fail(f"constraints.txt has no version of {', '.join(unknown)}; add the tested one.")
    return HEAD + "".join(f"{name}=={versions[name]}\n" for name in sorted(needed))


def tested_versions() -> dict[str, str]:
    """The versions of ``constraints.txt`` by the packages' names, written as the index writes them."""
    lines = (
        line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] not in ("", "#")
    )
    pins = (line.partition("==") for line in lines)
    return {canonicalize_name(name): version for name, _, version in pins}


def locks() -> dict[Path, str]:
    """What each function's ``requirements.txt`` should hold."""
    versions = tested_versions()
    return {
        path.with_name("requirements.txt"): lock(path.read_text().split(), versions)
        for path in sorted(ROOT.glob("functions/*/requirements.in"))
    }


def stale() -> list[str]:
    """The locks that are not what they should be, as paths from the root."""
    return [
        str(path.relative_to(ROOT))
        for path, text in locks().items()
        if not path.is_file() or path.read_text() != text
    ]


def _requirements(name: str, extra: str) -> list[Requirement]:
    try:
        stated = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:
        # needed by the Python of the functions alone, such as the backport of a module: they need nothing more
        return []
    where = _platform() | {"extra": extra}
    return [one for one in stated if one.marker is None or one.marker.evaluate(where)]


def _platform() -> dict[str, str]:
    version = ".".join(map(str, deployed_python()))
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.14",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.14",
        "python_version": version,
        "sys_platform": "linux",
    }
