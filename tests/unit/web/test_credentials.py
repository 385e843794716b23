"""Who a caller is to the network."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder

from lookout.web.answer import Request
from lookout.web.credentials import caller_address


def called(*forwarded: str, peer: str = "10.0.0.1") -> str:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    environ = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": peer}).get_environ()
    return caller_address(Request(environ))


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7, 203.0.113.9"], "203.0.113.9"),
        (["198.51.100.7,203.0.113.9 "], "203.0.113.9"),
        (["1.1.1.1, 2.2.2.2, 3.3.3.3, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (["<script>, 203.0.113.9"], "203.0.113.9"),
        (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (["2001:db8:1:2:ffff::"], "2001:db8:1:2::/64"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
    ],
)
def test_the_last_hop_alone_says_where_a_caller_is(forwarded: list[str], address: str) -> None:
    assert called(*forwarded) == address


@pytest.mark.parametrize("text", ["", ",", "unknown", "203.0.113.9:4711", "x" * 10_000, "203.0.113.9,"])
def test_where_no_hop_is_told_it_is_who_called(text: str) -> None:
    assert called(text) == "10.0.0.1"
    assert called() == "10.0.0.1"


def test_what_a_caller_makes_up_does_not_make_it_another() -> None:
    assert {called(f"192.0.2.{number}, 203.0.113.9") for number in range(50)} == {"203.0.113.9"}
