"""People are added, seen, changed and forgotten."""

from __future__ import annotations

import base64
import io
import secrets
import zipfile
from pathlib import Path

import pytest
import requests
from PIL import Image, ImageEnhance
from playwright.sync_api import FilePayload, Page, Route, expect

from stack.local import owner
from tests.dashboard.conftest import ADMIN, House, until
from tests.e2e.test_import_faces import heic

ENROLMENT_MILLISECONDS = 180_000

NAMES = [
    "x" * 100,
    "👵" * 100,
    "👩‍👧‍👦 🐈",
    "مريم العربية",
    "<script>alert(1)</script>",
    "Ann & \"B\" 'C' / %2F",
]


def _photo(path: Path, name: str = "photo.jpg") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": path.read_bytes()}


def _add(page: Page, site: str, name: str, photos: list[FilePayload]) -> None:
    page.goto(f"{site}/#/people?add")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    if photos:
        dialog.locator("input[type=file]").set_input_files(photos)
    dialog.get_by_role("button", name="Add a person").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def _id(page: Page) -> str:
    return page.url.rpartition("/")[2]


def test_two_real_photos_are_enrolled_and_a_third_is_rejected_in_words(
    house: House, owner_page: Page, samples: Path
) -> None:
    with Image.open(samples / "biden.jpg") as photo:
        darker = io.BytesIO()
        ImageEnhance.Brightness(photo.convert("RGB")).enhance(0.8).save(darker, "JPEG")
    evening: FilePayload = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": darker.getvalue()}
    photos = [_photo(samples / "biden.jpg"), evening, _photo(samples / "t1.jpg")]
    _add(owner_page, house.site, "Joe", photos)
    expect(owner_page.locator(".photos .badge.good")).to_have_count(2, timeout=ENROLMENT_MILLISECONDS)
    expect(owner_page.get_by_text("Two faces. Crop to one.")).to_be_visible(timeout=ENROLMENT_MILLISECONDS)
    expect(owner_page.locator("header .face img")).to_be_visible()
    person = house.fields(f"people/{_id(owner_page)}")
    assert person is not None
    assert person["photoCount"]["integerValue"] == "2"


DROP = """(place, [name, kind, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, { type: kind }));
  place.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
}"""


