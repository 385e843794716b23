"""What a camera reports is passed on only as far as it can be stored and repeated."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from lookout_agent.camera import addresses
from lookout_agent.command import Command
from lookout_agent.config import Config
from lookout_agent.execution.prepared import prepare

CONFIG = Config(
    "demo-x", "key", "pi", "pi@example.com", "demo-x.appspot.com", addresses.networks(["127.0.0.0/8"])
)


@contextmanager
def camera(body: bytes) -> Iterator[dict[str, str]]:
    """A camera that answers everything with ``body``, as its document."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield {"agentId": "pi", "ipAddress": f"127.0.0.1:{server.server_port}", "commandMap": "simple"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def carried_out(body: bytes, action: str, **args: int) -> dict[str, Any]:
    with camera(body) as document:
        command = Command("one", "cam", action, args, datetime.now(UTC), None)
        return prepare(command, document, CONFIG, lambda: "")()


@pytest.mark.parametrize(
    "odd",
    [
        *(b'"x": NaN', b'"x": -Infinity', b'"x": 9223372036854775808', b'"x": "\\ud800"'),
        *(b'"": 1', b'"__x__": 1', b'"\\udfff": 1', b'"x": {"y": 1}', b'"x": [1]'),
    ],
)
def test_a_value_of_a_status_that_cannot_be_stored_is_left_out(odd: bytes) -> None:
    assert carried_out(b'{"led": 7, %s}' % odd, "status") == {"led": 7}


def test_plain_values_of_a_status_are_passed_on() -> None:
    plain = {"a.b": 1, "c": -1.5, "d": None, "e": True, "f": "Tür", "g": -(2**63)}
    assert carried_out(json.dumps(plain).encode(), "status") == plain


@pytest.mark.parametrize("told", [-1, 181, 200, True, "five", None, 90.5])
def test_where_a_servo_cannot_be_sent_it_is_not_believed_to_stand(told: object) -> None:
    body = json.dumps({"pan": told, "tilt": 7}).encode()
    assert carried_out(body, "servo", pan=180, tilt=10) == {"pan": 180, "tilt": 7}


def test_texts_of_a_status_are_cut_and_hold_no_control_characters() -> None:
    odd = {"a": "\x1b[31mred\x1b[0m", "b\x07\n": "x" * 5000, "c": "\u202eabc\u2028d", "\x1b": 1, "d" * 300: 2}
    assert carried_out(json.dumps(odd).encode(), "status") == {
        "a": "[31mred [0m",
        "b": "x" * 199 + "…",
        "c": "abc d",
        "d" * 199 + "…": 2,
    }


def test_of_a_status_with_many_values_the_first_are_passed_on() -> None:
    many = {f"f{number}": number for number in range(500)}
    assert carried_out(json.dumps(many).encode(), "status") == {f"f{n}": n for n in range(64)}
