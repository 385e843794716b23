"""From a notice to the people who want to know, once each way, whatever fails in between."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lookout.cloud.alerts import arrivals
from lookout.cloud.alerts.notices import Claim, Notices
from lookout.cloud.firebase.clients import bucket as default_bucket
from lookout.cloud.firebase.clients import firestore_client
from lookout.cloud.site.settings import site_reader
from lookout.domain.notifications.delivery import STALE, DeliveryState, Step
from lookout.domain.notifications.notice import News, Notice
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, NotDelivered, Unavailable
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services.notify.channels import Way, ways
from lookout.settings import Settings

if TYPE_CHECKING:
    from lookout.cloud.firebase.types import Client

PAUSES = (1.0, 3.0)
"""Seconds before the second and the third try."""

ALL_SECONDS = 40.0
"""Longest that one delivery of a notice may try, within the function's own limit of 60 s."""

_NO_WAY = "no way to tell anybody is switched on"


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of one way. ``again``: the event is to come again for it; ``lost``: it was given up."""

    channel: Channel
    done: str
    again: bool = False
    lost: bool = False


class NotificationService:
    """Tells people of notices. One per warm instance."""

    def __init__(
        self, settings: Settings, db: Client, ways: Sequence[Way], pauses: Sequence[float] = PAUSES
    ) -> None:
        self._db = db
        self._timeout = settings.store_timeout_seconds
        self._site_url = settings.site_url
        self._site = site_reader(settings, db)
        self._notices = Notices(db, self._timeout)
        self._ways = {way.channel: way for way in ways}
        self._pauses = pauses

    def tell(self, notice_id: str) -> str:
        """Tell people of the notice. Returns what was done, for the log.

        Raises:
            Unavailable: something is left to do, and the event has to come again.
        """
        if not self._ways:
            return _NO_WAY
        notice = self._notices.read(notice_id)
        if notice is None:
            return "the notice is gone"
        site = self._site.current()
        wanted = [channel for channel in self._ways if channel not in site.telling.off]
        if not wanted:
            return _NO_WAY
        alert = self._notices.alert(notice.alert_id)
        if alert is None:
            return "dropped: the alert is gone"
        if datetime.now(UTC) - notice.at > STALE:
            return self._too_late(notice, wanted, alert)
        if self._notices.is_hushed(alert):
            return "nobody wants to hear of this one any more"
        if site.telling.digest and not self._is_arrival(notice, alert):
            return "told of this person already that day"
        told = self._tell_each(notice, News.of(notice, alert, site, self._site_url), wanted)
        if site.telling.digest and all(one.lost for one in told):
            # nobody heard of this arrival: the next one that day is the first
            self._withdraw(notice, alert)
        said = "; ".join(f"{one.channel}: {one.done}" for one in told)
        if any(one.again for one in told):
            raise Unavailable(f"not everybody is told yet: {said}")
        return said

    def _tell_each(self, notice: Notice, news: News, wanted: Sequence[Channel]) -> list[_Told]:
        claim = self._notices.claim(notice, wanted)
        deadline = time.monotonic() + ALL_SECONDS
        todo = [channel for channel in wanted if claim.steps[channel] in (Step.SEND, Step.GIVE_UP)]
        with ThreadPoolExecutor(max(len(todo), 1)) as pool:
            told = list(pool.map(lambda channel: self._tell(notice, news, channel, claim, deadline), todo))
        told += [_Told(channel, "somebody is at it", again=True) for channel in claim.to(Step.COME_AGAIN)]
        left = claim.to(Step.LEAVE)
        return told + [_Told(channel, "done with before", lost=channel in claim.lost) for channel in left]

    def _tell(self, notice: Notice, news: News, channel: Channel, claim: Claim, deadline: float) -> _Told:
        state = DeliveryState.FAILED
        try:
            if claim.steps[channel] is Step.GIVE_UP:
                done = "the function was ended every time before it could tell."
            else:
                done, state = self._send(channel, news, deadline), DeliveryState.SENT
        except NotDelivered as error:
            done = error.message
            if not isinstance(error, DeliveryRefused) and channel not in claim.last:
                state = DeliveryState.WAITING
        except Exception as error:
            done = f"an error in Lookout itself ({type(error).__name__})"
            # without the error's own words, which may hold what must not be logged
            trace = "".join(traceback.format_tb(error.__traceback__))
            log(
                Severity.ERROR,
                "a channel is broken",
                channel=channel,
                error=type(error).__name__,
                trace=trace,
            )
        if state is DeliveryState.FAILED:
            log(Severity.ERROR, "people were not told", notice=notice.id, channel=channel, reason=done)
        reason = None if state is DeliveryState.SENT else done
        try:
            self._settle(notice, channel, claim.token, state, reason)
        except Unavailable as error:
            return _Told(channel, f"{done}, but not written down: {error.message}", again=True)
        return _Told(channel, done, state is DeliveryState.WAITING, state is DeliveryState.FAILED)

    def _send(self, channel: Channel, news: News, deadline: float) -> str:
        for pause in self._pauses:
            try:
                return self._ways[channel].send(news, deadline - time.monotonic())
            except DeliveryRefused:
                raise
            except NotDelivered as error:
                if time.monotonic() + pause >= deadline:
                    raise
                log(Severity.WARNING, "trying again", channel=channel, error=error.message, seconds=pause)
                time.sleep(pause)
        return self._ways[channel].send(news, deadline - time.monotonic())

    def _settle(
        self, notice: Notice, channel: Channel, token: str, state: DeliveryState, reason: str | None
    ) -> None:
        # people who are told but not written down are told twice
        for pause in (0.2, 1.0):
            try:
                return self._notices.settle(notice, channel, token, state, reason)
            except Unavailable:
                time.sleep(pause)
        return self._notices.settle(notice, channel, token, state, reason)

    def _too_late(self, notice: Notice, wanted: Sequence[Channel], alert: dict[str, Any]) -> str:
        claim = self._notices.claim(notice, wanted)
        for channel in [*claim.to(Step.SEND), *claim.to(Step.GIVE_UP)]:
            reason = "It was an hour old before it could be told."
            self._notices.settle(notice, channel, claim.token, DeliveryState.FAILED, reason)
        log(Severity.WARNING, "a notice is too old to be told", notice=notice.id, at=notice.at)
        if claim.to(Step.COME_AGAIN):
            raise Unavailable("somebody is still at a notice that is too old")
        if set(claim.to(Step.LEAVE)) <= claim.lost:
            # an earlier delivery may have taken it for the arrival of the day
            self._withdraw(notice, alert)
        return "dropped: older than an hour"

    def _withdraw(self, notice: Notice, alert: dict[str, Any]) -> None:
        if alert.get("personId") is not None:
            arrivals.withdraw(self._db, alert["day"], alert["personId"], notice.alert_id, self._timeout)

    def _is_arrival(self, notice: Notice, alert: dict[str, Any]) -> bool:
        person_id = alert.get("personId")
        return person_id is None or arrivals.is_first(
            self._db, alert["day"], person_id, notice.alert_id, self._timeout
        )


def _service() -> NotificationService:
    settings, complaints = Settings.for_telling()
    db = firestore_client()
    return NotificationService(settings, db, ways(settings, db, default_bucket(), complaints))


service = Lazy(_service)
