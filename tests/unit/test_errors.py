"""One tree of errors, each with a word of its own that callers may switch on."""

from __future__ import annotations

import inspect

import pytest

from lookout import errors
from lookout.errors import LookoutError, RequestError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, LookoutError)]
LEAVES = [kind for kind in ALL if kind not in (LookoutError, RequestError)]


def test_all_errors_are_of_one_tree_and_drawn_in_it() -> None:
    assert len(ALL) == len(inspect.getmembers(errors, inspect.isclass))
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in ALL)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in LEAVES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_an_error_says_its_message(kind: type[LookoutError]) -> None:
    parameters = list(inspect.signature(kind.__init__).parameters)[2:]
    error = kind("Do this.", **dict.fromkeys(parameters, 3))
    assert (error.message, str(error)) == ("Do this.", "Do this.")
