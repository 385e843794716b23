"""`scripts/grant` as a person uses it: what it says, and what an account may do afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable

import pytest
import requests

from stack.install.bootstrap import ROOT
from stack.local import owner
from stack.local.info import StackInfo
from tests.agent.conftest import Harness
from tests.agent.conftest import run as run_agent
from tests.support.accounts import new_account, sign_up

SECONDS = 30


def grant(stack: StackInfo, *arguments: str) -> tuple[int, str]:
    """The status of a call, and what it printed."""
    command = [sys.executable, str(ROOT / "scripts" / "grant"), *arguments, "--project", stack.project]
    done = subprocess.run(
        command, env=os.environ | stack.environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


class Account:
    """Somebody who signs up as anybody can."""

    def __init__(self, stack: StackInfo) -> None:
        self._stack, self.account = stack, new_account()
        self.email = self.account.email
        sign_up(stack, self.account)

    def may(self) -> dict[str, bool]:
        """What a new sign-in lets them do: look at cameras, and make one (of no name, which then is refused)."""
        headers = {"Authorization": f"Bearer {owner.sign_in(self._stack, self.account)}"}
        url = f"{self._stack.urls['hosting']}/cameras"
        looked = requests.get(url, headers=headers, timeout=SECONDS).status_code
        made = requests.post(url, json={"location": "x"}, headers=headers, timeout=SECONDS).status_code
        assert {looked, made} <= {200, 400, 403}
        return {"look": looked == 200, "change": made == 400}


@pytest.fixture
def account(stack: StackInfo) -> Account:
    return Account(stack)


@pytest.mark.long
def test_a_role_is_given_changed_listed_and_taken_away(stack: StackInfo, account: Account) -> None:
    assert account.may() == {"look": False, "change": False}
    assert account.email not in grant(stack, "--list")[1]

    status, said = grant(stack, account.email, "viewer")
    assert (status, said) == (0, f"{account.email} is now viewer, from the next sign-in on.\n")
    assert account.may() == {"look": True, "change": False}
    assert grant(stack, account.email, "owner")[0] == 0
    assert account.may() == {"look": True, "change": True}
    assert f"owner   {account.email}\n" in grant(stack, "--list")[1]

    status, said = grant(stack, account.email, "--revoke")
    assert (status, "has no role any more" in said) == (0, True)
    assert account.may() == {"look": False, "change": False}
    assert account.email not in grant(stack, "--list")[1]


@pytest.mark.long
def test_an_agent_is_named_paired_and_taken_its_role_again(
    stack: StackInfo, account: Account, make_harness: Callable[[], Harness]
) -> None:
    agent_id = f"pi_{secrets.token_hex(4)}"
    assert grant(stack, account.email, "agent", "--agent-id", agent_id)[0] == 0
    assert f"agent   {account.email}  (agent {agent_id})\n" in grant(stack, "--list")[1]
    assert account.may() == {"look": False, "change": False}

    harness = make_harness()
    harness.account, harness.agent_id = account.account, agent_id
    harness.pair()
    process = harness.up()
    assert harness.said()["lastSeenAt"]
    process.terminate()
    process.wait(timeout=20)
    assert grant(stack, account.email, "--revoke")[0] == 0
    done = run_agent(harness.folder, "check")
    assert done.returncode == 1
    assert "NO  account: " in done.stdout


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("arguments", "status", "advice"),
    [
        (["agent"], 2, "an agent needs its --agent-id"),
        (["viewer", "--agent-id", "pi"], 2, "nobody else has one"),
        (["agent", "--agent-id", "a/b"], 1, "cannot be an agent's id"),
        (["agent", "--agent-id", ""], 1, "cannot be an agent's id"),
        (["admin"], 2, "invalid choice"),
        (["owner", "--revoke"], 2, "say whose role"),
        ([], 2, "say whose role"),
    ],
)
def test_what_makes_no_sense_is_refused_and_gives_nothing(
    arguments: list[str], status: int, advice: str, stack: StackInfo, account: Account
) -> None:
    refused, said = grant(stack, account.email, *arguments)
    assert refused == status
    assert advice in said.splitlines()[-1]
    assert account.email not in grant(stack, "--list")[1]


@pytest.mark.long
def test_nobody_is_told_to_sign_up_first(stack: StackInfo) -> None:
    for arguments in (["viewer"], ["--revoke"]):
        status, said = grant(stack, "nobody@example.com", *arguments)
        assert status == 1
        assert "sign up first" in said
