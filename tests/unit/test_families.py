"""Of a family of cases that is marked as ``few``, so many run always and the others when all do."""

from __future__ import annotations

import pytest


@pytest.mark.few(2)
@pytest.mark.parametrize("number", range(5))
def test_all_but_the_first_few_of_a_family_are_long(number: int, request: pytest.FixtureRequest) -> None:
    assert (request.node.get_closest_marker("long") is not None) is (number >= 2)


@pytest.mark.parametrize("number", range(3))
def test_of_any_other_family_none_is(number: int, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("long") is None
