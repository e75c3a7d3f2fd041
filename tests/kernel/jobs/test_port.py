"""Schedules as clock faces, keys as prefixes, failures as outcomes: the pure parts."""

import itertools

import pytest

from asterism.base.errors import Conflict, Invalid, RateLimited
from asterism.kernel.jobs import MemoryJobs, Schedule, Status
from asterism.kernel.jobs.attempts import BACKOFF, failed, pause_after, succeeded
from asterism.kernel.jobs.port import key_prefix, name_prefix, new_id


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [
        (10, "*/10 * * * * *"),
        (60, "*/1 * * * *"),
        (600, "*/10 * * * *"),
        (900, "*/15 * * * *"),
        (3600, "0 */1 * * *"),
        (21600, "0 */6 * * *"),
        (86400, "0 3 * * *"),
    ],
)
def test_a_period_becomes_a_cron_line(seconds: int, cron: str) -> None:
    assert Schedule("x", seconds).cron() == cron


@pytest.mark.parametrize("seconds", [0, -1, 7, 61, 90, 3601, 5000, 90000])
def test_an_uneven_period_is_refused(seconds: int) -> None:
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


def test_ids_of_one_key_share_a_prefix_and_others_do_not() -> None:
    assert new_id("a", "b").startswith(key_prefix("a", "b"))
    assert new_id("a", "b").startswith(name_prefix("a"))
    assert new_id("a", None).startswith(name_prefix("a"))
    assert not new_id("a", None).startswith(key_prefix("a", ""))
    assert key_prefix("a", "bc") != key_prefix("ab", "c")


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
