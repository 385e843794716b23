"""A function's requirements are what its code imports, and it is deployed with what was tested: a whole lock."""

from __future__ import annotations

import sys
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from stack.deploy import locks
from stack.install.vendor import imports, library_of

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt"))

PACKAGES = {
    "cv2": "opencv-contrib-python-headless",
    "firebase_admin": "firebase-admin",
    "firebase_functions": "firebase-functions",
    "PIL": "pillow",
    "pillow_heif": "pillow-heif",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.firestore_v1": "google-cloud-firestore",
    "google.cloud.storage": "google-cloud-storage",
    "zipstream": "zipstream-ng",
    "zoneinfo": "tzdata",
}
"""Packages that are not called as they are imported. ``zoneinfo`` reads its zones from ``tzdata`` where the
system has none."""

BROUGHT_ALONG = ("flask", "werkzeug", "google.api_core", "google.auth")
"""Imported for their types and errors; firebase-functions and firebase-admin bring them."""


def sources(function: str) -> list[Path]:
    """The function's ``main.py`` and all of the library that it comes to import."""
    folder = ROOT / "functions" / function
    return [folder / "main.py", *library_of(ROOT, folder)]


def packages(function: str) -> set[str]:
    """The packages that the function's sources need, under the names that pip knows."""
    own = {path.stem for path in (ROOT / "functions" / function).glob("*.py")} | {"lookout", "google"}
    needed = set()
    for name in {name for path in sources(function) for name in imports(path)}:
        known = [package for module, package in PACKAGES.items() if f"{name}.".startswith(f"{module}.")]
        top = name.split(".")[0]
        if known:
            needed.update(known)
        elif top not in own | sys.stdlib_module_names and not name.startswith(BROUGHT_ALONG):
            needed.add(top)
    return needed


def required(function: str) -> list[str]:
    return (ROOT / "functions" / function / "requirements.in").read_text().split()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_requires_what_it_imports_and_nothing_else(function: str) -> None:
    assert set(required(function)) == packages(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_package_of_a_function_is_pinned_to_the_tested_version(function: str) -> None:
    folder = ROOT / "functions" / function
    head, *lines = (folder / "requirements.txt").read_text().splitlines()
    assert head.startswith("# made by scripts/lock")
    pins = dict(line.split("==") for line in lines)
    assert set(required(function)) <= pins.keys()
    assert pins.items() <= locks.tested_versions().items()
    # what is installed here, and so tested, is what the lock says
    assert {name for name in pins if version(name) != pins[name]} == set()


def test_the_locks_are_what_their_sources_come_to() -> None:
    assert locks.stale() == []


def test_a_lock_follows_extras_and_leaves_out_what_the_platform_does_not_need() -> None:
    versions = locks.tested_versions()
    plain = locks.lock(["httpx"], versions)
    assert "h2==" not in plain
    assert "h2==" in locks.lock(["httpx[http2]"], versions)
    assert "colorama" in versions
    assert "colorama" not in locks.lock(["click"], versions)  # for Windows


def test_a_package_without_a_tested_version_is_told() -> None:
    with pytest.raises(
        SystemExit, match=r"no version of charset-normalizer, idna, urllib3; add the tested one"
    ):
        locks.lock(["requests"], {"requests": "1", "certifi": "1"})


@pytest.mark.parametrize("function", sorted({"control", "stats", "people", "notify"} & set(FUNCTIONS)))
def test_a_light_function_sees_no_pixels_and_does_no_arithmetic_on_vectors(function: str) -> None:
    assert (
        packages(function) & {"deepface", "numpy", "onnxruntime", "opencv-contrib-python-headless"} == set()
    )


LARGEST = dict.fromkeys(FUNCTIONS, 110) | {"detect": 550, "enroll": 550}
"""Megabytes of a function's packages: what an instance loads before it can answer for the first time."""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_packages_of_a_function_stay_small(function: str) -> None:
    lines = (ROOT / "functions" / function / "requirements.txt").read_text().splitlines()[1:]
    files = [file for line in lines for file in distribution(line.split("==")[0]).files or ()]
    megabytes = sum(file.size or 0 for file in files) / 1e6
    assert 20 < megabytes < LARGEST[function]
