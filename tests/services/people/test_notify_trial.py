"""An owner tries a way of telling people, and is told in words what went wrong."""

from __future__ import annotations

from typing import Any

import pytest

from lookout.services.notify import channels, trial
from stack.local import owner
from stack.local.info import StackInfo
from tests.services.notify.servers import mail_server, mute_server, receiver, status
from tests.services.people.conftest import House
from tests.support.accounts import account_with
from tests.support.settings import changed


@pytest.fixture
def ask(house: House) -> Any:
    """Try a channel of an instance with these settings; the answer without its status."""

    def asked(channel: str, **settings: Any) -> tuple[bool, str]:
        wanted = changed(house.settings, **settings)
        found = channels.notifiers(wanted, house.stores)
        trial.service.replace(trial.TrialService(wanted, found))
        told = house.done("/notify/test", {"channel": channel})
        assert told["channel"] == channel
        return told["delivered"], told["message"]

    yield asked
    trial.service.reset()


def mail_to(port: int) -> dict[str, Any]:
    return {
        "EMAIL_ENABLED": True,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_TLS": "none",
        "EMAIL_FROM": "house@example.com",
        "EMAIL_TO": "ann@example.com",
    }


def hook_at(url: str, **more: Any) -> dict[str, Any]:
    return {
        "WEBHOOK_URL": url,
        "WEBHOOK_SECRET": "a secret of the house",
        "WEBHOOK_ALLOW_PRIVATE": True,
    } | more


def test_a_mail_arrives_that_says_that_it_is_a_test(ask: Any) -> None:
    with mail_server() as server:
        assert ask("email", **mail_to(server.port)) == (True, "sent")
        (mail,) = server.mails
    assert "A test of Lookout" in str(mail)


def test_a_webhook_gets_a_test_that_is_no_alert(ask: Any) -> None:
    with receiver() as server:
        assert ask("webhook", **hook_at(f"{server.url}/hook")) == (True, "sent")
        (posted,) = server.posted
        assert posted.json["event"] == "test"
        server.answers.append(status(401))
        assert ask("webhook", **hook_at(f"{server.url}/hook")) == (False, "127.0.0.1 answers 401.")


@pytest.mark.parametrize(
    ("channel", "own", "words"),
    [
        ("email", {}, "EMAIL_ENABLED=true is missing in the settings of the function people"),
        ("webhook", {}, "WEBHOOK_URL is missing"),
        ("push", {}, "PUSH_ENABLED=true is missing"),
        ("push", {"PUSH_ENABLED": True}, "No browser is registered yet"),
        ("email", {"EMAIL_ENABLED": True}, "EMAIL_ENABLED needs EMAIL_HOST and EMAIL_TO"),
        ("webhook", hook_at("http://127.0.0.1/", WEBHOOK_SECRET="short"), "WEBHOOK_SECRET"),
        ("webhook", hook_at("http://127.0.0.1:1/"), "127.0.0.1"),
        ("webhook", hook_at("http://127.0.0.1/", WEBHOOK_ALLOW_PRIVATE=False), "private"),
    ],
)
def test_what_is_wrong_with_a_way_is_said_in_words(
    ask: Any, channel: str, own: dict[str, Any], words: str
) -> None:
    delivered, message = ask(channel, **own)
    assert not delivered
    assert words in message


def test_a_mail_server_that_is_not_one_is_told(ask: Any) -> None:
    with mute_server(b"SSH-2.0-x\r\n") as port:
        delivered, message = ask("email", **mail_to(port))
    assert not delivered
    assert "127.0.0.1" in message


def test_only_an_owner_may_and_only_so_often(ask: Any, house: House, stack: StackInfo) -> None:
    viewer = owner.sign_in(stack, account_with(stack, {"role": "viewer"}))
    body = {"channel": "push"}
    ask("push")
    tried = [house.answer("/notify/test", body, token).status_code for token in (viewer, "", None)]
    assert tried == [403, 401, 200]
    answers = [house.answer("/notify/test", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "body", [{}, [], "email", {"channel": "sms"}, {"channel": None}, {"channel": "push", "to": "x"}]
)
def test_what_names_no_way_is_refused(house: House, body: object) -> None:
    assert house.refused("/notify/test", body)[0] == 400
