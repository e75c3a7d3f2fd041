"""Schedules as clock faces, keys as prefixes, failures as outcomes: the pure parts."""

import itertools

import pytest

from asterism.base.clock import parse, stamp
from asterism.base.errors import Conflict, Invalid, RateLimited
from asterism.kernel.jobs import MemoryJobs, Schedule, Status
from asterism.kernel.jobs.attempts import BACKOFF, failed, pause_after, succeeded


@pytest.mark.parametrize(
    ("seconds", "last", "following"),
    [
        (10, "2026-02-04T12:34:50.000Z", 6.5),
        (600, "2026-02-04T12:30:00.000Z", 306.5),
        (3600, "2026-02-04T12:00:00.000Z", 1506.5),
        (86_400, "2026-02-04T03:00:00.000Z", 51_906.5),
    ],
)
def test_a_schedule_keeps_to_the_clock_and_a_daily_one_comes_at_three(
    seconds: int, last: str, following: float
) -> None:
    schedule, now = Schedule("x", seconds), parse("2026-02-04T12:34:53.500Z")
    assert stamp(schedule.last(now)) == last
    assert schedule.seconds_to_next(now) == following
    assert schedule.last(parse(last)) == parse(last)


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_period_that_is_none_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="cannot repeat"):
        Schedule("x", seconds)


def test_the_pauses_are_those_of_the_rule() -> None:
    again = failed(RuntimeError("boom"))
    assert [pause_after(again, n, BACKOFF) for n in (1, 2, 3, 4)] == [10, 60, 300, None]
    assert pause_after(succeeded(None), 1, BACKOFF) is None


@pytest.mark.parametrize(
    ("error", "again"),
    [(RuntimeError("x"), True), (Conflict("x"), True), (RateLimited("x"), True), (Invalid("x"), False)],
)
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool) -> None:
    assert failed(error).again is again


def test_an_error_is_cut_to_size() -> None:
    assert len(failed(RuntimeError("x" * 9999)).error or "") == 500


def test_an_error_is_what_a_database_can_hold() -> None:
    assert failed(RuntimeError("a\0b\ud800")).error == "RuntimeError: ab?"
    assert failed(Invalid("\ud800\0.")).error == "VALIDATION_ERROR: ?."


def test_the_fake_moves_its_clock_from_attempt_to_attempt() -> None:
    jobs = MemoryJobs()
    moments = []

    def fail(_job: object) -> None:
        moments.append(jobs.clock.now())
        raise RuntimeError("again")

    jobs.register("fail", fail)
    jobs.schedule("fail", seconds=60, at_start=True)
    jobs.start()
    (record,) = jobs.list()
    assert jobs.wait(record.id, 1000).status is Status.FAILED
    assert [(b - a).total_seconds() for a, b in itertools.pairwise(moments)] == [10, 60, 300]
