"""Web push by Firebase Cloud Messaging."""

from __future__ import annotations

from lookout.cloud.accounts.devices import Devices, PushMessage
from lookout.domain.notifications.notice import AlertMessage
from lookout.domain.notifications.rules import Channel
from lookout.errors import NotDelivered, Unavailable
from lookout.services.notify.connection import within

SECONDS = 15.0
"""Longest time for all devices together."""

ANSWER_SECONDS = 5.0
"""Longest wait for Cloud Messaging's answer about one device."""

NO_DEVICE = "sent to 0 devices"
"""What is said where nobody who may look registered a browser."""


class Push:
    """Sends to the browsers that signed-in users registered."""

    channel = Channel.PUSH

    def __init__(self, devices: Devices, seconds: float = SECONDS) -> None:
        self._devices = devices
        self._seconds = seconds

    def send(self, message: AlertMessage, seconds: float) -> str:
        """Send to all devices; what was done, for the log.

        Raises:
            NotDelivered: no device was reached.
        """
        limit = min(self._seconds, seconds)
        data = {"event": str(message.payload()["event"]), "alert_id": message.notice.alert_id}
        pushed = PushMessage(
            title=message.subject,
            body=message.sentence,
            tag=message.notice.alert_id,
            data=data | ({"url": message.url} if message.url is not None else {}),
            link=message.url,
        )
        try:
            reached = within(limit, lambda: self._devices.send(pushed))
        except Unavailable as error:
            raise NotDelivered(error.message) from error
        except TimeoutError as error:
            raise NotDelivered(f"Firebase Cloud Messaging did not answer within {limit:.0f} s.") from error
        return f"sent to {reached} devices" if reached else NO_DEVICE
