"""The notifiers that the settings switch on: e-mail, push and webhook."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from lookout.cloud.accounts.devices import Devices
from lookout.cloud.alerts.notices import Notices
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.clients import messaging_app
from lookout.cloud.firebase.stores import Stores
from lookout.domain.notifications.notice import AlertMessage
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, SettingsError, Unavailable
from lookout.log import Severity, log
from lookout.services.notify.mail import Mail
from lookout.services.notify.mail_message import MailPictures
from lookout.services.notify.push import ANSWER_SECONDS, Push
from lookout.services.notify.webhook import Webhook
from lookout.settings import Settings

PICTURE_SECONDS = 3.0
"""How long to wait for an alert's pictures: ``detect`` writes the notice while it still stores them."""


class Notifier(Protocol):
    """Sends messages over one channel."""

    channel: Channel

    def send(self, message: AlertMessage, seconds: float) -> str:
        """Send the message within ``seconds``; what was done. Raises ``NotDelivered`` or ``DeliveryRefused``."""


class Closed:
    """A channel whose settings are wrong: every message is refused with the reason."""

    def __init__(self, channel: Channel, reason: str) -> None:
        self.channel = channel
        self._reason = reason

    def send(self, message: AlertMessage, seconds: float) -> str:
        """Raises ``DeliveryRefused`` with the reason."""
        raise DeliveryRefused(self._reason)


def notifiers(
    settings: Settings, stores: Stores, complaints: Mapping[str, str] | None = None
) -> list[Notifier]:
    """One notifier per channel that is switched on. Wrong settings are logged; only their channel is unusable.

    ``complaints``: settings that could not be read, by environment variable.
    """
    wrong = complaints or {}
    if "SITE_URL" in wrong:
        # messages go out without links
        log(Severity.ERROR, "setting ignored", setting="SITE_URL", error=wrong["SITE_URL"])

    def mail() -> Notifier:
        return Mail(settings.email, lambda alert_id: mail_pictures(stores, alert_id))

    def push() -> Notifier:
        return Push(Devices(stores, lambda: messaging_app(ANSWER_SECONDS)))

    kinds: tuple[tuple[Channel, str, bool, Callable[[], Notifier]], ...] = (
        (Channel.EMAIL, "EMAIL_", settings.email.enabled or "EMAIL_ENABLED" in wrong, mail),
        (Channel.PUSH, "PUSH_", settings.push.enabled or "PUSH_ENABLED" in wrong, push),
        (Channel.WEBHOOK, "WEBHOOK_", settings.webhook.url is not None, lambda: Webhook(settings.webhook)),
    )
    return [
        _made(channel, [wrong[env] for env in wrong if env.startswith(prefix)], make)
        for channel, prefix, is_wanted, make in kinds
        if is_wanted
    ]


def _made(channel: Channel, complaints: list[str], make: Callable[[], Notifier]) -> Notifier:
    try:
        if not complaints:
            return make()
        reason = complaints[0]
    except SettingsError as error:
        reason = error.message
    except Exception as error:
        # without the error's own message, which may hold a secret; the other channels go on
        reason = f"The settings of {channel} cannot be used ({type(error).__name__})."
    log(Severity.ERROR, "channel misconfigured", channel=channel, error=reason)
    return Closed(channel, reason)


def mail_pictures(stores: Stores, alert_id: str, seconds: float = PICTURE_SECONDS) -> MailPictures:
    """The pictures of an alert; waits up to ``seconds`` while they are still being stored."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            alert = Notices(stores).alert(alert_id) or {}
            face, frame = (
                None if path is None else storage.photo_bytes(stores, path)
                for path in (alert.get("facePath"), alert.get("imagePath"))
            )
        except Unavailable as error:
            log(Severity.WARNING, "mail without pictures", alert=alert_id, error=error.message)
            return MailPictures()
        if alert.get("facePath") is None or time.monotonic() > deadline or (face and frame):
            return MailPictures(face, frame)
        # read the alert again: a better picture may have taken the place of this one
        time.sleep(0.2)
