"""People by name and id: which names there may be, when two are the same, and what owners' requests ask for."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lookout.errors import BadRequest

NAME_CHARACTERS = 100

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that nobody sees: ``Default_Ignorable_Code_Point`` of Unicode."""

_USELESS = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Those of them that no name needs; joiners and selectors make letters and emoji what they are."""

_ENDS = re.compile(r"^[\s\u200c\u200d]+|[\s\u200c\u200d]+$")

_FORBIDDEN_ID = re.compile(r"\.{1,2}|__.*__", re.DOTALL)  # what Firestore does not allow as a document's id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who a stranger is said to be: somebody of a ``name``, or the person with an id. One of them is None."""

    name: str | None
    person_id: str | None

    def fits(self, person_id: str, name: str) -> bool:
        """Whether it is that person who is meant."""
        return self.person_id == person_id if self.name is None else same_name(self.name, name)


@dataclass(frozen=True, slots=True)
class Correction:
    """Who an alert really is: a person, or a stranger seen before; with neither, nobody who is known."""

    person_id: str | None = None
    stranger_id: str | None = None


def is_document_id(text: str) -> bool:
    """Whether ``text`` can be a document's id and one segment of a path."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return False
    # Firestore allows 1500; a job's id is one of these with a word before it
    return 0 < size <= 1400 and "/" not in text and not _FORBIDDEN_ID.fullmatch(text)


def clean_name(text: object) -> str:
    """A person's name in one form however it was typed, without blanks and unseen characters around it.

    Raises:
        BadRequest: it is no name.
    """
    given = text if isinstance(text, str) else ""
    name = unicodedata.normalize("NFC", _ENDS.sub("", _USELESS.sub("", given)))
    if not _UNSEEN.sub("", name).strip():
        name = ""
    if not 1 <= len(name) <= NAME_CHARACTERS:
        raise BadRequest(f"A name is a text of 1 to {NAME_CHARACTERS} characters.")
    # control characters, halves of characters, and the two that end a line or paragraph
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise BadRequest("A name has no control characters and no line breaks.")
    return name


def folder_name(person_id: str) -> str:
    """What somebody is called of whom only the id is known, the name of a folder of photos."""
    try:
        return clean_name(person_id)
    except BadRequest:
        return person_id


@lru_cache(4096)
def name_key(name: str) -> str:
    """What all names have in common that look alike: composed or not, in upper or lower case, in letters of full
    width or joined ones, with whatever blanks, and with characters that nobody sees.

    An i with its dot and one without are the same: in Turkish they are each other's upper and lower case.
    """
    seen = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFKD", name)).split())
    folded = unicodedata.normalize("NFKD", seen.casefold())
    return folded.replace("i\u0307", "i").replace("\u0131", "i") or name


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same, however they are typed: upper and lower case are one."""
    return name_key(one) == name_key(other)


def find_by_name(name: str, people: Mapping[str, str]) -> str | None:
    """The id of the person called ``name``, of ``people`` with their names by id; None when there is none."""
    # spelled alike before spelled differently, and always the same of several
    found = sorted((people[one] != name, one) for one in people if same_name(people[one], name))
    return found[0][1] if found else None


def find_by_folder(folder: str, people: Mapping[str, str]) -> str | None:
    """Whose photos those in ``folder`` are, of ``people`` with their names by id; None when it is nobody's yet.

    The folder is that of the person with this id, else of one called so, else of one whose id looks alike.
    """
    if folder in people:
        return folder
    return find_by_name(folder, people) or find_by_name(folder, {one: one for one in people})


def look_alikes(people: Mapping[str, str]) -> list[list[str]]:
    """The ids of those who are called the same, of ``people`` with their names by id: a list for each name."""
    called: dict[str, list[str]] = {}
    for person_id in sorted(people):
        called.setdefault(name_key(people[person_id]), []).append(person_id)
    return [ids for ids in called.values() if len(ids) > 1]


def new_person_id(name: str, taken: Collection[str]) -> str:
    """An id for a new person of that name: the name itself, as in a folder of photos, where it can be one."""
    if is_document_id(name) and name not in taken:
        return name
    digest = hashlib.sha256(name_key(name).encode()).hexdigest()
    lengths = range(12, len(digest) + 1)
    return next(made for length in lengths if (made := f"person-{digest[:length]}") not in taken)


def photo_names(photos: Iterable[str], taken: Collection[str], owner: str) -> dict[str, str]:
    """Names under which ``photos`` of the person ``owner`` fit beside those that are ``taken``, by their own."""
    names: dict[str, str] = {}
    for photo in photos:
        name = photo
        while name in taken or name in names.values():
            name = f"{owner}-{name}"
        names[photo] = name
    return names


def parse_naming(body: object) -> Wanted:
    """Who the JSON ``body`` says that a stranger is.

    Raises:
        BadRequest: it does not say so.
    """
    given = _fields(body, "name", "person_id")
    if len(given) != 1:
        raise BadRequest('Send either {"name": "Postman"} or {"person_id": "Anna"}.')
    if "name" in given:
        return Wanted(clean_name(given["name"]), None)
    return Wanted(None, _id(given, "person_id"))


def parse_ignoring(body: object) -> bool:
    """Whether the JSON ``body`` says that a stranger is to be ignored; saying nothing says yes.

    Raises:
        BadRequest: it says something else.
    """
    ignored = _fields(body, "ignored").get("ignored", True)
    if not isinstance(ignored, bool):
        raise BadRequest('Send {"ignored": true} or {"ignored": false}.')
    return ignored


def parse_merging(body: object) -> str:
    """The id that the JSON ``body`` wants another one merged into.

    Raises:
        BadRequest: it names none.
    """
    return _id(_fields(body, "into"), "into")


def parse_traced(body: object) -> str:
    """The name, beside the id, by which the JSON ``body`` wants somebody looked for.

    Raises:
        BadRequest: it names none.
    """
    return clean_name(_fields(body, "name").get("name"))


def parse_correction(body: object) -> Correction:
    """Who the JSON ``body`` says that an alert really is.

    Raises:
        BadRequest: it does not say so.
    """
    given = _fields(body, "person_id", "stranger_id")
    if len(given) != 1:
        raise BadRequest('Send {"person_id": null}, {"person_id": "Bob"} or {"stranger_id": "..."}.')
    if "stranger_id" in given:
        return Correction(stranger_id=_id(given, "stranger_id"))
    return Correction() if given["person_id"] is None else Correction(_id(given, "person_id"))


def _fields(body: object, *known: str) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise BadRequest(f"Send a JSON object with {' or '.join(known)}.")
    unknown = sorted(str(name) for name in body if name not in known)
    if unknown:
        raise BadRequest(f"Unknown field {unknown[0]!r}: use {' or '.join(known)}.")
    return body


def _id(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} must be an id, as a text.")
    return value
