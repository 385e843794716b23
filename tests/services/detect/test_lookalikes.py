"""Two people who look alike end as ambiguous, not as the wrong one; proved with one man under two names."""

from __future__ import annotations

import pytest

from lookout.cloud.gallery.lookalikes import Lookalikes
from lookout.vision.networks.models import installed
from tests.services.detect.conftest import House, People, Shot

TWINS = {"Tom": "obama.jpg", "Tim": "obama2.jpg"}


@pytest.fixture
def lookalikes(house: House, people: People) -> Lookalikes:
    """Look-alikes by construction, and Biden; what ``enroll`` does after each of their photos is still to come."""
    for name, photo in TWINS.items():
        people.enrol(name, photo)
    people.enrol("Joe", "biden.jpg")
    return Lookalikes(house.stores, people.model_id)


@pytest.mark.parametrize("photo", ["obama3.jpg", "obama_partial_face2.jpg"])
def test_a_look_alike_is_ambiguous_who_would_have_been_given_a_name(
    house: House, people: People, lookalikes: Lookalikes, shot: Shot, photo: str
) -> None:
    before = house.look(shot(photo))
    assert (before["reason"], before["person"]) == ("known", "Tom")

    lookalikes.follow("Tom", installed(house.settings).card.threshold)
    after = house.look(shot(photo))
    assert (after["reason"], after["person"], after["is_known"]) == ("ambiguous", "Unknown", False)
    assert set(after["candidates"]) == set(TWINS)
    # nothing else than the warning made the difference
    assert after["distance"] == before["distance"]


def test_the_others_are_still_known_and_so_is_a_look_alike_who_is_much_nearer(
    house: House, lookalikes: Lookalikes, shot: Shot
) -> None:
    lookalikes.follow("Tim", installed(house.settings).card.threshold)
    assert house.look(shot("biden.jpg"))["person"] == "Joe"
    assert house.look(shot("obama2.jpg"))["person"] == "Tim"


def test_once_a_look_alike_has_left_the_other_is_named_again(
    house: House, people: People, lookalikes: Lookalikes, shot: Shot
) -> None:
    threshold = installed(house.settings).card.threshold
    lookalikes.follow("Tim", threshold)
    assert house.look(shot("obama3.jpg"))["reason"] == "ambiguous"
    people.forget("Tim")
    lookalikes.follow("Tim", threshold)
    assert house.look(shot("obama3.jpg"))["person"] == "Tom"
