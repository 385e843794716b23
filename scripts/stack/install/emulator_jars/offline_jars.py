"""Builds the emulators' jars out of an installed Google Cloud SDK, for machines that reach no download host.

The SDK's Firestore emulator holds the same engine, the rules service ``firebase.storage`` included. The first
jar only points at it; the second adds ``StorageRulesRuntime`` and what it needs, which speaks firebase-tools'
protocol.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
STORAGE_MAIN = "StorageRulesRuntime"
SOURCES = sorted(Path(__file__).parent.glob("*.java"))
STAMP = "sources.sha256"
"""Entry of the second jar that says which sources it was made of."""

CLASSES_FOR_JAVA = "17"
MANIFEST_LINE = 70
"""Bytes of a manifest line, below the format's limit of 72 with its line end."""


class CannotBuild(Exception):
    """Something the build needs is not installed; the message says what, to end a sentence."""


def build(firestore: Path, storage: Path) -> None:
    """Write the two jars; neither is left half made.

    Raises:
        CannotBuild: no Google Cloud SDK with the Firestore emulator, or no Java compiler.
    """
    engine = sdk_engine()
    compiler = java_compiler()
    with tempfile.TemporaryDirectory(dir=storage.parent) as made:
        classes = Path(made)
        options = ["--release", CLASSES_FOR_JAVA, "-proc:none", "-nowarn", "-cp", str(engine), "-d", made]
        done = subprocess.run(
            [compiler, *options, *map(str, SOURCES)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotBuild(
                f"the installed Google Cloud SDK does not fit: {done.stderr.strip().splitlines()[0]}"
            )
        (classes / STAMP).write_text(_sources_hash())
        _write_jar(storage, manifest(STORAGE_MAIN, engine), sorted(classes.iterdir()))
    _write_jar(firestore, manifest(FIRESTORE_MAIN, engine), [])


def is_outdated(storage: Path) -> bool:
    """Whether the jar was built here, but of other sources than there are now."""
    with zipfile.ZipFile(storage) as jar:
        entries = jar.namelist()
        is_ours = f"{STORAGE_MAIN}.class" in entries
        return is_ours and (STAMP not in entries or jar.read(STAMP).decode() != _sources_hash())


def _sources_hash() -> str:
    return hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()


def sdk_engine() -> Path:
    """The Firestore emulator's jar inside the Google Cloud SDK.

    Raises:
        CannotBuild: there is no SDK, or it lacks that component.
    """
    remedy = "install the Google Cloud SDK with its component cloud-firestore-emulator."
    if shutil.which("gcloud") is None:
        raise CannotBuild(f"no Google Cloud SDK is installed to build them from: {remedy}")
    asked = subprocess.run(
        ["gcloud", "info", "--format=value(installation.sdk_root)"],
        capture_output=True,
        text=True,
        check=False,
    )
    engine = Path(asked.stdout.strip()) / "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
    if not engine.is_file():
        raise CannotBuild(f"the Google Cloud SDK lacks the emulator they are built from: {remedy}")
    return engine


def java_compiler() -> str:
    """The path of ``javac``, installed first where that can be done without asking.

    Raises:
        CannotBuild: there is none.
    """
    found = shutil.which("javac")
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (
            ["update"],
            ["install", "--yes", "--no-install-recommends", "default-jdk-headless"],
        ):
            subprocess.run(["apt-get", "--quiet", *arguments], env=quiet, capture_output=True, check=False)
        found = shutil.which("javac")
    if found is None:
        raise CannotBuild(
            "no Java compiler to build them with: install a JDK 17 or later (Debian: default-jdk-headless)."
        )
    return found


def manifest(main_class: str, class_path: Path) -> str:
    """A jar's manifest; a long line goes on in the next one, after a blank."""
    entry = f"Class-Path: {class_path.as_uri()}"
    lines = [entry[:MANIFEST_LINE]]
    rest = entry[MANIFEST_LINE:]
    while rest:
        lines.append(f" {rest[: MANIFEST_LINE - 1]}")
        rest = rest[MANIFEST_LINE - 1 :]
    return "\r\n".join(["Manifest-Version: 1.0", f"Main-Class: {main_class}", *lines, "", ""])


def _write_jar(path: Path, manifest_text: str, entries: list[Path]) -> None:
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", manifest_text)
        for entry in entries:
            jar.write(entry, entry.name)
    unfinished.replace(path)
