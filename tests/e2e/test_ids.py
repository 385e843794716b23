"""Whatever an id is made of, its person alone is acted on, through the emulators' own events."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lookout.cloud.firebase.clients import bucket, firestore_client
from stack.install import photos
from stack.local.info import StackInfo
from tests.support.waiting import wait_until

SECONDS = 40
TRIES = 4
SEED = 8

PIECES = (
    " ", "  ", "%61", "%2e", "%2E%2E", "%25", "%2f", "%E9", "%c3%a9", "+", "&", "=", "?", "#", ";", ",", ":",
    "@", "'", '"', "`", "\\", "<b>", "{personId}", "*", "**", "$1", "(default)", "~", ".", "..", "__", "\u00a0",
    "\u200b", "\u202e", "\ufeff", "é", "e\u0301", "ß", "李小龙", "हिन्दी", "עברית", "😀",
    "\U0001f468\u200d\U0001f467", "\U00020000", "=?utf-8?q?x?=",
)  # fmt: skip
"""What ids are put together from."""


@dataclass
class Site:
    """People of one test, and the stores they are kept in."""

    photo: Path
    ids: list[str] = field(default_factory=list)
    db: Any = field(default_factory=firestore_client)
    bucket: Any = field(default_factory=bucket)

    def settle(self, *ids: str) -> None:
        """Enrol people with these ids, each with a document of its own."""
        self.ids += ids
        few_at_once(self._settle, ids)

    def _settle(self, person_id: str) -> None:
        now = datetime.now(UTC)
        # after the end of their consent, so many of one face are not compared with each other
        person = {"name": uuid.uuid4().hex, "muted": False, "createdAt": now, "consentExpiresAt": now}
        self.document(person_id).set(person)
        photo = self.bucket.blob(f"faces/{person_id}/1.jpg")
        act_until(
            lambda: photo.upload_from_filename(self.photo),
            lambda: self.vectors(person_id) == ["1.jpg"],
            f"{person_id!r} enrolled",
        )

    def mute(self, person_id: str) -> None:
        """Mute somebody, and wait until it is felt."""
        document = self.document(person_id)

        def mute() -> None:
            document.update({"muted": False})
            document.update({"muted": True})

        act_until(mute, lambda: self.gallery(person_id).get("muted") is True, f"{person_id!r} muted")

    def delete(self, person_id: str) -> None:
        """Delete somebody's document, and wait until nothing is left."""
        document = self.document(person_id)

        def delete() -> None:
            document.set({"name": "Leaving"})
            document.delete()

        act_until(delete, lambda: self.is_forgotten(person_id), f"{person_id!r} forgotten")

    def document(self, person_id: str) -> Any:
        return self.db.collection("people").document(person_id)

    def gallery(self, person_id: str) -> dict[str, Any]:
        return self.db.collection("gallery").document(person_id).get().to_dict() or {}

    def vectors(self, person_id: str) -> list[str]:
        return list(self.gallery(person_id).get("photoIds", []))

    def is_whole(self, person_id: str) -> bool:
        there = self.bucket.blob(f"faces/{person_id}/1.jpg").exists()
        return there and self.vectors(person_id) == ["1.jpg"] and self.document(person_id).get().exists

    def is_forgotten(self, person_id: str) -> bool:
        there = self.bucket.blob(f"faces/{person_id}/1.jpg").exists()
        documents = self.document(person_id).collection("photos").get()
        return not there and not documents and self.gallery(person_id).get("deleted") is True


def act_until(act: Callable[[], None], holds: Callable[[], bool], what: str) -> None:
    """Act, and wait for what comes of it; again now and then, since the emulators deliver no event again that a
    busy machine was too slow for."""
    for _ in range(TRIES):
        act()
        with suppress(AssertionError):
            wait_until(holds, what, SECONDS)
            return
    raise AssertionError(f"not {what} within {TRIES} times {SECONDS} s")


def few_at_once(act: Callable[[str], None], ids: Iterable[str]) -> None:
    """Do it for all, but not all at once."""
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(act, ids))


@pytest.fixture
def site(stack: StackInfo) -> Iterator[Site]:
    assert stack.urls
    made = Site(photos.ensure() / "obama.jpg")
    yield made
    for one in made.ids:
        made.document(one).delete()


@pytest.mark.long
def test_only_the_person_goes_whose_document_was_deleted(site: Site) -> None:
    tag = uuid.uuid4().hex[:6]
    stays = [f"Anna {tag}", f"Dan {tag}", f"100 {tag}%", f"..{tag}"]
    goes = [
        f"Anna {tag} ",
        f" Anna {tag}",
        f"D%61n {tag}",
        f"100 {tag}%25",
        f"%2e%2e{tag}",
        "%2e%2e",
        "100%25",
    ]
    site.settle(*stays, *goes)
    few_at_once(site.mute, goes)
    few_at_once(site.delete, goes)
    assert [one for one in stays if not site.is_whole(one)] == []
    assert [one for one in stays if site.gallery(one)["muted"]] == []


def made_up(seed: int, count: int) -> list[str]:
    """Ids of every kind of character that may stand in one; the same for the same seed."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        middle = [*dice.choices(PIECES, k=dice.randint(1, 5)), f"x{number}"]
        dice.shuffle(middle)
        made.append("".join(middle))
    # each also as a header would have it read, and the longest that fits into a photo's path
    read = [unquote(one).strip().replace("/", "") for one in made]
    made += read
    return [*dict.fromkeys(made), *("長" * 320 + end for end in ("", " ", "%61"))]


@pytest.mark.long
def test_a_person_of_any_id_is_enrolled_muted_and_forgotten_alone(site: Site) -> None:
    tag = uuid.uuid4().hex[:6]
    ids = [one.replace("x", f"x{tag}", 1) for one in made_up(SEED, 12)]
    dice = random.Random(SEED)
    goes = dice.sample(ids, len(ids) // 2)
    site.settle(*ids)
    few_at_once(site.mute, goes)
    few_at_once(site.delete, goes)
    stays = [one for one in ids if one not in goes]
    assert [one for one in stays if not site.is_whole(one) or site.gallery(one)["muted"]] == []
