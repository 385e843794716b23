"""Fetches real photos to try things on: public photos that two Python packages carry for their own tests.

They are not ours to hand on, so the repository does not hold them: the photographs of the White House
(``obama*.jpg``, ``biden.jpg``) are works of the US government, in the public domain; ``t1.jpg`` comes with
insightface for trying it out. Use them for nothing but trying Lookout.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from stack.console import fail, step
from stack.install.bootstrap import ROOT
from stack.install.download import sha256

SAMPLES = ROOT / "samples"

SDIST = "face_recognition==1.3.0"
SDIST_FOLDER = "face_recognition-1.3.0/tests/test_images/"
WHEEL = "insightface==2.1"
WHEEL_FOLDER = "insightface/data/images/"

PHOTOS = {
    "obama.jpg": "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    "obama2.jpg": "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    "obama3.jpg": "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    "obama_partial_face.jpg": "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117",
    "obama_partial_face2.jpg": "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028",
    "biden.jpg": "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    "32bit.png": "44dca895a7d635a4aedddd91a4f37af9a8a5b44e66154282a24645a757b5f627",
    "t1.jpg": "47f682e945b659f93a9e490b9c9c4a2a864abe64dace9e1a2893845ddfd69489",
}
"""Name to sha256."""


def ensure(folder: Path = SAMPLES) -> Path:
    """The folder with the sample photos, fetched when one is missing or harmed.

    Raises:
        SystemExit: the packages cannot be fetched; one line says so.
    """
    if not all((folder / name).is_file() and sha256(folder / name) == PHOTOS[name] for name in PHOTOS):
        with step("fetching the sample photos (4 MB)"), tempfile.TemporaryDirectory() as scratch:
            _fetch(Path(scratch))
            folder.mkdir(parents=True, exist_ok=True)
            for name, data in _unpack(Path(scratch)).items():
                part = folder / f"{name}.part"
                part.write_bytes(data)
                if sha256(part) != PHOTOS[name]:
                    part.unlink()
                    raise fail(
                        f"the sample photo {name} has a wrong checksum; clean pip's cache and try again."
                    )
                part.replace(folder / name)
    return folder


def _fetch(folder: Path) -> None:
    # the source archive is wanted as it is: building it would need dlib
    for package, kind in ((SDIST, "--no-binary=face_recognition"), (WHEEL, "--only-binary=:all:")):
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            kind,
        ]
        done = subprocess.run(
            [*command, "--dest", str(folder), package], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise fail(f"pip could not fetch {package}; is the package index reachable?")


def _unpack(folder: Path) -> dict[str, bytes]:
    found = {}
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        for name in PHOTOS:
            if SDIST_FOLDER + name in sdist.getnames() and (member := sdist.extractfile(SDIST_FOLDER + name)):
                found[name] = member.read()
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in PHOTOS.keys() - found:
            found[name] = wheel.read(WHEEL_FOLDER + name)
    return found
