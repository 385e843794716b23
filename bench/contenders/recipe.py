"""The original's recipe, ``DeepFace.find`` on TensorFlow with OpenCV's cascades, as a program.

``python recipe.py PEOPLE`` runs in the environment of its own that ``bench/contenders/environment.py`` makes, and
so imports nothing of Lookout. It reads the path of a frame a line, and answers each with a line of JSON. The
weights are those of the untrained network, saved once: as fast as the trained ones, and of no use for names.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

RECIPE: dict[str, Any] = {
    "model_name": "ArcFace",
    "detector_backend": "opencv",
    "distance_metric": "cosine",
    "enforce_detection": False,
    "silent": True,
}
"""What the original calls ``DeepFace.find`` with."""


def save_untrained_weights(path: Path) -> None:
    """Save what the network has before any training, under the name by which DeepFace finds it."""
    from deepface.commons import weight_utils
    from deepface.models.facial_recognition.tf import ArcFace

    fetch, load = weight_utils.download_weights_if_necessary, weight_utils.load_model_weights
    weight_utils.download_weights_if_necessary = lambda file_name, source_url: str(path)
    weight_utils.load_model_weights = lambda model, weight_file: model
    path.parent.mkdir(parents=True, exist_ok=True)
    ArcFace.load_model().save_weights(str(path))
    weight_utils.download_weights_if_necessary, weight_utils.load_model_weights = fetch, load


def main() -> None:
    """Answer frames until the input ends."""
    people = sys.argv[1]
    # DeepFace and TensorFlow print as they please
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    weights = Path(os.environ["DEEPFACE_HOME"]) / ".deepface" / "weights" / "arcface_weights.h5"
    if not weights.is_file():
        save_untrained_weights(weights)
    from deepface import DeepFace

    for line in sys.stdin:
        data = Path(line.rstrip("\n")).read_bytes()
        started, used = time.perf_counter(), time.process_time()
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        found = DeepFace.find(pixels, people, **RECIPE)
        spent, busy = time.perf_counter() - started, time.process_time() - used
        told = {"milliseconds": spent * 1000, "processor": busy * 1000, "faces": len(found), "stages": {}}
        answers.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
