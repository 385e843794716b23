"""``POST /notify/test``: one way of telling people is tried at once, and what went wrong is said in words.

It is a part of the function ``people``, and tries the settings of that function: give it those of ``notify``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lookout.cloud.accounts.id_token import verify
from lookout.cloud.firebase.stores import firebase_stores
from lookout.domain.notifications.notice import TrialMessage
from lookout.domain.notifications.rules import Channel
from lookout.domain.site.caller import Role
from lookout.errors import BadRequest, NotDelivered
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services.notify.channels import Notifier, notifiers
from lookout.services.notify.push import NO_DEVICE
from lookout.settings import Settings
from lookout.web.answer import Fields, Request
from lookout.web.callers import Callers
from lookout.web.rate_limit import RateLimit
from lookout.web.routes import json_body

SECONDS = 30.0
"""Longest time for a test; Hosting waits for 60 s."""

TESTS_PER_MINUTE = 12
"""Tests of one owner and instance: all three ways at once, and each of them again after 15 s."""

_SWITCHES = {
    Channel.EMAIL: "EMAIL_ENABLED=true",
    Channel.PUSH: "PUSH_ENABLED=true",
    Channel.WEBHOOK: "WEBHOOK_URL",
}


class TrialService:
    """Tries the ways that the settings switch on. One per warm instance."""

    def __init__(self, settings: Settings, notifiers: Sequence[Notifier]) -> None:
        self._notifiers = {notifier.channel: notifier for notifier in notifiers}
        self._callers = Callers(verify, settings.limits.calls_per_minute)
        self._limit = RateLimit(TESTS_PER_MINUTE, "tests")

    def test(self, request: Request) -> Fields:
        """Tell by one way that this is a test: whether it was taken, and what was done or went wrong."""
        caller = self._callers.require(request, Role.OWNER)
        channel = parse_channel(json_body(request))
        self._limit.admit(caller.uid)
        delivered, message = self._try(channel)
        log(Severity.INFO, "notification tested", channel=channel, delivered=delivered, by=caller.uid)
        return {"channel": channel, "delivered": delivered, "message": message}

    def _try(self, channel: Channel) -> tuple[bool, str]:
        notifier = self._notifiers.get(channel)
        if notifier is None:
            return False, (
                f"This way is not set up: {_SWITCHES[channel]} is missing in the settings of the function people, "
                "which needs those of notify too. See docs/notifications.md."
            )
        try:
            done = notifier.send(TrialMessage.made(secrets.token_hex(8), datetime.now(UTC)), SECONDS)
        except NotDelivered as error:
            return False, error.message
        if done == NO_DEVICE:
            return False, "No browser is registered yet: switch on push in one first."
        return True, done


def parse_channel(body: object) -> Channel:
    """The way that the JSON ``body`` names.

    Raises:
        BadRequest: it names none.
    """
    channel = body.get("channel") if isinstance(body, Mapping) and set(body) == {"channel"} else None
    if isinstance(channel, str) and channel in set(Channel):
        return Channel(channel)
    raise BadRequest(f'Send {{"channel": "email"}}, with one of {", ".join(Channel)}.')


def _service() -> TrialService:
    settings, complaints = Settings.for_notifications()
    stores = firebase_stores(settings.limits.store_timeout_seconds)
    return TrialService(settings, notifiers(settings, stores, complaints))


service = Lazy(_service)
