"""Somebody who is there is given no name and no id that cannot be one, and nothing fails over it."""

from __future__ import annotations

import pytest

from stack.fuzzing.hostile import VALUES
from tests.services.people.conftest import House

CALLS = {
    "/strangers/s1/name": ("name", "person_id"),
    "/strangers/s1/ignore": ("ignored",),
    "/strangers/s1/merge": ("into",),
    "/alerts/s1/correct": ("person_id", "stranger_id"),
    "/people/Anna/merge": ("into",),
}


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.long
def test_values_of_any_making_are_refused_or_done_but_never_fail(house: House, path: str) -> None:
    headers = {"Authorization": f"Bearer {house.token}"}
    for name in CALLS[path]:
        for value in VALUES:
            house.person("Anna")
            house.stranger("s1", "s1", picture=b"jpeg")
            body = f'{{"{name}": {value}}}'.encode()
            answer = house.client.post(path, data=body, headers=headers)
            assert answer.mimetype == "application/json"
            assert answer.status_code < 500, (body[:200], answer.text)
