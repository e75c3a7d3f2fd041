"""Slots, queues and turns per key."""

import asyncio

import pytest

from asterism.kernel.runs import Lane, LaneFull


def test_so_many_run_so_many_wait_and_no_more() -> None:
    lane = Lane(2, 2)
    places = [lane.enter() for _ in range(4)]
    assert [place.queued for place in places] == [False, False, True, True]
    assert lane.full
    with pytest.raises(LaneFull) as refused:
        lane.enter()
    assert (refused.value.code, refused.value.retry_after) == ("RATE_LIMITED", 5)


def test_those_who_wait_run_in_the_order_they_came() -> None:
    lane = Lane(1, 3)
    first, second, third, fourth = (lane.enter() for _ in range(4))
    first.leave()
    assert [place.queued for place in (second, third, fourth)] == [False, True, True]
    third.leave()
    second.leave()
    assert not fourth.queued
    assert not lane.full


def test_leaving_twice_frees_one_slot() -> None:
    lane = Lane(1, 0)
    first = lane.enter()
    first.leave()
    first.leave()
    lane.enter()
    with pytest.raises(LaneFull):
        lane.enter()


def test_runs_of_one_key_take_turns_and_others_go_past() -> None:
    lane = Lane(2, 3, per_key=1)
    a, a_again, b, c = (lane.enter(key) for key in "aabc")
    assert [place.queued for place in (a, a_again, b, c)] == [False, True, False, True]
    b.leave()
    assert (a_again.queued, c.queued) == (True, False)
    a.leave()
    assert not a_again.queued


def test_a_lane_without_bound_knows_its_keys_only() -> None:
    lane = Lane(None, per_key=1)
    places = [lane.enter(str(number)) for number in range(1000)]
    assert not any(place.queued for place in places)
    assert not lane.full
    with pytest.raises(LaneFull):
        lane.enter("7")


def test_a_place_is_left_at_the_end_of_its_block_unless_a_run_has_it() -> None:
    lane = Lane(1)
    with lane.enter():
        assert lane.full
    with lane.enter() as place:
        place.launched = True
    assert lane.full


def test_who_waits_is_woken() -> None:
    async def main() -> None:
        lane = Lane(1, 1)
        first, second = lane.enter(), lane.enter()
        waiting = asyncio.create_task(second.running.wait())
        await asyncio.sleep(0)
        first.leave()
        async with asyncio.timeout(60):
            await waiting

    asyncio.run(main())
