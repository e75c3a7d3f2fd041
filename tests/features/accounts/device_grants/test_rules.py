"""The pure rules of device sign-in."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.clock import shift
from asterism.features.accounts.device_grants.rules import (
    Grant,
    GrantState,
    clean_description,
    make_device_code,
    make_user_code,
    normalise_user_code,
    take_poll,
)

START = "2026-02-04T12:00:00.000Z"
GRANT = Grant(
    "g", GrantState.PENDING, None, None, None, None, None, None, START, shift(START, seconds=900), None, 5.0, None
)


def test_codes_have_their_form() -> None:
    for _ in range(200):
        assert re.fullmatch(r"[A-HJ-NP-Z]{4}-[2-9]{4}", make_user_code())
        assert re.fullmatch(r"[0-9A-Za-z]{32}", make_device_code())


@pytest.mark.parametrize("typed", ["HMKP-7362", "hmkp7362", " hmkp 7362 ", "h.m.k.p-7 3 6 2\n", "ｈHMKP-7362"])
def test_user_codes_are_compared_as_people_type_them(typed: str) -> None:
    assert normalise_user_code(typed) == "HMKP7362"


def poll(grant: Grant, at: float) -> tuple[bool, Grant]:
    now = shift(START, seconds=at)
    in_time, left = take_poll(grant, now)
    return in_time, replace(grant, polls_left=left, polled_at=now)


def test_five_polls_come_in_time_at_once_and_then_one_every_four_seconds() -> None:
    grant, told = GRANT, []
    for at in (0, 0, 0, 0, 0, 0, 4, 4, 6, 8):
        in_time, grant = poll(grant, at)
        told.append(in_time)
    assert told == [True] * 5 + [False, True, False, False, True]


@given(jitter=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=180))
def test_an_honest_client_with_jitter_is_never_told_to_slow_down(jitter: list[float]) -> None:
    grant = GRANT
    for number, offset in enumerate(jitter):
        in_time, grant = poll(grant, 5 * (number + 1) + offset)
        assert in_time


@given(start=st.integers(0, 900))
def test_a_client_that_adds_a_second_each_time_it_is_told_gets_through(start: int) -> None:
    grant, at, interval, refused = GRANT, float(start), 1.0, 0
    for _ in range(60):
        in_time, grant = poll(grant, at)
        if not in_time:
            interval += 1
            refused += 1
        at += interval
    assert refused <= 3
    assert interval <= 4


def test_a_client_that_hammers_gets_one_poll_in_four_seconds() -> None:
    grant, admitted = GRANT, 0
    for tick in range(400):
        in_time, grant = poll(grant, tick / 10)
        admitted += in_time
    assert admitted == 5 + 9


def test_expiry_and_its_grace() -> None:
    at = {seconds: shift(START, seconds=seconds) for seconds in (899, 900, 959, 960, 900 + 24 * 3600)}
    approved = replace(GRANT, state=GrantState.APPROVED)
    assert [GRANT.expired(at[899]), GRANT.expired(at[900])] == [False, True]
    assert [approved.expired(at[959]), approved.expired(at[960])] == [False, True]
    assert [GRANT.forgotten(at[960]), GRANT.forgotten(at[900 + 24 * 3600])] == [False, True]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("fst", "fst"),
        ("a\x00b\nc", "abc"),
        ("x" * 101, "x" * 100),
        ("", None),
        (" \x07", None),
        (7, None),
        (None, None),
    ],
)
def test_descriptions_are_cut_and_cleaned(value: object, kept: str | None) -> None:
    assert clean_description(value) == kept
