"""Web push by Firebase Cloud Messaging."""

from __future__ import annotations

from lookout.cloud.accounts.devices import Devices, Note
from lookout.domain.notifications.notice import News
from lookout.domain.notifications.rules import Channel
from lookout.errors import NotDelivered, Unavailable
from lookout.services.notify.connection import within

SECONDS = 15.0
"""Longest that all devices together may take."""

ANSWER_SECONDS = 5.0
"""Longest that Cloud Messaging may take to answer for one device."""


class Push:
    """Tells the browsers that signed-in users registered."""

    channel = Channel.PUSH

    def __init__(self, devices: Devices, seconds: float = SECONDS) -> None:
        self._devices = devices
        self._seconds = seconds

    def send(self, news: News, seconds: float) -> str:
        """Tell all devices; what was done, for the log.

        Raises:
            NotDelivered: no device was reached.
        """
        limit = min(self._seconds, seconds)
        data = {"event": f"alert.{news.notice.state}", "alert_id": news.notice.alert_id}
        note = Note(
            title=news.subject,
            body=news.sentence,
            tag=news.notice.alert_id,
            data=data | ({"url": news.url} if news.url is not None else {}),
            link=news.url,
        )
        try:
            reached = within(limit, lambda: self._devices.send(note))
        except Unavailable as error:
            raise NotDelivered(error.message) from error
        except TimeoutError as error:
            raise NotDelivered(f"Firebase Cloud Messaging did not answer within {limit:.0f} s.") from error
        return f"sent to {reached} devices"
