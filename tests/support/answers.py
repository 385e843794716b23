"""The answers of servers that this process reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse

import pytest


@contextmanager
def all_closed() -> Iterator[None]:
    """Answers come meanwhile, and in the end each is closed by who asked.

    Its socket stays open for as long as it is not: dropped, it is left to the garbage collector.
    """
    answers: list[HTTPResponse] = []
    begin = HTTPResponse.begin

    def noted(answer: HTTPResponse) -> None:
        answers.append(answer)
        begin(answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPResponse, "begin", noted)
        yield
    assert answers, "nobody answered"
    assert [answer for answer in answers if not answer.isclosed()] == []
