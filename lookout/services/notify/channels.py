"""The ways to tell people, each set up by settings of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from lookout.cloud.accounts.devices import Devices
from lookout.cloud.alerts.notices import Notices
from lookout.cloud.firebase import storage
from lookout.cloud.firebase.clients import messaging_app
from lookout.domain.notifications.notice import News
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, SettingsError, Unavailable
from lookout.log import Severity, log
from lookout.services.notify.mail import Mail
from lookout.services.notify.mail_message import Shots
from lookout.services.notify.push import ANSWER_SECONDS, Push
from lookout.services.notify.webhook import Webhook
from lookout.settings import Settings

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Bucket, Client

PICTURE_SECONDS = 3.0
"""``detect`` writes the notice while it still stores the pictures: so long they are waited for."""


class Way(Protocol):
    """A way to tell people."""

    channel: Channel

    def send(self, news: News, seconds: float) -> str:
        """Tell them within ``seconds``; what was done. Raises ``NotDelivered`` or ``DeliveryRefused``."""


class Closed:
    """A way that is not to be taken as it is set up, and says so wherever it is asked to."""

    def __init__(self, channel: Channel, reason: str) -> None:
        self.channel = channel
        self._reason = reason

    def send(self, news: News, seconds: float) -> str:
        """Raises ``DeliveryRefused`` with the reason."""
        raise DeliveryRefused(self._reason)


def ways(
    settings: Settings, db: Client, bucket: Bucket, complaints: Mapping[str, str] | None = None
) -> list[Way]:
    """The ways to tell people that are set up. One that is set up wrongly is logged, and closed, alone.

    ``complaints``: what could not be read of their settings, by variable.
    """
    timeout = settings.store_timeout_seconds
    told = complaints or {}
    if "SITE_URL" in told:
        log(Severity.ERROR, "people are told without links", error=told["SITE_URL"])

    def mail() -> Way:
        return Mail(settings, lambda alert_id: shots(db, bucket, alert_id, timeout))

    def push() -> Way:
        return Push(Devices(db, lambda: messaging_app(ANSWER_SECONDS), timeout))

    kinds: tuple[tuple[Channel, str, bool, Callable[[], Way]], ...] = (
        (Channel.EMAIL, "EMAIL_", settings.email_enabled or "EMAIL_ENABLED" in told, mail),
        (Channel.PUSH, "PUSH_", settings.push_enabled or "PUSH_ENABLED" in told, push),
        (Channel.WEBHOOK, "WEBHOOK_", settings.webhook_url is not None, lambda: Webhook(settings)),
    )
    return [
        _opened(channel, [told[env] for env in told if env.startswith(prefix)], make)
        for channel, prefix, is_wanted, make in kinds
        if is_wanted
    ]


def _opened(channel: Channel, complaints: list[str], make: Callable[[], Way]) -> Way:
    try:
        if not complaints:
            return make()
        reason = complaints[0]
    except SettingsError as error:
        reason = error.message
    except Exception as error:
        # without the error's own words, which may hold a secret; the other ways are not to be closed for it
        reason = f"The settings of {channel} cannot be used ({type(error).__name__})."
    log(Severity.ERROR, "a channel is set up wrongly", channel=channel, error=reason)
    return Closed(channel, reason)


def shots(
    db: Client, bucket: Bucket, alert_id: str, timeout: float, seconds: float = PICTURE_SECONDS
) -> Shots:
    """The pictures of an alert, waited for as long as they are still being stored."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            alert = Notices(db, timeout).alert(alert_id) or {}
            face, frame = (
                None if path is None else storage.photo_bytes(bucket, path, timeout)
                for path in (alert.get("facePath"), alert.get("imagePath"))
            )
        except Unavailable as error:
            log(Severity.WARNING, "a mail goes without its pictures", alert=alert_id, error=error.message)
            return Shots()
        if alert.get("facePath") is None or time.monotonic() > deadline or (face and frame):
            return Shots(face, frame)
        # a better shot may have taken the place of the one that is waited for
        time.sleep(0.2)
