"""What a command costs on its way: through the function, Firestore and the agent to a camera and back."""

from __future__ import annotations

import time

import numpy as np
import requests

from bench.contenders.first_answer import cold_start
from bench.context import Context
from bench.result import Figure
from stack.local import owner
from stack.local.info import StackInfo

COMMANDS = 200
WARM_UP = 5
PAUSE = 0.25
"""Seconds from one command to the next: an owner may make 300 calls a minute."""

COLD_STARTS = 3
SECONDS = 15


def run(context: Context) -> list[Figure]:
    """Measure on the running stack, whose first camera answers at once."""
    info = context.stack
    token = owner.sign_in(info)
    spent = [_command(info, token, pan=20 + turn % 140) for turn in range(WARM_UP + COMMANDS)][WARM_UP:]
    return [
        Figure("round trip of a command, p50", float(np.percentile(spent, 50)), "ms", 150),
        Figure("round trip of a command, p95", float(np.percentile(spent, 95)), "ms", 400),
        *_cold("control", info, token, "/cameras"),
        *_cold("stats", info, token, "/stats"),
    ]


def _command(info: StackInfo, token: str, pan: int) -> float:
    body = {"camera_id": info.camera.id, "action": "servo", "pan": pan, "tilt": 90}
    started = time.perf_counter()
    answer = requests.post(
        f"{info.urls['functions']}/control", json=body, headers=_signed(token), timeout=SECONDS
    )
    spent = time.perf_counter() - started
    if not answer.ok or answer.json()["result"]["pan"] != pan:
        raise RuntimeError(f"the command was not carried out: {answer.status_code} {answer.text}")
    time.sleep(max(0.0, PAUSE - spent))
    return spent * 1000


def _cold(function: str, info: StackInfo, token: str, path: str) -> list[Figure]:
    def ask(url: str) -> tuple[int | None, str]:
        try:
            answer = requests.get(f"{url}{path}", headers=_signed(token), timeout=SECONDS)
        except requests.ConnectionError as error:
            return None, str(error)
        return answer.status_code, answer.text

    starts = [cold_start(function, info, ask) for _ in range(COLD_STARTS)]
    seconds = float(np.median([start.seconds for start in starts]))
    return [
        Figure(f"{function}: process start to first answer", seconds, "s", 1.5),
        Figure(f"{function}: peak memory", max(start.peak for start in starts), "MB", 150),
    ]


def _signed(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