@pytest.mark.long
def test_a_photo_of_an_iphone_is_dropped_shows_how_far_it_is_and_is_enrolled(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    held: list[Route] = []

    def hold(route: Route) -> None:
        # a slow network: the photo itself waits until it was looked for
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    def is_held() -> bool:
        page.wait_for_timeout(50)  # what the page asks for is seen only while it is waited for
        return bool(held)

    page.goto(f"{house.site}/#/people?add")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Dropped")
    photo = base64.b64encode(heic((samples / "biden.jpg").read_bytes())).decode()
    # as systems name it that do not know such photos
    dialog.locator(".drop").evaluate(DROP, ["IMG_0001.HEIC", "", photo])
    expect(dialog.locator(".thumbnails li")).to_have_count(1)
    page.route("**/v0/b/**", hold)
    dialog.get_by_role("button", name="Add a person").click()
    expect(page.get_by_role("progressbar", name="uploading, 0 %")).to_be_visible()
    until(is_held)
    held[0].continue_()
    expect(page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
    # a photo that is enrolled and of little use says so
    (photo_id,) = house.ids(f"people/{_id(page)}/photos")
    url = f"{house.documents}/people/{_id(page)}/photos/{photo_id}?updateMask.fieldPaths=quality"
    fields = {"fields": {"quality": {"doubleValue": 0.2}}}
    requests.patch(url, json=fields, headers=ADMIN, timeout=30).raise_for_status()
    expect(page.locator(".photos").get_by_text("Enrolled, but weak")).to_be_visible()


def test_a_photo_that_lies_in_nobodys_folder_is_shown_to_owners_with_what_to_do(
    house: House, owner_page: Page, samples: Path
) -> None:
    name = f"{secrets.token_hex(4)}.jpg"
    # by the console, where the rules do not hold
    owner.upload(house.info, "owner", f"faces/{name}", (samples / "biden.jpg").read_bytes())
    owner_page.goto(f"{house.site}/#/people")
    lost = owner_page.get_by_role("listitem").filter(has_text=f"faces/{name}")
    expect(lost).to_contain_text("whose photo is this?", timeout=ENROLMENT_MILLISECONDS)
    house.delete_picture(f"faces/{name}")
    expect(lost).to_have_count(0, timeout=ENROLMENT_MILLISECONDS)


@pytest.mark.long
def test_a_rejected_photo_is_cropped_to_one_face_and_enrolled(
    house: House, owner_page: Page, samples: Path
) -> None:
    _add(owner_page, house.site, "One of six", [_photo(samples / "t1.jpg")])
    owner_page.get_by_role("button", name="Crop to one face").click(timeout=ENROLMENT_MILLISECONDS)
    area = owner_page.get_by_role("dialog").locator(".cropper")
    picture = area.locator("img")
    picture.wait_for()
    owner_page.wait_for_function("(picture) => picture.complete", arg=picture.element_handle())
    area.hover()  # waits until it has come to rest
    box = area.bounding_box()
    assert box is not None
    with Image.open(samples / "t1.jpg") as group:
        width, height = group.size
    left, top, right, bottom = 1050 / width, 200 / height, 1270 / width, 460 / height
    owner_page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    owner_page.mouse.down()
    owner_page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=4)
    owner_page.mouse.up()
    owner_page.get_by_role("button", name="Use this part").click()
    expect(owner_page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
    expect(owner_page.locator(".photos .tile")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)


@pytest.mark.long
def test_what_is_no_photo_is_told_so_and_a_large_one_is_made_smaller(
    house: House, owner_page: Page, samples: Path
) -> None:
    with Image.open(samples / "biden.jpg") as photo:
        large = io.BytesIO()
        photo.convert("RGB").resize((2800, 2600)).save(large, "BMP")
    assert large.tell() > 20_000_000
    files: list[FilePayload] = [
        {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7\n" + b"0" * 5000},
        {"name": "large.bmp", "mimeType": "image/bmp", "buffer": large.getvalue()},
    ]
    _add(owner_page, house.site, "Large", files)
    expect(owner_page.get_by_text("This is no photo")).to_be_visible()
    expect(owner_page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)


@pytest.mark.few(2)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_letters_is_shown_as_it_is(house: House, owner_page: Page, name: str) -> None:
    _add(owner_page, house.site, name, [])
    owner_page.goto(f"{house.site}/#/people")
    expect(owner_page.locator(".tile b", has_text=name)).to_be_visible()
    fits = owner_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert fits, "a long name must not widen the page"


def test_a_person_is_renamed_muted_and_erased_with_a_receipt(
    house: House, owner_page: Page, samples: Path
) -> None:
    page = owner_page
    _add(page, house.site, "Temporary", [_photo(samples / "biden.jpg")])
    person = f"people/{_id(page)}"
    expect(page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
    page.get_by_label("Name", exact=True).fill("Renamed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
    page.get_by_role("switch", name="Muted").click()
    # the word "Saved" may still be that of the name
    until(lambda: (house.fields(person) or {})["muted"]["booleanValue"])
    page.get_by_role("button", name="Erase everything").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Erase for good")).to_be_disabled()
    dialog.get_by_role("textbox").fill("Renamed")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(dialog.get_by_text("The receipt has the number")).to_be_visible()
    assert house.fields(person) is None
    dialog.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.locator(".tile b", has_text="Renamed")).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "days", "told"),
    [
        ("en", 7, "can bring the pictures back for 7 more days"),
        pytest.param("de", 1, "noch einen Tag lang zurückholen", marks=pytest.mark.long),
        pytest.param("en", 0, None, marks=pytest.mark.long),
        pytest.param("de", None, None, marks=pytest.mark.long),
    ],
)
def test_the_receipt_says_for_how_long_pictures_can_be_brought_back(
    house: House, owner_page: Page, language: str, days: int | None, told: str | None
) -> None:
    page = owner_page
    # the bucket of the emulator says nothing, so the answer of the real call gets what a bucket on Google says
    page.route(
        "**/people/*/erase",
        lambda route: route.fulfill(json=route.fetch().json() | {"soft_delete_days": days}),
    )
    name = f"Soft {language} {days}"
    _add(page, house.site, name, [])
    page.evaluate("language => localStorage.setItem('lookout.language', language)", language)
    page.reload()
    words = {"en": ("Erase everything", "Erase for good"), "de": ("Alles löschen", "Für immer löschen")}
    everything, for_good = words[language]
    page.get_by_role("button", name=everything).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name=for_good).click()
    expect(dialog.get_by_role("table")).to_be_visible()
    expect(dialog.get_by_text("scripts/deploy")).to_have_count(int(told is not None))
    if told is not None:
        expect(dialog.get_by_text(told)).to_be_visible()


def test_back_closes_a_dialogue_and_forward_opens_nothing(house: House, owner_page: Page) -> None:
    page = owner_page
    page.goto(f"{house.site}/#/people/Tom")
    page.get_by_role("button", name="Same as").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Tom")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.long
def test_two_people_who_are_one_are_merged(house: House, owner_page: Page, samples: Path) -> None:
    page = owner_page
    ids = []
    for name in ("Bidden", "Biden"):
        _add(page, house.site, name, [_photo(samples / "biden.jpg")])
        expect(page.locator(".photos .badge.good")).to_have_count(1, timeout=ENROLMENT_MILLISECONDS)
        ids.append(_id(page))
    page.goto(f"{house.site}/#/people/{ids[0]}")
    page.get_by_role("button", name="Same as").click()
    page.get_by_role("option", name="Biden").click()
    expect(page.get_by_role("heading", name="Biden")).to_be_visible()
    # not done yet: for ten seconds it can be taken back
    assert house.fields(f"people/{ids[0]}") is not None
    until(lambda: house.fields(f"people/{ids[0]}") is None)
    expect(page.locator(".photos .badge.good")).to_have_count(2, timeout=ENROLMENT_MILLISECONDS)


def test_all_of_a_person_is_taken_along_as_a_zip_file(house: House, owner_page: Page) -> None:
    owner_page.goto(f"{house.site}/#/people/Nora")
    with owner_page.expect_download() as download:
        owner_page.get_by_role("button", name="Export everything").click()
    with zipfile.ZipFile(download.value.path()) as files:
        assert any(name.endswith(".jpg") for name in files.namelist())
    assert download.value.suggested_filename == "Nora.zip"
