"""An instance in a process of its own that judges one frame, to be killed meanwhile.

python -m tests.services.detect.one_frame PROJECT FIRESTORE_HOST STORAGE_URL FRAME
"""

from __future__ import annotations

import sys
from pathlib import Path

from lookout.cloud.firebase.stores import Stores
from lookout.services.detect.frames import FrameService
from lookout.settings import Settings
from tests.services.detect.conftest import ROOM
from tests.support.stores import bucket_at, firestore_at

project, firestore, storage, frame = sys.argv[1:]
stores = Stores(firestore_at(firestore, project), bucket_at(storage, project), 10.0)
watch = FrameService(Settings(), stores)
watch.judge(ROOM, Path(frame).read_bytes())
