"""Which networks are installed, and what is known about them.

``scripts/models`` fetches, checks and records them in ``models/installed.json``; a function only reads. Weights
are hashed when they are installed, not here: hashing 136 MB would cost every cold start a fifth of a second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lookout.domain.recognition.cohort import Cohort
from lookout.domain.recognition.rule import Calibration, Rule
from lookout.domain.site.site import Site
from lookout.errors import ModelMissing
from lookout.settings import Settings

WEIGHTS = Path(".deepface") / "weights"
"""Where DeepFace looks below ``DEEPFACE_HOME``, which is our ``models/``."""

RECORD = "installed.json"

TENSORFLOW = "tensorflow"
"""The value of ``DEEPFACE_BACKEND_ENGINE`` with which DeepFace's models run on TensorFlow, with other weights."""

CALIBRATED = "calibrated.json"
"""The rules that were measured here, by ``model_id``; they go before the manifest's."""

RULE_NUMBERS = ("threshold", "one_photo", "same_face", "stricter", "wider")

NO_COHORT = "none"

COHORT_WEIGHTS = (0.35, 0.25, 0.15)
"""Those of a cohort that somebody made for a model whose rule names none."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What matching has to know of an embedder.

    ``model_id`` is the name and the first 12 hex digits of the weights' sha256 as published: vectors of
    different ids are never compared. ``rule`` says when a face is known; ``calibrated`` whether anybody measured
    it. A raw vector shorter than ``min_length`` is not that of a face; one shorter than ``clear_length`` that of a
    face too hidden or distorted to be called a stranger's; ``full_length`` is that of a very good shot, None where
    nobody has measured it. The sources of all these stand in ``models/manifest.json``.
    """

    name: str
    model_id: str
    dimension: int
    rule: Rule
    calibrated: bool
    min_length: float
    clear_length: float
    full_length: float | None

    @property
    def threshold(self) -> float:
        """The largest distance at which a face is known, as a rule."""
        return self.rule.threshold

    def rule_for(self, site: Site) -> Rule:
        """The rule by which faces are known on the ``site``: the model's own, unless the owner set a threshold."""
        return self.rule.with_threshold(site.threshold)


@dataclass(frozen=True, slots=True)
class Installed:
    """The networks of this installation, all of them present.

    ``home`` is DeepFace's home; ``deepface_name`` the model it builds; ``template`` says whether that model wants
    faces on the ArcFace template (else upright in their box, as DeepFace crops them). ``liveness`` is the network
    that tells photos from people, with what makes its answer a probability; None where it is not asked for.
    """

    home: Path
    detector: Path
    landmarks: Path
    embedder: Path
    deepface_name: str
    template: bool
    card: ModelCard
    liveness: tuple[Path, Calibration] | None = None


def installed(settings: Settings) -> Installed:
    """The networks that ``settings`` asks for.

    Raises:
        ModelMissing: not installed, or a file is gone or of the wrong size; says which command mends it.
    """
    home = settings.recognition.models_dir.resolve()
    record = _record(home)
    name = settings.recognition.model_name
    on_tensorflow = os.environ.get("DEEPFACE_BACKEND_ENGINE") == TENSORFLOW
    entry = record.get(TENSORFLOW, {}).get(name) if on_tensorflow else record["embedders"].get(name)
    if entry is None:
        where, option = (" for TensorFlow", " --tensorflow") if on_tensorflow else ("", "")
        raise ModelMissing(
            f"The model {name} is not installed{where} in {home}; run scripts/models --model {name}{option}."
        )
    try:
        card = _card(home, entry, settings.recognition.cohort)
        return Installed(
            home=home,
            detector=_present(home, record["detector"]),
            landmarks=_present(home, record["landmarks"]),
            embedder=_present(home, entry),
            deepface_name=name,
            template=entry["alignment"] == "template",
            card=card,
            liveness=_liveness(home, record) if settings.recognition.liveness else None,
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


def _liveness(home: Path, record: Mapping[str, Any]) -> tuple[Path, Calibration]:
    if "liveness" not in record:
        raise ModelMissing(f"The network for LIVENESS is not installed in {home}; run scripts/models.")
    entry = record["liveness"]
    return _present(home, entry), Calibration(**entry["spoof"])


def _card(home: Path, entry: Mapping[str, Any], cohort: str) -> ModelCard:
    model_id = f"{entry['name']}-{entry['weights'][:12]}"
    stated = _calibrations(home).get(model_id) or entry.get("rule")
    if stated is None:
        calibration = Calibration(entry["midpoint"], entry["slope"])
        rule = Rule.plain(entry["threshold"], calibration)
    else:
        rule = _rule(stated, _cohort(home, stated.get("cohort"), cohort, model_id))
    if rule.cohort is not None and rule.cohort.centroids.shape[1] != entry["dimension"]:
        raise ModelMissing(f"The cohort is of another model than {model_id}; make one with scripts/cohort.")
    return ModelCard(
        entry["name"],
        model_id,
        entry["dimension"],
        rule,
        stated is not None,
        entry["min_length"],
        entry.get("clear_length", 0.0),
        entry.get("full_length"),
    )


def _rule(stated: Mapping[str, Any], cohort: Cohort | None) -> Rule:
    few, many = (Calibration(**stated["confidence"][photos]) for photos in ("one_photo", "three_photos"))
    numbers = {name: float(stated[name]) for name in RULE_NUMBERS}
    return Rule(**numbers, few=few, many=many, cohort=cohort)


def _cohort(home: Path, stated: Mapping[str, Any] | None, wanted: str, model_id: str) -> Cohort | None:
    if wanted == NO_COHORT or (stated is None and not wanted):
        return None
    file = home / (wanted or str((stated or {})["file"]))
    try:
        with np.load(file) as arrays:
            centroids = arrays["centroids"].astype(np.float32)
            median = float(arrays["median_adult"])
            model = str(arrays["model"]) if "model" in arrays else model_id
    except (OSError, KeyError, ValueError) as error:
        raise ModelMissing(f"The cohort {file} cannot be read ({error}); set COHORT=none.") from None
    if model != model_id:
        raise ModelMissing(f"The cohort {file} is of another model, {model}; make one with scripts/cohort.")
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    return Cohort(centroids, median, tuple((stated or {}).get("weights", COHORT_WEIGHTS)))


def _calibrations(home: Path) -> dict[str, Any]:
    """What ``scripts/evaluate --calibrate`` measured here, by ``model_id``."""
    try:
        found = json.loads((home / CALIBRATED).read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelMissing(f"{home / CALIBRATED} cannot be read ({error}); calibrate again.") from None
    return found if isinstance(found, dict) else {}


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
