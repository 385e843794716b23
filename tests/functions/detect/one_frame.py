"""An instance in a process of its own that judges one frame, to be killed meanwhile.

python -m tests.functions.detect.one_frame PROJECT FIRESTORE_HOST STORAGE_URL FRAME
"""

from __future__ import annotations

import sys
from pathlib import Path

from lookout.settings import Settings
from tests.functions.conftest import bucket_at, firestore_at
from tests.functions.detect.conftest import ROOM
from tests.functions.loading import load

project, firestore, storage, frame = sys.argv[1:]
watch = load("detect")["watch"].Watch(
    Settings(store_timeout_seconds=10.0), firestore_at(firestore, project), bucket_at(storage, project)
)
watch.judge(ROOM, Path(frame).read_bytes())
