"""Names, ids, and what owners' requests ask for."""

from __future__ import annotations

import pytest

from lookout.domain.people import (
    Correction,
    Wanted,
    clean_name,
    find_by_name,
    is_document_id,
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


def test_whoever_is_meant_by_a_name_or_an_id_is_told_apart() -> None:
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
