"""What ``scripts/fuzz`` tries is the same for the same seed, and it notices what it is there to notice."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from stack.fake_camera.client import on_frame
from stack.fuzzing import attack
from stack.fuzzing.attack import Answers, Attempt
from stack.install.bootstrap import ROOT
from stack.local.serving import Served, served

TAKE = ROOT / "tests" / "unit" / "web" / "served" / "main.py"


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(TAKE, "take", {}, tmp_path_factory.mktemp("take") / "log.txt") as made:
        yield made


@pytest.fixture(scope="module")
def pictures(photos: Path) -> list[bytes]:
    return attack.pictures(on_frame((photos / "obama3.jpg").read_bytes(), 800, 600))


def test_the_same_seed_makes_the_same_requests(pictures: list[bytes]) -> None:
    def made(seed: int) -> list[Attempt]:
        rng = random.Random(seed)
        uploads = [attack.upload(rng, pictures, "cam_1", "the-key") for _ in range(40)]
        return [*uploads, *(attack.order(rng, "a.b.c") for _ in range(40))]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert any(attempt.is_whole for attempt in made(1))
    assert max(len(attempt.body) for seed in range(5) for attempt in made(seed)) <= attack.MAX_BYTES


def test_frames_that_nobody_harmed_are_taken_and_counted(function: Served, pictures: list[bytes]) -> None:
    rng, answers = random.Random(4), Answers()
    whole = [made for _ in range(60) if (made := attack.upload(rng, pictures, "cam_1", "the-key")).is_whole]
    assert len(whole) > 5
    assert [attack.attempt(function, made, answers) for made in whole] == [None] * len(whole)
    assert answers.statuses == {("upload", 200): len(whole)}
    assert answers.lines()[1:] == [f"upload 200: {len(whole)}"]


@pytest.mark.parametrize("path", ["/unexpected", "/settings"])
def test_a_function_that_fails_is_noticed(function: Served, path: str) -> None:
    answers = Answers()
    wrong = attack.attempt(function, Attempt("upload", "POST", path, {}, b"x"), answers)
    assert wrong is not None
    assert wrong.startswith("500: ")
    assert answers.tried == 0


def test_a_whole_frame_that_is_refused_is_noticed(function: Served) -> None:
    wrong = attack.attempt(function, Attempt("upload", "POST", "/", {}, b"x", is_whole=True), Answers())
    assert wrong is not None
    assert wrong.startswith("401: ")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "no answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\n<p>ok", "no JSON"),
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 1\r\nContent-Type: application/json\r\n\r\n{", "broken JSON"),
    ],
)
def test_no_answer_a_page_and_broken_json_are_noticed(sent: bytes, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, Popen(["true"]) as process:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(sent)

        thread = threading.Thread(target=answer)
        thread.start()
        other = Served(listening.getsockname()[1], process)
        wrong = attack.attempt(other, Attempt("upload", "GET", "/", {}, b""), Answers())
        thread.join()
    assert wrong is not None
    assert words in wrong
