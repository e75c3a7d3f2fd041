"""Rate limits: bursts, refill, keys, and being switched off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.asgi.limits import PRUNE_AT, SIGN_IN, WRONG_CODES, Limits, Rate
from asterism.base.clock import ManualClock
from asterism.base.errors import RateLimited


def test_a_burst_is_let_in_and_the_next_call_is_told_when_to_return(clock: ManualClock) -> None:
    limits = Limits(clock)
    for _ in range(SIGN_IN.calls):
        limits.take(SIGN_IN, "192.0.2.1")
    with pytest.raises(RateLimited) as caught:
        limits.take(SIGN_IN, "192.0.2.1")
    assert caught.value.retry_after == 6
    limits.take(SIGN_IN, "192.0.2.2")
    clock.advance(caught.value.retry_after)
    limits.take(SIGN_IN, "192.0.2.1")


def test_looking_costs_nothing(clock: ManualClock) -> None:
    limits = Limits(clock)
    for _ in range(WRONG_CODES.calls + 1):
        limits.check(WRONG_CODES, "u")
    for _ in range(WRONG_CODES.calls):
        limits.take(WRONG_CODES, "u")
    with pytest.raises(RateLimited):
        limits.check(WRONG_CODES, "u")


def test_switched_off_nothing_is_counted(clock: ManualClock) -> None:
    limits = Limits(clock, enabled=False)
    for _ in range(SIGN_IN.calls * 3):
        limits.take(SIGN_IN, "192.0.2.1")


def test_old_buckets_are_forgotten(clock: ManualClock) -> None:
    limits = Limits(clock)
    for number in range(PRUNE_AT):
        limits.take(SIGN_IN, str(number))
    clock.advance(WRONG_CODES.seconds + 1)
    limits.take(SIGN_IN, "one more")
    assert len(limits._full_at) == 1


@given(waits=st.lists(st.floats(0, 30), max_size=200))
def test_no_window_admits_more_than_a_burst_and_its_refill(waits: list[float]) -> None:
    clock, rate = ManualClock(), Rate("r", 5, 60, "user")
    limits, admitted, started = Limits(clock), 0, clock.now()
    waiting: list[int] = []
    for wait in waits:
        clock.advance(wait)
        try:
            limits.take(rate, "k")
        except RateLimited as error:
            waiting.append(error.retry_after)
        else:
            admitted += 1
    assert admitted <= 5 + (clock.now() - started).total_seconds() * 5 / 60 + 1e-6
    assert all(1 <= seconds <= 12 for seconds in waiting)
