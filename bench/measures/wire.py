"""What each kind of frame costs in reads, writes and bytes, counted on the wire to Firestore and Storage."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import urlsplit

from bench.bill import Bill
from bench.context import Context, stores_at
from bench.forwarding import Forwarder
from bench.result import Figure
from lookout.cloud.cameras.keys import register
from lookout.cloud.firebase.stores import Stores
from lookout.cloud.gallery.enrolment import Enrolment
from lookout.cloud.gallery.photo_document import Photo
from lookout.domain.cameras.camera import Camera
from lookout.domain.people.photo import PhotoPath
from lookout.domain.recognition.face import good_faces
from lookout.services.detect.frames import FrameService
from lookout.settings import Settings
from lookout.vision.image.frame import decode
from lookout.vision.recogniser import recogniser
from stack.local.info import StackInfo

KEPT_PHOTOS = 100

CAMERA = Camera("bench", "Bench", "active", 0)


def run(context: Context) -> list[Figure]:
    """The counts of frames that come one after the other to a warm instance, in a project of their own."""
    edge = Forwarder(_firestore(context.stack), context.stack.urls["storage"])
    try:
        stores = stores_at(edge.firestore, edge.storage)
        register(stores.db, CAMERA.id, CAMERA.name)
        _enrol(stores, context)
        service = FrameService(Settings(), stores)
        empty = context.frames["SVGA", "empty"].read_bytes()
        known = context.frames["SVGA", "1 face"].read_bytes()
        four = context.frames["SVGA", "4 faces"].read_bytes()
        better = context.frames["UXGA", "1 face"].read_bytes()
        small = context.frames["VGA", "1 face"].read_bytes()
        kinds: dict[str, bytes] = {
            "the first frame of an instance, nobody there": empty,
            "nobody there": empty + b"\n",
            "somebody known comes": small,
            "the same, again": small + b"\n",
            "the same, a better picture": known,
            "the same, better again": better,
            "the very same frame posted again": better,
            "three more people, unknown": four,
            "the same four, again": four + b"\n",
        }
        figures = []
        for kind, data in kinds.items():
            figures += _counted(kind, edge, lambda data=data: service.judge(CAMERA, data))  # type: ignore[misc]
        return figures
    finally:
        edge.close()


def _counted(kind: str, edge: Forwarder, judge: Callable[[], object]) -> list[Figure]:
    edge.bill = count = Bill()
    with redirect_stdout(StringIO()):  # the function's log
        judge()
    # an empty frame is to cost nothing, but for a heartbeat now and then
    target = 0 if kind == "nobody there" else None
    return [
        Figure(f"{kind}: documents read", count.reads, "", target),
        Figure(f"{kind}: documents written", count.writes, "", target),
        Figure(f"{kind}: pictures stored", count.uploads, ""),
        Figure(f"{kind}: bytes", count.carried / 1000, "KB"),
    ]


def _enrol(stores: Stores, context: Context) -> None:
    """Somebody of the frames, with one photo."""
    engine = recogniser(Settings())
    (face,) = good_faces(engine.see(decode((context.samples / "obama.jpg").read_bytes())).faces)[:1]
    enrolment = Enrolment(stores, engine.model_id, KEPT_PHOTOS)
    photo = Photo(PhotoPath("Barack", "obama.jpg"), 1, datetime.now(UTC))
    assert enrolment.begin(photo)
    assert enrolment.enrol(photo, face)


def _firestore(info: StackInfo) -> str:
    return urlsplit(info.urls["firestore"]).netloc
