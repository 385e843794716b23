"""A photo that lands in Storage is enrolled, or its owner is told why not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from lookout.cloud.gallery.person_document import from_document
from stack.fake_camera.client import cut_short
from stack.install.photos import SAMPLES
from tests.services.enrol.conftest import EnrolmentHouse, encoded, recoded
from tests.support.stores import objects


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_a_photo_of_each_format_is_enrolled_whatever_its_name(
    house: EnrolmentHouse, face: bytes, kind: str
) -> None:
    path = "faces/Barack Obama/photo.jpg"
    generation, done = house.enrol(path, recoded(face, kind))
    assert done == "enrolled"
    photo = house.photo(path)
    assert photo is not None
    assert (photo["status"], photo["generation"], photo["path"]) == ("enrolled", generation, path)
    assert photo["quality"] > 0.5
    person = from_document("Barack Obama", house.gallery("Barack Obama"))
    assert person.name == "Barack Obama"
    assert person.photo_ids == ("photo.jpg",)
    assert np.allclose(np.linalg.norm(person.vectors, axis=1), 1, atol=1e-5)


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["Barack Obama", "Zoë Ångström", "李小龙", "O'Neil & Söhne (1)", "a.b", "-"])
def test_a_folder_makes_a_person_of_that_name(house: EnrolmentHouse, face: bytes, name: str) -> None:
    house.enrol(f"faces/{name}/1.jpg", face)
    person = house.person(name)
    assert person is not None
    assert (person["name"], person["muted"], person["photoCount"]) == (name, False, 1)
    assert person["createdAt"] is not None
    assert house.gallery(name)["name"] == name


def test_a_person_that_is_there_keeps_everything_but_the_count(house: EnrolmentHouse, face: bytes) -> None:
    given = {"name": "Dr. Barack", "muted": True, "consentAt": "2026"}
    house.db.document("people/p1").set(given)
    house.enrol("faces/p1/1.jpg", face)
    assert house.person("p1") == given | {"photoCount": 1}
    assert house.gallery("p1")["name"] == "Dr. Barack"


def test_more_photos_of_a_person_come_side_by_side(house: EnrolmentHouse, photos: Path) -> None:
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg"):
        house.enrol(f"faces/b/{name}", (photos / name).read_bytes())
    assert house.enrolled("b") == ["obama.jpg", "obama2.jpg", "obama3.jpg"]
    vectors = from_document("b", house.gallery("b")).vectors
    assert (1 - vectors @ vectors.T).max() < 0.4


def _opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo)).convert("RGB")


def _twice(photo: bytes) -> bytes:
    one = _opened(photo)
    both = Image.new("RGB", (2 * one.width, one.height))
    both.paste(one, (0, 0))
    both.paste(one, (one.width, 0))
    return encoded(both)


def _tiny(photo: bytes) -> bytes:
    one = _opened(photo)
    return encoded(one.resize((one.width // 11, one.height // 11)).resize((93, 110)).crop((0, 0, 93, 110)))


def _small(photo: bytes) -> bytes:
    canvas = Image.new("RGB", (320, 240), (110, 112, 115))
    one = _opened(photo)
    one.thumbnail((110, 110))
    canvas.paste(one, (100, 60))
    return encoded(canvas)


def _blurred(photo: bytes) -> bytes:
    # of another photo: this one is found no more before it is too blurred
    return encoded(_opened((SAMPLES / "obama3.jpg").read_bytes()).filter(ImageFilter.GaussianBlur(14)))


def _dark(photo: bytes) -> bytes:
    return encoded(ImageEnhance.Brightness(_opened(photo)).enhance(0.02))


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (lambda photo: encoded(Image.new("RGB", (400, 300), (90, 90, 90))), "no face found"),
        (_twice, "two faces of similar size: crop to one"),
        (_small, "pixels wide: use a closer or larger photo"),
        (_blurred, "blurred: use a sharper photo"),
        (_dark, "too dark: use a photo with light on the face"),
        (lambda photo: b"a text, whatever its name", "save it as a JPEG"),
        (lambda photo: b"", "empty"),
        (cut_short, "cut short"),
        (lambda photo: photo + bytes(9_000_000), "larger than 8 MB"),
    ],
    ids=["no face", "two faces", "small", "blurred", "dark", "text", "empty", "truncated", "too large"],
)
def test_a_photo_that_cannot_be_used_says_what_to_do(
    house: EnrolmentHouse, face: bytes, spoil: Callable[[bytes], bytes], advice: str
) -> None:
    path = "faces/Barack/1.jpg"
    _, done = house.enrol(path, spoil(face))
    photo = house.photo(path)
    assert photo is not None
    assert photo["status"] == "rejected"
    assert advice in photo["reason"]
    assert photo["reason"] in done
    assert house.enrolled("Barack") == []
    # the owner sees the photo and its reason under the person, and the file stays until he deletes it
    assert (house.person("Barack") or {})["photoCount"] == 0
    assert objects(house.bucket) == [path]


def test_a_person_in_front_of_others_is_enrolled(house: EnrolmentHouse, face: bytes) -> None:
    one = _opened(face)
    canvas = Image.new("RGB", (one.width + 200, one.height), (110, 112, 115))
    canvas.paste(one, (0, 0))
    behind = one.copy()
    behind.thumbnail((200, 300))
    canvas.paste(behind, (one.width, 0))
    assert house.enrol("faces/b/1.jpg", encoded(canvas))[1] == "enrolled"


def test_one_photo_too_many_says_so_and_a_replaced_one_is_none(house: EnrolmentHouse, photos: Path) -> None:
    house.service = house.another(MAX_PHOTOS_PER_PERSON=2)
    for name in ("obama.jpg", "obama2.jpg"):
        assert house.enrol(f"faces/b/{name}", (photos / name).read_bytes())[1] == "enrolled"
    _, done = house.enrol("faces/b/obama3.jpg", (photos / "obama3.jpg").read_bytes())
    assert "b has 2 photos already: delete one" in done
    assert house.enrol("faces/b/obama2.jpg", (photos / "obama3.jpg").read_bytes())[1] == "enrolled"
    assert house.enrolled("b") == ["obama.jpg", "obama2.jpg"]


def test_a_rejected_photo_of_a_person_leaves_the_others(house: EnrolmentHouse, face: bytes) -> None:
    house.enrol("faces/b/good.jpg", face)
    house.enrol("faces/b/bad.jpg", b"no photo")
    assert house.enrolled("b") == ["good.jpg"]


def test_a_good_photo_that_is_replaced_by_a_bad_one_is_no_longer_known(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.enrol("faces/b/1.jpg", face)
    assert house.enrol("faces/b/1.jpg", b"no photo")[1].startswith("rejected")
    assert house.enrolled("b") == []
    assert house.enrol("faces/b/1.jpg", face)[1] == "enrolled"
    assert house.enrolled("b") == ["1.jpg"]


@pytest.mark.parametrize(
    "path",
    ["faces/b", "faces/b/deeper/1.jpg", "faces//1.jpg", "faces/__x__/1.jpg", "faces/../1.jpg", "faces/b/"],
)
def test_what_was_no_photo_of_a_person_and_is_gone_is_left_alone(house: EnrolmentHouse, path: str) -> None:
    assert house.service.photo_arrived(path, 1) == "gone or replaced already"
    assert house.service.photo_left(path, 1) == "nothing to forget"
    assert list(house.db.collections()) == []


def test_a_renamed_person_is_recognised_by_the_new_name(house: EnrolmentHouse, face: bytes) -> None:
    house.enrol("faces/b/1.jpg", face)
    house.db.document("people/b").update({"name": "Barack"})
    before = house.version()
    assert house.service.person_changed("b") == "profile synced"
    assert (house.gallery("b")["name"], house.version()) == ("Barack", before + 1)
    assert house.service.person_changed("b") == "profile unchanged"
    assert house.version() == before + 1
    assert house.enrolled("b") == ["1.jpg"]


def test_renaming_a_person_without_photos_or_one_that_is_gone_changes_nothing(
    house: EnrolmentHouse, face: bytes
) -> None:
    house.db.document("people/new").set({"name": "New"})
    assert house.service.person_changed("new") == "profile unchanged"
    house.enrol("faces/b/1.jpg", face)
    house.delete_person("b")
    assert house.service.person_changed("b") == "profile unchanged"
    assert house.gallery("b")["deleted"] is True


def test_another_model_enrols_the_photos_anew_and_mixes_no_vectors(
    house: EnrolmentHouse, face: bytes, photos: Path
) -> None:
    first, _ = house.enrol("faces/b/1.jpg", face)
    second, _ = house.enrol("faces/b/2.jpg", (photos / "obama2.jpg").read_bytes())
    for document in ("gallery/b", "people/b/photos/1.jpg", "people/b/photos/2.jpg"):
        house.db.document(document).update({"modelId": "another-model"})
    assert house.service.photo_arrived("faces/b/1.jpg", first) == "enrolled"
    gallery = house.gallery("b")
    assert gallery["photoIds"] == ["1.jpg"]
    assert gallery["modelId"] != "another-model"
    assert house.service.photo_arrived("faces/b/2.jpg", second) == "enrolled"
    assert house.enrolled("b") == ["1.jpg", "2.jpg"]


@pytest.mark.few(1)
@pytest.mark.parametrize("broken", [{"vectors": b"\x00" * 1024}, {"vectors": b"\x00" * 10}, {"photoIds": 3}])
def test_an_unreadable_gallery_is_begun_anew_by_the_next_photo(
    house: EnrolmentHouse, face: bytes, broken: dict[str, object]
) -> None:
    house.enrol("faces/b/1.jpg", face)
    house.db.document("gallery/b").update(broken)
    assert house.enrol("faces/b/2.jpg", face)[1] == "enrolled"
    assert house.gallery("b")["photoIds"] == ["2.jpg"]


def test_beyond_as_many_people_as_fit_a_photo_is_refused_with_what_to_do_and_those_who_are_there_stay(
    house: EnrolmentHouse, photos: Path
) -> None:
    house.service = house.another(MAX_PEOPLE=2)
    shots = {name: (photos / name).read_bytes() for name in ("obama.jpg", "obama2.jpg", "biden.jpg")}
    assert house.enrol("faces/a/1.jpg", shots["obama.jpg"])[1] == "enrolled"
    assert house.enrol("faces/b/1.jpg", shots["biden.jpg"])[1] == "enrolled"
    for number in range(2):
        path = f"faces/c/{number}.jpg"
        assert house.enrol(path, shots["obama2.jpg"])[1].startswith("rejected: 2 people are enrolled")
        photo = house.photo(path)
        assert photo is not None
        assert "MAX_PEOPLE" in photo["reason"]
    # more photos of those who are there are welcome, and a place that gets free is taken
    assert house.enrol("faces/a/2.jpg", shots["obama2.jpg"])[1] == "enrolled"
    house.delete_person("b")
    assert house.enrol("faces/d/1.jpg", shots["biden.jpg"])[1] == "enrolled"


def test_a_full_house_is_enrolled_again_with_another_network(house: EnrolmentHouse, face: bytes) -> None:
    house.service = house.another(MAX_PEOPLE=1)
    assert house.enrol("faces/a/1.jpg", face)[1] == "enrolled"
    house.db.document("gallery/a").update({"modelId": "another"})
    assert house.enrol("faces/a/2.jpg", face)[1] == "enrolled"
