"""Lookout's own way from a frame's bytes to names, without its stores, as a program that answers frames.

``python -m bench.contenders.lookout PEOPLE CORES`` reads the path of a frame a line, and answers each with a line
of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Answer frames until the input ends, on so many cores."""
    people, cores = Path(sys.argv[1]), int(sys.argv[2])
    # before anything counts them
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    from lookout.domain.recognition.face import good_faces
    from lookout.domain.recognition.matching import match, one_face_each
    from lookout.settings import current_settings
    from lookout.vision.image.frame import decode
    from lookout.vision.recogniser import recogniser
    from stack.tools.known import read_gallery

    settings = current_settings()
    engine = recogniser(settings)
    gallery = read_gallery(people, engine, settings)
    rule, margin = engine.card.rule, settings.recognition.margin
    for line in sys.stdin:
        data = Path(line.rstrip("\n")).read_bytes()
        started, used = time.perf_counter(), time.process_time()
        frame = decode(
            data, settings.recognition.max_frame_side, halved=settings.recognition.detector == "rfb"
        )
        decoded = time.perf_counter()
        seen = engine.see(frame)
        embedded = time.perf_counter()
        good = good_faces(seen.faces)
        found = match([face.embedding for face in good], gallery, rule, margin)
        one_face_each(found, [face.box for face in good])
        ended, busy = time.perf_counter(), time.process_time() - used
        stages = {
            "decode": (decoded - started) * 1000,
            **seen.milliseconds,
            "match": (ended - embedded) * 1000,
        }
        told = {
            "milliseconds": (ended - started) * 1000,
            "processor": busy * 1000,
            "faces": len(good),
            "stages": stages,
        }
        answers.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
