"""Names, ids, and what owners' requests ask for."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lookout.domain.people.requests import (
    Correction,
    Wanted,
    clean_name,
    find_by_folder,
    find_by_name,
    folder_name,
    is_document_id,
    look_alikes,
    name_key,
    new_person_id,
    parse_correction,
    parse_ignoring,
    parse_merging,
    parse_naming,
    photo_names,
    same_name,
)
from lookout.errors import BadRequest


@pytest.mark.parametrize("text", ["a", "Zoë Ångström", "李小龙", "a.b", "...", "_x_", "__", " ", "x" * 1400])
def test_an_id_may_have_any_letters(text: str) -> None:
    assert is_document_id(text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "__x__", "__\n__", "a/b", "/", "\ud800", "x" * 1401, "ä" * 701]
)
def test_an_id_is_one_segment_of_a_path(text: str) -> None:
    assert not is_document_id(text)


def test_a_name_is_kept_in_one_form_without_blanks_around_it() -> None:
    assert clean_name("  Zoe\u0308\u00a0") == "Zo\u00eb"
    assert clean_name("x" * 100) == "x" * 100
    # joiners are no control characters: names are written with them
    assert clean_name("\u0646\u200c\u0627") == "\u0646\u200c\u0627"


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 101, None, 7, ["A"], "a\tb", "a\x00", "a\x7f", "\ud800", "a\u2028b"]
)
def test_a_name_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(BadRequest, match="A name"):
        clean_name(text)


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "anna"), (" Anna ", "Anna"), ("Zo\u00eb", "zoe\u0308"), ("STRASSE", "straße")]
)
def test_names_that_differ_only_in_how_they_are_typed_are_the_same(one: str, other: str) -> None:
    assert same_name(one, other)
    assert find_by_name(one, {"p": "Somebody", "q": other}) == "q"


def test_of_several_people_of_a_name_it_is_the_one_spelled_so() -> None:
    people = {"a": "ANNA", "b": "Anna", "c": "Anna"}
    assert find_by_name("Anna", people) == "b"
    assert find_by_name("anna", people) == "a"
    assert find_by_name("Ann", people) is None


def test_a_new_persons_id_is_the_name_where_it_can_be_one() -> None:
    assert new_person_id("Anna", []) == "Anna"
    for name, taken in (("Anna", ["Anna"]), ("Mum/Dad", []), ("..", []), ("__x__", [])):
        made = new_person_id(name, taken)
        assert made.startswith("person-")
        assert is_document_id(made)
        assert made == new_person_id(name, taken)
        assert new_person_id(name, [*taken, made]) not in (made, name)


def test_a_name_and_an_id_in_a_request_are_told_apart() -> None:
    assert Wanted("anna", None).fits("p", "Anna")
    assert not Wanted("Anna", None).fits("Anna", "Eva")
    assert Wanted(None, "p").fits("p", "Anna")
    assert not Wanted(None, "Anna").fits("p", "Anna")


def test_photos_of_two_people_fit_into_one_folder() -> None:
    assert photo_names(["1.jpg", "2.jpg"], ["1.jpg"], "Rob") == {"1.jpg": "Rob-1.jpg", "2.jpg": "2.jpg"}
    clash = photo_names(["1.jpg", "Rob-1.jpg"], ["1.jpg", "Rob-1.jpg"], "Rob")
    assert clash == {"1.jpg": "Rob-Rob-1.jpg", "Rob-1.jpg": "Rob-Rob-Rob-1.jpg"}
    assert photo_names([], ["1.jpg"], "Rob") == {}


def test_requests_say_what_they_want() -> None:
    assert parse_naming({"name": " Postman "}) == Wanted("Postman", None)
    assert parse_naming({"person_id": "Anna"}) == Wanted(None, "Anna")
    assert [parse_ignoring(body) for body in ({}, {"ignored": True}, {"ignored": False})] == [
        True,
        True,
        False,
    ]
    assert parse_merging({"into": "Bob"}) == "Bob"
    assert parse_correction({"person_id": None}) == Correction()
    assert parse_correction({"person_id": "Bob"}) == Correction(person_id="Bob")
    assert parse_correction({"stranger_id": "s"}) == Correction(stranger_id="s")


@pytest.mark.parametrize("parse", [parse_naming, parse_ignoring, parse_merging, parse_correction])
@pytest.mark.parametrize("body", [None, [], "x", 7, {"unheard_of": 1}])
def test_requests_of_another_form_are_refused(parse: object, body: object) -> None:
    assert callable(parse)
    with pytest.raises(BadRequest):
        parse(body)


NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), exclude_characters="/"),
    min_size=1,
    max_size=30,
)
BLANK = st.sampled_from(["", " ", "  ", "\u00a0", "\u3000", "\t"])
UNSEEN = st.sampled_from(["", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u202e", "\ufe0f"])
FORM = st.sampled_from(["NFC", "NFD"])


@settings(deadline=None)
@given(NAMES, BLANK, UNSEEN, UNSEEN, FORM, st.integers(0, 30))
def test_a_name_is_the_same_whatever_nobody_sees(
    name: str, blank: str, first: str, second: str, form: Literal["NFC", "NFD"], at: int
) -> None:
    assume(name_key(name) != name)
    other = blank + first + unicodedata.normalize(form, name) + blank
    other = other[:at] + second + other[at:]
    assert same_name(name, other)
    assert same_name(other, name)
    assert same_name(name, name_key(name))
    assert same_name(name, folder_name(other))


@settings(deadline=None)
@given(NAMES)
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    try:
        clean = clean_name(name)
    except BadRequest:
        return
    assert clean_name(clean) == clean
    assert same_name(clean, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jos\u00e9 M\u00fcller", "Jose\u0301 Mu\u0308ller"),
        ("Anna", "anna"),
        ("Anna", "Anna "),
        ("Anna", "\u200bAnna"),
        ("Anna", "An\u200bna"),
        ("Anna Maria", "Anna\u00a0 Maria"),
        ("\u2764\ufe0f", "\u2764"),
        ("\uff21\uff4e\uff4e\uff41", "Anna"),
        ("\uff8a\uff9e", "\u30d0"),
        ("Jose\ufb01na", "Josefina"),
        ("\u0130REM", "irem"),
        ("I\u015eIL", "\u0131\u015f\u0131l"),
    ],
)
def test_folders_that_look_alike_are_one_persons(one: str, other: str) -> None:
    for mine, theirs in ((one, other), (other, one)):
        assert find_by_folder(theirs, {"x": "Eva", mine: mine}) == mine
        assert look_alikes({mine: mine, theirs: theirs, "x": "Eva"}) == [sorted([mine, theirs])]


def test_a_folder_is_that_of_its_own_person_before_one_of_the_same_name() -> None:
    assert find_by_folder("anna", {"Anna": "Anna", "anna": "Somebody"}) == "anna"
    assert find_by_folder("anna", {"Anna": "Somebody", "p": "ANNA"}) == "p"
    assert find_by_folder("anna", {"Anna": "Anna Schmidt", "p": "Eva"}) == "Anna"
    assert find_by_folder("anna", {"Ann": "Ann", "p": "Hanna"}) is None


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "Ann"), ("Anna", "Annä"), ("Anna B", "AnnaB"), (" ", "\u200b")]
)
def test_names_that_can_be_told_apart_are_two(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert look_alikes({"p": one, "q": other}) == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Anna ", "Anna"),
        ("\u200bJose\u0301", "Jos\u00e9"),
        (" ", " "),
        ("\u200b", "\u200b"),
        ("x" * 101, "x" * 101),
    ],
)
def test_a_folder_gives_a_clean_name_where_it_has_one(folder: str, name: str) -> None:
    assert folder_name(folder) == name


def test_an_emoji_of_several_characters_stays_one() -> None:
    for name in (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f",
        "\U0001f3f4\U000e0067\U000e007f",
    ):
        assert clean_name(f" {name}\u200b ") == name
