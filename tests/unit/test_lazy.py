"""What is made on first use, once or anew from time to time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lookout.lazy import Fresh, Lazy

LONG = 3600.0

Part = Lazy[int] | Fresh[int]


def counting() -> Callable[[], int]:
    """Returns 1, then 2, and so on."""
    made: list[None] = []

    def make() -> int:
        made.append(None)
        return len(made)

    return make


@pytest.mark.parametrize("kind", [Lazy, lambda make: Fresh(make, LONG)], ids=["once", "fresh"])
def test_threads_that_come_at_once_are_given_one_and_the_same(kind: Callable[..., Part]) -> None:
    part, barrier = kind(counting()), Barrier(8)

    def come() -> int:
        barrier.wait()
        return part()

    with ThreadPoolExecutor(8) as pool:
        assert [one.result() for one in [pool.submit(come) for _ in range(8)]] == [1] * 8
    assert part() == 1


@pytest.mark.parametrize("kind", [Lazy, lambda make: Fresh(make, LONG)], ids=["once", "fresh"])
def test_what_could_not_be_made_is_tried_again_by_the_next_call(kind: Callable[..., Part]) -> None:
    fails = [True]

    def make() -> int:
        if fails.pop() if fails else False:
            raise ValueError("not now")
        return 7

    part = kind(make)
    with pytest.raises(ValueError, match="not now"):
        part()
    assert part() == 7


def test_what_is_too_old_is_made_anew_and_the_old_one_is_never_given_for_it() -> None:
    assert [Fresh(counting(), LONG)() for _ in range(2)] == [1, 1]
    part = Fresh(counting(), 0.0)
    assert [part() for _ in range(3)] == [1, 2, 3]

    made = counting()

    def falls_silent() -> int:
        if made() > 1:
            raise ValueError("silent")
        return 1

    once = Fresh(falls_silent, 0.0)
    assert once() == 1
    with pytest.raises(ValueError, match="silent"):
        once()
