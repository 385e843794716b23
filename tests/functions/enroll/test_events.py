"""What is made of an event before anything is done about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lookout.errors import Unavailable
from tests.functions.loading import load

WHOLE = datetime(2026, 5, 31, 12, 0, 7, tzinfo=UTC)


@pytest.fixture
def events(stack: Any) -> Any:
    """The module of that name; its neighbours want to know which bucket to watch, so a stack has to be there."""
    return load("enroll")["events"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Anna", "Anna"),
        ("Zoë", "Zoë"),
        ("ZoÃ«", "Zoë"),
        ("Zo%C3%AB", "Zoë"),
        ("李小龙", "李小龙"),
        ("李小龙".encode().decode("latin-1"), "李小龙"),
    ],
)
def test_a_name_in_a_header_is_read_however_it_was_put_there(events: Any, header: str, name: str) -> None:
    assert events.as_written(header) == name


def test_a_time_told_in_whole_seconds_stands_for_the_end_of_that_second(events: Any) -> None:
    exact = WHOLE.replace(microsecond=1)
    assert events.end_of(WHOLE) == WHOLE + timedelta(seconds=1)
    assert events.end_of(exact) == exact


def test_only_a_silent_store_has_an_event_come_again(events: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def silent() -> str:
        raise Unavailable("Storage did not answer (Timeout); try again.")

    def broken() -> str:
        raise RuntimeError("a bug")

    with pytest.raises(Unavailable):
        events.deal("photo arrived", "faces/Anna/1.jpg", silent)
    events.deal("photo arrived", "faces/Anna/1.jpg", broken)
    events.deal("photo arrived", "faces/Anna/1.jpg", lambda: "enrolled")

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["severity"] for line in said] == ["WARNING", "ERROR", "INFO"]
    assert "a bug" in said[1]["cause"]


def test_every_trigger_of_enroll_asks_for_its_event_again(
    stack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = load("enroll")["main"]
    for name in ("enroll", "forget_photo", "person_changed"):
        assert getattr(main, name).__firebase_endpoint__.eventTrigger["retry"] is True
