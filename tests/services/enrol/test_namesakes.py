"""Folders whose names look alike are one person's: their photos end in one folder, and go like all others."""

from __future__ import annotations

import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services.enrol.conftest import EnrolmentHouse
from tests.support.stores import objects

COMPOSED, DECOMPOSED = "Jos\u00e9 M\u00fcller", "Jose\u0301 Mu\u0308ller"

PAIRS = [
    (COMPOSED, DECOMPOSED),
    (DECOMPOSED, COMPOSED),
    ("Anna", "anna"),
    ("Anna", "Anna "),
    ("Anna", " Anna"),
    ("Anna", "\u200bAnna"),
    ("Anna\u200b", "Anna"),
    ("anna", "ANNA"),
]


def arrive(house: EnrolmentHouse, path: str, data: bytes) -> str:
    """Upload a photo and deal with its event, and with that of the object it was moved to."""
    _, done = house.enrol(path, data)
    if done.startswith("moved to "):
        to = done.removeprefix("moved to ").removesuffix(": the names look alike")
        done = house.service.photo_arrived(to, int(house.bucket.get_blob(to).generation))
        assert house.bucket.get_blob(path) is None
    return done


@pytest.mark.few(2)
@pytest.mark.parametrize(("first", "second"), PAIRS, ids=ascii)
def test_a_photo_in_a_look_alike_folder_is_enrolled_for_the_one_person(
    house: EnrolmentHouse, face: bytes, other_face: bytes, first: str, second: str
) -> None:
    assert arrive(house, f"faces/{first}/1.jpg", face) == "enrolled"
    assert arrive(house, f"faces/{second}/2.jpg", other_face) == "enrolled"
    assert house.enrolled(first) == ["1.jpg", "2.jpg"]
    assert [one.id for one in house.db.collection("people").get()] == [first]
    assert house.gallery(second) == {}
    assert house.photo(f"faces/{second}/2.jpg") is None


def test_the_name_is_one_without_what_nobody_sees(house: EnrolmentHouse, face: bytes) -> None:
    arrive(house, f"faces/\u200b{DECOMPOSED} /1.jpg", face)
    assert (house.person(f"\u200b{DECOMPOSED} ") or {})["name"] == COMPOSED


def test_photos_of_one_name_do_not_overwrite_each_other(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    assert arrive(house, "faces/anna/1.jpg", other_face) == "enrolled"
    assert arrive(house, "faces/ANNA/1.jpg", face) == "done already"
    assert len(house.enrolled("Anna")) == 2
    assert len(objects(house.bucket)) == 2


def test_a_photo_that_was_moved_is_forgotten_when_it_is_deleted(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    arrive(house, "faces/anna/2.jpg", other_face)
    place = house.db.document("people/Anna/photos/2.jpg").get().get("path")
    generation = int(house.bucket.get_blob(place).generation)
    house.delete(place)
    assert house.service.photo_left(place, generation) == "forgotten"
    assert house.enrolled("Anna") == ["1.jpg"]


def test_a_person_takes_photos_along_that_were_moved(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    arrive(house, "faces/anna/2.jpg", other_face)
    house.delete_person("Anna")
    assert objects(house.bucket) == []
    assert house.gallery("Anna")["deleted"] is True


def test_a_photo_that_cannot_be_used_says_so_where_the_person_is(house: EnrolmentHouse, face: bytes) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    assert arrive(house, "faces/anna/bad.jpg", b"no photo").startswith("rejected")
    assert (house.photo("faces/Anna/bad.jpg") or {})["status"] == "rejected"


def test_somebody_who_has_a_document_keeps_the_folder(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    house.db.document("people/anna").set({"name": "Anna from next door"})
    assert arrive(house, "faces/anna/2.jpg", other_face) == "enrolled"
    assert (house.enrolled("Anna"), house.gallery("anna")["photoIds"]) == (["1.jpg"], ["2.jpg"])


def test_a_folder_is_that_of_somebody_called_so(house: EnrolmentHouse, face: bytes) -> None:
    house.db.document("people/person-1").set({"name": "Anna"})
    assert arrive(house, "faces/anna/1.jpg", face) == "enrolled"
    assert house.enrolled("person-1") == ["1.jpg"]


def test_an_event_that_comes_again_after_the_move_changes_nothing(
    house: EnrolmentHouse, face: bytes, other_face: bytes
) -> None:
    arrive(house, "faces/Anna/1.jpg", face)
    generation, done = house.enrol("faces/anna/2.jpg", other_face)
    assert done.startswith("moved")
    assert house.service.photo_arrived("faces/anna/2.jpg", generation) == "gone or replaced already"
    assert house.service.photo_left("faces/anna/2.jpg", generation) == "nothing to forget"
    assert objects(house.bucket) == ["faces/Anna/1.jpg", "faces/Anna/2.jpg"]


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(3))
def test_look_alike_folders_that_land_at_once_become_one_person(
    house: EnrolmentHouse, strangers: list[bytes], seed: int
) -> None:
    dice = random.Random(seed)
    folders = []
    for number in range(6):
        name = unicodedata.normalize(dice.choice(["NFC", "NFD"]), "Zo\u00eb \u00c5ngstr\u00f6m")
        name = dice.choice([name, name.upper(), name.lower()])
        folders.append(
            dice.choice(["", " ", "\u200b"]) + name + dice.choice(["", " ", "\ufeff"]) + f"/{number}.jpg"
        )
    paths = [f"faces/{folder}" for folder in folders]
    generations = [house.upload(path, photo) for path, photo in zip(paths, strangers, strict=True)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: house.another().photo_arrived(*one), zip(paths, generations, strict=True)))
    for path in objects(house.bucket):
        house.service.photo_arrived(path, int(house.bucket.get_blob(path).generation))
    (person,) = house.db.collection("people").get()
    assert house.enrolled(person.id) == [f"{number}.jpg" for number in range(6)]
    assert {path.split("/")[1] for path in objects(house.bucket)} == {person.id}
