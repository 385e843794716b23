"""Which networks are installed, and what is known about them.

``scripts/models`` fetches, checks and records them in ``models/installed.json``; a function only reads. Weights
are hashed when they are installed, not here: hashing 136 MB would cost every cold start a fifth of a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookout.domain.matching import Calibration
from lookout.errors import ModelMissing
from lookout.settings import Settings

WEIGHTS = Path(".deepface") / "weights"
"""Where DeepFace looks below ``DEEPFACE_HOME``, which is our ``models/``."""

RECORD = "installed.json"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What matching has to know of an embedder.

    ``model_id`` is the name and the first 12 hex digits of the weights' sha256 as published: vectors of
    different ids are never compared. ``threshold`` is the largest cosine distance at which a face is known;
    ``midpoint`` and ``slope`` turn a distance into a probability. A raw vector shorter than
    ``min_length`` is not that of a face. The sources of all these stand in ``models/manifest.json``.
    """

    name: str
    model_id: str
    dimension: int
    threshold: float
    midpoint: float
    slope: float
    min_length: float

    @property
    def calibration(self) -> Calibration:
        """Distance to probability, for :func:`lookout.domain.matching.match`."""
        return Calibration(self.midpoint, self.slope)


@dataclass(frozen=True, slots=True)
class Installed:
    """The networks of this installation, all of them present.

    ``home`` is DeepFace's home; ``deepface_name`` the model it builds; ``template`` says whether that model wants
    faces on the ArcFace template (else upright in their box, as DeepFace crops them).
    """

    home: Path
    detector: Path
    landmarks: Path
    embedder: Path
    deepface_name: str
    template: bool
    card: ModelCard


def installed(settings: Settings) -> Installed:
    """The networks that ``settings`` asks for.

    Raises:
        ModelMissing: not installed, or a file is gone or of the wrong size; says which command mends it.
    """
    home = settings.models_dir.resolve()
    record = _record(home)
    entry = record["embedders"].get(settings.model_name)
    if entry is None:
        raise ModelMissing(
            f"The model {settings.model_name} is not installed in {home}; "
            f"run scripts/models --model {settings.model_name}."
        )
    try:
        card = ModelCard(
            name=entry["name"],
            model_id=f"{entry['name']}-{entry['weights'][:12]}",
            dimension=entry["dimension"],
            threshold=entry["threshold"],
            midpoint=entry["midpoint"],
            slope=entry["slope"],
            min_length=entry["min_length"],
        )
        return Installed(
            home=home,
            detector=_present(home, record["detector"]),
            landmarks=_present(home, record["landmarks"]),
            embedder=_present(home, entry),
            deepface_name=settings.model_name,
            template=entry["alignment"] == "template",
            card=card,
        )
    except (KeyError, TypeError):
        raise ModelMissing(f"{home / RECORD} is of another version; run scripts/models again.") from None


def require_detector_weights(home: Path, name: str) -> None:
    """Check that DeepFace's detector ``name`` has its files, so that it does not go and download them.

    Raises:
        ModelMissing: it has weights of its own and they are not installed.
    """
    known = _record(home)["detectors"]
    if name not in known:
        raise ModelMissing(
            f"The detector {name} is not installed in {home}; run scripts/models --detector {name}."
        )
    for entry in known[name]:
        _present(home, entry)


def _record(home: Path) -> dict[str, Any]:
    try:
        record = json.loads((home / RECORD).read_text())
    except FileNotFoundError:
        raise ModelMissing(f"No networks are installed in {home}; run scripts/models.") from None
    except (OSError, ValueError) as error:
        raise ModelMissing(f"{home / RECORD} cannot be read ({error}); run scripts/models again.") from None
    if (
        not isinstance(record, dict)
        or not {"detector", "landmarks", "embedders", "detectors"} <= record.keys()
    ):
        raise ModelMissing(f"{home / RECORD} is of another version; run scripts/models again.")
    return record


def _present(home: Path, entry: Mapping[str, Any]) -> Path:
    path = home / str(entry["path"])
    try:
        size = path.stat().st_size
    except OSError:
        raise ModelMissing(f"The weights {path} are missing; run scripts/models.") from None
    if size != entry["bytes"]:
        raise ModelMissing(
            f"The weights {path} have {size} bytes instead of {entry['bytes']}; run scripts/models."
        )
    return path
