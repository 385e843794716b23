"""Killed without warning, fifty times: no command is carried out twice or late, none is lost without a word."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stack.fake_camera.firmware import Firmware
from stack.fake_camera.server import Behaviour, FakeCamera
from tests.agent.conftest import FINAL, JPEG, Harness
from tests.support.waiting import wait_until

KILLS = 50
AGENTS = 4
CAMERA_SECONDS = 2.0
"""How long the camera takes before a kill: most come while it is at work, so between taking and finishing."""


class Ordeal:
    """One agent that is killed ``kills`` times, with a command on its way each time."""

    def __init__(self, harness: Harness, camera: FakeCamera, kills: int, seed: int) -> None:
        self._yard, self._camera, self._kills = harness, camera, kills
        self._dice = random.Random(seed)
        self.cut_in_the_middle = 0
        self.commands: dict[int, Any] = {}

    def undergo(self) -> None:
        camera_id = self._yard.register(self._camera)
        process = self._yard.up()
        for turn in range(self._kills):
            self._camera.behave(Behaviour.SLOW, CAMERA_SECONDS)
            # each command can be told by its angles; the last stays queued while nobody is there
            before = len(self._camera.requests)
            self._queue(camera_id, 2 * turn, seconds=30)
            command = self.commands[2 * turn]
            if turn % 3:
                wait_until(lambda at=before: len(self._camera.requests) > at, "the camera's request")  # type: ignore[misc]
            time.sleep(self._dice.uniform(0, 0.05))
            process.kill()
            process.wait()
            self._camera.behave(Behaviour.WELL)
            self.cut_in_the_middle += command.get().to_dict()["state"] == "taken"
            self._queue(camera_id, 2 * turn + 1, seconds=self._dice.choice([0.05, 30]))
            process = self._yard.up()
            self._yard.ended(command)
            self._yard.ended(self.commands[2 * turn + 1])
        process.kill()
        process.wait()

    def _queue(self, camera_id: str, number: int, seconds: float) -> None:
        pan, tilt = divmod(number, 100)
        self.commands[number] = self._yard.queue(camera_id, "servo", seconds, pan=10 + pan, tilt=10 + tilt)

    def verify(self) -> None:
        carried_out = Counter(request.path for request in self._camera.requests)
        assert max(carried_out.values()) == 1
        began = {request.path: request.at for request in self._camera.requests}
        for number, command in self.commands.items():
            ended = command.get().to_dict()
            pan, tilt = divmod(number, 100)
            at = began.get(f"/servo?pan={10 + pan}&tilt={10 + tilt}")
            assert ended["state"] in FINAL
            assert at is None or at <= ended["deadlineAt"].timestamp()
            match ended["state"]:
                case "done":
                    assert at is not None
                case "expired":
                    assert at is None
                case "failed":
                    assert ended["error"]["code"] == "interrupted"
                    assert "interrupted" in ended["error"]["message"]


@pytest.mark.long
def test_killed_fifty_times_an_agent_acts_at_most_once_in_time_and_never_keeps_silent(
    make_harness: Callable[[], Harness],
) -> None:
    shares = [KILLS // AGENTS + (number < KILLS % AGENTS) for number in range(AGENTS)]
    cameras = [FakeCamera(Firmware.SIMPLE, jpeg=JPEG) for _ in shares]
    ordeals = []
    for number, (camera, kills) in enumerate(zip(cameras, shares, strict=True)):
        harness = make_harness()
        harness.pair()
        camera.start()
        ordeals.append(Ordeal(harness, camera, kills, seed=number))
    try:
        with ThreadPoolExecutor(AGENTS) as pool:
            list(pool.map(Ordeal.undergo, ordeals))
    finally:
        for camera in cameras:
            camera.stop()
    for ordeal in ordeals:
        ordeal.verify()
    # most kills did come between taking and finishing, else nothing was shown
    assert sum(ordeal.cut_in_the_middle for ordeal in ordeals) > KILLS / 2
