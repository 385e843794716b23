"""Delivers a notice over each channel once, although events come more than once and servers fail."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lookout.cloud.alerts import arrivals
from lookout.cloud.alerts.notices import Claim, Notices
from lookout.cloud.firebase.stores import Stores, firebase_stores
from lookout.cloud.site.settings import site_reader
from lookout.domain.notifications.delivery import STALE, DeliveryState, Step
from lookout.domain.notifications.notice import AlertMessage, BudgetMessage, Notice, NoticeState
from lookout.domain.notifications.rules import Channel
from lookout.errors import DeliveryRefused, NotDelivered, Unavailable
from lookout.lazy import Lazy
from lookout.log import Severity, log
from lookout.services.notify.channels import Notifier, notifiers
from lookout.settings import Settings

PAUSES = (1.0, 3.0)
"""Seconds before the second and the third try."""

ALL_SECONDS = 40.0
"""Longest time for all tries of one event, within the function's limit of 60 s."""

_NO_CHANNEL = "no channel is switched on"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one channel. ``again``: the event must come again for it; ``lost``: it was given up."""

    channel: Channel
    done: str
    again: bool = False
    lost: bool = False


class NotificationService:
    """Delivers notices. One per warm instance."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        notifiers: Sequence[Notifier],
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._stores = stores
        self._site_url = settings.site_url
        self._site = site_reader(settings, stores)
        self._notices = Notices(stores)
        self._notifiers = {notifier.channel: notifier for notifier in notifiers}
        self._pauses = pauses

    def deliver(self, notice_id: str) -> str:
        """Deliver the notice over every channel that is switched on. Returns what was done, for the log.

        Raises:
            Unavailable: something is left to do; the event must come again.
        """
        if not self._notifiers:
            return _NO_CHANNEL
        notice = self._notices.read(notice_id)
        if notice is None:
            return "the notice is gone"
        site = self._site.current()
        wanted = [channel for channel in self._notifiers if channel not in site.notifications.off]
        if not wanted:
            return _NO_CHANNEL
        if notice.state is NoticeState.BUDGET:
            message = BudgetMessage.made(notice, notice.camera_id, site, self._site_url)
            return self._said(self._deliver_all(notice, message, wanted))
        alert = self._notices.alert(notice.alert_id)
        if alert is None:
            return "dropped: the alert is gone"
        if datetime.now(UTC) - notice.at > STALE:
            return self._expire(notice, wanted, alert)
        if self._notices.is_muted(alert):
            return "dropped: muted or ignored by now"
        if site.notifications.digest and not self._is_arrival(notice, alert):
            return "dropped: digest, not the first arrival of the day"
        outcomes = self._deliver_all(notice, AlertMessage.of(notice, alert, site, self._site_url), wanted)
        if site.notifications.digest and all(one.lost for one in outcomes):
            # this arrival was not delivered: the next one that day counts as the first
            self._withdraw(notice, alert)
        return self._said(outcomes)

    def _said(self, outcomes: Sequence[_Outcome]) -> str:
        said = "; ".join(f"{one.channel}: {one.done}" for one in outcomes)
        if any(one.again for one in outcomes):
            raise Unavailable(f"not delivered everywhere yet: {said}")
        return said

    def _deliver_all(
        self, notice: Notice, message: AlertMessage, wanted: Sequence[Channel]
    ) -> list[_Outcome]:
        claim = self._notices.claim(notice, wanted)
        deadline = time.monotonic() + ALL_SECONDS
        todo = [channel for channel in wanted if claim.steps[channel] in (Step.SEND, Step.GIVE_UP)]
        with ThreadPoolExecutor(max(len(todo), 1)) as pool:
            # each thread gets a copy of the context, by which log lines find the trace of the request
            running = [
                pool.submit(copy_context().run, self._deliver, notice, message, channel, claim, deadline)
                for channel in todo
            ]
            outcomes = [one.result() for one in running]
        outcomes += [_Outcome(channel, "under way elsewhere", again=True) for channel in claim.to(Step.RETRY)]
        left = claim.to(Step.SKIP)
        return outcomes + [_Outcome(channel, "done before", lost=channel in claim.lost) for channel in left]

    def _deliver(
        self, notice: Notice, message: AlertMessage, channel: Channel, claim: Claim, deadline: float
    ) -> _Outcome:
        state = DeliveryState.FAILED
        try:
            if claim.steps[channel] is Step.GIVE_UP:
                done = "The function was ended every time before it could send."
            else:
                done, state = self._send(channel, message, deadline), DeliveryState.SENT
        except NotDelivered as error:
            done = error.message
            if not isinstance(error, DeliveryRefused) and channel not in claim.last:
                state = DeliveryState.WAITING
        except Exception as error:
            done = f"an error in Lookout itself ({type(error).__name__})"
            # without the error's own message, which may hold a secret
            trace = "".join(traceback.format_tb(error.__traceback__))
            log(Severity.ERROR, "internal error", channel=channel, error=type(error).__name__, cause=trace)
        if state is DeliveryState.FAILED:
            log(Severity.ERROR, "notification failed", notice=notice.id, channel=channel, reason=done)
        reason = None if state is DeliveryState.SENT else done
        try:
            self._settle(notice, channel, claim.token, state, reason)
        except Unavailable as error:
            return _Outcome(channel, f"{done}, but not recorded: {error.message}", again=True)
        return _Outcome(channel, done, state is DeliveryState.WAITING, state is DeliveryState.FAILED)

    def _send(self, channel: Channel, message: AlertMessage, deadline: float) -> str:
        for pause in self._pauses:
            try:
                return self._notifiers[channel].send(message, deadline - time.monotonic())
            except DeliveryRefused:
                raise
            except NotDelivered as error:
                if time.monotonic() + pause >= deadline:
                    raise
                log(
                    Severity.WARNING,
                    "notification retried",
                    channel=channel,
                    error=error.message,
                    seconds=pause,
                )
                time.sleep(pause)
        return self._notifiers[channel].send(message, deadline - time.monotonic())

    def _settle(
        self, notice: Notice, channel: Channel, token: str, state: DeliveryState, reason: str | None
    ) -> None:
        # what was sent but not recorded would be sent twice
        for pause in (0.2, 1.0):
            try:
                return self._notices.settle(notice, channel, token, state, reason)
            except Unavailable:
                time.sleep(pause)
        return self._notices.settle(notice, channel, token, state, reason)

    def _expire(self, notice: Notice, wanted: Sequence[Channel], alert: dict[str, Any]) -> str:
        claim = self._notices.claim(notice, wanted)
        for channel in [*claim.to(Step.SEND), *claim.to(Step.GIVE_UP)]:
            reason = "It was an hour old before it could be sent."
            self._notices.settle(notice, channel, claim.token, DeliveryState.FAILED, reason)
        log(Severity.WARNING, "notice expired", notice=notice.id, at=notice.at)
        if claim.to(Step.RETRY):
            raise Unavailable("an expired notice is still under way elsewhere")
        if set(claim.to(Step.SKIP)) <= claim.lost:
            # an earlier event may have recorded it as the first arrival of the day
            self._withdraw(notice, alert)
        return "dropped: older than an hour"

    def _withdraw(self, notice: Notice, alert: dict[str, Any]) -> None:
        if alert.get("personId") is not None:
            arrivals.withdraw(self._stores, alert["day"], alert["personId"], notice.alert_id)

    def _is_arrival(self, notice: Notice, alert: dict[str, Any]) -> bool:
        person_id = alert.get("personId")
        return person_id is None or arrivals.is_first(self._stores, alert["day"], person_id, notice.alert_id)


def _service() -> NotificationService:
    settings, complaints = Settings.for_notifications()
    stores = firebase_stores(settings.limits.store_timeout_seconds)
    return NotificationService(settings, stores, notifiers(settings, stores, complaints))


service = Lazy(_service)
