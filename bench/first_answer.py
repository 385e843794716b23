"""A cold instance: from the start of a process to the answer for the first frame, and the memory it takes.

Run as a process of its own: ``first_answer.py FRAME``. It imports what ``functions/detect`` imports and does all
that it does with a frame but call Firestore and Storage.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AGAIN = 20


def main() -> None:
    """Answer one frame, print when; then go on for a while and print the peak memory in MB."""
    function = ROOT / "functions" / "detect"
    sys.path[:0] = [str(ROOT), str(function)]
    if (function / "main.py").exists():
        import main as handler  # type: ignore[import-not-found]
        import watch  # type: ignore[import-not-found]

        assert handler.detect, watch.Watch

    from lookout.domain.gallery import Gallery
    from lookout.domain.matching import match
    from lookout.settings import Settings
    from lookout.vision.frame import decode
    from lookout.vision.recogniser import recogniser

    data = Path(sys.argv[1]).read_bytes()
    settings = Settings()
    for turn in range(1 + AGAIN):
        engine = recogniser(settings)
        face = engine.see(decode(data)).faces[0]
        assert face.embedding is not None
        gallery = Gallery(engine.model_id, [])
        match(face.embedding[None], gallery, engine.card.threshold, settings.margin, engine.card.calibration)
        if turn == 0:
            answered = time.time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"answered": answered, "peak": peak}))


if __name__ == "__main__":
    main()
