"""How often a caller may call."""

from __future__ import annotations

from lookout.domain.cameras.rate import Bucket, take


def test_a_new_caller_has_a_full_bucket() -> None:
    bucket = None
    for _ in range(5):
        bucket, wait = take(bucket, now=0.0, per_minute=60, burst=5)
        assert wait == 0
    bucket, wait = take(bucket, now=0.0, per_minute=60, burst=5)
    assert wait == 1.0


def test_tokens_come_back_with_time_but_never_more_than_the_burst() -> None:
    bucket = Bucket(0.0, 0.0)
    _, wait = take(bucket, now=0.5, per_minute=60, burst=5)
    assert wait == 0.5
    rested, wait = take(bucket, now=3600.0, per_minute=60, burst=5)
    assert (rested.tokens, wait) == (4.0, 0.0)


def test_a_clock_that_steps_back_gives_nothing_and_takes_nothing() -> None:
    _, wait = take(Bucket(0.0, 100.0), now=50.0, per_minute=60, burst=5)
    assert wait == 1.0
